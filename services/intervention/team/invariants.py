"""Invariants between a team's events: what `decide` must keep and an amended history must still satisfy."""

from itertools import pairwise
from uuid import UUID

from services.intervention.team.events import (
    PractitionerAbsent,
    PractitionerChanged,
    PractitionerJoined,
    PractitionerReturned,
)
from services.intervention.team.register import Member, spans
from services.intervention.team.state import Said, State, day_of, place
from shared.kernel.errors import Rejected

_TWICE = "two different answers to the same question would be on record"


def check(state: State) -> None:
    """Refuses a state that breaks an invariant.

    Raises:
        Rejected: `conflicts-with-record`, `effective-before-former`, `unknown-practitioner`, `before-joining`,
            `after-leaving`, `supervises-themselves`, `unknown-supervisor`, `absence-overlaps`, `not-absent`,
            `unknown-task`.
    """
    _configurations(state)
    if len({place(item) for item in state.said}) < len(state.said):
        raise Rejected("conflicts-with-record", _TWICE)
    members = dict(state.members)
    for item in state.said:
        _entry(item, members)
    for who in members:
        _absences(state, who)
    raised = [task.task_id for task in state.tasks]
    done = [item.task_id for item in state.done]
    if len(set(raised)) < len(raised) or len(set(done)) < len(done):
        raise Rejected("conflicts-with-record", _TWICE)
    if not set(raised).issuperset(done):
        raise Rejected("unknown-task", "no such task was raised for this team", field="/task_id")


def _configurations(state: State) -> None:
    versions = {item.config_version for item in state.configurations}
    if len(versions) < len(state.configurations):
        raise Rejected("conflicts-with-record", "another configuration has this version", field="/config_version")
    if any(later.effective_on < former.effective_on for former, later in pairwise(state.configurations)):
        raise Rejected("effective-before-former", "an earlier one is effective later", field="/effective_on")


def _entry(item: Said, members: dict[UUID, Member]) -> None:
    member = members.get(item.practitioner_id)
    if member is None:
        raise Rejected("unknown-practitioner", "nobody of this team", field="/practitioner_id")
    day = day_of(item)
    if day < member.joined_on:
        raise Rejected("before-joining", "earlier than the practitioner joined")
    if member.left_on is not None and day > member.left_on >= member.joined_on:
        raise Rejected("after-leaving", "later than the practitioner left")
    if isinstance(item, PractitionerJoined | PractitionerChanged) and item.supervisor_id is not None:
        if item.supervisor_id == item.practitioner_id:
            raise Rejected("supervises-themselves", "a supervisor is somebody else", field="/supervisor_id")
        if item.supervisor_id not in members:
            raise Rejected("unknown-supervisor", "nobody of this team", field="/supervisor_id")


def _absences(state: State, who: UUID) -> None:
    said = [item for item in state.said if item.practitioner_id == who]
    absent = [item for item in said if isinstance(item, PractitionerAbsent)]
    returned = [item.on for item in said if isinstance(item, PractitionerReturned)]
    for former, later in pairwise(spans(absent, returned)):
        if former.until_on is None or former.until_on >= later.from_on:
            raise Rejected("absence-overlaps", "the practitioner is away already", field="/from_on")
    begun = [sum(item.from_on <= back_on for item in absent) for back_on in returned]
    if 0 in begun or len(set(begun)) < len(begun):
        raise Rejected("not-absent", "no absence that it could be the return from", field="/on")
