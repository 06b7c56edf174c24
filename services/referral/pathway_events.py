"""What is said of a referral's way from receipt to decision. Names and versions stand on the wire for ever."""

from typing import Annotated
from uuid import UUID

from services.referral.codes import (
    Channel,
    Consent,
    DecisionRole,
    DeclineReason,
    Flag,
    OfferTier,
    OverrideReason,
    Priority,
    ReferralSource,
    Signpost,
    WithdrawalReason,
    WithdrawnBy,
)
from services.referral.triage_codes import (
    AcknowledgedTo,
    AcknowledgementChannel,
    InformationNeeded,
    Onset,
    OrganisationType,
    PriorityReason,
    SummaryTo,
    TriageDecision,
    UniversalServices,
)
from services.referral.values import Caregiver, Concern, DiagnosisCode, Indicator, OnsetMonths, Subject
from shared.kernel.fields import CivilDate, Code, Instant, Len, OdsCode, OnsCode, Sha256Hex, Version
from shared.kernel.values import event


@event("ReferralReceived", 1)
class ReferralReceived:
    """A referral reached the team: the case begins. Clocks start on `received_on`."""

    referral_id: UUID
    received_on: CivilDate
    received_at: Instant | None = None
    source: ReferralSource
    source_org_ods: OdsCode | None = None
    source_org_type: OrganisationType | None = None
    consultation_id: UUID | None = None
    """The consultation that became this referral (statement S8); only from `internal_consultation`."""
    channel: Channel
    priority: Priority
    subjects: Annotated[tuple[Subject, ...], Len(1, 6)]
    caregivers: Annotated[tuple[Caregiver, ...], Len(0, 6)]
    caregiver_unknown: bool = False
    concerns: Annotated[tuple[Concern, ...], Len(1, 19)]
    onset: Onset | None = None
    onset_months: OnsetMonths | None = None
    indicators: Annotated[tuple[Indicator, ...], Len(0, 5)] = ()
    diagnoses: Annotated[tuple[DiagnosisCode, ...], Len(0, 20)] = ()
    """For the record only: no rule reads it (statement S30)."""
    flags: Annotated[tuple[Flag, ...], Len(0, 6)] = ()
    services_involved: Annotated[tuple[Signpost, ...], Len(0, 13)] = ()
    """Who else works with the family, CAMHS and perinatal mental health above all (statement S37)."""
    transferred_from: Signpost | None = None
    consent_to_referral: Consent
    prior_case_id: UUID | None = None
    locality: OnsCode | None = None
    eligibility_rule_version: Version


@event("CaseReferenceLinked", 1)
class CaseReferenceLinked:
    """A sending system's own reference of the case, as a keyed hash only."""

    system: Code
    reference_hmac: Sha256Hex


@event("ReferralAcknowledged", 1)
class ReferralAcknowledged:
    """The referrer was told that the referral arrived (P1), by the service itself or by somebody of the team."""

    to: AcknowledgedTo = AcknowledgedTo.REFERRER
    on: CivilDate
    channel: AcknowledgementChannel


@event("ReferralInfoRequested", 1)
class ReferralInfoRequested:
    """The team needs to know more before it decides; the referral waits for it, its clock does not."""

    on: CivilDate
    what: Annotated[tuple[InformationNeeded, ...], Len(1, 11)]
    due_on: CivilDate


@event("ReferralInfoProvided", 1)
class ReferralInfoProvided:
    """What was asked for arrived, all or some of it: the referral waits for the team again."""

    on: CivilDate
    what: Annotated[tuple[InformationNeeded, ...], Len(1, 11)]


@event("ReferralHeldUntilBirth", 1)
class ReferralHeldUntilBirth:
    """The team works from birth on only: an unborn infant's referral waits until then (statement S32)."""

    on: CivilDate
    eligibility_rule_version: Version


@event("ReferralPriorityChanged", 1)
class ReferralPriorityChanged:
    """The referral is more or less urgent than was thought."""

    on: CivilDate
    priority: Priority
    reason: PriorityReason


@event("ReferralAccepted", 1)
class ReferralAccepted:
    """The team takes the family on; tier CONSULT is `accepted_consultation_only`.

    `override` stands where the eligibility rules alone would not have accepted.
    """

    decided_on: CivilDate
    offer_tier: OfferTier
    priority: Priority
    decision_by: DecisionRole
    override: OverrideReason | None = None
    universal_tried_or_insufficient: UniversalServices | None = None
    eligibility_rule_version: Version


@event("ReferralDeclined", 1)
class ReferralDeclined:
    """The team does not take the family on: declined, signposted or handed to another service, with the reason."""

    decided_on: CivilDate
    reason: DeclineReason
    triage_decision: TriageDecision = TriageDecision.DECLINED
    """`declined`, `signposted` or `redirected_transfer`."""
    signposted_to: Annotated[tuple[Signpost, ...], Len(0, 13)] = ()
    universal_tried_or_insufficient: UniversalServices | None = None
    eligibility_rule_version: Version | None = None


@event("ReferralLinkedDuplicate", 1)
class ReferralLinkedDuplicate:
    """The family was referred already: this case ends here, that one goes on."""

    of_case_id: UUID
    on: CivilDate


@event("ReferralWithdrawn", 1)
class ReferralWithdrawn:
    """Family or referrer took the referral back, before or after acceptance."""

    on: CivilDate
    by: WithdrawnBy
    reason: WithdrawalReason


@event("DischargeSummarySent", 1)
class DischargeSummarySent:
    """A summary of the discharge left for this reader (P11)."""

    to: SummaryTo
    on: CivilDate


Decision = ReferralAccepted | ReferralDeclined | ReferralLinkedDuplicate
Outcome = Decision | ReferralWithdrawn
Enquiry = ReferralInfoRequested | ReferralInfoProvided
PathwayEvent = (
    ReferralReceived
    | CaseReferenceLinked
    | ReferralAcknowledged
    | Enquiry
    | ReferralHeldUntilBirth
    | ReferralPriorityChanged
    | Outcome
    | DischargeSummarySent
)
