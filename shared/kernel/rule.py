"""A process rule: what a service asks of itself when it hears another (domain 6.5). Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.kernel.history import Recorded

C = TypeVar("C")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Rule(Generic[C, K]):
    """One rule; the shell keeps what it decided about each cause, so that nothing is done twice."""

    name: str
    """As in domain 6.5, e.g. `P2`; part of its idempotence key for ever."""
    causes: frozenset[str]
    """Names of the heard events that it reacts to, e.g. `ReferralAccepted`, `EventVoided`."""
    react: Callable[[Recorded[Any], K], tuple[C, ...]]
    """(cause, what is known) to commands, decided in this order, all or none; may raise `NotYetKnown` to wait."""
    rests_on: str | None = None
    """Name of the heard event without which it waits; when all that were heard are taken back, there is nothing to wait
    for: nothing is done, and it is looked at again when news comes."""
