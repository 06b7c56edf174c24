"""The decider: everything one aggregate knows about rules, as pure functions.

`decide(state, command, known)` gives the events that a command causes, or refuses. `evolve(state, event)` never
refuses. `known` is what the service has heard from the others, with the moment of the decision: the only clock.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from uuid import UUID

from shared.kernel.errors import Rejected
from shared.kernel.history import Corrected, EventVoided, Recorded, amendment_target, effective, in_force
from shared.kernel.values import event_name

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
K = TypeVar("K")


def _accept(_state: object) -> None:
    """No invariant beyond those of `decide`."""


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, E, K]):
    """One aggregate's rules. `category` is the stream's prefix: the stream of a case is `<category>-<case_id>`."""

    category: str
    initial: S
    evolve: Callable[[S, E], S]
    decide: Callable[[S, C, K], tuple[E, ...]]
    check: Callable[[S], None] = _accept
    """Raises `Rejected` if a state breaks an invariant: what an amended history must still satisfy."""

    def fold(self, events: Iterable[E]) -> S:
        """The state after `events`, in order."""
        state = self.initial
        for item in events:
            state = self.evolve(state, item)
        return state

    def state_of(self, history: Sequence[Recorded[E | EventVoided | Corrected[E]]]) -> S:
        """The state after a stored history, voids and corrections applied."""
        return self.fold(item.event for item in effective(history))


def once(said: E | None, wanted: E, *, code: str = "conflicts-with-record") -> tuple[E, ...]:
    """An event if it was never said, nothing if exactly this was said.

    Raises:
        Rejected: something else was said before (`code`).
    """
    if said is None:
        return (wanted,)
    if said == wanted:
        return ()
    raise Rejected(code, "something else is on record; it can only be changed by a correction")


def amend(
    decider: Decider[S, C, E, K],
    history: Sequence[Recorded[E | EventVoided | Corrected[E]]],
    amendment: EventVoided | Corrected[E],
    *,
    anyway: bool = False,
) -> tuple[EventVoided | Corrected[E], ...]:
    """The void or correction as an event, if the history may be amended so; nothing if it already stands so.

    Args:
        decider: of the aggregate.
        history: its stored events.
        amendment: what is asked.
        anyway: a correction is an event though its data is as before: what it corrects is the sealed part.

    Raises:
        Rejected: `corrects-unknown-event`; `corrects-other-type` (a correction must keep the type of what it
            corrects); `already-voided`, a correction of something taken back; or whatever invariant the amended
            history would break.
    """
    target = amendment_target(history, amendment.corrects_event_id)
    before = effective(history)
    if isinstance(amendment, Corrected):
        said = target.event.data if isinstance(target.event, Corrected) else target.event
        if isinstance(said, EventVoided) or event_name(said) != event_name(amendment.data):
            raise Rejected("corrects-other-type", "a correction keeps the event's type", field="/corrects_event_id")
        if not in_force(history, target.event_id):
            raise Rejected("already-voided", "what was taken back cannot be corrected", field="/corrects_event_id")
    newest = max(item.version for item in history)
    after = effective([*history, _pretend(target, amendment, newest + 1)])
    if after == before and not (anyway and isinstance(amendment, Corrected)):
        return ()
    decider.check(decider.fold(item.event for item in after))
    return (amendment,)


def _pretend(
    target: Recorded[E | EventVoided | Corrected[E]], amendment: EventVoided | Corrected[E], version: int
) -> Recorded[E | EventVoided | Corrected[E]]:
    return replace(target, event=amendment, event_id=UUID(int=0), version=version)
