"""The intervention service as the shared shell runs it."""

from services.intervention import commands, events, heard, relations
from services.intervention.case import decider, say
from services.intervention.commands import Command
from services.intervention.deadlines import deadlines
from services.intervention.events import Event
from services.intervention.known import Known, know
from services.intervention.policy import RULES
from services.intervention.state import State
from shared.process.aggregate import Aggregate

aggregate: Aggregate[State, Command, Event, Known] = Aggregate(
    store="intervention",
    decider=decider,
    registry=events.REGISTRY,
    commands=commands.COMMANDS,
    heard=heard.HEARD,
    hears=heard.HEARS,
    know=know,
    say=say,
    occurred=events.occurred,
    rules=RULES,
    examples=events.EXAMPLES,
    request_examples=commands.EXAMPLES,
    link_name="CaseReferenceLinked",
    deadlines=deadlines,
    people=relations.people,
    carers=relations.carers,
    oversight=relations.oversight,
    denied=relations.denied,
    glass=relations.glass,
    final=frozenset({"SubjectErasureAcknowledged"}),
    erases=relations.erases,
)
