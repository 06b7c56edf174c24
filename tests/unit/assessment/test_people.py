"""Who is in the case, who works with it, who may not read it, and the erasure of a person."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.assessment.aggregate import aggregate
from services.assessment.codes import Service
from services.assessment.commands import AcknowledgeErasure
from services.assessment.events import EXAMPLES, SubjectErasureAcknowledged
from services.assessment.heard import (
    AccessDenialLifted,
    AccessDenied,
    BreakGlassOpened,
    LeadPractitionerChanged,
    Practitioner,
    ProgrammeAssigned,
    SessionHeld,
    SubjectErased,
)
from services.assessment.policy import acknowledge_erasure
from services.assessment.state import State
from services.assessment.team_settings import PractitionerJoined
from tests.unit.assessment.build import (
    FATHER,
    INFANT,
    MOTHER,
    TWIN,
    abandoned,
    acceptance,
    completed,
    given,
    heard,
    known,
    received,
    requested,
    started,
)
from tests.unit.trial import recorded

FIRST, SECOND, THERAPIST, ASSESSOR, LEAD = (UUID(int=number) for number in range(30, 35))
UNTIL = datetime(2025, 6, 30, 20, tzinfo=UTC)
erase = AcknowledgeErasure(subject_ref=MOTHER)
erased = SubjectErasureAcknowledged(subject_ref=MOTHER, service=Service.ASSESSMENT)


def test_the_people_of_a_case_are_its_infants_and_caregivers() -> None:
    assert aggregate.people(State(), known) == {INFANT, TWIN, MOTHER, FATHER}
    assert aggregate.people(State(), heard()) == frozenset()


def test_whoever_assesses_observes_leads_or_holds_sessions_is_a_carer() -> None:
    episode = (
        ProgrammeAssigned(lead_practitioner_id=FIRST),
        SessionHeld(practitioners=(Practitioner(id=THERAPIST),)),
        LeadPractitionerChanged(on=date(2025, 6, 2), to_practitioner_id=SECOND),
        LeadPractitionerChanged(on=date(2025, 6, 1), to_practitioner_id=LEAD),  # recorded late
    )
    state = aggregate.decider.fold((EXAMPLES["AssessmentStarted"], EXAMPLES["ObservationRecorded"]))
    said = UUID("0192f0c4-0000-7000-8000-000000000004")
    assert aggregate.carers(state, heard(received, acceptance, episode=episode)) == {SECOND, THERAPIST, said}
    assert aggregate.carers(State(), known) == frozenset()


def test_a_denial_holds_for_each_person_until_it_is_lifted() -> None:
    denials = (
        AccessDenied(subject_ref=MOTHER, actor_id="neighbour"),
        AccessDenied(subject_ref=INFANT, actor_id="neighbour"),
        AccessDenied(subject_ref=MOTHER, actor_id="cousin"),
        AccessDenialLifted(subject_ref=MOTHER, actor_id="neighbour"),
        AccessDenialLifted(subject_ref=MOTHER, actor_id="cousin"),
    )
    assert aggregate.denied(State(), heard(received, *denials)) == {"neighbour"}


def test_a_broken_glass_stays_open_until_its_end() -> None:
    opened = BreakGlassOpened(actor_id="duty-1", until=UNTIL)
    assert aggregate.glass(State(), heard(received, opened)) == (("duty-1", UNTIL),)


def test_supervisors_and_the_rota_are_the_teams() -> None:
    team = (
        PractitionerJoined(practitioner_id=LEAD, triage_rota=True),
        PractitionerJoined(practitioner_id=ASSESSOR, supervisor_id=LEAD),
    )
    oversight = aggregate.oversight(heard(received, team=team))
    assert oversight.supervisor_of == {ASSESSOR: LEAD}
    assert oversight.triage_rota == frozenset({LEAD})


def test_an_erased_person_is_acknowledged_once_in_every_state() -> None:
    cause = recorded(SubjectErased(subject_ref=MOTHER), 3, store="referral")
    assert acknowledge_erasure(cause, known) == (erase,)
    for history in ((), (requested,), (requested, started), (requested, completed), (requested, abandoned)):
        given(*history).when(erase).then(erased)
        given(*history, erased).when(erase).then_nothing()


def test_an_erasure_of_which_nothing_else_was_heard_is_acknowledged_too() -> None:
    given.knowing(heard())().when(erase).then(erased)


def test_each_person_is_acknowledged_apart_and_the_key_goes_with_the_event() -> None:
    other = AcknowledgeErasure(subject_ref=FATHER)
    given(erased).when(other).then(SubjectErasureAcknowledged(subject_ref=FATHER, service=Service.ASSESSMENT))
    assert aggregate.erases(erased) == MOTHER
    assert aggregate.erases(started) is None


def test_an_erasure_changes_nothing_else() -> None:
    assert aggregate.decider.fold((requested, erased)).assessments == aggregate.decider.fold((requested,)).assessments
