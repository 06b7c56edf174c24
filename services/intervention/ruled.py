"""What a process rule makes happen to an episode (domain 6.5). Pure."""

from datetime import date, timedelta
from typing import assert_never

from services.intervention.closing import discharged
from services.intervention.codes import DischargeReason, TaskKind
from services.intervention.events import EpisodeOpened, Event, SubjectErasureAcknowledged, TargetBreached
from services.intervention.known import Known
from services.intervention.rule_commands import (
    AcknowledgeErasure,
    CloseAfterVoidedAcceptance,
    CloseAfterWithdrawal,
    DecideClosing,
    DischargeAfterAssessment,
    FlagAgedOut,
    FollowReopening,
    MoveOpening,
    OpenEpisode,
    RaiseProgrammeTask,
    ReassignLead,
    RecordBreach,
    ReviewAssessment,
    ReviewReferralVoid,
    Ruled,
)
from services.intervention.state import State
from services.intervention.tasks import clinician_of, settled, task
from shared.kernel.errors import NotYetKnown

OfOpening = OpenEpisode | MoveOpening | FollowReopening
OfHeardNews = RaiseProgrammeTask | DischargeAfterAssessment | CloseAfterWithdrawal | DecideClosing
OfAmendment = CloseAfterVoidedAcceptance | ReviewReferralVoid | ReviewAssessment
OfDeadline = ReassignLead | RecordBreach | FlagAgedOut


def ruled(state: State, command: Ruled, known: Known) -> tuple[Event, ...]:
    """What a process rule makes happen; its facts were checked by whoever said them.

    Raises:
        NotYetKnown: the episode that it is about is not open yet.
    """
    match command:
        case OpenEpisode() | MoveOpening() | FollowReopening():
            return _opening(state, command, known)
        case RaiseProgrammeTask() | DischargeAfterAssessment() | CloseAfterWithdrawal() | DecideClosing():
            return _heard(state, command, known)
        case CloseAfterVoidedAcceptance() | ReviewReferralVoid() | ReviewAssessment():
            return _amended(state, command, known)
        case ReassignLead() | RecordBreach() | FlagAgedOut():
            return _rung(state, command, known)
        case AcknowledgeErasure(subject_ref=subject):
            said = any(item.subject_ref == subject for item in state.erased)
            return () if said else (SubjectErasureAcknowledged(subject_ref=subject, service="intervention"),)
    assert_never(command)


def _opening(state: State, command: OfOpening, known: Known) -> tuple[Event, ...]:
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
            return _heard(state, again(on=day, cause=cause), known)
    assert_never(command)


def _open(state: State, day: date) -> tuple[Event, ...]:
    """A new acceptance reopens only what closed because the former one was void."""
    closed = state.discharge is not None and state.discharge.reason is DischargeReason.ADMINISTRATIVE_ERROR
    if state.opened_on is None or closed or (state.discharge is None and day < state.opened_on):
        return (EpisodeOpened(on=day),)
    return ()


def _heard(state: State, command: OfHeardNews, known: Known) -> tuple[Event, ...]:
    if state.opened_on is None:
        raise NotYetKnown("not-known-yet", "the episode is not open yet")
    if state.discharge is not None:
        return ()
    match command:
        case CloseAfterWithdrawal(on=day):
            return _close(state, known, day, DischargeReason.FAMILY_WITHDREW)
        case DecideClosing(on=day, cause=cause):
            owner = clinician_of(state)
            return task(state, TaskKind.DECIDE_CLOSING, cause, day, known.team, owner_role=owner)
        case RaiseProgrammeTask() | DischargeAfterAssessment():
            return _assessed(state, command, known)
    assert_never(command)


def _assessed(state: State, command: RaiseProgrammeTask | DischargeAfterAssessment, known: Known) -> tuple[Event, ...]:
    day, cause = command.on, command.cause
    if isinstance(command, RaiseProgrammeTask):
        if state.programme is not None:
            return ()
        due_on = day + timedelta(days=known.team.targets.programme_days)
        return task(state, TaskKind.ASSIGN_PROGRAMME, cause, day, known.team, due_on=due_on)
    if state.programme is not None:
        return task(state, TaskKind.REVIEW_ASSESSMENT_RESULT, cause, day, known.team)
    return _close(state, known, day, DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT, planned=True)


def _amended(state: State, command: OfAmendment, known: Known) -> tuple[Event, ...]:
    reason = state.discharge.reason if state.discharge is not None else None
    match command:
        case CloseAfterVoidedAcceptance():
            if state.opened_on is None or reason is not None:
                return ()
            if not _seen(state, known):
                return _close(state, known, command.on, DischargeReason.ADMINISTRATIVE_ERROR)
            kind = TaskKind.REVIEW_VOIDED_ACCEPTANCE
        case ReviewReferralVoid():
            if reason is DischargeReason.ADMINISTRATIVE_ERROR:
                kind = TaskKind.REVIEW_RESTORED_ACCEPTANCE
            elif reason is DischargeReason.FAMILY_WITHDREW and not command.withdrawn:
                kind = TaskKind.REVIEW_VOIDED_WITHDRAWAL
            else:
                return ()
        case ReviewAssessment():
            too_early = reason is DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT and command.programme is not False
            unfounded = reason is None and state.programme is not None and not command.programme
            if not (too_early or unfounded):
                return ()
            kind = TaskKind.REVIEW_ASSESSMENT_RESULT
        case _:
            assert_never(command)
    return task(state, kind, command.cause, command.on, known.team)


def _rung(state: State, command: OfDeadline, known: Known) -> tuple[Event, ...]:
    if state.opened_on is None or state.discharge is not None:
        return ()
    match command:
        case ReassignLead(practitioner_id=lead, since=since, on=day):
            if state.programme is None or state.lead != lead:
                return ()
            about, cause = state.programme.programme_id, f"{lead}/{since}"
            return task(state, TaskKind.REASSIGN_LEAD, about, day, known.team, cause=cause)
        case RecordBreach(target_code=code, due_on=due_on, owner_role=owner):
            said = any((item.target_code, item.due_on) == (code, due_on) for item in state.breaches)
            return () if said else (TargetBreached(target_code=code, due_on=due_on, owner_role=owner),)
        case FlagAgedOut(infant_id=infant, on=day):
            owner = clinician_of(state)
            return task(state, TaskKind.AGED_PAST_WINDOW, infant, day, known.team, owner_role=owner)
    assert_never(command)


def _seen(state: State, known: Known) -> bool:
    """Whether anybody met the family: then no rule closes the case as an error."""
    return bool(state.held or known.assessments_started)


def _close(
    state: State, known: Known, on: date, reason: DischargeReason, *, planned: bool = False
) -> tuple[Event, ...]:
    """The discharge on that day, or on the last day that anything on record needs, and the tasks that it settles."""
    planned_on = state.programme.assigned_on if state.programme is not None else None
    on = max(filter(None, (on, state.opened_on, planned_on, state.last_held_on, *state.change_days)))
    news = discharged(state, known, discharged_on=on, reason=reason, planned=planned)
    return (news, *settled(state, news))
