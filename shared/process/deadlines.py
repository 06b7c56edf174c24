"""The deadlines of a case: which are kept in the timer store, and what is decided once they have passed. In memory."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from shared.eventstore.envelope import Provenance
from shared.kernel.errors import Refusal
from shared.kernel.ids import new_id
from shared.kernel.rule import Deadline
from shared.process.dossier import Dossier
from shared.telemetry.logs import logger

_log = logger(__name__)
NOT_SETTLED = "not-settled"
"""Why a deadline is tried again later: what it asked was granted, and it stands as before."""

UNREADABLE = "unknown-event-type"
"""Why a deadline is tried again later: a newer version of the service has written to its stream."""


class Timer(NamedTuple):
    """One row of `timers` as it should be."""

    stream: str
    name: str
    case_id: UUID
    team_id: str
    due_at: datetime | None
    """UTC instant; None: the row goes."""


class Unsettled(NamedTuple):
    """A deadline that has passed and could not be decided."""

    stream: str
    name: str
    code: str
    """Refusal code."""


def standing(dossier: Dossier[Any, Any, Any, Any]) -> list[Deadline[Any]]:
    """The case's deadlines, earliest first, without those that had passed when history was restored."""
    found = dossier.aggregate.deadlines(dossier.state, dossier.known)
    floor = dossier.restored_to
    kept = found if floor is None else [deadline for deadline in found if deadline.due_at > floor]
    return sorted(kept, key=lambda deadline: (deadline.due_at, deadline.name))


def changes(dossiers: Iterable[Dossier[Any, Any, Any, Any]]) -> tuple[list[Timer], list[Dossier[Any, Any, Any, Any]]]:
    """What must change in the timer store for some cases, with what is about to be recorded of them.

    Returns:
        The changes, and the cases whose deadlines could not be computed: their trouble is not the request's. They are
        to be looked at again.
    """
    timers: list[Timer] = []
    broken: list[Dossier[Any, Any, Any, Any]] = []
    for dossier in dossiers:
        if not dossier.readable or not dossier.history:
            continue
        try:
            timers += _changes(dossier)
        except Exception as error:  # noqa: BLE001 - the case is looked at again, and counted until that works
            _log.error("deadlines_failed", stream=dossier.stream, error=type(error).__name__)
            broken.append(dossier)
    return timers, broken


def _changes(dossier: Dossier[Any, Any, Any, Any]) -> list[Timer]:
    wanted: dict[str, datetime] = {}
    for deadline in standing(dossier):
        wanted.setdefault(deadline.name, deadline.due_at)
    case_id, team_id = dossier.case_id, dossier.team_id or ""
    gone = [Timer(dossier.stream, name, case_id, team_id, None) for name in dossier.timers if name not in wanted]
    moved = [
        Timer(dossier.stream, name, case_id, team_id, due_at)
        for name, due_at in wanted.items()
        if dossier.timers.get(name) != due_at
    ]
    return gone + moved


def ring(dossier: Dossier[Any, Any, Any, Any]) -> list[Unsettled]:
    """Decides all deadlines of a case that have passed; what they cause is recorded in the dossier.

    The moment of the dossier is the clock. One that asks in vain stays, and does not keep the others from ringing.

    Raises:
        Exception: whatever the aggregate's code breaks with.
    """
    if not dossier.readable:  # a newer version of this service has recorded something here: it knows what is due
        now = dossier.moment.now
        return [Unsettled(dossier.stream, name, UNREADABLE) for name, due_at in dossier.timers.items() if due_at <= now]
    tried: dict[Deadline[Any], Unsettled] = {}  # two of one name may be due at one instant, and ask different things
    while True:
        due = [item for item in standing(dossier) if item.due_at <= dossier.moment.now]
        fresh = next((item for item in due if item not in tried), None)
        if fresh is None:
            return list({left.name: left for item, left in tried.items() if item in due}.values())
        tried[fresh] = Unsettled(dossier.stream, fresh.name, _decide(dossier, fresh) or NOT_SETTLED)


def _decide(dossier: Dossier[Any, Any, Any, Any], deadline: Deadline[Any]) -> str | None:
    """Records what a deadline causes; gives the code of its refusal, if it is refused."""
    provenance = Provenance(actor="dyad", actor_role="system", correlation_id=new_id(), rule=deadline.name)
    try:
        dossier.record(dossier.decide((deadline.command,)), provenance)
    except Refusal as refusal:
        _log.error("deadline_refused", stream=dossier.stream, rule=deadline.name, code=refusal.code)
        return refusal.code
    return None
