"""What only this service's own process rules ask (domain 6.5)."""

from uuid import UUID

from services.intervention.codes import OwnerRole
from services.intervention.course_codes import Target
from shared.kernel.fields import CivilDate
from shared.kernel.values import value


@value
class OpenEpisode:
    """Rule P2: the referral was accepted on `on`."""

    on: CivilDate


@value
class MoveOpening:
    """The acceptance was corrected to `on`: an earlier date opens the episode earlier."""

    on: CivilDate


@value
class RaiseProgrammeTask:
    """Rule P3: the assessment completed on `on` recommends a programme; `cause` said so."""

    on: CivilDate
    cause: UUID


@value
class DischargeAfterAssessment:
    """Rule P3: the assessment completed on `on` recommends no programme; `cause` said so."""

    on: CivilDate
    cause: UUID


@value
class FollowReopening:
    """Rule P3 again, for what the assessment said while the episode was closed in error; `cause` reopened it."""

    on: CivilDate
    cause: UUID
    programme: bool


@value
class CloseAfterWithdrawal:
    """Rule P4: the accepted referral was withdrawn on `on`."""

    on: CivilDate


@value
class CloseAfterVoidedAcceptance:
    """The acceptance behind this episode was taken back on `on` by the event `cause` (domain 6.5)."""

    on: CivilDate
    cause: UUID


@value
class ReviewReferralVoid:
    """Something of the referral was taken back on `on` by the event `cause`, and the acceptance stands."""

    on: CivilDate
    cause: UUID
    withdrawn: bool
    """Whether a withdrawal still stands."""


@value
class ReviewAssessment:
    """What the assessment says was taken back or changed on `on` by the event `cause`."""

    on: CivilDate
    cause: UUID
    programme: bool | None
    """Whether what stands now recommends a programme; None if no completion stands."""


@value
class DecideClosing:
    """Rule P7: the pregnancy ended on `on`, `cause` said so; a person decides whether the case is closed."""

    on: CivilDate
    cause: UUID


@value
class ReassignLead:
    """Rule P8: the lead has left, or is away for longer than the team allows, since `since`; `on` it was too long."""

    practitioner_id: UUID
    since: CivilDate
    on: CivilDate


@value
class RecordBreach:
    """Rule P9: a target was not met by `due_on`."""

    target_code: Target
    due_on: CivilDate
    owner_role: OwnerRole


@value
class FlagAgedOut:
    """Rule P12: on `on` the youngest infant reached the team's age limit while in care."""

    infant_id: UUID
    on: CivilDate


@value
class AcknowledgeErasure:
    """Rule `erasure`: a person was erased; this service destroys its key for them."""

    subject_ref: UUID


Ruled = (
    OpenEpisode
    | MoveOpening
    | RaiseProgrammeTask
    | DischargeAfterAssessment
    | FollowReopening
    | CloseAfterWithdrawal
    | CloseAfterVoidedAcceptance
    | ReviewReferralVoid
    | ReviewAssessment
    | DecideClosing
    | ReassignLead
    | RecordBreach
    | FlagAgedOut
    | AcknowledgeErasure
)
