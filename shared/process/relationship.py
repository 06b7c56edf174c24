"""By what right somebody reaches a case of his team: the legitimate relationship of domain 5, decided on what is known.

role permits AND same team AND (assigned | supervises who is | on the triage rota | broke the glass) AND not denied.
Role and team are checked before (`shared.web.access`, row-level security); the rest is here, pure, under the case's
lock when something is written and on the same facts when something is read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.kernel.errors import Rejected
from shared.kernel.history import Corrected, EventVoided, Recorded, amendment_target
from shared.kernel.oversight import Oversight
from shared.process.aggregate import Aggregate, said_name


class Right(StrEnum):
    """Why somebody may: the `why` of a read record."""

    ROLE = "role"
    """The role works for the whole team."""
    ASSIGNED = "assigned"
    SUPERVISOR = "supervisor"
    TRIAGE_ROTA = "triage-rota"
    """On the rota, and nobody is assigned yet."""
    BREAK_GLASS = "break-glass"
    OWN_REFERRAL = "own-referral"
    """He referred the family, and is told its status and nothing else."""


_NO_RELATIONSHIP = "you neither carry this case nor supervise who does; break the glass if you must"


class NoRelationship(Rejected):
    """The case is of his team, and he has nothing to do with it."""

    def __init__(self) -> None:
        super().__init__("no-relationship", _NO_RELATIONSHIP)


class NotPermitted(Rejected):
    """His role does not permit what this comes to: taking back what he could not have said, looking after himself."""

    def __init__(self, detail: str) -> None:
        super().__init__("not-permitted", detail)


class NotForOneself(Rejected):
    """He would make himself supervisor or put himself on the triage rota, and so reach cases that are not his."""

    def __init__(self) -> None:
        super().__init__("not-for-oneself", "somebody else has to make you supervisor or put you on the triage rota")


class AccessDenied(Rejected):
    """Somebody in the family has asked that this person never reads the case; breaking the glass does not help."""

    def __init__(self) -> None:
        super().__init__("access-denied", "access to this case is restricted for you")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Who wants to reach a case."""

    actor_id: str
    practitioner_id: UUID | None
    needs_relationship: bool
    """Whether the role alone is not enough."""
    scopes: frozenset[str] = frozenset()
    """Kinds of act that role and token permit (`shared.web.access.roles.Scope`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Who has to do with a case."""

    carers: frozenset[UUID]
    """Practitioners who are assigned to it."""
    oversight: Oversight
    denied: frozenset[str]
    """Actor ids."""
    glass: tuple[tuple[str, datetime], ...]
    """Actor id, and the UTC instant until which the case is open to him."""


def right_to(aggregate: Aggregate[Any, Any, Any, Any], state: Any, known: Any, seeker: Seeker, now: datetime) -> Right:
    """By what right a seeker reaches a case.

    Args:
        aggregate: the service.
        state: of the case in it.
        known: what it knows of the case from the others, and of the team.
        seeker: who asks; of the case's team.
        now: UTC instant.

    Raises:
        NoRelationship, AccessDenied: he does not.
    """
    denied = aggregate.denied(state, known)
    if not seeker.needs_relationship and seeker.actor_id not in denied:
        return Right.ROLE  # a clinical system's thousand posts ask for nobody's carers
    ties = Ties(
        carers=aggregate.carers(state, known),
        oversight=aggregate.oversight(known),
        denied=denied,
        glass=aggregate.glass(state, known),
    )
    return right_by(ties, seeker, now)


def right_by(ties: Ties, seeker: Seeker, now: datetime) -> Right:
    """The rule itself; arguments and errors as for `right_to`."""
    if seeker.actor_id in ties.denied:
        raise AccessDenied
    if not seeker.needs_relationship:
        return Right.ROLE
    right = _by_work(ties.carers, ties.oversight, seeker.practitioner_id)
    if right is not None:
        return right
    if _glass_open(ties.glass, seeker.actor_id, now):
        return Right.BREAK_GLASS
    raise NoRelationship


_NOT_HIS_TO_TAKE_BACK = "only who could say it may take it back"
_HIS_OWN = "somebody else has to look at this: it is about what you did"


def check_permitted(
    aggregate: Aggregate[Any, Any, Any, Any],
    state: Any,
    history: Sequence[Recorded[Any]],
    seeker: Seeker,
    commands: Iterable[Any],
) -> None:
    """Refuses what only the record shows not to be the seeker's: of a post nothing but its type is known before.

    Args:
        aggregate: the service.
        state: of the case in it.
        history: stored events of the case in it.
        seeker: who asks.
        commands: what is asked.

    Raises:
        NotPermitted: a void of what he may not post, or a command that must come from somebody else.
        Rejected: `corrects-unknown-event`.
    """
    for command in commands:
        if isinstance(command, EventVoided):
            need = aggregate.needed(_said_at_first(history, command))
            if need is not None and need not in seeker.scopes:
                raise NotPermitted(_NOT_HIS_TO_TAKE_BACK)
        elif seeker.actor_id in aggregate.not_by(state, command):
            raise NotPermitted(_HIS_OWN)


def _said_at_first(history: Sequence[Recorded[Any]], void: EventVoided) -> str:
    """Name of what a void takes back; of what a void of a void brings back."""
    target = amendment_target(history, void.corrects_event_id).event
    while isinstance(target, EventVoided):
        target = amendment_target(history, target.corrects_event_id).event
    return said_name(target)


def check_not_for_oneself(
    aggregate: Aggregate[Any, Any, Any, Any], history: Sequence[Recorded[Any]], seeker: Seeker, commands: Iterable[Any]
) -> None:
    """Refuses that somebody who needs relationships makes them for himself, by a word or by amending one.

    Args:
        aggregate: the service.
        history: stored events of the stream.
        seeker: who asks.
        commands: what is asked.

    Raises:
        NotForOneself: he would gain oversight.
        Rejected: `corrects-unknown-event`.
    """
    if not aggregate.gives_oversight or not seeker.needs_relationship or seeker.practitioner_id is None:
        return
    for command in commands:
        for said, undone in _comes_to(history, command):
            if seeker.practitioner_id in aggregate.oversees(said, undone):
                raise NotForOneself


def _comes_to(history: Sequence[Recorded[Any]], command: Any) -> Iterator[tuple[Any, bool]]:
    """What is said by a command, and whatever it takes back, each with whether it is taken back.

    What a void of a void brings back is given too, as if it were taken back: either may be to somebody's advantage.
    """
    undone = False
    while isinstance(command, EventVoided | Corrected):
        if isinstance(command, Corrected):
            yield command.data, undone
        command, undone = amendment_target(history, command.corrects_event_id).event, True
    yield command, undone


def _by_work(carers: frozenset[UUID], oversight: Oversight, practitioner: UUID | None) -> Right | None:
    if practitioner is None:
        return None
    if practitioner in carers:
        return Right.ASSIGNED
    if any(oversight.supervisor_of.get(carer) == practitioner for carer in carers):
        return Right.SUPERVISOR
    if not carers and practitioner in oversight.triage_rota:
        return Right.TRIAGE_ROTA
    return None


def _glass_open(opened: Iterable[tuple[str, datetime]], actor_id: str, now: datetime) -> bool:
    return any(who == actor_id and now < until for who, until in opened)
