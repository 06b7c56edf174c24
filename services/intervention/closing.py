"""How a case ends: what is computed of it, and what a process rule makes of it. Pure."""

from datetime import date
from typing import assert_never

from services.intervention import rules
from services.intervention.codes import (
    CONTACT_MODALITIES,
    DischargeReason,
    OwnerRole,
    Partner,
    Stage,
    TaskKind,
)
from services.intervention.commands import (
    CloseAfterVoidedAcceptance,
    CloseAfterWithdrawal,
    DischargeAfterAssessment,
    FollowReopening,
    MoveOpening,
    OpenEpisode,
    RaiseProgrammeTask,
    ReviewAssessment,
    ReviewReferralVoid,
    Ruled,
)
from services.intervention.events import Discharged, EpisodeOpened, Event, TaskRaised
from services.intervention.heard import Known
from services.intervention.outcome import outcome_band
from services.intervention.state import State
from shared.kernel.errors import NotYetKnown
from shared.kernel.ids import derived_id

_NEVER_OPENED = "not-known-yet"


def discharged(
    state: State,
    known: Known,
    *,
    discharged_on: date,
    reason: DischargeReason,
    planned: bool,
    destination: tuple[Partner, ...] = (),
) -> Discharged:
    """The discharge with its stage, outcome and count of sessions, as the record stands (domain 6.4, M9)."""
    contacts = [session.held_on for session in state.held if session.modality in CONTACT_MODALITIES]
    if known.assessment_started is not None:
        contacts.append(known.assessment_started.on)
    return Discharged(
        discharged_on=discharged_on,
        reason=reason,
        planned=planned,
        stage_at_discharge=stage(state, known),
        destination=destination,
        outcome_band=outcome_band(known.measures, contacts, discharged_on),
        sessions_held=len(state.held),
    )


def stage(state: State, known: Known) -> Stage:
    """How far the case has come; sessions of the assessment do not make it SESSIONS, only treatment does."""
    if any(session.is_treatment for session in state.held):
        return Stage.SESSIONS
    if state.programme is not None:
        return Stage.PROGRAMME
    return Stage.ASSESSED if known.completion is not None else Stage.REFERRED


def ruled(state: State, command: Ruled, known: Known) -> tuple[Event, ...]:
    """What a process rule makes happen; its facts were checked by whoever said them.

    Raises:
        NotYetKnown: the episode that it is about is not open yet.
    """
    match command:
        case OpenEpisode(on=day):
            return _open(state, day)
        case MoveOpening(on=day):
            earlier = state.opened_on is not None and state.discharge is None and day < state.opened_on
            return (EpisodeOpened(on=day),) if earlier else ()
        case FollowReopening(on=day, cause=cause, programme=programme):
            if not state.reopened:
                return ()
            again = RaiseProgrammeTask if programme else DischargeAfterAssessment
            return _closing(state, again(on=day, cause=cause), known)
        case CloseAfterVoidedAcceptance():
            return _after_voided_acceptance(state, command, known)
        case ReviewReferralVoid():
            return _after_referral_void(state, command)
        case ReviewAssessment():
            return _after_assessment_changed(state, command)
        case RaiseProgrammeTask() | DischargeAfterAssessment() | CloseAfterWithdrawal():
            return _closing(state, command, known)
    assert_never(command)


def _open(state: State, day: date) -> tuple[Event, ...]:
    """A new acceptance reopens only what closed because the former one was void."""
    closed = state.discharge is not None and state.discharge.reason is DischargeReason.ADMINISTRATIVE_ERROR
    if state.opened_on is None or closed or (state.discharge is None and day < state.opened_on):
        return (EpisodeOpened(on=day),)
    return ()


def _closing(
    state: State, command: RaiseProgrammeTask | DischargeAfterAssessment | CloseAfterWithdrawal, known: Known
) -> tuple[Event, ...]:
    if state.opened_on is None:
        raise NotYetKnown(_NEVER_OPENED, "the episode is not open yet")
    if state.discharge is not None:
        return ()
    on = max(filter(None, (command.on, state.opened_on, state.last_held_on)))
    match command:
        case RaiseProgrammeTask():
            if state.programme is not None:
                return ()
            due_on = rules.programme_due_on(command.on)
            return _task(state, TaskKind.ASSIGN_PROGRAMME, command, due_on)
        case DischargeAfterAssessment():
            if state.programme is not None:
                return _task(state, TaskKind.REVIEW_ASSESSMENT_RESULT, command)
            reason = DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT
            return (discharged(state, known, discharged_on=on, reason=reason, planned=True),)
        case CloseAfterWithdrawal():
            if state.programme is not None:
                on = max(on, state.programme.assigned_on)
            reason = DischargeReason.FAMILY_WITHDREW
            return (discharged(state, known, discharged_on=on, reason=reason, planned=False),)
    assert_never(command)


def _after_voided_acceptance(state: State, command: CloseAfterVoidedAcceptance, known: Known) -> tuple[Event, ...]:
    if state.opened_on is None or state.discharge is not None:
        return ()
    if state.held or known.assessment_started is not None:  # either is a contact with the family
        return _task(state, TaskKind.REVIEW_VOIDED_ACCEPTANCE, command)
    planned_on = state.programme.assigned_on if state.programme is not None else None
    on = max(filter(None, (command.on, state.opened_on, planned_on)))
    reason = DischargeReason.ADMINISTRATIVE_ERROR
    return (discharged(state, known, discharged_on=on, reason=reason, planned=False),)


def _after_referral_void(state: State, command: ReviewReferralVoid) -> tuple[Event, ...]:
    reason = state.discharge.reason if state.discharge is not None else None
    if reason is DischargeReason.ADMINISTRATIVE_ERROR:
        return _task(state, TaskKind.REVIEW_RESTORED_ACCEPTANCE, command)
    if reason is DischargeReason.FAMILY_WITHDREW and not command.withdrawn:
        return _task(state, TaskKind.REVIEW_VOIDED_WITHDRAWAL, command)
    return ()


def _after_assessment_changed(state: State, command: ReviewAssessment) -> tuple[Event, ...]:
    reason = state.discharge.reason if state.discharge is not None else None
    too_early = reason is DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT and command.programme is not False
    unfounded = state.discharge is None and state.programme is not None and not command.programme
    return _task(state, TaskKind.REVIEW_ASSESSMENT_RESULT, command) if too_early or unfounded else ()


def _task(
    state: State,
    kind: TaskKind,
    command: RaiseProgrammeTask
    | DischargeAfterAssessment
    | CloseAfterVoidedAcceptance
    | ReviewReferralVoid
    | ReviewAssessment,
    due_on: date | None = None,
) -> tuple[Event, ...]:
    task_id = derived_id("task", "intervention", kind, command.cause)
    if state.open_tasks(kind) or any(task.task_id == task_id for task in state.tasks):
        return ()
    due_on = due_on or rules.task_due_on(command.on)
    return (TaskRaised(task_id=task_id, kind=kind, due_on=due_on, owner_role=OwnerRole.TEAM_LEAD, about=command.cause),)
