"""Given, when, then for deciders: the exact tuple of events, the exact refusal code."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from shared.kernel.decider import Decider
from shared.kernel.errors import Refusal

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Spec(Generic[S, C, E, K]):
    """`spec(decider, known)(*events).when(command).then(*events)`."""

    decider: Decider[S, C, E, K]
    known: K
    events: tuple[E, ...] = ()
    command: C | None = None

    def __call__(self, *events: E) -> "Spec[S, C, E, K]":
        """Given these events of the stream."""
        return replace(self, events=events)

    def knowing(self, known: K) -> "Spec[S, C, E, K]":
        """And having heard this from the others."""
        return replace(self, known=known)

    def when(self, command: C) -> "Spec[S, C, E, K]":
        """When asked this."""
        return replace(self, command=command)

    def _decide(self) -> tuple[E, ...]:
        assert self.command is not None, "say .when(...) first"
        return self.decider.decide(self.decider.fold(self.events), self.command, self.known)

    def then(self, *expected: E) -> None:
        """Exactly these events happen, and asking again afterwards adds nothing."""
        decided = self._decide()
        assert decided == expected
        again = replace(self, events=self.events + decided)
        assert again._decide() == (), "the repeated command must stay quiet"

    def then_nothing(self) -> None:
        """It stays quiet."""
        assert self._decide() == ()

    def then_refused(self, code: str) -> None:
        """It is refused with exactly this code."""
        try:
            decided = self._decide()
        except Refusal as refusal:
            assert refusal.code == code
        else:
            raise AssertionError(f"expected refusal {code}, got {decided}")


def spec(decider: Decider[S, C, E, K], known: K) -> Spec[S, C, E, K]:
    """A specification to start from."""
    return Spec(decider, known)
