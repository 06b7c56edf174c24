"""What the imperative shell needs to know of one service: its decider, what it hears, and what it asks of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from shared.kernel.civil import Moment
from shared.kernel.codec import Registry
from shared.kernel.decider import Decider
from shared.kernel.history import Corrected, EventVoided, Recorded
from shared.kernel.letter import Letter
from shared.kernel.oversight import Oversight
from shared.kernel.rule import Deadline, Rule
from shared.kernel.values import event_name

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
K = TypeVar("K")


def _nothing(*_arguments: object) -> None:
    """Of what most aggregates have none."""


def _empty(*_arguments: object) -> tuple[()]:
    """Of what most aggregates have none."""
    return ()


def _nobody(*_arguments: object) -> frozenset[Any]:
    """Of what most aggregates have none."""
    return frozenset()


def _no_oversight(_known: object) -> Oversight:
    """A service that knows no team."""
    return Oversight()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Generic[S, C, E, K]):
    """One deciding service as the shell runs it."""

    store: str
    """Short name of the service, e.g. `referral`; also the name of its consumer."""
    decider: Decider[S, C, E, K]
    registry: Registry[E]
    """What it says."""
    commands: Mapping[str, type]
    """Event name to command class: the types that may be posted, and what each asks. All others are said by rules."""
    heard: Registry[Any] | None
    """What it hears from the other services."""
    hears: tuple[str, ...]
    """The stores that it listens to."""
    know: Callable[[Mapping[str, tuple[Recorded[Any], ...]], Moment], K]
    """What was heard, by store, voids and corrections applied, to what a decision may rest on."""
    say: Callable[[S, C, K], E]
    """(state, command, known) to the event with its computed members: a correction is asked in a command's shape."""
    occurred: Callable[[E], date | datetime | None]
    """When an event happened by its own data; None where that is no date: the moment of the decision then."""
    rules: tuple[Rule[C, K], ...] = ()
    examples: Mapping[str, E] = field(default_factory=dict)
    """An event of each name, for the published documents."""
    request_examples: Mapping[str, C] = field(default_factory=dict)
    """A command for each postable name."""
    mints: frozenset[str] = frozenset()
    """Names of the events with which a case begins: posted without a case id they get a fresh one."""
    link: Callable[[str, str], C] | None = None
    """(system, HMAC of the sender's reference) to the command that links it; only where cases begin."""
    link_name: str = ""
    """Name of the event that links a sender's reference to a case; posted with the plain reference."""
    keyed_by: Literal["case", "team"] = "case"
    """Whose stream it is: a team's has the team's id for key and subject, and is posted with `teamid` alone."""
    deadlines: Callable[[S, K], tuple[Deadline[C], ...]] = _empty
    """All deadlines of the case that were neither met nor recorded as breached; the shell keeps and rings them."""
    people: Callable[[S, K], frozenset[UUID]] = _nobody
    """The infants and caregivers of the case: about whom a post may bring personal data."""
    carers: Callable[[S, K], frozenset[UUID]] = _nobody
    """Practitioners who are assigned to the case: its lead, those of its sessions, its assessors."""
    oversight: Callable[[K], Oversight] = _no_oversight
    """The team's supervisors and triage rota."""
    denied: Callable[[S, K], frozenset[str]] = _nobody
    """Actors who may not read the case, whatever else they are."""
    glass: Callable[[S, K], tuple[tuple[str, datetime], ...]] = _empty
    """Who has broken the glass for the case, each with the UTC instant until which it stays open to them."""
    identify: Callable[[UUID, str, str], C] | None = None
    """(subject, kind, quality) to the command that records that a number of a person came; only at referral."""
    final: frozenset[str] = frozenset()
    """Names of the events that nobody can take back: what they say has been done outside the record too."""
    erases: Callable[[E], UUID | None] = _nothing
    """The person whose key this service destroys with this event, in its transaction."""
    letters: Callable[[E, S, K], tuple[Letter, ...]] = _empty
    """(event, state with all that was decided with it, known) to what is to be sent to people; asked only for what is
    decided, never for what is restored."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """Event name to the scope that whoever posts it, or takes it back, needs (`shared.web.access.roles.Scope`); "*": of
    all others."""
    not_by: Callable[[S, C], frozenset[str]] = _nobody
    """(state, command) to the actors who may not ask it: it is about what they did themselves."""
    oversees: Callable[[Any, bool], frozenset[UUID]] = _nobody
    """(command or event, whether it is taken back) to the practitioners whose oversight of others' cases may grow by
    it: nobody bound by relationships says that of himself."""
    restricted: frozenset[str] = frozenset()
    """Names of events, and of members at any depth, that only those see who may read safeguarding information."""
    suppressed: Callable[[S], str | None] = _nothing
    """Why no automated letter may go out about the case now, as a code; None if it may."""

    def stream(self, case_id: object) -> str:
        """The one stream of a case in this service; of a team (by its id) for what is keyed by team."""
        return f"{self.decider.category}-{case_id}"

    def needed(self, name: str) -> str | None:
        """The scope that whoever says an event of this name needs; a correction needs what the event itself needs."""
        return self.needs.get(name) or self.needs.get(name.removesuffix("Corrected")) or self.needs.get("*")

    @property
    def writes_letters(self) -> bool:
        """Whether any of its events may call for a letter."""
        return self.letters is not _empty

    @property
    def gives_oversight(self) -> bool:
        """Whether anything said in it decides who oversees whose cases."""
        return self.oversees is not _nobody

    @property
    def of_team(self) -> bool:
        """Whether its streams belong to teams."""
        return self.keyed_by == "team"


def said_name(event: object) -> str:
    """The name on the wire of an event, void or correction, e.g. `ReferralAcceptedCorrected`."""
    if isinstance(event, EventVoided):
        return "EventVoided"
    if isinstance(event, Corrected):
        return f"{event_name(event.data)}Corrected"
    return event_name(event)
