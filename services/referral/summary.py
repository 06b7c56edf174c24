"""The summary of a discharge (rule P11), the letters that events call for, and those that did not leave. Pure."""

from services.referral.commands import AskForCorrection, AskForSummary, ReportLetter, TakeBackSummary
from services.referral.events import (
    Event,
    ReferralAccepted,
    ReferralDeclined,
    ReferralLinkedDuplicate,
    ReferralReceived,
    TaskDone,
    TaskRaised,
)
from services.referral.follow import done, raised, soon
from services.referral.heard import Known
from services.referral.state import State
from services.referral.task_codes import OwnerRole, TaskKind
from shared.kernel.letter import Letter

_REFERRER = "referrer"


def ask(state: State, command: AskForSummary, known: Known) -> tuple[TaskRaised | TaskDone, ...]:
    """A task to send the summary. It calls for the letter; where none may leave by itself, it waits for a person."""
    if not state.received:
        return ()
    kind = TaskKind.SEND_DISCHARGE_SUMMARY
    return raised(state, kind, command.discharge, OwnerRole.ADMINISTRATOR, soon(known))


def correct(state: State, command: AskForCorrection, known: Known) -> tuple[TaskRaised | TaskDone, ...]:
    """A task to put a summary right that was sent; one that is still to be sent tells what stands then."""
    if not state.summaries or state.open_tasks(TaskKind.SEND_DISCHARGE_SUMMARY):
        return ()
    kind = TaskKind.CORRECT_DISCHARGE_SUMMARY
    return raised(state, kind, command.cause, OwnerRole.ADMINISTRATOR, soon(known))


def take_back(state: State, command: TakeBackSummary, known: Known) -> tuple[TaskRaised | TaskDone, ...]:
    """The discharge does not stand: a summary that was not sent is not sent, one that was is put right by a person."""
    asked = [task.about for task in state.tasks if task.kind is TaskKind.SEND_DISCHARGE_SUMMARY]
    discharge = command.discharge or (asked[-1] if asked else None)
    if discharge is None or discharge not in asked:
        return ()
    unsent = done(state, TaskKind.SEND_DISCHARGE_SUMMARY, command.on, about=discharge)
    if unsent or not state.summaries:
        return unsent
    return raised(state, TaskKind.CORRECT_DISCHARGE_SUMMARY, discharge, OwnerRole.ADMINISTRATOR, soon(known))


def report(state: State, command: ReportLetter, known: Known) -> tuple[TaskRaised | TaskDone, ...]:
    """A task to tell the reader in another way, once for each letter, or for all that wait for the same address."""
    if not state.received:
        return ()
    return raised(state, TaskKind.LETTER_FAILED, command.about, OwnerRole.ADMINISTRATOR, soon(known))


def letters(event: Event, _state: State, _known: Known) -> tuple[Letter, ...]:
    """What is to be sent to the referrer because of an event; whether it may leave is asked when it is sent."""
    match event:
        case ReferralReceived():
            return (Letter(kind="acknowledgement", to=_REFERRER),)
        case ReferralAccepted() | ReferralDeclined() | ReferralLinkedDuplicate():
            return (Letter(kind="decision", to=_REFERRER),)
        case TaskRaised(kind=TaskKind.SEND_DISCHARGE_SUMMARY):
            return (Letter(kind="discharge_summary", to=_REFERRER),)
    return ()
