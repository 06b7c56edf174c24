"""What the referral service may be asked: each in the shape of the event it asks for, less what is computed."""

from services.referral.event_examples import EXAMPLES as SAID
from services.referral.family_commands import (
    ChangeFlags,
    EndLink,
    EndPregnancy,
    FamilyCommand,
    LinkMember,
    RecordBirth,
    RecordConsent,
    ReplaceIdentity,
    WithdrawConsent,
)
from services.referral.pathway_commands import (
    AcceptReferral,
    AcknowledgeReferral,
    ChangePriority,
    Decide,
    DeclineReferral,
    HoldUntilBirth,
    LinkCaseReference,
    LinkDuplicate,
    PathwayCommand,
    ProvideInfo,
    ReceiveReferral,
    RecordSummarySent,
    RequestInfo,
    WithdrawReferral,
)
from services.referral.pathway_events import ReferralReceived
from services.referral.record_commands import (
    AskForCorrection,
    AskForSummary,
    BreachTarget,
    BreakGlass,
    DenyAccess,
    EraseSubject,
    FinishTask,
    LiftDenial,
    RecordCommand,
    RecordDetails,
    RecordIdentifier,
    RecordPosted,
    ReportLetter,
    Ruled,
    TakeBackSummary,
)
from services.referral.values import InfantReferred
from shared.kernel.requests import event_of

Command = PathwayCommand | FamilyCommand | RecordCommand

COMMANDS: dict[str, type] = {
    "ReferralReceived": ReceiveReferral,
    "CaseReferenceLinked": LinkCaseReference,
    "ReferralAcknowledged": AcknowledgeReferral,
    "ReferralInfoRequested": RequestInfo,
    "ReferralInfoProvided": ProvideInfo,
    "ReferralHeldUntilBirth": HoldUntilBirth,
    "ReferralPriorityChanged": ChangePriority,
    "ReferralAccepted": AcceptReferral,
    "ReferralDeclined": DeclineReferral,
    "ReferralLinkedDuplicate": LinkDuplicate,
    "ReferralWithdrawn": WithdrawReferral,
    "DischargeSummarySent": RecordSummarySent,
    "FamilyMemberLinked": LinkMember,
    "LinkEnded": EndLink,
    "InfantBorn": RecordBirth,
    "PregnancyEnded": EndPregnancy,
    "InfantIdentityReplaced": ReplaceIdentity,
    "ConsentRecorded": RecordConsent,
    "ConsentWithdrawn": WithdrawConsent,
    "SafeguardingFlagsChanged": ChangeFlags,
    "PersonDetailsRecorded": RecordDetails,
    "IdentifierRecorded": RecordIdentifier,
    "AccessDenied": DenyAccess,
    "AccessDenialLifted": LiftDenial,
    "BreakGlassOpened": BreakGlass,
    "TaskDone": FinishTask,
}
"""The command that a posted event type asks for. `CaseReferenceLinked` is posted with the plain reference."""


def _example(name: str) -> Command:
    """The request that became the event of the same name."""
    said = SAID[name]
    if isinstance(said, ReferralReceived):
        subjects = tuple(event_of(InfantReferred, infant) for infant in said.subjects)
        return event_of(ReceiveReferral, said, subjects=subjects)
    command: Command = event_of(COMMANDS[name], said)
    return command


EXAMPLES: dict[str, Command] = {name: _example(name) for name in COMMANDS}
"""One synthetic request for each; the event examples are what they become."""

__all__ = [
    "COMMANDS",
    "EXAMPLES",
    "AcceptReferral",
    "AcknowledgeReferral",
    "AskForCorrection",
    "AskForSummary",
    "BreachTarget",
    "BreakGlass",
    "ChangeFlags",
    "ChangePriority",
    "Command",
    "Decide",
    "DeclineReferral",
    "DenyAccess",
    "EndLink",
    "EndPregnancy",
    "EraseSubject",
    "FamilyCommand",
    "FinishTask",
    "HoldUntilBirth",
    "LiftDenial",
    "LinkCaseReference",
    "LinkDuplicate",
    "LinkMember",
    "PathwayCommand",
    "ProvideInfo",
    "ReceiveReferral",
    "RecordBirth",
    "RecordCommand",
    "RecordConsent",
    "RecordDetails",
    "RecordIdentifier",
    "RecordPosted",
    "RecordSummarySent",
    "ReplaceIdentity",
    "ReportLetter",
    "RequestInfo",
    "Ruled",
    "TakeBackSummary",
    "WithdrawConsent",
    "WithdrawReferral",
]
