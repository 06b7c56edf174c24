"""What the referral service says: all of it, by name. The classes stand in the three modules that it names."""

from datetime import date, datetime

from services.referral.event_examples import EXAMPLES
from services.referral.family_events import (
    ConsentRecorded,
    ConsentSaid,
    ConsentWithdrawn,
    FamilyEvent,
    FamilyMemberLinked,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
    PregnancyEnded,
    SafeguardingFlagsChanged,
    Tie,
)
from services.referral.pathway_events import (
    CaseReferenceLinked,
    Decision,
    DischargeSummarySent,
    Enquiry,
    Outcome,
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
    AccessSaid,
    BreakGlassOpened,
    Erasure,
    IdentifierRecorded,
    PersonDetailsRecorded,
    RecordEvent,
    SubjectErased,
    SubjectErasureAcknowledged,
    TargetBreached,
    TaskDone,
    TaskRaised,
)
from shared.kernel.codec import Registry

Event = PathwayEvent | FamilyEvent | RecordEvent

COMPUTED: dict[str, frozenset[str]] = {
    "ReferralReceived": frozenset({"referral_id", "eligibility_rule_version"}),
    "ReferralHeldUntilBirth": frozenset({"eligibility_rule_version"}),
    "ReferralAccepted": frozenset({"eligibility_rule_version"}),
    "ReferralDeclined": frozenset({"eligibility_rule_version"}),
}
"""Members of an event that only the service fills in (in `ReferralReceived` also each subject's `age_days`)."""

REGISTRY: Registry[Event] = Registry(
    [
        ReferralReceived,
        CaseReferenceLinked,
        ReferralAcknowledged,
        ReferralInfoRequested,
        ReferralInfoProvided,
        ReferralHeldUntilBirth,
        ReferralPriorityChanged,
        ReferralAccepted,
        ReferralDeclined,
        ReferralLinkedDuplicate,
        ReferralWithdrawn,
        DischargeSummarySent,
        FamilyMemberLinked,
        LinkEnded,
        InfantBorn,
        PregnancyEnded,
        InfantIdentityReplaced,
        ConsentRecorded,
        ConsentWithdrawn,
        SafeguardingFlagsChanged,
        PersonDetailsRecorded,
        IdentifierRecorded,
        AccessDenied,
        AccessDenialLifted,
        BreakGlassOpened,
        SubjectErased,
        SubjectErasureAcknowledged,
        TaskRaised,
        TaskDone,
        TargetBreached,
    ]
)


def occurred(event: Event) -> date | datetime | None:
    """When an event was true in the world by its own account; None where only the envelope says."""
    match event:
        case ReferralReceived():
            return event.received_at or event.received_on
        case ReferralAccepted() | ReferralDeclined():
            return event.decided_on
        case InfantBorn():
            return event.born_on
        case FamilyMemberLinked():
            return event.from_on
        case LinkEnded():
            return event.to_on
        case BreakGlassOpened():
            return event.opened_at
        case CaseReferenceLinked() | IdentifierRecorded() | TaskRaised() | TargetBreached():
            return None
        case SubjectErased() | SubjectErasureAcknowledged():
            return None
    return event.on


__all__ = [
    "COMPUTED",
    "EXAMPLES",
    "REGISTRY",
    "AccessDenialLifted",
    "AccessDenied",
    "AccessSaid",
    "BreakGlassOpened",
    "CaseReferenceLinked",
    "ConsentRecorded",
    "ConsentSaid",
    "ConsentWithdrawn",
    "Decision",
    "DischargeSummarySent",
    "Enquiry",
    "Erasure",
    "Event",
    "FamilyEvent",
    "FamilyMemberLinked",
    "IdentifierRecorded",
    "InfantBorn",
    "InfantIdentityReplaced",
    "LinkEnded",
    "Outcome",
    "PathwayEvent",
    "PersonDetailsRecorded",
    "PregnancyEnded",
    "RecordEvent",
    "ReferralAccepted",
    "ReferralAcknowledged",
    "ReferralDeclined",
    "ReferralHeldUntilBirth",
    "ReferralInfoProvided",
    "ReferralInfoRequested",
    "ReferralLinkedDuplicate",
    "ReferralPriorityChanged",
    "ReferralReceived",
    "ReferralWithdrawn",
    "SafeguardingFlagsChanged",
    "SubjectErased",
    "SubjectErasureAcknowledged",
    "TargetBreached",
    "TaskDone",
    "TaskRaised",
    "Tie",
    "occurred",
]
