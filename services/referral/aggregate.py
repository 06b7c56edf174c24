"""The referral service as the shared shell runs it."""

from services.referral import commands, events, heard
from services.referral.case import State, decider, say
from services.referral.commands import Command, LinkCaseReference
from services.referral.events import Event
from services.referral.heard import Known
from services.referral.policy import RULES
from shared.process.aggregate import Aggregate


def _link(system: str, hmac: str) -> Command:
    return LinkCaseReference(system=system, reference_hmac=hmac)


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
)
