"""What may be asked about the record itself, and what the service asks of itself."""

from uuid import UUID

from services.referral.family_codes import (
    BreakGlassReason,
    DenialReason,
    IdentifierKind,
    IdentifierQuality,
    IdentifierStatus,
)
from services.referral.task_codes import OwnerRole, TargetCode
from services.referral.values import ActorId
from shared.kernel.fields import CivilDate, Instant
from shared.kernel.values import value


@value
class RecordDetails:
    """Note that details of a person came or were put right."""

    subject_ref: UUID | None = None
    entry_id: UUID | None = None
    on: CivilDate


@value
class RecordIdentifier:
    """Note that a national number came, or what tracing it found."""

    subject_ref: UUID
    kind: IdentifierKind
    status: IdentifierStatus | None = None
    quality: IdentifierQuality = IdentifierQuality.NONE


@value
class DenyAccess:
    """Keep somebody from reading what is recorded of a person."""

    subject_ref: UUID
    actor_id: ActorId
    on: CivilDate
    reason: DenialReason


@value
class LiftDenial:
    """Let somebody read it again."""

    subject_ref: UUID
    actor_id: ActorId
    on: CivilDate


@value
class BreakGlass:
    """Open the case to somebody without a part in it, for at most eight hours."""

    actor_id: ActorId
    reason: BreakGlassReason
    opened_at: Instant
    until: Instant


@value
class FinishTask:
    """Note that a task is done."""

    task_id: UUID
    on: CivilDate


@value
class EraseSubject:
    """Make everything personal about somebody unreadable; asked by the erasure executor only."""

    subject_ref: UUID


@value
class BreachTarget:
    """Note that a target was missed; asked by a deadline only."""

    target_code: TargetCode
    due_on: CivilDate
    owner_role: OwnerRole


@value
class AskForSummary:
    """P11: have a summary of a discharge sent; `discharge` is that event's id."""

    discharge: UUID


@value
class AskForCorrection:
    """P11: the discharge was corrected; `cause` is the correction's id."""

    cause: UUID


@value
class TakeBackSummary:
    """P11: the discharge does not stand any more; none given: the latest."""

    discharge: UUID | None = None
    on: CivilDate


@value
class ReportLetter:
    """Have a person see to a letter that did not leave; `about` is its id, or the referral where it has no address."""

    about: UUID


RecordPosted = RecordDetails | RecordIdentifier | DenyAccess | LiftDenial | BreakGlass | FinishTask
Ruled = EraseSubject | BreachTarget | AskForSummary | AskForCorrection | TakeBackSummary | ReportLetter
"""Only the service itself asks for these."""
RecordCommand = RecordPosted | Ruled
