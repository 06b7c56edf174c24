"""What holds for any history of an assessment."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given as examples
from hypothesis import strategies as st

from services.assessment.case import decider
from services.assessment.commands import CloseAfterVoidedAcceptance, RequestAssessment, ReviewRestoredAcceptance
from services.assessment.events import EXAMPLES
from services.assessment.state import State, evolve
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, Recorded, VoidReason, effective
from tests.unit.assessment.build import (
    CASE,
    abandoned,
    complete,
    completed,
    concern,
    concerned,
    flag,
    flagged,
    known,
    measure,
    measured,
    offer,
    offered,
    requested,
    start,
    started,
)
from tests.unit.trial import Trial, histories, trials

COMMANDS = [
    offer,
    replace(offer, offer_on=date(2025, 4, 20), appt_on=date(2025, 4, 21)),
    start,
    replace(start, on=date(2025, 4, 15)),
    measure,
    flag,
    replace(measure, total=Decimal(3)),
    concern,
    replace(concern, subject_ref=None),
    complete,
    replace(complete, completed_on=date(2025, 3, 18)),
    RequestAssessment(due_on=date(2025, 4, 2), targets_version="default-1"),
    CloseAfterVoidedAcceptance(on=date(2025, 3, 20), cause=CASE),
    ReviewRestoredAcceptance(on=date(2025, 3, 20), cause=CASE),
]
EVENTS = [*EXAMPLES.values(), requested, offered, started, flagged, concerned, completed, abandoned]


def test_the_safety_concern_cannot_be_voided_under_the_completion_that_rests_on_it() -> None:
    trial = Trial(decider, known)
    trial.record(started, flagged, concerned, completed)
    reason = VoidReason.ENTERED_IN_ERROR
    assert not trial.amend(EventVoided(corrects_event_id=trial.history[2].event_id, reason=reason))
    assert trial.amend(EventVoided(corrects_event_id=trial.history[3].event_id, reason=reason))
    assert trial.amend(EventVoided(corrects_event_id=trial.history[2].event_id, reason=reason))
    assert not trial.ask(complete)


def test_a_safety_item_corrected_after_the_completion_needs_its_concern_first() -> None:
    trial = Trial(decider, known)
    trial.record(started, measured, completed)
    correction = Corrected(
        corrects_event_id=trial.history[1].event_id, reason=CorrectionReason.ENTERED_IN_ERROR, data=flagged
    )
    assert not trial.amend(correction)
    assert trial.ask(concern)
    assert trial.amend(correction)


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
