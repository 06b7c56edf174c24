"""A team's configuration and register as the shared shell runs it."""

from services.intervention.team import commands, events, examples
from services.intervention.team.case import Known, decider, know, say
from services.intervention.team.commands import Command
from services.intervention.team.events import Event
from services.intervention.team.state import State
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
    needs={"*": "team:configure"},
)
