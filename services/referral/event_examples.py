"""One synthetic event for each name that the referral service says."""

from datetime import UTC, date, datetime
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
    ParentalResponsibility,
    Priority,
    ReferralSource,
    RiskStatus,
    Signpost,
    WithdrawalReason,
    WithdrawnBy,
)
from services.referral.family_codes import (
    BreakGlassReason,
    ConsentBy,
    ConsentScope,
    DenialReason,
    IdentifierKind,
    IdentifierQuality,
    IdentifierStatus,
    LinkEndReason,
)
from services.referral.family_events import (
    ConsentRecorded,
    ConsentWithdrawn,
    FamilyEvent,
    FamilyMemberLinked,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
    PregnancyEnded,
    SafeguardingFlagsChanged,
)
from services.referral.pathway_events import (
    CaseReferenceLinked,
    DischargeSummarySent,
    PathwayEvent,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralHeldUntilBirth,
    ReferralInfoProvided,
    ReferralInfoRequested,
    ReferralLinkedDuplicate,
    ReferralPriorityChanged,
    ReferralReceived,
    ReferralWithdrawn,
)
from services.referral.record_events import (
    AccessDenialLifted,
    AccessDenied,
    BreakGlassOpened,
    IdentifierRecorded,
    PersonDetailsRecorded,
    RecordEvent,
    SubjectErased,
    SubjectErasureAcknowledged,
    TargetBreached,
    TaskDone,
    TaskRaised,
)
from services.referral.task_codes import OwnerRole, Service, TargetCode, TaskKind
from services.referral.triage_codes import (
    AcknowledgementChannel,
    IndicatorDomain,
    InformationNeeded,
    Onset,
    OrganisationType,
    PriorityReason,
    SummaryTo,
    TriageDecision,
    UniversalServices,
)
from services.referral.values import Caregiver, Concern, Indicator, Subject

INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")
FOSTER_CARER = UUID("0192f0c4-0000-7000-8000-00000000000c")
ADOPTED = UUID("0192f0c4-0000-7000-8000-00000000000d")
OTHER_CASE = UUID("0192f0c4-0000-7000-8000-00000000000e")
ENTRY = UUID("0192f0c4-0000-7000-8000-00000000000f")
TASK = UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f02")
COLLEAGUE = "p-1042"

_PATHWAY: tuple[PathwayEvent, ...] = (
    ReferralReceived(
        referral_id=UUID("650f4f65-d413-5ce7-9d0b-7a86a8578173"),
        received_on=date(2025, 3, 3),
        received_at=datetime(2025, 3, 3, 9, 30, tzinfo=UTC),
        source=ReferralSource.HEALTH_VISITOR,
        source_org_ods="RGD",
        source_org_type=OrganisationType.NHS,
        channel=Channel.API,
        priority=Priority.ROUTINE,
        subjects=(
            Subject(
                infant_id=INFANT,
                unborn=False,
                born_on=date(2024, 11, 20),
                age_days=103,
                gestation_weeks_at_birth=39,
                deprivation_decile=3,
            ),
        ),
        caregivers=(
            Caregiver(
                caregiver_id=CAREGIVER, role=CaregiverRole.MOTHER, has_pr=ParentalResponsibility.YES, primary=True
            ),
        ),
        concerns=(Concern(code=ConcernCode.BONDING_DIFFICULTY, risk_status=RiskStatus.CURRENT),),
        onset=Onset.BIRTH_TO_SIX_WEEKS,
        onset_months=3,
        indicators=(Indicator(domain=IndicatorDomain.EMOTIONAL, count=4),),
        flags=(Flag.PERINATAL_MH_OPEN,),
        services_involved=(Signpost.PERINATAL_MH,),
        consent_to_referral=Consent.AGREED,
        locality="E08000035",
        eligibility_rule_version="default-1",
    ),
    CaseReferenceLinked(system="north-records", reference_hmac="a3" * 32),
    ReferralAcknowledged(on=date(2025, 3, 4), channel=AcknowledgementChannel.TELEPHONE),
    ReferralInfoRequested(on=date(2025, 3, 4), what=(InformationNeeded.CONSENT,), due_on=date(2025, 3, 18)),
    ReferralInfoProvided(on=date(2025, 3, 5), what=(InformationNeeded.CONSENT,)),
    ReferralHeldUntilBirth(on=date(2025, 3, 5), eligibility_rule_version="default-1"),
    ReferralPriorityChanged(on=date(2025, 3, 5), priority=Priority.URGENT, reason=PriorityReason.RISK_INCREASED),
    ReferralAccepted(
        decided_on=date(2025, 3, 5),
        offer_tier=OfferTier.SPECIALIST,
        priority=Priority.ROUTINE,
        decision_by=DecisionRole.TRIAGE_CLINICIAN,
        universal_tried_or_insufficient=UniversalServices.TRIED_INSUFFICIENT,
        eligibility_rule_version="default-1",
    ),
    ReferralDeclined(
        decided_on=date(2025, 3, 5),
        reason=DeclineReason.CAPACITY_CLOSED,
        triage_decision=TriageDecision.SIGNPOSTED,
        signposted_to=(Signpost.HEALTH_VISITING,),
        eligibility_rule_version="default-1",
    ),
    ReferralLinkedDuplicate(of_case_id=OTHER_CASE, on=date(2025, 3, 5)),
    ReferralWithdrawn(on=date(2025, 3, 12), by=WithdrawnBy.FAMILY, reason=WithdrawalReason.HELP_ELSEWHERE),
    DischargeSummarySent(to=SummaryTo.REFERRER, on=date(2025, 8, 20)),
)
_FAMILY: tuple[FamilyEvent, ...] = (
    FamilyMemberLinked(
        caregiver_id=FOSTER_CARER,
        infant_id=INFANT,
        role=CaregiverRole.FOSTER_CARER,
        has_pr=ParentalResponsibility.NO,
        primary=False,
        from_on=date(2025, 4, 1),
    ),
    LinkEnded(caregiver_id=CAREGIVER, infant_id=INFANT, to_on=date(2025, 4, 1), reason=LinkEndReason.PLACEMENT_CHANGE),
    InfantBorn(infant_id=INFANT, born_on=date(2025, 5, 20), gestation_weeks=38, source=BirthSource.STAFF),
    PregnancyEnded(infant_id=INFANT, on=date(2025, 4, 2)),
    InfantIdentityReplaced(infant_id=INFANT, new_infant_id=ADOPTED, on=date(2025, 6, 2)),
    ConsentRecorded(
        scope=ConsentScope.VIDEO, by=ConsentBy.PERSON_WITH_PR, caregiver_id=CAREGIVER, on=date(2025, 4, 29)
    ),
    ConsentWithdrawn(
        scope=ConsentScope.VIDEO, by=ConsentBy.PERSON_WITH_PR, caregiver_id=CAREGIVER, on=date(2025, 5, 13)
    ),
    SafeguardingFlagsChanged(on=date(2025, 4, 2), flags=(Flag.LAC, Flag.PERINATAL_MH_OPEN)),
)
_RECORD: tuple[RecordEvent, ...] = (
    PersonDetailsRecorded(subject_ref=CAREGIVER, entry_id=ENTRY, on=date(2025, 4, 2)),
    IdentifierRecorded(
        subject_ref=INFANT,
        kind=IdentifierKind.NHS,
        status=IdentifierStatus.VERIFIED,
        quality=IdentifierQuality.VALID,
    ),
    AccessDenied(subject_ref=CAREGIVER, actor_id=COLLEAGUE, on=date(2025, 3, 5), reason=DenialReason.KNOWN_TO_FAMILY),
    AccessDenialLifted(subject_ref=CAREGIVER, actor_id=COLLEAGUE, on=date(2025, 6, 2)),
    BreakGlassOpened(
        actor_id=COLLEAGUE,
        reason=BreakGlassReason.SAFEGUARDING,
        opened_at=datetime(2025, 5, 2, 17, 30, tzinfo=UTC),
        until=datetime(2025, 5, 2, 21, 30, tzinfo=UTC),
    ),
    SubjectErased(subject_ref=CAREGIVER),
    SubjectErasureAcknowledged(subject_ref=CAREGIVER, service=Service.REFERRAL),
    TaskRaised(
        task_id=TASK,
        kind=TaskKind.TRACE_NHS_NUMBER,
        due_on=date(2025, 7, 1),
        owner_role=OwnerRole.ADMINISTRATOR,
        about=INFANT,
    ),
    TaskDone(task_id=TASK, on=date(2025, 6, 30)),
    TargetBreached(target_code=TargetCode.DECIDE, due_on=date(2025, 3, 17), owner_role=OwnerRole.TRIAGE_CLINICIAN),
)

EXAMPLES: dict[str, PathwayEvent | FamilyEvent | RecordEvent] = {
    type(event).__name__: event for event in (*_PATHWAY, *_FAMILY, *_RECORD)
}
