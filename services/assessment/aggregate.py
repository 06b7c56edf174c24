"""The assessment service as the shared shell runs it."""

from datetime import datetime
from uuid import UUID

from services.assessment import commands, events, heard
from services.assessment.case import decider
from services.assessment.commands import Command
from services.assessment.deadlines import deadlines
from services.assessment.events import Event, SubjectErasureAcknowledged
from services.assessment.known import Known, know
from services.assessment.policy import RULES
from services.assessment.say import say
from services.assessment.state import State
from shared.kernel.oversight import Oversight
from shared.process.aggregate import Aggregate


def people(_state: State, known: Known) -> frozenset[UUID]:
    """The infants and caregivers of the case."""
    return known.family.people


def carers(state: State, known: Known) -> frozenset[UUID]:
    """Who assesses the family, leads the work or held a session."""
    assessors = {who for each in state.assessments for start in each.starts for who in start.practitioners}
    observers = {who for observation in state.observations for who in observation.practitioners}
    return known.carers | assessors | observers


def denied(_state: State, known: Known) -> frozenset[str]:
    """Actors who may not read the case."""
    return known.denied


def glass(_state: State, known: Known) -> tuple[tuple[str, datetime], ...]:
    """Who has broken the glass, and until when."""
    return known.glass


def oversight(known: Known) -> Oversight:
    """The team's supervisors and triage rota."""
    return known.team.oversight


def erases(event: Event) -> UUID | None:
    """The person whose key goes with this event."""
    return event.subject_ref if isinstance(event, SubjectErasureAcknowledged) else None


aggregate: Aggregate[State, Command, Event, Known] = Aggregate(
    store="assessment",
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
    people=people,
    carers=carers,
    oversight=oversight,
    denied=denied,
    glass=glass,
    restricted=frozenset({"SafetyConcernRaised", "safety_concerns"}),
    final=frozenset({"SubjectErasureAcknowledged"}),
    erases=erases,
)
