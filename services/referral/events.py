"""What the referral service says. Names and versions stand on the wire for ever."""

from datetime import UTC, date, datetime
from typing import Annotated, assert_never
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
from services.referral.values import Caregiver, Concern, GestationWeeks, Subject
from shared.kernel.codec import Registry
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
    channel: Channel
    priority: Priority
    subjects: Annotated[tuple[Subject, ...], Len(1, 6)]
    caregivers: Annotated[tuple[Caregiver, ...], Len(0, 6)]
    caregiver_unknown: bool = False
    concerns: Annotated[tuple[Concern, ...], Len(1, 19)]
    flags: Annotated[tuple[Flag, ...], Len(0, 6)] = ()
    consent_to_referral: Consent
    prior_case_id: UUID | None = None
    locality: OnsCode | None = None
    eligibility_rule_version: Version


@event("CaseReferenceLinked", 1)
class CaseReferenceLinked:
    """A sending system's own reference of the case, as a keyed hash only."""

    system: Code
    reference_hmac: Sha256Hex


@event("ReferralAccepted", 1)
class ReferralAccepted:
    """The team takes the family on. `override` stands where the eligibility rules alone would not have."""

    decided_on: CivilDate
    offer_tier: OfferTier
    priority: Priority
    decision_by: DecisionRole
    override: OverrideReason | None = None
    eligibility_rule_version: Version


@event("ReferralDeclined", 1)
class ReferralDeclined:
    """The team does not take the family on, with the reason and where they were pointed to."""

    decided_on: CivilDate
    reason: DeclineReason
    signposted_to: Annotated[tuple[Signpost, ...], Len(0, 13)] = ()


@event("ReferralWithdrawn", 1)
class ReferralWithdrawn:
    """Family or referrer took the referral back, before or after acceptance."""

    on: CivilDate
    by: WithdrawnBy
    reason: WithdrawalReason


@event("InfantBorn", 1)
class InfantBorn:
    """An infant who was referred unborn has been born."""

    infant_id: UUID
    born_on: CivilDate
    gestation_weeks: GestationWeeks | None = None
    source: BirthSource


Outcome = ReferralAccepted | ReferralDeclined | ReferralWithdrawn
Event = ReferralReceived | CaseReferenceLinked | Outcome | InfantBorn

COMPUTED: dict[str, frozenset[str]] = {
    "ReferralReceived": frozenset({"referral_id", "eligibility_rule_version"}),
    "ReferralAccepted": frozenset({"eligibility_rule_version"}),
}
"""Members of an event that only the service fills in (in `ReferralReceived` also each subject's `age_days`)."""

REGISTRY: Registry[Event] = Registry(
    [ReferralReceived, CaseReferenceLinked, ReferralAccepted, ReferralDeclined, ReferralWithdrawn, InfantBorn]
)

_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")

EXAMPLES: dict[str, Event] = {
    "ReferralReceived": ReferralReceived(
        referral_id=UUID("650f4f65-d413-5ce7-9d0b-7a86a8578173"),
        received_on=date(2025, 3, 3),
        received_at=datetime(2025, 3, 3, 9, 30, tzinfo=UTC),
        source=ReferralSource.HEALTH_VISITOR,
        source_org_ods="RGD",
        channel=Channel.API,
        priority=Priority.ROUTINE,
        subjects=(
            Subject(
                infant_id=_INFANT,
                unborn=False,
                born_on=date(2024, 11, 20),
                age_days=103,
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
        eligibility_rule_version="default-1",
    ),
    "CaseReferenceLinked": CaseReferenceLinked(system="north-records", reference_hmac="a3" * 32),
    "ReferralAccepted": ReferralAccepted(
        decided_on=date(2025, 3, 5),
        offer_tier=OfferTier.SPECIALIST,
        priority=Priority.ROUTINE,
        decision_by=DecisionRole.TRIAGE_CLINICIAN,
        eligibility_rule_version="default-1",
    ),
    "ReferralDeclined": ReferralDeclined(
        decided_on=date(2025, 3, 5), reason=DeclineReason.CAPACITY_CLOSED, signposted_to=(Signpost.HEALTH_VISITING,)
    ),
    "ReferralWithdrawn": ReferralWithdrawn(
        on=date(2025, 3, 12), by=WithdrawnBy.FAMILY, reason=WithdrawalReason.HELP_ELSEWHERE
    ),
    "InfantBorn": InfantBorn(
        infant_id=_INFANT, born_on=date(2025, 5, 20), gestation_weeks=38, source=BirthSource.STAFF
    ),
}
"""One synthetic event for each name."""


def occurred(event: Event) -> date | datetime | None:
    """When an event was true in the world by its own account; None where only the envelope says."""
    match event:
        case ReferralReceived():
            return event.received_at or event.received_on
        case ReferralAccepted() | ReferralDeclined():
            return event.decided_on
        case ReferralWithdrawn():
            return event.on
        case InfantBorn():
            return event.born_on
        case CaseReferenceLinked():
            return None
    assert_never(event)
