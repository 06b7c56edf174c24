"""What a service asks of itself: when it hears another (a process rule, domain 6.5), and when time has passed. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Generic[C]):
    """Something that is to be decided about a case once an instant has passed, unless it was met before.

    A deadline stands in the list of its aggregate until it is met or was recorded as breached, so deciding it twice
    decides nothing.
    """

    name: str
    """The process rule, e.g. `P9`, or a finer code: named on what it causes (`rule`). Of deadlines of one name the
    earliest is kept; the next comes up when that is settled."""
    due_at: datetime
    """UTC instant from which on it is decided; for a civil date `shared.kernel.civil.end_of`."""
    command: C
    """What the service asks of itself then."""
