"""The assessment: offered, started, measured, completed. Pure."""

from datetime import date
from typing import assert_never

from services.assessment import rules
from services.assessment.codes import AbandonReason, OwnerRole, TaskKind
from services.assessment.commands import (
    CloseAfterVoidedAcceptance,
    Command,
    CompleteAssessment,
    FinishTask,
    OfferAssessment,
    Posted,
    RaiseSafetyConcern,
    RecordMeasure,
    RequestAssessment,
    ReviewRestoredAcceptance,
    Ruled,
    StartAssessment,
)
from services.assessment.events import (
    COMPUTED,
    AssessmentAbandoned,
    AssessmentCompleted,
    AssessmentOffered,
    AssessmentRequested,
    AssessmentStarted,
    Event,
    MeasureRecorded,
    SafetyConcernRaised,
    TaskDone,
    TaskRaised,
)
from services.assessment.heard import Known, case_id_of
from services.assessment.invariants import check, measure_key
from services.assessment.measures import VERSION, band_of, check_total, warnings_of
from services.assessment.state import State, evolve
from shared.kernel.decider import Decider, once
from shared.kernel.errors import Rejected
from shared.kernel.ids import derived_id
from shared.kernel.requests import as_said, event_of


def decide(state: State, command: Command, known: Known) -> tuple[Event, ...]:
    """The events that a command causes; nothing if they were said already.

    Raises:
        Rejected: the command breaks a rule of domain 6.4.
        NotYetKnown: the acceptance that it rests on has not arrived.
    """
    if isinstance(command, Ruled):
        return _ruled(state, command)
    wanted = say(state, command, known)
    said = _said(state, wanted)
    news = once(said, as_said(said, wanted, COMPUTED.get(type(wanted).__name__, ())))
    if news:
        if state.abandoned is not None and isinstance(wanted, AssessmentOffered | AssessmentStarted):
            raise Rejected("assessment-abandoned", "the assessment was closed; it must be requested again first")
        check(evolve(state, wanted))
    return news


def say(_state: State, command: Command, known: Known) -> Event:
    """The event that a request or a correction asks for, with its computed members, its own fields checked."""
    if isinstance(command, Ruled):
        raise Rejected("not-postable", "only a rule of this service says this")
    return _say(command, known)


def _say(command: Posted, known: Known) -> Event:
    match command:
        case OfferAssessment():
            _dated(command.offer_on, known, "/offer_on")
            if command.appt_on < command.offer_on:
                raise Rejected("appointment-before-offer", "earlier than the offer", field="/appt_on")
            return event_of(AssessmentOffered, command)
        case StartAssessment():
            _dated(command.on, known, "/on")
            return event_of(AssessmentStarted, command)
        case RecordMeasure():
            return _measured(command, known)
        case RaiseSafetyConcern():
            return _concern(command, known)
        case CompleteAssessment():
            return _completed(command, known)
        case FinishTask():
            _not_in_future(command.on, known, "/on")
            return event_of(TaskDone, command)
    assert_never(command)


def _measured(command: RecordMeasure, known: Known) -> MeasureRecorded:
    _since_referral(command.completed_on, known, "/completed_on")
    rules.check_subject(command, known)
    check_total(command.measure_code, command.total, "/total")
    return event_of(
        MeasureRecorded,
        command,
        measure_version=VERSION,
        band=band_of(command.measure_code, command.total),
        subscales=command.subscales or {},
        safety_item_flag=bool(command.safety_item_flag),
        warnings=warnings_of(command.measure_code, rules.births_of(command, known), command.completed_on),
    )


def _concern(command: RaiseSafetyConcern, known: Known) -> SafetyConcernRaised:
    _since_referral(command.raised_on, known, "/raised_on")
    if command.by_when < command.raised_on:
        raise Rejected("action-before-concern", "earlier than the concern was raised", field="/by_when")
    if command.subject_ref is not None and not rules.is_member(command.subject_ref, known):
        raise Rejected("unknown-member", "no infant, parent or carer of this case", field="/subject_ref")
    return event_of(SafetyConcernRaised, command)


def _completed(command: CompleteAssessment, known: Known) -> AssessmentCompleted:
    _dated(command.completed_on, known, "/completed_on")
    for place, relationship in enumerate(command.focus_relationships):
        rules.check_relationship(relationship, known, f"/focus_relationships/{place}")
    if bool(command.measures_baseline) == (command.reason_not_measured is not None):
        raise Rejected("baseline-needed", "either a baseline measure or why there is none", field="/measures_baseline")
    if command.relationship_rating is not None:
        rating = command.relationship_rating
        check_total(rating.measure, rating.value, "/relationship_rating/value")
    case_id = case_id_of(known.accepted())
    return event_of(
        AssessmentCompleted, command, assessment_id=command.assessment_id or derived_id("assessment", case_id)
    )


def _said(state: State, wanted: Event) -> Event | None:
    """What was said before in the place of `wanted`, if anything."""
    match wanted:
        case AssessmentOffered():
            return wanted if wanted in state.offers else None
        case AssessmentStarted():
            return state.starts[0] if state.starts else None
        case MeasureRecorded():
            key = measure_key(wanted)
            return next((measure for measure in state.measures if measure_key(measure) == key), None)
        case SafetyConcernRaised():
            return wanted if wanted in state.concerns else None
        case AssessmentCompleted():
            return state.completed
        case TaskDone():
            return next((done for done in state.done if done.task_id == wanted.task_id), None)
        case TaskRaised():
            return next((task for task in state.tasks if task.task_id == wanted.task_id), None)
        case AssessmentRequested() | AssessmentAbandoned():
            return None
    assert_never(wanted)


def _ruled(state: State, command: Ruled) -> tuple[Event, ...]:
    """What a process rule asks for; its facts were checked by whoever said them."""
    match command:
        case RequestAssessment(due_on=day):
            if state.requested and state.abandoned is None:
                return ()
            return (AssessmentRequested(due_on=day),)
        case CloseAfterVoidedAcceptance(on=day):
            if not state.requested or state.abandoned is not None:
                return ()
            if state.starts or state.measures or state.completions:
                return _task(state, TaskKind.REVIEW_VOIDED_ACCEPTANCE, command)
            return (AssessmentAbandoned(on=day, reason=AbandonReason.ADMINISTRATIVE_ERROR),)
        case ReviewRestoredAcceptance():
            if state.abandoned is None:
                return ()
            return _task(state, TaskKind.REVIEW_RESTORED_ACCEPTANCE, command)
    assert_never(command)


def _task(
    state: State, kind: TaskKind, command: CloseAfterVoidedAcceptance | ReviewRestoredAcceptance
) -> tuple[Event, ...]:
    task = TaskRaised(
        task_id=derived_id("task", "assessment", kind, command.cause),
        kind=kind,
        due_on=rules.task_due_on(command.on),
        owner_role=OwnerRole.TEAM_LEAD,
        about=command.cause,
    )
    answered = {done.task_id for done in state.done}
    if any(item.kind is kind and item.task_id not in answered for item in state.tasks):
        return ()
    return once(_said(state, task), task)


def _dated(day: date, known: Known, field: str) -> None:
    """An act of the assessment lies between the acceptance, today and a withdrawal."""
    if day < known.accepted().event.decided_on:
        raise Rejected("before-acceptance", "earlier than the referral was accepted", field=field)
    _not_in_future(day, known, field)
    if known.withdrawn is not None and day > known.withdrawn.on:
        raise Rejected("after-withdrawal", "later than the referral was withdrawn", field=field)


def _since_referral(day: date, known: Known, field: str) -> None:
    """Findings may be older than the acceptance, not older than the referral."""
    known.accepted()
    if known.received is not None and day < known.received.received_on:
        raise Rejected("before-referral", "earlier than the referral was received", field=field)
    _not_in_future(day, known, field)


def _not_in_future(day: date, known: Known, field: str) -> None:
    if day > known.moment.today:
        raise Rejected("in-the-future", "the date lies in the future", field=field)


decider: Decider[State, Command, Event, Known] = Decider("assessment", State(), evolve, decide, check)
