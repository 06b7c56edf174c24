"""The assessment: requested, offered, started, measured, completed or abandoned, and asked for again. Pure."""

from typing import assert_never

from services.assessment.codes import AbandonReason, OwnerRole, Service, TaskKind
from services.assessment.commands import (
    AcknowledgeErasure,
    CloseAfterVoidedAcceptance,
    Command,
    MoveRequest,
    RecordBreach,
    RequestAssessment,
    ReviewRestoredAcceptance,
    Ruled,
)
from services.assessment.deadlines import deadlines
from services.assessment.events import (
    COMPUTED,
    AssessmentAbandoned,
    AssessmentCompleted,
    AssessmentOffered,
    AssessmentRequested,
    AssessmentStarted,
    Event,
    MeasureRecorded,
    ObservationRecorded,
    ReassessmentRequested,
    SafetyConcernRaised,
    SubjectErasureAcknowledged,
    TargetBreached,
    TaskDone,
    TaskRaised,
)
from services.assessment.invariants import check, measure_key
from services.assessment.known import Known
from services.assessment.say import say
from services.assessment.state import State, evolve
from shared.kernel.deadlines import due_on
from shared.kernel.decider import Decider, once
from shared.kernel.errors import Rejected
from shared.kernel.ids import derived_id
from shared.kernel.requests import as_said


def decide(state: State, command: Command, known: Known) -> tuple[Event, ...]:
    """The events that a command causes; nothing if they were said already.

    Raises:
        Rejected: the command breaks a rule of domain 6.4.
        NotYetKnown: the acceptance that it rests on has not arrived.
    """
    if isinstance(command, Ruled):
        return _ruled(state, command, known)
    wanted = say(state, command, known)
    said = _said(state, wanted)
    news = once(said, as_said(said, wanted, COMPUTED.get(type(wanted).__name__, ())))
    if news:
        if isinstance(wanted, AssessmentAbandoned) and state.assessment(wanted.assessment_no).completions:
            raise Rejected("assessment-completed", "it was completed; what was found can only be corrected")
        check(evolve(state, wanted))
    return news


def _said(state: State, wanted: Event) -> Event | None:  # noqa: C901 - one case a kind
    """What was said before in the place of `wanted`, if anything."""
    match wanted:
        case AssessmentOffered():
            return wanted if wanted in state.assessment(wanted.assessment_no).offers else None
        case AssessmentStarted():
            return next(iter(state.assessment(wanted.assessment_no).starts), None)
        case AssessmentCompleted():
            return next(iter(state.assessment(wanted.assessment_no).completions), None)
        case AssessmentAbandoned():
            return state.assessment(wanted.assessment_no).abandoned
        case ReassessmentRequested():
            return next(iter(state.assessment(wanted.assessment_no).reassessments), None)
        case MeasureRecorded():
            key = measure_key(wanted)
            return next((measure for measure in state.measures if measure_key(measure) == key), None)
        case ObservationRecorded():
            same = (item for item in state.observations if item.observation_id == wanted.observation_id)
            return next(same, None)
        case SafetyConcernRaised():
            return wanted if wanted in state.safety_concerns else None
        case TaskDone():
            return next((done for done in state.done if done.task_id == wanted.task_id), None)
        case TaskRaised():
            return next((task for task in state.tasks if task.task_id == wanted.task_id), None)
        case AssessmentRequested() | TargetBreached() | SubjectErasureAcknowledged():
            return None
    assert_never(wanted)


def _ruled(state: State, command: Ruled, known: Known) -> tuple[Event, ...]:
    """What a process rule or a deadline asks for; its facts were checked by whoever said them."""
    match command:
        case RequestAssessment(due_on=day, targets_version=version):
            if state.current.requested and state.current.abandoned is None:
                return ()
            return (AssessmentRequested(due_on=day, targets_version=version),)
        case MoveRequest():
            return _moved(state, command)
        case CloseAfterVoidedAcceptance():
            return _close(state, command, known)
        case ReviewRestoredAcceptance():
            return _review(state, command, known)
        case RecordBreach():
            return _breach(state, command, known)
        case AcknowledgeErasure(subject_ref=subject):
            said = SubjectErasureAcknowledged(subject_ref=subject, service=Service.ASSESSMENT)
            return () if subject in state.erased else (said,)
    assert_never(command)


def _moved(state: State, command: MoveRequest) -> tuple[Event, ...]:
    """Only a request that nobody has acted on moves: a target that was met or missed stays what it was."""
    first = state.current
    waits = first.no == 1 and first.requested is not None and first.abandoned is None
    if not waits or first.offers or first.starts or first.completions or first.due_on == command.due_on:
        return ()
    return (AssessmentRequested(due_on=command.due_on, targets_version=command.targets_version),)


def _close(state: State, command: CloseAfterVoidedAcceptance, known: Known) -> tuple[Event, ...]:
    """Without attended contacts it closes, otherwise a person looks at it (domain 6.5)."""
    current = state.current
    if current.stage is None or current.abandoned is not None:
        return ()
    worked = any(each.starts or each.completions for each in state.assessments)
    if worked or state.measures or state.observations:
        return _task(state, TaskKind.REVIEW_VOIDED_ACCEPTANCE, command, known)
    on = max(command.on, current.latest_on or command.on)
    return (AssessmentAbandoned(assessment_no=current.no, on=on, reason=AbandonReason.ADMINISTRATIVE_ERROR),)


def _review(state: State, command: ReviewRestoredAcceptance, known: Known) -> tuple[Event, ...]:
    """Only what was closed as an administrative error may have been closed in error itself."""
    abandoned = state.current.abandoned
    if abandoned is None or abandoned.reason is not AbandonReason.ADMINISTRATIVE_ERROR:
        return ()
    return _task(state, TaskKind.REVIEW_RESTORED_ACCEPTANCE, command, known)


def _breach(state: State, command: RecordBreach, known: Known) -> tuple[Event, ...]:
    """Only of what is still due: between the ringing and the decision it may have been done."""
    if not any(item.command == command and item.due_at <= known.moment.now for item in deadlines(state, known)):
        return ()
    return (TargetBreached(target_code=command.target_code, due_on=command.due_on, owner_role=command.owner_role),)


def _task(
    state: State, kind: TaskKind, command: CloseAfterVoidedAcceptance | ReviewRestoredAcceptance, known: Known
) -> tuple[Event, ...]:
    task = TaskRaised(
        task_id=derived_id("task", "assessment", kind, command.cause),
        kind=kind,
        due_on=due_on(command.on, known.team.targets.task_days),
        owner_role=OwnerRole.TEAM_LEAD,
        about=command.cause,
    )
    finished = {done.task_id for done in state.done}
    if any(item.kind is kind and item.task_id not in finished for item in state.tasks):
        return ()
    if any(item.task_id == task.task_id for item in state.tasks):
        return ()
    return (task,)


decider: Decider[State, Command, Event, Known] = Decider("assessment", State(), evolve, decide, check)
