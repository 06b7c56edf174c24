"""The referral service as the shared shell runs it."""

from uuid import UUID

from services.referral import access, commands, events, family, follow, heard, summary
from services.referral.case import decider, say
from services.referral.commands import Command, LinkCaseReference, RecordIdentifier
from services.referral.deadlines import deadlines
from services.referral.events import Event, SubjectErasureAcknowledged
from services.referral.family_codes import IdentifierKind, IdentifierQuality
from services.referral.heard import Known
from services.referral.policy import RULES
from services.referral.state import State
from services.referral.task_codes import Service
from shared.process.aggregate import Aggregate


def _link(system: str, hmac: str) -> Command:
    return LinkCaseReference(system=system, reference_hmac=hmac)


def _identify(subject: UUID, kind: str, quality: str) -> Command:
    return RecordIdentifier(subject_ref=subject, kind=IdentifierKind(kind), quality=IdentifierQuality(quality))


def _erases(event: Event) -> UUID | None:
    if isinstance(event, SubjectErasureAcknowledged) and event.service is Service.REFERRAL:
        return event.subject_ref
    return None


aggregate: Aggregate[State, Command, Event, Known] = Aggregate(
    store="referral",
    decider=decider,
    registry=events.REGISTRY,
    commands=commands.COMMANDS,
    heard=heard.HEARD,
    hears=heard.HEARS,
    know=heard.know,
    say=say,
    occurred=events.occurred,
    rules=RULES,
    examples=events.EXAMPLES,
    request_examples=commands.EXAMPLES,
    mints=frozenset({"ReferralReceived"}),
    link=_link,
    link_name="CaseReferenceLinked",
    deadlines=deadlines,
    people=lambda state, _known: family.people(state),
    carers=lambda _state, known: known.carers,
    oversight=lambda known: known.team.oversight,
    denied=lambda state, _known: access.denied(state),
    glass=lambda state, _known: access.glass(state),
    identify=_identify,
    final=frozenset({"SubjectErased", "SubjectErasureAcknowledged", "BreakGlassOpened", "TaskRaised"}),
    erases=_erases,
    letters=summary.letters,
    suppressed=access.suppressed,
    needs={
        "ReferralInfoRequested": "case:decide",
        "ReferralHeldUntilBirth": "case:decide",
        "ReferralPriorityChanged": "case:decide",
        "ReferralAccepted": "case:decide",
        "ReferralDeclined": "case:decide",
        "ReferralLinkedDuplicate": "case:decide",
        "InfantIdentityReplaced": "case:decide",
        "SafeguardingFlagsChanged": "safeguarding:read",
        "AccessDenied": "case:deny",
        "AccessDenialLifted": "case:deny",
        "BreakGlassOpened": "case:break-glass",
    },
    not_by=follow.reviewed_by_others,
    restricted=frozenset({"flags", "SafeguardingFlagsChanged", "InfantIdentityReplaced"}),
)
