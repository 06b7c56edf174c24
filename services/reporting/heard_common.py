"""What every deciding service says in the same words: relationships, tasks, breached targets, erasure."""

from datetime import date
from uuid import UUID

from shared.kernel.values import heard, heard_value


@heard_value
class FocusRelationship:
    """A dyad or triad: one baby and one or two parents or carers."""

    infant_id: UUID
    caregiver_ids: tuple[UUID, ...]


@heard("TaskRaised")
class TaskRaised:
    """Somebody has to do something."""

    kind: str = ""
    due_on: date | None = None


@heard("TaskDone")
class TaskDone:
    """It was done."""

    on: date


@heard("TargetBreached")
class TargetBreached:
    """Something was not done by the day on which it was due."""

    target_code: str
    due_on: date


@heard("SubjectErasureAcknowledged")
class SubjectErasureAcknowledged:
    """One service has destroyed its keys to a person's details."""

    service: str = ""


CLASSES: tuple[type, ...] = (TaskRaised, TaskDone, TargetBreached, SubjectErasureAcknowledged)
