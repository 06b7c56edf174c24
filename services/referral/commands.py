"""What the referral service may be asked; each in the shape of the event that it asks for, less what is computed."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from services.referral.codes import (
    BirthSource,
    CaregiverRole,
    Channel,
    ConcernCode,
    Consent,
    DecisionRole,
    DeclineReason,
    Flag,
    OfferTier,
    OverrideReason,
    ParentalResponsibility,
    Priority,
    ReferralSource,
    RiskStatus,
    Signpost,
    WithdrawalReason,
    WithdrawnBy,
)
from services.referral.values import Caregiver, Concern, GestationWeeks, InfantReferred
from shared.kernel.fields import CivilDate, Code, Instant, Len, OdsCode, OnsCode, Sha256Hex
from shared.kernel.values import value


@value
class ReceiveReferral:
    """Open a case with a referral."""

    received_on: CivilDate
    received_at: Instant | None = None
    source: ReferralSource
    source_org_ods: OdsCode | None = None
    channel: Channel
    priority: Priority
    subjects: Annotated[tuple[InfantReferred, ...], Len(1, 6)]
    caregivers: Annotated[tuple[Caregiver, ...], Len(0, 6)] = ()
    caregiver_unknown: bool = False
    concerns: Annotated[tuple[Concern, ...], Len(1, 19)]
    flags: Annotated[tuple[Flag, ...], Len(0, 6)] = ()
    consent_to_referral: Consent
    prior_case_id: UUID | None = None
    locality: OnsCode | None = None


@value
class LinkCaseReference:
    """Note that a sending system knows the case under this reference (already hashed at the edge)."""

    system: Code
    reference_hmac: Sha256Hex


@value
class AcceptReferral:
    """Take the family on. A clinician may override the eligibility rules with a reason."""

    decided_on: CivilDate
    offer_tier: OfferTier
    priority: Priority
    decision_by: DecisionRole
    override: OverrideReason | None = None


@value
class DeclineReferral:
    """Do not take the family on."""

    decided_on: CivilDate
    reason: DeclineReason
    signposted_to: Annotated[tuple[Signpost, ...], Len(0, 13)] = ()


@value
class WithdrawReferral:
    """Take the referral back, on behalf of the family or the referrer."""

    on: CivilDate
    by: WithdrawnBy
    reason: WithdrawalReason


@value
class RecordBirth:
    """An infant who was referred unborn has been born."""

    infant_id: UUID
    born_on: CivilDate
    gestation_weeks: GestationWeeks | None = None
    source: BirthSource


Command = ReceiveReferral | LinkCaseReference | AcceptReferral | DeclineReferral | WithdrawReferral | RecordBirth

COMMANDS: dict[str, type] = {
    "ReferralReceived": ReceiveReferral,
    "CaseReferenceLinked": LinkCaseReference,
    "ReferralAccepted": AcceptReferral,
    "ReferralDeclined": DeclineReferral,
    "ReferralWithdrawn": WithdrawReferral,
    "InfantBorn": RecordBirth,
}
"""The command that a posted event type asks for. `CaseReferenceLinked` is posted with the plain reference."""

_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")

EXAMPLES: dict[str, Command] = {
    "ReferralReceived": ReceiveReferral(
        received_on=date(2025, 3, 3),
        received_at=datetime(2025, 3, 3, 9, 30, tzinfo=UTC),
        source=ReferralSource.HEALTH_VISITOR,
        source_org_ods="RGD",
        channel=Channel.API,
        priority=Priority.ROUTINE,
        subjects=(
            InfantReferred(
                infant_id=_INFANT,
                unborn=False,
                born_on=date(2024, 11, 20),
                gestation_weeks_at_birth=39,
                deprivation_decile=3,
            ),
        ),
        caregivers=(
            Caregiver(
                caregiver_id=_CAREGIVER, role=CaregiverRole.MOTHER, has_pr=ParentalResponsibility.YES, primary=True
            ),
        ),
        concerns=(Concern(code=ConcernCode.BONDING_DIFFICULTY, risk_status=RiskStatus.CURRENT),),
        flags=(Flag.PERINATAL_MH_OPEN,),
        consent_to_referral=Consent.AGREED,
        locality="E08000035",
    ),
    "CaseReferenceLinked": LinkCaseReference(system="north-records", reference_hmac="a3" * 32),
    "ReferralAccepted": AcceptReferral(
        decided_on=date(2025, 3, 5),
        offer_tier=OfferTier.SPECIALIST,
        priority=Priority.ROUTINE,
        decision_by=DecisionRole.TRIAGE_CLINICIAN,
    ),
    "ReferralDeclined": DeclineReferral(
        decided_on=date(2025, 3, 5), reason=DeclineReason.CAPACITY_CLOSED, signposted_to=(Signpost.HEALTH_VISITING,)
    ),
    "ReferralWithdrawn": WithdrawReferral(
        on=date(2025, 3, 12), by=WithdrawnBy.FAMILY, reason=WithdrawalReason.HELP_ELSEWHERE
    ),
    "InfantBorn": RecordBirth(
        infant_id=_INFANT, born_on=date(2025, 5, 20), gestation_weeks=38, source=BirthSource.STAFF
    ),
}
"""One synthetic request for each; the event examples are what they become."""
