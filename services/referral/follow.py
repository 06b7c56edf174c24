"""What follows at once from something said here: tasks raised and done (rules P6, P7, P10 and access). Pure."""

from datetime import date, timedelta
from uuid import UUID

from services.referral import family
from services.referral.access import traced
from services.referral.commands import Command, FinishTask
from services.referral.events import (
    BreakGlassOpened,
    DischargeSummarySent,
    Event,
    IdentifierRecorded,
    InfantBorn,
    InfantIdentityReplaced,
    PregnancyEnded,
    ReferralAccepted,
    ReferralDeclined,
    ReferralLinkedDuplicate,
    ReferralWithdrawn,
    TaskDone,
    TaskRaised,
)
from services.referral.heard import Known
from services.referral.state import State
from services.referral.task_codes import OwnerRole, TaskKind
from services.referral.triage_codes import SummaryTo
from shared.kernel.ids import derived_id


def follow(state: State, said: Event, known: Known) -> tuple[TaskRaised | TaskDone, ...]:
    """The tasks that an event raises, or does.

    Args:
        state: after the event.
        said: the event, just decided.
        known: with the team's targets and the moment.
    """
    match said:
        case InfantBorn():
            return _born(state, said, known)
        case PregnancyEnded() if not state.outcomes and not family.remaining(state):
            return raised(state, TaskKind.OFFER_CLOSING, said.infant_id, OwnerRole.TRIAGE_CLINICIAN, soon(known))
        case InfantIdentityReplaced():
            return raised(state, TaskKind.REVIEW_DISCLOSURE, said.new_infant_id, OwnerRole.DPO, soon(known))
        case BreakGlassOpened():
            about = _opening(state, said)
            return raised(state, TaskKind.REVIEW_BREAK_GLASS, about, OwnerRole.TEAM_LEAD, soon(known))
        case IdentifierRecorded() if traced(state, said.subject_ref):
            return done(state, TaskKind.TRACE_NHS_NUMBER, known.moment.today, about=said.subject_ref)
        case DischargeSummarySent(to=SummaryTo.REFERRER):
            return done(state, TaskKind.SEND_DISCHARGE_SUMMARY, said.on) + done(
                state, TaskKind.CORRECT_DISCHARGE_SUMMARY, said.on
            )
        case ReferralAccepted() | ReferralDeclined():
            return done(state, TaskKind.OFFER_CLOSING, said.decided_on)
        case ReferralLinkedDuplicate() | ReferralWithdrawn():
            return done(state, TaskKind.OFFER_CLOSING, said.on)
    return ()


def reviewed_by_others(state: State, command: Command) -> frozenset[str]:
    """Who may not finish a task: nobody reviews how he himself broke the glass."""
    if not isinstance(command, FinishTask):
        return frozenset()
    reviews = state.open_tasks(TaskKind.REVIEW_BREAK_GLASS)
    about = next((task.about for task in reviews if task.task_id == command.task_id), None)
    opened = (item for item in state.access if isinstance(item, BreakGlassOpened))
    return frozenset(item.actor_id for item in opened if _opening(state, item) == about)


def _opening(state: State, said: BreakGlassOpened) -> UUID:
    return derived_id("glass", state.received[0].referral_id, said.actor_id, said.opened_at.isoformat())


def _born(state: State, said: InfantBorn, known: Known) -> tuple[TaskRaised | TaskDone, ...]:
    """P6: have the NHS number traced; in a team that reports on the infant's record, move the record there."""
    due_on = said.born_on + timedelta(days=known.team.targets.trace_days)
    trace: tuple[TaskRaised | TaskDone, ...] = ()
    if not traced(state, said.infant_id):
        trace = raised(state, TaskKind.TRACE_NHS_NUMBER, said.infant_id, OwnerRole.ADMINISTRATOR, due_on)
    if known.team.index_subject != "infant":
        return trace
    return trace + raised(state, TaskKind.REPOINT_MHSDS_SUBJECT, said.infant_id, OwnerRole.ADMINISTRATOR, soon(known))


def raised(
    state: State, kind: TaskKind, about: UUID, owner: OwnerRole, due_on: date
) -> tuple[TaskRaised | TaskDone, ...]:
    """A task, unless it was raised before; its id follows from what it is about."""
    task_id = derived_id("task", kind, state.received[0].referral_id, about)
    if any(task.task_id == task_id for task in state.tasks):
        return ()
    return (TaskRaised(task_id=task_id, kind=kind, due_on=due_on, owner_role=owner, about=about),)


def done(state: State, kind: TaskKind, on: date, *, about: UUID | None = None) -> tuple[TaskRaised | TaskDone, ...]:
    """The open tasks of a kind, about one thing or any, as done."""
    return tuple(
        TaskDone(task_id=task.task_id, on=on) for task in state.open_tasks(kind) if about in {None, task.about}
    )


def soon(known: Known) -> date:
    """By when a person looks at a task that has no target of its own."""
    return known.moment.today + timedelta(days=known.team.targets.task_days)
