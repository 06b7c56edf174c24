"""What holds for any history of an episode."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hypothesis import given as examples
from hypothesis import strategies as st

from services.intervention.case import decider
from services.intervention.codes import DischargeReason
from services.intervention.events import EXAMPLES
from services.intervention.rule_commands import (
    CloseAfterVoidedAcceptance,
    CloseAfterWithdrawal,
    DischargeAfterAssessment,
    FollowReopening,
    MoveOpening,
    OpenEpisode,
    RaiseProgrammeTask,
    ReviewAssessment,
    ReviewReferralVoid,
)
from services.intervention.state import State, evolve
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, Recorded, VoidReason, effective
from tests.unit.intervention.build import (
    CAUSE,
    OPENED_ON,
    assign,
    assigned,
    discharge,
    discharged,
    error,
    held,
    hold,
    known,
    miss,
    not_held,
    opened,
    schedule,
    scheduled,
    session,
)
from tests.unit.trial import Trial, histories, trials

COMMANDS = [
    OpenEpisode(on=OPENED_ON),
    OpenEpisode(on=OPENED_ON),
    OpenEpisode(on=date(2025, 4, 20)),
    MoveOpening(on=date(2025, 3, 1)),
    RaiseProgrammeTask(on=date(2025, 4, 14), cause=CAUSE),
    DischargeAfterAssessment(on=date(2025, 4, 14), cause=CAUSE),
    FollowReopening(on=date(2025, 4, 14), cause=CAUSE, programme=True),
    CloseAfterWithdrawal(on=date(2025, 5, 1)),
    CloseAfterVoidedAcceptance(on=date(2025, 4, 1), cause=CAUSE),
    ReviewReferralVoid(on=date(2025, 4, 1), cause=CAUSE, withdrawn=False),
    ReviewAssessment(on=date(2025, 4, 1), cause=CAUSE, programme=None),
    assign,
    replace(assign, goals=()),
    schedule,
    hold,
    replace(hold, session_id=UUID(int=7), held_on=date(2025, 3, 5), started_at=None),
    replace(hold, session_id=miss.session_id),
    miss,
    discharge,
    replace(discharge, discharged_on=date(2025, 4, 25)),
    replace(discharge, reason=DischargeReason.ADMINISTRATIVE_ERROR),
]
EVENTS = [*EXAMPLES.values(), opened, assigned, scheduled, held, not_held, discharged, error, session(3, OPENED_ON)]


def correct(trial: Trial, version: int, data: object) -> bool:
    target = trial.history[version - 1].event_id
    return trial.amend(Corrected(corrects_event_id=target, reason=CorrectionReason.NEW_INFORMATION, data=data))


def void(trial: Trial, version: int) -> bool:
    target = trial.history[version - 1].event_id
    return trial.amend(EventVoided(corrects_event_id=target, reason=VoidReason.ENTERED_IN_ERROR))


def test_a_voided_discharge_opens_the_case_for_another_one() -> None:
    trial = Trial(decider, known)
    trial.record(opened, assigned, held, discharged)
    assert void(trial, 4)
    assert trial.ask(replace(discharge, reason=DischargeReason.MOVED_AREA))
    assert not void(trial, 5)
    assert trial.state().discharge.reason == "moved_area"


def test_a_session_cannot_be_corrected_past_the_discharge_or_before_the_opening() -> None:
    trial = Trial(decider, known)
    trial.record(opened, held, discharged)
    assert not correct(
        trial,
        2,
        session(
            0,
            date(2025, 8, 20),
        ),
    )
    assert not correct(trial, 2, session(0, date(2025, 3, 4)))
    assert correct(trial, 2, session(0, date(2025, 8, 19)))
    assert not correct(trial, 3, replace(discharged, discharged_on=date(2025, 8, 18)))


def test_the_opening_cannot_be_voided_under_what_rests_on_it() -> None:
    trial = Trial(decider, known)
    trial.record(opened, held)
    assert not void(trial, 1)
    assert void(trial, 2)
    assert void(trial, 1)


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
