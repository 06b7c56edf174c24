"""Voids and corrections of a referral, and what holds for any history."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hypothesis import given as examples
from hypothesis import strategies as st

from services.referral.access import suppressed
from services.referral.case import decider
from services.referral.codes import Flag
from services.referral.commands import FinishTask, LinkCaseReference
from services.referral.deadlines import deadlines
from services.referral.events import EXAMPLES, ReferralReceived
from services.referral.heard import Discharged, EpisodeOpened, LeadPractitionerChanged, ProgrammeAssigned, know
from services.referral.state import State, evolve
from shared.kernel.civil import Moment
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, Recorded, VoidReason, effective
from tests.unit.referral.build import (
    TODAY,
    accept,
    accepted,
    birth,
    born,
    decline,
    declined,
    infant_born,
    known,
    receive,
    received,
    received_unborn,
    unborn,
    withdraw,
    withdrawn,
)
from tests.unit.referral.test_births import agree, end, flag, object_
from tests.unit.referral.test_decisions import link
from tests.unit.referral.test_enquiries import acknowledge, ask, change, provide
from tests.unit.referral.test_links import adopt, foster, leave
from tests.unit.referral.test_record import deny, erase, glass, lift, tell
from tests.unit.trial import Trial, histories, recorded, trials

COMMANDS = [
    receive(),
    receive(flags=(Flag.CIN,)),
    receive(subjects=(born, unborn)),
    receive(received_on=date(2025, 3, 10)),
    accept,
    replace(accept, decided_on=date(2025, 3, 9)),
    decline,
    withdraw,
    replace(withdraw, on=date(2025, 3, 4)),
    birth,
    replace(birth, born_on=date(2025, 5, 1)),
    LinkCaseReference(system="north-records", reference_hmac="ab" * 32),
    acknowledge,
    ask,
    provide,
    change,
    link,
    foster,
    replace(foster, primary=True),
    leave,
    adopt,
    end,
    agree,
    object_,
    flag,
    tell,
    deny,
    lift,
    glass,
    erase,
]
EVENTS = [*EXAMPLES.values(), received, received_unborn, accepted, declined, withdrawn, infant_born]


def void(trial: Trial, version: int) -> bool:
    target = trial.history[version - 1].event_id
    return trial.amend(EventVoided(corrects_event_id=target, reason=VoidReason.ENTERED_IN_ERROR))


def test_a_voided_acceptance_leaves_the_referral_open_for_another_decision() -> None:
    trial = Trial(decider, known)
    assert trial.ask(receive())
    assert trial.ask(accept)
    assert void(trial, 2)
    assert trial.ask(decline)
    assert trial.state() == State(received=(received,), outcomes=(declined,))  # type: ignore[arg-type]


def test_an_acceptance_cannot_be_brought_back_beside_another_decision() -> None:
    trial = Trial(decider, known)
    trial.record(received, accepted)
    assert void(trial, 2)
    assert trial.ask(decline)
    assert not void(trial, 3)
    assert trial.state().outcomes == (declined,)


def test_the_referral_itself_cannot_be_voided_under_its_decision() -> None:
    trial = Trial(decider, known)
    trial.record(received, accepted)
    assert not void(trial, 1)
    assert void(trial, 2)
    assert void(trial, 1)
    assert trial.state() == State()


def test_what_the_service_said_by_itself_does_not_keep_a_receipt_from_being_voided() -> None:
    trial = Trial(decider, known)
    trial.record(received_unborn)
    for item in deadlines(trial.state(), known):
        assert trial.ask(item.command)
    assert trial.ask(acknowledge)
    assert trial.ask(glass)
    opened, task = len(trial.history) - 1, trial.state().tasks[0]
    assert not void(trial, 1)
    assert void(trial, opened)
    assert void(trial, 1)
    assert suppressed(trial.state()) == "not_received"
    assert deadlines(trial.state(), known) == ()
    assert not trial.ask(replace(acknowledge, on=TODAY))
    assert trial.ask(FinishTask(task_id=task.task_id, on=TODAY))


def test_a_correction_of_the_receipt_may_not_pass_the_decision() -> None:
    trial = Trial(decider, known)
    trial.record(received, accepted)
    assert isinstance(received, ReferralReceived)
    later, reason = replace(received, received_on=date(2025, 3, 6)), CorrectionReason.ENTERED_IN_ERROR
    target = trial.history[0].event_id
    assert not trial.amend(Corrected(corrects_event_id=target, reason=reason, data=later))
    earlier = replace(received, received_on=date(2025, 3, 1))
    assert trial.amend(Corrected(corrects_event_id=target, reason=reason, data=earlier))
    assert trial.state().received == (earlier,)


def test_a_discharge_as_administrative_error_falls_when_the_episode_opens_again() -> None:
    opened, error = EpisodeOpened(on=date(2025, 3, 5)), Discharged(discharged_on=TODAY, reason="administrative_error")
    planned = replace(error, reason="planned_completed")
    moment = Moment.of(TODAY)

    def said(*events: EpisodeOpened | Discharged) -> tuple[Recorded[EpisodeOpened | Discharged], ...]:
        return tuple(recorded(event, version) for version, event in enumerate(events, 1))

    assert know({"intervention": said(opened, error)}, moment).discharged == error
    assert know({"intervention": said(opened, error, opened)}, moment).discharged is None
    assert know({"intervention": said(opened, planned, opened)}, moment).discharged == planned
    assert know({"intervention": said(opened, planned)[::-1]}, moment).discharged == planned
    assert know({}, moment).discharged is None


@examples(trials(decider, known, COMMANDS))
def test_whatever_is_asked_the_invariants_hold_and_repeats_stay_quiet(trial: Trial) -> None:
    decider.check(trial.state())


@examples(histories(EVENTS), st.randoms())
def test_any_history_folds_and_its_order_of_arrival_does_not_matter(
    history: list[Recorded[object]], random: object
) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    state = State()
    for item in effective(history):
        state = evolve(state, item.event)  # type: ignore[arg-type]
    assert decider.state_of(shuffled) == state  # type: ignore[arg-type]


def test_who_leads_now_is_a_carer_and_who_has_handed_the_case_on_is_not() -> None:
    first, second, third = (UUID(int=number) for number in (71, 72, 73))
    items = (
        ProgrammeAssigned(lead_practitioner_id=first),
        LeadPractitionerChanged(on=date(2025, 3, 20), to_practitioner_id=third),
        LeadPractitionerChanged(on=date(2025, 3, 10), to_practitioner_id=second),  # recorded late
    )
    said = tuple(recorded(event, version) for version, event in enumerate(items, 1))
    assert know({"intervention": said}, Moment.of(TODAY)).carers == {third}
    assert know({"intervention": said[:1]}, Moment.of(TODAY)).carers == {first}
