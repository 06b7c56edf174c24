"""An accepted family and an assessment's commands and events, to be changed one member at a time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.assessment.case import decider
from services.assessment.codes import (
    AbandonReason,
    CompletionWarning,
    NeedLevel,
    ObservationMethod,
    ReassessmentReason,
    Recommendation,
    SafetyAction,
    SafetyKind,
)
from services.assessment.commands import (
    AbandonAssessment,
    CompleteAssessment,
    OfferAssessment,
    RaiseSafetyConcern,
    RecordMeasure,
    RecordObservation,
    RequestReassessment,
    StartAssessment,
)
from services.assessment.events import (
    AssessmentAbandoned,
    AssessmentCompleted,
    AssessmentOffered,
    AssessmentRequested,
    AssessmentStarted,
    MeasureRecorded,
    ObservationRecorded,
    ReassessmentRequested,
    SafetyConcernRaised,
)
from services.assessment.heard import Caregiver, Infant, ReferralAccepted, ReferralReceived, ReferralWithdrawn
from services.assessment.known import Known, know
from services.assessment.measure_codes import Band, MeasureCode, Rater, SubjectKind, Timepoint
from services.assessment.values import Relationship
from shared.kernel.civil import Moment
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of
from shared.testing.spec import spec
from tests.unit.trial import recorded

TODAY = date(2025, 6, 30)
ACCEPTED_ON = date(2025, 3, 5)
CASE = UUID(int=77)
INFANT, TWIN, MOTHER, FATHER, STRANGER = (UUID(int=number) for number in (1, 2, 3, 4, 99))

received = ReferralReceived(
    received_on=date(2025, 3, 3),
    subjects=(Infant(infant_id=INFANT), Infant(infant_id=TWIN)),
    caregivers=(Caregiver(caregiver_id=MOTHER), Caregiver(caregiver_id=FATHER)),
)


def heard(*events: Any, episode: tuple[Any, ...] = (), team: tuple[Any, ...] = (), on: date = TODAY) -> Known:
    """What is known on a day after these events of the streams of referral, episode and team."""
    streams = {"referral": events, "intervention": episode, "team": team}
    items = {
        store: tuple(
            recorded(event, version, store=store, stream=f"{store}-{CASE}") for version, event in enumerate(said, 1)
        )
        for store, said in streams.items()
    }
    return know(items, Moment.of(on))


acceptance = ReferralAccepted(decided_on=ACCEPTED_ON)
known = heard(received, acceptance)
withdrawn = heard(received, acceptance, ReferralWithdrawn(on=date(2025, 4, 1)))
given = spec(decider, known)

requested = AssessmentRequested(due_on=date(2025, 4, 2), targets_version="default-1")
offer = OfferAssessment(offer_on=date(2025, 3, 7), appt_on=date(2025, 3, 17))
offered = event_of(AssessmentOffered, offer, assessment_no=1)
start = StartAssessment(on=date(2025, 3, 17))
started = AssessmentStarted(on=start.on)
dyad = Relationship(infant_id=INFANT, caregiver_ids=(MOTHER,))
measure = RecordMeasure(
    measure_code=MeasureCode.EPDS,
    subject_kind=SubjectKind.CAREGIVER,
    subject_ref=MOTHER,
    rater=Rater.SELF,
    completed_on=date(2025, 3, 17),
    total=Decimal(14),
    safety_item_flag=False,
    timepoint=Timepoint.BASELINE,
)
measured = event_of(
    MeasureRecorded,
    measure,
    measure_version="registry-1",
    band=Band.RELATIVELY_HIGH,
    subscales={},
    safety_item_flag=False,
)
flag = replace(measure, safety_item_flag=True)
flagged = replace(measured, safety_item_flag=True)
concern = RaiseSafetyConcern(
    raised_on=date(2025, 3, 17),
    kind=SafetyKind.SELF_HARM_OR_SUICIDE,
    action=SafetyAction.SAFETY_PLAN,
    by_when=date(2025, 3, 18),
    subject_ref=MOTHER,
)
concerned = event_of(SafetyConcernRaised, concern)
complete = CompleteAssessment(
    completed_on=date(2025, 4, 14),
    focus_relationships=(dyad,),
    need_level=NeedLevel.SPECIALIST,
    severity=3,
    recommendation=Recommendation.PROGRAMME,
    contacts_used=3,
    measures_baseline=(MeasureCode.EPDS,),
)
completed = event_of(
    AssessmentCompleted,
    complete,
    assessment_id=derived_id("assessment", CASE),
    assessment_no=1,
    warnings=(CompletionWarning.NO_NATIONALLY_COUNTED_MEASURE,),
)
abandon = AbandonAssessment(on=date(2025, 3, 20), reason=AbandonReason.FAMILY_WITHDREW)
abandoned = event_of(AssessmentAbandoned, abandon, assessment_no=1)
closed_in_error = AssessmentAbandoned(on=date(2025, 3, 20), reason=AbandonReason.ADMINISTRATIVE_ERROR)
observe = RecordObservation(
    observation_id=UUID(int=50), method=ObservationMethod.NBO, infant_id=INFANT, on=date(2025, 3, 24)
)
observed = event_of(ObservationRecorded, observe)
reassess = RequestReassessment(requested_on=date(2025, 5, 6), reason=ReassessmentReason.PLACEMENT_CHANGE)
reassessed = ReassessmentRequested(
    assessment_no=2,
    requested_on=reassess.requested_on,
    due_on=date(2025, 6, 3),
    reason=reassess.reason,
    targets_version="default-1",
)
