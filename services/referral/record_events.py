"""What is said of the record itself: details that came, who may read it, erasure, tasks and missed targets."""

from uuid import UUID

from services.referral.family_codes import (
    BreakGlassReason,
    DenialReason,
    IdentifierKind,
    IdentifierQuality,
    IdentifierStatus,
)
from services.referral.task_codes import OwnerRole, Service, TargetCode, TaskKind
from services.referral.values import ActorId
from shared.kernel.fields import CivilDate, Instant
from shared.kernel.values import event


@event("PersonDetailsRecorded", 1)
class PersonDetailsRecorded:
    """Details of a person came or were put right; they are sealed, and this only says that they did."""

    subject_ref: UUID | None = None
    """An infant or caregiver of the case; none: the referrer."""
    entry_id: UUID | None = None
    """The sender's own id of the entry: tells two on one day apart."""
    on: CivilDate


@event("IdentifierRecorded", 1)
class IdentifierRecorded:
    """A national number of a person came, or what tracing it found; never the number itself."""

    subject_ref: UUID
    kind: IdentifierKind
    status: IdentifierStatus | None = None
    quality: IdentifierQuality


@event("AccessDenied", 1)
class AccessDenied:
    """Somebody may not read what is recorded of this person, whatever their role."""

    subject_ref: UUID
    actor_id: ActorId
    on: CivilDate
    reason: DenialReason


@event("AccessDenialLifted", 1)
class AccessDenialLifted:
    """A denial no longer holds."""

    subject_ref: UUID
    actor_id: ActorId
    on: CivilDate


@event("BreakGlassOpened", 1)
class BreakGlassOpened:
    """Somebody without a part in the case opened it, for a reason and some hours; a task has it looked at."""

    actor_id: ActorId
    reason: BreakGlassReason
    opened_at: Instant
    until: Instant
    """At most eight hours later."""


@event("SubjectErased", 1)
class SubjectErased:
    """Everything personal about this person is to be unreadable for good, in every service."""

    subject_ref: UUID


@event("SubjectErasureAcknowledged", 1)
class SubjectErasureAcknowledged:
    """This service has destroyed its keys to what is recorded of the person."""

    subject_ref: UUID
    service: Service


@event("TaskRaised", 1)
class TaskRaised:
    """A person must look at something; `about` is the event, infant or referral that it concerns."""

    task_id: UUID
    kind: TaskKind
    due_on: CivilDate
    owner_role: OwnerRole
    about: UUID


@event("TaskDone", 1)
class TaskDone:
    """A person has looked at it, or what it asked for is done."""

    task_id: UUID
    on: CivilDate


@event("TargetBreached", 1)
class TargetBreached:
    """What the team aims at was not done by the day on which it was due (P1, P9)."""

    target_code: TargetCode
    due_on: CivilDate
    owner_role: OwnerRole


AccessSaid = AccessDenied | AccessDenialLifted | BreakGlassOpened
Erasure = SubjectErased | SubjectErasureAcknowledged
RecordEvent = PersonDetailsRecorded | IdentifierRecorded | AccessSaid | Erasure | TaskRaised | TaskDone | TargetBreached
