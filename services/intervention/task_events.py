"""Events of tasks and breaches, and of a person's erasure: what every episode may say in any state."""

from uuid import UUID

from services.intervention.codes import OwnerRole, TaskKind
from services.intervention.course_codes import Target
from shared.kernel.fields import CivilDate, Code
from shared.kernel.values import event


@event("TargetBreached", 1)
class TargetBreached:
    """What was aimed at by `due_on` had not happened when that day ended (rule P9); `owner_role` is to act."""

    target_code: Target
    due_on: CivilDate
    owner_role: OwnerRole


@event("TaskRaised", 1)
class TaskRaised:
    """A person must look at something; `about` is the event, session or programme that gave the cause."""

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


@event("SubjectErasureAcknowledged", 1)
class SubjectErasureAcknowledged:
    """This service has destroyed a person's key: what was sealed under it is gone. Changes nothing else."""

    subject_ref: UUID
    service: Code
