"""How a case ends: what is computed of it at its discharge (domain 6.4, M9). Pure."""

from datetime import date

from services.intervention.codes import CONTACT_MODALITIES, DischargeReason, Partner, Stage
from services.intervention.events import Discharged
from services.intervention.known import Known
from services.intervention.outcome import goal_scores, outcome_band, reliable_changes
from services.intervention.state import State


def discharged(
    state: State,
    known: Known,
    *,
    discharged_on: date,
    reason: DischargeReason,
    planned: bool,
    destination: tuple[Partner, ...] = (),
) -> Discharged:
    """The discharge with its stage, outcome and count of sessions, as the record stands."""
    scores = (*known.measures, *goal_scores(state))
    return Discharged(
        discharged_on=discharged_on,
        reason=reason,
        planned=planned,
        stage_at_discharge=stage(state, known),
        destination=destination,
        outcome_band=outcome_band(
            scores, contacts(state, known), discharged_on, reliable_changes(known.team.reliable_change)
        ),
        sessions_held=len(state.held),
    )


def contacts(state: State, known: Known) -> list[date]:
    """Civil dates of attended contacts: sessions in a modality that counts, and the start of each assessment."""
    found = [session.held_on for session in state.held if session.modality in CONTACT_MODALITIES]
    return [*found, *(started.on for started in known.assessments_started)]


def stage(state: State, known: Known) -> Stage:
    """How far the case has come; sessions of the assessment do not make it SESSIONS, only treatment does."""
    if any(session.is_treatment for session in state.held):
        return Stage.SESSIONS
    if state.programme is not None:
        return Stage.PROGRAMME
    return Stage.ASSESSED if known.completion is not None else Stage.REFERRED
