"""What is said of the record itself: tasks, missed targets, erasure."""

from uuid import UUID

from services.assessment.codes import OwnerRole, Service, TargetCode, TaskKind
from shared.kernel.fields import CivilDate
from shared.kernel.values import event


@event("TaskRaised", 1)
class TaskRaised:
    """A person must look at something; `about` is the event that caused it."""

    task_id: UUID
    kind: TaskKind
    due_on: CivilDate
    owner_role: OwnerRole
    about: UUID


@event("TaskDone", 1)
class TaskDone:
    """A person has looked at it."""

    task_id: UUID
    on: CivilDate


@event("TargetBreached", 1)
class TargetBreached:
    """What the team aims at was not done by the day on which it was due (rules P2, P9)."""

    target_code: TargetCode
    due_on: CivilDate
    owner_role: OwnerRole


@event("SubjectErasureAcknowledged", 1)
class SubjectErasureAcknowledged:
    """This service has destroyed its keys to what is recorded of the person."""

    subject_ref: UUID
    service: Service
