"""A team's work with other professionals as the shared shell runs it."""

from services.intervention.work import commands, events, examples
from services.intervention.work.case import Known, decider, know, say
from services.intervention.work.commands import Command
from services.intervention.work.events import Event
from services.intervention.work.state import State
from shared.process.aggregate import Aggregate

aggregate: Aggregate[State, Command, Event, Known] = Aggregate(
    store="intervention",
    decider=decider,
    registry=events.REGISTRY,
    commands=commands.COMMANDS,
    heard=None,
    hears=(),
    know=know,
    say=say,
    occurred=events.occurred,
    examples=examples.EXAMPLES,
    request_examples=examples.REQUESTS,
    keyed_by="team",
    needs={
        "*": "work:write",
        "SupervisionPlanned": "team:configure",
        "CapacityDeclared": "team:configure",
        "LocalityReachDeclared": "team:configure",
    },
)
