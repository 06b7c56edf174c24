"""What may be asked of a referral on its way from receipt to decision; each in the shape of its event."""

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
from services.referral.values import Caregiver, Concern, DiagnosisCode, Indicator, InfantReferred, OnsetMonths
from shared.kernel.fields import CivilDate, Code, Instant, Len, OdsCode, OnsCode, Sha256Hex
from shared.kernel.values import value


@value
class ReceiveReferral:
    """Open a case with a referral."""

    received_on: CivilDate
    received_at: Instant | None = None
    source: ReferralSource
    source_org_ods: OdsCode | None = None
    source_org_type: OrganisationType | None = None
    consultation_id: UUID | None = None
    channel: Channel
    priority: Priority
    subjects: Annotated[tuple[InfantReferred, ...], Len(1, 6)]
    caregivers: Annotated[tuple[Caregiver, ...], Len(0, 6)] = ()
    caregiver_unknown: bool = False
    concerns: Annotated[tuple[Concern, ...], Len(1, 19)]
    onset: Onset | None = None
    onset_months: OnsetMonths | None = None
    indicators: Annotated[tuple[Indicator, ...], Len(0, 5)] = ()
    diagnoses: Annotated[tuple[DiagnosisCode, ...], Len(0, 20)] = ()
    flags: Annotated[tuple[Flag, ...], Len(0, 6)] = ()
    services_involved: Annotated[tuple[Signpost, ...], Len(0, 13)] = ()
    transferred_from: Signpost | None = None
    consent_to_referral: Consent
    prior_case_id: UUID | None = None
    locality: OnsCode | None = None


@value
class LinkCaseReference:
    """Note that a sending system knows the case under this reference (already hashed at the edge)."""

    system: Code
    reference_hmac: Sha256Hex


@value
class AcknowledgeReferral:
    """Note that the referrer was told of the receipt."""

    to: AcknowledgedTo = AcknowledgedTo.REFERRER
    on: CivilDate
    channel: AcknowledgementChannel


@value
class RequestInfo:
    """Ask for what is needed before a decision; without `due_on` by the team's own target."""

    on: CivilDate
    what: Annotated[tuple[InformationNeeded, ...], Len(1, 11)]
    due_on: CivilDate | None = None


@value
class ProvideInfo:
    """Note that what was asked for arrived, all or some of it."""

    on: CivilDate
    what: Annotated[tuple[InformationNeeded, ...], Len(1, 11)]


@value
class HoldUntilBirth:
    """Let an unborn infant's referral wait, in a team that works from birth on."""

    on: CivilDate


@value
class ChangePriority:
    """Make the referral more or less urgent."""

    on: CivilDate
    priority: Priority
    reason: PriorityReason


@value
class AcceptReferral:
    """Take the family on. A clinician may override the eligibility rules with a reason."""

    decided_on: CivilDate
    offer_tier: OfferTier
    priority: Priority
    decision_by: DecisionRole
    override: OverrideReason | None = None
    universal_tried_or_insufficient: UniversalServices | None = None


@value
class DeclineReferral:
    """Do not take the family on."""

    decided_on: CivilDate
    reason: DeclineReason
    triage_decision: TriageDecision = TriageDecision.DECLINED
    signposted_to: Annotated[tuple[Signpost, ...], Len(0, 13)] = ()
    universal_tried_or_insufficient: UniversalServices | None = None


@value
class LinkDuplicate:
    """End this case for another one of the same family."""

    of_case_id: UUID
    on: CivilDate


@value
class WithdrawReferral:
    """Take the referral back, on behalf of the family or the referrer."""

    on: CivilDate
    by: WithdrawnBy
    reason: WithdrawalReason


@value
class RecordSummarySent:
    """Note that a summary of the discharge left for this reader."""

    to: SummaryTo
    on: CivilDate


Decide = AcceptReferral | DeclineReferral | LinkDuplicate | WithdrawReferral
PathwayCommand = (
    ReceiveReferral
    | LinkCaseReference
    | AcknowledgeReferral
    | RequestInfo
    | ProvideInfo
    | HoldUntilBirth
    | ChangePriority
    | Decide
    | RecordSummarySent
)
