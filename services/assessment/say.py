"""From a request to the event that it asks for: its fields checked, what only the service may say computed. Pure."""

from typing import assert_never

from services.assessment import rules
from services.assessment.codes import CompletionWarning, NeedLevel
from services.assessment.commands import (
    AbandonAssessment,
    Command,
    CompleteAssessment,
    FinishTask,
    OfferAssessment,
    Posted,
    RaiseSafetyConcern,
    RecordMeasure,
    RecordObservation,
    RequestReassessment,
    Ruled,
    StartAssessment,
)
from services.assessment.events import (
    AssessmentAbandoned,
    AssessmentCompleted,
    AssessmentOffered,
    AssessmentStarted,
    Event,
    MeasureRecorded,
    ObservationRecorded,
    ReassessmentRequested,
    SafetyConcernRaised,
    TaskDone,
)
from services.assessment.known import Known, case_id_of
from services.assessment.measure_codes import SubjectKind, Timepoint
from services.assessment.measures import REGISTRY, band_of, check_subscales, check_total, version_of, warnings_of
from services.assessment.state import State
from shared.kernel.deadlines import due_on
from shared.kernel.errors import Rejected
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of


def say(state: State, command: Command, known: Known) -> Event:
    """The event that a request or a correction asks for.

    Raises:
        Rejected: a field breaks a rule, or only a rule of this service says this (`not-postable`).
        NotYetKnown: the acceptance that it rests on has not arrived.
    """
    if isinstance(command, Ruled):
        raise Rejected("not-postable", "only a rule of this service says this")
    return _say(state, command, known)


def _say(state: State, command: Posted, known: Known) -> Event:
    match command:
        case OfferAssessment() | StartAssessment() | CompleteAssessment():
            return _act(state, command, known)
        case RecordMeasure():
            return _measured(command, known)
        case RecordObservation():
            rules.check_finding(command.on, known, "/on")
            rules.check_infant(command.infant_id, known, command.on, "/infant_id")
            return event_of(ObservationRecorded, command)
        case RaiseSafetyConcern():
            return _concern(command, known)
        case AbandonAssessment():
            return _abandoned(state, command, known)
        case RequestReassessment():
            return _reassessment(state, command, known)
        case FinishTask():
            rules.check_not_in_future(command.on, known, "/on")
            return event_of(TaskDone, command)
    assert_never(command)


def _act(state: State, command: OfferAssessment | StartAssessment | CompleteAssessment, known: Known) -> Event:
    match command:
        case OfferAssessment():
            rules.check_act(command.offer_on, known, "/offer_on")
            if command.appt_on < command.offer_on:
                raise Rejected("appointment-before-offer", "earlier than the offer", field="/appt_on")
            return event_of(AssessmentOffered, command, assessment_no=rules.number_on(state, command.offer_on))
        case StartAssessment():
            rules.check_act(command.on, known, "/on")
            return event_of(AssessmentStarted, command, assessment_no=rules.number_on(state, command.on))
        case CompleteAssessment():
            return _completed(state, command, known)
    assert_never(command)


def _measured(command: RecordMeasure, known: Known) -> MeasureRecorded:
    rules.check_finding(command.completed_on, known, "/completed_on")
    rules.check_subject(command, known)
    check_total(command.measure_code, command.total, "/total")
    subscales = command.subscales or {}
    check_subscales(command.measure_code, subscales, "/subscales")
    return event_of(
        MeasureRecorded,
        command,
        measure_version=version_of(command.measure_code, known.team),
        band=band_of(command.measure_code, command.total, known.team),
        subscales=subscales,
        safety_item_flag=bool(command.safety_item_flag),
        warnings=warnings_of(command.measure_code, rules.births_of(command, known), command.completed_on),
    )


def _concern(command: RaiseSafetyConcern, known: Known) -> SafetyConcernRaised:
    rules.check_finding(command.raised_on, known, "/raised_on")
    if command.by_when < command.raised_on:
        raise Rejected("action-before-concern", "earlier than the concern was raised", field="/by_when")
    if command.subject_ref is not None and command.subject_ref not in known.family.everybody:
        raise Rejected("unknown-member", "no infant, parent or carer of this case", field="/subject_ref")
    return event_of(SafetyConcernRaised, command)


def _completed(state: State, command: CompleteAssessment, known: Known) -> AssessmentCompleted:
    rules.check_act(command.completed_on, known, "/completed_on")
    _check_relationships(command, known)
    if command.need_level is NeedLevel.SPECIALIST and command.severity is None:
        raise Rejected("severity-needed", "SPECIALIST needs at least the severity as its reason", field="/severity")
    if bool(command.measures_baseline) == (command.reason_not_measured is not None):
        raise Rejected("baseline-needed", "either a baseline measure or why there is none", field="/measures_baseline")
    no = rules.number_on(state, command.completed_on)
    case_id = case_id_of(known.accepted())
    derived = derived_id("assessment", case_id) if no == 1 else derived_id("assessment", case_id, no)
    return event_of(
        AssessmentCompleted,
        command,
        assessment_id=command.assessment_id or derived,
        assessment_no=no,
        warnings=_completion_warnings(state, command),
    )


def _check_relationships(command: CompleteAssessment, known: Known) -> None:
    """Focus relationships and their ratings, each dyad or triad apart (statements S25, S26)."""
    day = command.completed_on
    for place, focus in enumerate(command.focus_relationships):
        rules.check_relationship(focus, known, day, f"/focus_relationships/{place}")
    rules.check_distinct([rules.pair(each) for each in command.focus_relationships], "/focus_relationships")
    for place, rated in enumerate(command.relationship_ratings):
        rules.check_relationship(rated, known, day, f"/relationship_ratings/{place}")
        if REGISTRY[rated.measure].subject is not SubjectKind.RELATIONSHIP:
            raise Rejected(
                "subject-kind-differs", "rates no relationship", field=f"/relationship_ratings/{place}/measure"
            )
        check_total(rated.measure, rated.value, f"/relationship_ratings/{place}/value")
    rules.check_distinct(
        [(rules.pair(each), each.measure) for each in command.relationship_ratings], "/relationship_ratings"
    )
    if command.relationship_rating is not None:
        check_total(
            command.relationship_rating.measure, command.relationship_rating.value, "/relationship_rating/value"
        )


def _completion_warnings(state: State, command: CompleteAssessment) -> tuple[CompletionWarning, ...]:
    """Without a nationally counted baseline the national four-week clock never stops (domain 2.4): say so."""
    recorded = {item.measure_code for item in state.measures if item.timepoint is Timepoint.BASELINE}
    if any(REGISTRY[code].nationally_counted for code in recorded | set(command.measures_baseline)):
        return ()
    return (CompletionWarning.NO_NATIONALLY_COUNTED_MEASURE,)


def _abandoned(state: State, command: AbandonAssessment, known: Known) -> AssessmentAbandoned:
    """A family may leave, and a person note it, also after the referral was withdrawn."""
    if command.on < known.accepted().event.decided_on:
        raise Rejected("before-acceptance", "earlier than the referral was accepted", field="/on")
    rules.check_not_in_future(command.on, known, "/on")
    return event_of(AssessmentAbandoned, command, assessment_no=rules.number_on(state, command.on))


def _reassessment(state: State, command: RequestReassessment, known: Known) -> ReassessmentRequested:
    rules.check_act(command.requested_on, known, "/requested_on")
    no = rules.number_after(state, command.requested_on)
    if no == 1:
        raise Rejected(
            "assessment-still-open", "no assessment was completed or abandoned before that day", field="/requested_on"
        )
    return event_of(
        ReassessmentRequested,
        command,
        assessment_no=no,
        due_on=due_on(command.requested_on, known.team.targets.offer_days),
        targets_version=known.team.version,
    )
