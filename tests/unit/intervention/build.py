"""An open episode and its commands and events, to be changed one member at a time."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.intervention import commands as asked
from services.intervention.case import decider
from services.intervention.codes import DischargeReason, OutcomeBand, OwnerRole, Stage, TaskKind
from services.intervention.commands import AssignProgramme, Discharge, HoldSession, MissSession, ScheduleSession
from services.intervention.events import (
    Discharged,
    EpisodeOpened,
    ProgrammeAssigned,
    SessionHeld,
    SessionNotHeld,
    SessionScheduled,
    TaskRaised,
)
from services.intervention.heard import (
    AssessmentCompleted,
    Caregiver,
    Infant,
    MeasureRecorded,
    ReferralAccepted,
    ReferralReceived,
)
from services.intervention.known import Known, know
from services.intervention.values import Relationship
from shared.kernel.civil import Moment
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of
from shared.testing.spec import spec
from tests.unit.trial import recorded

TODAY = date(2025, 9, 1)
OPENED_ON = date(2025, 3, 5)
CASE = UUID(int=77)
INFANT, TWIN, MOTHER, FATHER, STRANGER = (UUID(int=number) for number in (1, 2, 3, 4, 99))
CAUSE = UUID(int=55)

received = ReferralReceived(
    received_on=date(2025, 3, 3),
    subjects=(Infant(infant_id=INFANT), Infant(infant_id=TWIN)),
    caregivers=(Caregiver(caregiver_id=MOTHER), Caregiver(caregiver_id=FATHER)),
)
acceptance = ReferralAccepted(decided_on=OPENED_ON)
completion = AssessmentCompleted(completed_on=date(2025, 4, 14), recommendation="PROGRAMME")
signposted = replace(completion, recommendation="SIGNPOST")


def heard(referral: tuple[Any, ...] = (received, acceptance), assessment: tuple[Any, ...] = (completion,)) -> Known:
    """What is known after these events of the two streams."""
    streams = {"referral": referral, "assessment": assessment}
    items = {
        store: tuple(
            recorded(event, version, store=store, stream=f"{store}-{CASE}") for version, event in enumerate(events, 1)
        )
        for store, events in streams.items()
    }
    return know(items, Moment.of(TODAY))


known = heard()
given = spec(decider, known)

opened = EpisodeOpened(on=OPENED_ON)
dyad = Relationship(infant_id=INFANT, caregiver_ids=(MOTHER,))


def _example(name: str, **changes: Any) -> Any:
    return replace(asked.EXAMPLES[name], **changes)


assign: AssignProgramme = _example("ProgrammeAssigned", focus_relationships=(dyad,))
assigned = event_of(
    ProgrammeAssigned, assign, programme_id=derived_id("programme", CASE), catalogue_version="default-1"
)
schedule: ScheduleSession = _example("SessionScheduled")
scheduled = event_of(SessionScheduled, schedule)
hold: HoldSession = _example("SessionHeld", infants_present=(INFANT,), caregivers_present=(MOTHER,))
held = event_of(SessionHeld, hold)
miss: MissSession = _example("SessionNotHeld")
not_held = event_of(SessionNotHeld, miss)
discharge: Discharge = _example("Discharged")
discharged = event_of(
    Discharged, discharge, stage_at_discharge=Stage.SESSIONS, outcome_band=OutcomeBand.NOT_MEASURED, sessions_held=1
)
error = replace(
    discharged,
    reason=DischargeReason.ADMINISTRATIVE_ERROR,
    planned=False,
    destination=(),
    stage_at_discharge=Stage.ASSESSED,
    sessions_held=0,
)


def at(day: date) -> datetime:
    """Ten in the morning of a civil date, UTC."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def session(number: int, day: date, **changes: Any) -> SessionHeld:
    """One more held session."""
    return replace(held, session_id=UUID(int=1000 + number), held_on=day, started_at=at(day), **changes)


def score(code: str, total: int, day: date, subject: UUID = MOTHER, rater: str = "self") -> MeasureRecorded:
    """A measure heard from the assessment."""
    return MeasureRecorded(measure_code=code, subject_ref=subject, rater=rater, completed_on=day, total=Decimal(total))


def task(kind: TaskKind, due_on: date, cause: UUID = CAUSE) -> TaskRaised:
    """A task of a rule."""
    return TaskRaised(
        task_id=derived_id("task", "intervention", kind, cause),
        kind=kind,
        due_on=due_on,
        owner_role=OwnerRole.TEAM_LEAD,
        about=cause,
    )
