"""A team's configuration and register as the shared shell runs it."""

from uuid import UUID

from services.intervention.team import commands, events, examples
from services.intervention.team.case import Known, decider, know, say
from services.intervention.team.commands import ChangePractitioner, Command, JoinTeam
from services.intervention.team.events import Event, PractitionerChanged, PractitionerJoined
from services.intervention.team.state import State
from shared.process.aggregate import Aggregate


def _oversees(said: object, undone: bool) -> frozenset[UUID]:
    """Whom a word of the register makes supervisor or puts on the triage rota; whom it names as that, taken back."""
    if not isinstance(said, JoinTeam | ChangePractitioner | PractitionerJoined | PractitionerChanged):
        return frozenset()
    on_rota = said.triage_rota or (undone and said.triage_rota is not None)
    found = {said.practitioner_id} if on_rota else set()
    return frozenset(found | ({said.supervisor_id} if said.supervisor_id is not None else set()))


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
    oversees=_oversees,
)
