"""Sessions: who may be present, and what a row of missed ones or an absent infant asks of a person. Pure."""

from typing import assert_never

from services.intervention import rules
from services.intervention.codes import NotAttended, TaskKind
from services.intervention.commands import HoldSession, MissSession, OfSessions, ScheduleSession
from services.intervention.events import (
    Discharged,
    Event,
    ProgrammeCompleted,
    SessionHeld,
    SessionNotHeld,
    SessionScheduled,
    TaskRaised,
)
from services.intervention.known import Known
from services.intervention.state import State
from services.intervention.tasks import clinician_of, task
from shared.kernel.civil import civil_date
from shared.kernel.errors import Rejected
from shared.kernel.requests import event_of

NOT_BROUGHT = frozenset({NotAttended.DID_NOT_ATTEND, NotAttended.LATE_NOT_SEEN})
"""A baby cannot come by itself: nobody came, or too late to be seen (rule P5)."""
SESSIONS_WITHOUT_INFANT = 4
"""Treatment sessions of a programme after which an infant who was at none is asked about (statement S27) [P]."""

_CAME, _MISSED = 0, 1
"""Of two sessions on one day the one that was held comes first."""


def say(state: State, command: OfSessions, known: Known) -> Event:
    """The event that a request about a session asks for, its own fields checked."""
    match command:
        case ScheduleSession():
            return event_of(SessionScheduled, command)
        case HoldSession():
            return _held(state, command, known)
        case MissSession():
            rules.check_not_held(command, known.moment.today)
            return event_of(SessionNotHeld, command)
    assert_never(command)


def _held(state: State, command: HoldSession, known: Known) -> SessionHeld:
    day = command.held_on
    rules.not_in_future(day, known, "/held_on")
    if command.started_at is not None:
        if civil_date(command.started_at) != day:
            raise Rejected("started-at-differs", "not on the civil date of the session", field="/started_at")
        if command.started_at > known.moment.now:
            raise Rejected("in-the-future", "the session has not begun", field="/started_at")
    if command.component_code is not None:
        rules.check_component(command.component_code, "/component_code", known.team.catalogue.keys() | state.components)
    rules.check_members(command.infants_present, known.family.infants_on(day), "unknown-infant", "/infants_present")
    rules.check_members(
        command.caregivers_present, known.family.caregivers_on(day), "unknown-caregiver", "/caregivers_present"
    )
    rules.check_distinct(list(command.infants_present), "duplicate-infant", "/infants_present")
    rules.check_distinct(list(command.caregivers_present), "duplicate-caregiver", "/caregivers_present")
    return event_of(SessionHeld, command)


def was_not_brought(state: State, missed: SessionNotHeld, known: Known) -> tuple[TaskRaised, ...]:
    """P5: not brought twice with no session held between is a review by a person, and never a discharge.

    Counted by the sessions' dates, whenever they were recorded. A cancellation neither counts nor breaks the row.
    `state` has `missed` in it already.
    """
    if missed.attend_status not in NOT_BROUGHT:
        return ()
    row: list[tuple[tuple[object, ...], bool]] = sorted(
        [
            *(
                ((item.on, 1, str(item.session_id)), False)
                for item in state.not_held
                if item.attend_status in NOT_BROUGHT
            ),
            *(((item.held_on, 0, str(item.session_id)), True) for item in state.held),
        ]
    )
    place = row.index(((missed.on, 1, str(missed.session_id)), False))
    if all(came for _, came in (*row[max(0, place - 1) : place], *row[place + 1 : place + 2])):
        return ()
    return task(
        state,
        TaskKind.REVIEW_WAS_NOT_BROUGHT,
        missed.session_id,
        known.moment.today,
        known.team,
        owner_role=clinician_of(state),
    )


def infant_absent(state: State, news: SessionHeld | ProgrammeCompleted | Discharged, known: Known) -> tuple[Event, ...]:
    """S27: a programme in which the infant is never present is looked at by a person; single sessions may be without.

    `state` has `news` in it already.
    """
    programme, treatment = state.programme, state.treatment
    if programme is None or not treatment or any(session.infants_present for session in treatment):
        return ()
    if isinstance(news, SessionHeld) and len(treatment) < SESSIONS_WITHOUT_INFANT:
        return ()
    catalogue = known.team.catalogue
    items = [catalogue[code] for code in state.components if code in catalogue]
    expected = any(item.infant_presence_expected for item in items)
    last = treatment[-1].held_on
    unborn = all(known.family.unborn_on(infant, last) for infant in known.family.infants)
    if not expected or known.family.without_infant or unborn:
        return ()
    return task(
        state,
        TaskKind.REVIEW_INFANT_ABSENT,
        programme.programme_id,
        known.moment.today,
        known.team,
        owner_role=clinician_of(state),
    )
