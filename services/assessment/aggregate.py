"""The assessment service as the shared shell runs it."""

from services.assessment import commands, events, heard
from services.assessment.case import decider, say
from services.assessment.commands import Command
from services.assessment.events import Event
from services.assessment.heard import Known
from services.assessment.policy import RULES
from services.assessment.state import State
from shared.process.aggregate import Aggregate

aggregate: Aggregate[State, Command, Event, Known] = Aggregate(
    store="assessment",
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
    link_name="CaseReferenceLinked",
)
