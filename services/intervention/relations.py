"""Who is concerned by a case, and who may or may not see it, as the episode's service knows it. Pure."""

from datetime import datetime
from uuid import UUID

from services.intervention.events import Event, SubjectErasureAcknowledged
from services.intervention.known import Known
from services.intervention.state import State
from shared.kernel.oversight import Oversight


def people(_state: State, known: Known) -> frozenset[UUID]:
    """The infants and caregivers whose details may be shown and added now."""
    return known.family.people


def carers(state: State, known: Known) -> frozenset[UUID]:
    """Who assessed, the lead practitioner, and everybody who has held a session (domain 5: legitimate relationship)."""
    assessors = {practitioner for started in known.assessments_started for practitioner in started.practitioners}
    lead = assessors if state.lead is None else {state.lead, *assessors}
    return frozenset(lead) | {practitioner.id for session in state.held for practitioner in session.practitioners}


def oversight(known: Known) -> Oversight:
    """The team's supervisors and triage rota."""
    return known.team.oversight


def denied(_state: State, known: Known) -> frozenset[str]:
    """Actors who may not read the case, on whosever account."""
    return known.denied


def glass(_state: State, known: Known) -> tuple[tuple[str, datetime], ...]:
    """Who has broken the glass, each with the UTC instant until which it stays open."""
    return known.glass


def erases(event: Event) -> UUID | None:
    """The person whose key is destroyed with this event."""
    return event.subject_ref if isinstance(event, SubjectErasureAcknowledged) else None
