"""The facts about one referral that later rules need, and how each event adds to them. Pure."""

from dataclasses import dataclass, replace
from typing import assert_never

from services.referral.events import (
    AccessDenialLifted,
    AccessDenied,
    AccessSaid,
    BreakGlassOpened,
    CaseReferenceLinked,
    ConsentRecorded,
    ConsentSaid,
    ConsentWithdrawn,
    Decision,
    DischargeSummarySent,
    Enquiry,
    Erasure,
    Event,
    FamilyEvent,
    FamilyMemberLinked,
    IdentifierRecorded,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
    Outcome,
    PathwayEvent,
    PersonDetailsRecorded,
    PregnancyEnded,
    RecordEvent,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralHeldUntilBirth,
    ReferralInfoProvided,
    ReferralInfoRequested,
    ReferralLinkedDuplicate,
    ReferralPriorityChanged,
    ReferralReceived,
    ReferralWithdrawn,
    SafeguardingFlagsChanged,
    SubjectErased,
    SubjectErasureAcknowledged,
    TargetBreached,
    TaskDone,
    TaskRaised,
    Tie,
)
from services.referral.task_codes import TaskKind


@dataclass(frozen=True, slots=True)
class State:
    """Each kind in the order of the stream.

    One receipt, one decision and one birth an infant is what `decide` allows; an amended history may hold more for a
    moment, which `check` then refuses.
    """

    received: tuple[ReferralReceived, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    births: tuple[InfantBorn, ...] = ()
    references: tuple[CaseReferenceLinked, ...] = ()
    acknowledgements: tuple[ReferralAcknowledged, ...] = ()
    enquiries: tuple[Enquiry, ...] = ()
    holds: tuple[ReferralHeldUntilBirth, ...] = ()
    priorities: tuple[ReferralPriorityChanged, ...] = ()
    losses: tuple[PregnancyEnded, ...] = ()
    ties: tuple[Tie, ...] = ()
    consents: tuple[ConsentSaid, ...] = ()
    flags: tuple[SafeguardingFlagsChanged, ...] = ()
    details: tuple[PersonDetailsRecorded, ...] = ()
    identifiers: tuple[IdentifierRecorded, ...] = ()
    access: tuple[AccessSaid, ...] = ()
    erasures: tuple[Erasure, ...] = ()
    summaries: tuple[DischargeSummarySent, ...] = ()
    tasks: tuple[TaskRaised, ...] = ()
    done: tuple[TaskDone, ...] = ()
    breaches: tuple[TargetBreached, ...] = ()

    @property
    def decision(self) -> Decision | None:
        """The decision that stands."""
        return next((item for item in self.outcomes if not isinstance(item, ReferralWithdrawn)), None)

    @property
    def withdrawal(self) -> ReferralWithdrawn | None:
        """The withdrawal that stands."""
        return next((item for item in self.outcomes if isinstance(item, ReferralWithdrawn)), None)

    @property
    def closed(self) -> bool:
        """Whether the referral ended here: declined, linked as a duplicate or withdrawn."""
        return bool(self.outcomes) and not isinstance(self.outcomes[-1], ReferralAccepted)

    @property
    def open_request(self) -> ReferralInfoRequested | None:
        """The request for information that waits for its answer (state INFO_REQUESTED)."""
        last = self.enquiries[-1] if self.enquiries else None
        return last if isinstance(last, ReferralInfoRequested) else None

    def open_tasks(self, kind: TaskKind) -> tuple[TaskRaised, ...]:
        """Tasks of a kind that nobody has done."""
        done = {item.task_id for item in self.done}
        return tuple(task for task in self.tasks if task.kind is kind and task.task_id not in done)


def evolve(state: State, event: Event) -> State:
    """The state after one more event; never refuses."""
    if isinstance(event, PathwayEvent):
        return _pathway(state, event)
    if isinstance(event, FamilyEvent):
        return _family(state, event)
    return _record(state, event)


def _pathway(state: State, event: PathwayEvent) -> State:
    match event:
        case ReferralReceived():
            return replace(state, received=(*state.received, event))
        case ReferralAccepted() | ReferralDeclined() | ReferralLinkedDuplicate() | ReferralWithdrawn():
            return replace(state, outcomes=(*state.outcomes, event))
        case ReferralInfoRequested() | ReferralInfoProvided():
            return replace(state, enquiries=(*state.enquiries, event))
        case ReferralAcknowledged():
            return replace(state, acknowledgements=(*state.acknowledgements, event))
        case ReferralHeldUntilBirth():
            return replace(state, holds=(*state.holds, event))
        case ReferralPriorityChanged():
            return replace(state, priorities=(*state.priorities, event))
        case CaseReferenceLinked():
            return replace(state, references=(*state.references, event))
        case DischargeSummarySent():
            return replace(state, summaries=(*state.summaries, event))
    assert_never(event)


def _family(state: State, event: FamilyEvent) -> State:
    match event:
        case FamilyMemberLinked() | LinkEnded() | InfantIdentityReplaced():
            return replace(state, ties=(*state.ties, event))
        case InfantBorn():
            return replace(state, births=(*state.births, event))
        case PregnancyEnded():
            return replace(state, losses=(*state.losses, event))
        case ConsentRecorded() | ConsentWithdrawn():
            return replace(state, consents=(*state.consents, event))
        case SafeguardingFlagsChanged():
            return replace(state, flags=(*state.flags, event))
    assert_never(event)


def _record(state: State, event: RecordEvent) -> State:
    match event:
        case PersonDetailsRecorded():
            return replace(state, details=(*state.details, event))
        case IdentifierRecorded():
            return replace(state, identifiers=(*state.identifiers, event))
        case AccessDenied() | AccessDenialLifted() | BreakGlassOpened():
            return replace(state, access=(*state.access, event))
        case SubjectErased() | SubjectErasureAcknowledged():
            return replace(state, erasures=(*state.erasures, event))
        case TaskRaised():
            return replace(state, tasks=(*state.tasks, event))
        case TaskDone():
            return replace(state, done=(*state.done, event))
        case TargetBreached():
            return replace(state, breaches=(*state.breaches, event))
    assert_never(event)
