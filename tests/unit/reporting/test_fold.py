"""The bitemporal fold: milestones worked by hand, and what no order of arrival may change."""

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.additions import add
from services.reporting.case_row import CaseRow
from services.reporting.fold import Fold, fold
from services.reporting.heard import Fact
from services.reporting.milestones import Case
from tests.unit.reporting.histories import START, History, whole_way
from tests.unit.reporting.oracle import believed_at
from tests.unit.reporting.strategies import generated_histories


def row_of(history: History) -> CaseRow:
    return fold(history.facts)[-1].row


def test_a_whole_way_gives_every_milestone() -> None:
    row = row_of(whole_way())
    assert (row.received_on, row.decided_on, row.decision) == (date(2025, 3, 10), date(2025, 3, 17), "accepted")
    assert row.first_contact_on == row.assessment_started_on == date(2025, 4, 7)
    assert row.first_attended_on == date(2025, 5, 19)
    assert row.assessed_on == row.assessed_programme_on == date(2025, 4, 21)
    assert row.programme_on == date(2025, 5, 5)
    assert row.first_treatment_on == row.first_programme_treatment_on == date(2025, 5, 19)
    assert (row.closed_on, row.closed_by, row.discharge_reason) == (
        date(2025, 9, 1), "discharged", "planned_completed",
    )  # fmt: skip
    assert (row.tier, row.tier_days, row.tier_steps) == ("TARGETED", (date(2025, 5, 5),), ("SPECIALIST",))
    assert (len(row.infants), len(row.caregivers), len(row.relationships)) == (1, 1, 1)


def test_each_instant_that_changes_the_row_makes_one_row() -> None:
    history = whole_way()
    versions = fold(history.facts)
    # The second session changes no milestone.
    assert [each.events for each in versions] == [1, 2, 3, 4, 5, 6, 8]
    assert [each.known_from for each in versions] == [START + timedelta(minutes=n) for n in (1, 2, 3, 4, 5, 6, 8)]


def test_events_of_one_instant_make_one_row() -> None:
    history = History()
    history.received("2025-03-10", at=START)
    history.accepted("2025-03-17", at=START)
    history.started("2025-04-07", at=START)
    assert [(each.known_from, each.events) for each in fold(history.facts)] == [(START, 3)]


def test_an_attended_session_before_the_start_of_the_assessment_is_the_first_contact() -> None:
    history = History()
    history.received("2025-03-10")
    history.started("2025-04-07")
    history.held("2025-03-24", treatment=False, kind="initial_contact")
    row = row_of(history)
    assert row.first_contact_on == row.first_attended_on == date(2025, 3, 24)
    assert row.assessment_started_on == date(2025, 4, 7)


def test_an_attended_assessment_session_starts_the_assessment() -> None:
    history = History()
    history.received("2025-03-10")
    history.held("2025-03-24", treatment=False, kind="assessment")
    assert row_of(history).assessment_started_on == date(2025, 3, 24)


def test_an_e_mail_is_no_contact_and_a_treatment_by_e_mail_still_treats() -> None:
    history = History()
    history.received("2025-03-10")
    history.held("2025-03-24", modality="05")
    row = row_of(history)
    assert row.first_contact_on is None
    assert row.first_attended_on is None
    assert row.first_treatment_on == date(2025, 3, 24)


def test_treatment_before_the_programme_stops_w6_and_not_w5() -> None:
    history = History()
    history.received("2025-03-10")
    history.held("2025-04-10")
    history.completed("2025-04-21")
    history.programme("2025-05-05")
    row = row_of(history)
    assert row.first_treatment_on == date(2025, 4, 10)
    assert row.first_programme_treatment_on is None
    history.held("2025-05-05")
    row = row_of(history)
    assert row.first_treatment_on == date(2025, 4, 10)
    assert row.first_programme_treatment_on == date(2025, 5, 5)


def test_a_withdrawal_before_a_decision_is_a_closure_and_no_decision() -> None:
    history = History()
    history.received("2025-03-10")
    history.withdrawn("2025-03-12")
    row = row_of(history)
    assert row.decided_on is None
    assert (row.closed_on, row.closed_by) == (date(2025, 3, 12), "withdrawn")


def test_a_withdrawal_names_the_closure_that_its_discharge_completes() -> None:
    history = whole_way()
    history.withdrawn("2025-09-01")
    assert row_of(history).closed_by == "withdrawn"


def test_a_voided_discharge_opens_the_case_again_from_the_moment_of_the_void() -> None:
    history = whole_way()
    discharge = history.documents[-1].event_id
    void = history.voided("intervention", discharge)
    assert row_of(history).closed_on is None
    assert fold(history.facts)[-2].row.closed_on == date(2025, 9, 1)
    history.voided("intervention", void)
    assert row_of(history).closed_on == date(2025, 9, 1)


def closed_in_error_and_reopened() -> History:
    """Accepted, the acceptance taken back, and accepted again: what rules P2 and "voided acceptance" say of it."""
    history = History()
    history.received("2025-03-10")
    acceptance = history.accepted("2025-03-17")
    history.opened("2025-03-17")
    history.voided("referral", acceptance)
    history.discharged("2025-03-20", "administrative_error")
    history.accepted("2025-03-24")
    history.opened("2025-03-24")
    return history


def test_a_reopening_removes_the_discharge_as_administrative_error_from_the_moment_it_was_recorded() -> None:
    history = closed_in_error_and_reopened()
    closed = [(each.row.closed_on, each.row.closed_by) for each in fold(history.facts)]
    assert closed[-3:] == [(date(2025, 3, 20), "discharged"), (date(2025, 3, 20), "discharged"), (None, None)]
    row = row_of(history)
    assert (row.decided_on, row.discharged_on, row.discharge_reason) == (date(2025, 3, 24), None, None)
    history.discharged("2025-09-01")
    row = row_of(history)
    assert (row.closed_on, row.closed_by, row.discharge_reason) == (
        date(2025, 9, 1), "discharged", "planned_completed",
    )  # fmt: skip


def test_a_voided_reopening_leaves_the_case_closed() -> None:
    history = closed_in_error_and_reopened()
    history.voided("intervention", history.documents[-1].event_id)
    assert row_of(history).closed_on == date(2025, 3, 20)


def test_what_closes_as_an_administrative_error_after_a_reopening_is_closed() -> None:
    history = closed_in_error_and_reopened()
    history.discharged("2025-03-28", "administrative_error")
    assert (row_of(history).closed_on, row_of(history).closed_by) == (date(2025, 3, 28), "discharged")


def test_an_episode_that_opens_again_removes_no_other_discharge_and_no_ending_of_the_referral() -> None:
    history = whole_way()
    history.opened("2025-09-02")
    assert row_of(history).closed_on == date(2025, 9, 1)
    history = closed_in_error_and_reopened()
    history.withdrawn("2025-04-01")
    assert (row_of(history).closed_on, row_of(history).closed_by) == (date(2025, 4, 1), "withdrawn")


def test_a_reopening_removes_the_discharge_before_it_whichever_is_added_first() -> None:
    *early, discharge, acceptance, opening = closed_in_error_and_reopened().facts
    folded, case = Fold(), Case()
    for fact in (*early, opening, acceptance, discharge):
        folded.add([fact])
        add(case, fact)
    assert folded.versions == fold([*early, discharge, acceptance, opening])
    assert folded.versions[-1].row.closed_on is None
    assert case.row().closed_on is None


def test_a_corrected_date_changes_only_what_was_known_later() -> None:
    history = History()
    received = history.received("2025-03-10")
    history.accepted("2025-03-17")
    data = {"received_on": "2025-03-03", "subjects": [], "caregivers": []}
    history.corrected("referral", "ReferralReceived", received, data)
    versions = fold(history.facts)
    assert [each.row.received_on for each in versions] == [
        date(2025, 3, 10), date(2025, 3, 10), date(2025, 3, 3),
    ]  # fmt: skip
    assert versions[-1].row.infants == ()


def test_twins_with_one_pair_of_parents_are_one_case_two_babies_two_relationships() -> None:
    history = History()
    history.received("2025-03-10", infants=2, caregivers=2)
    row = row_of(history)
    assert (len(row.infants), len(row.caregivers), len(row.relationships)) == (2, 2, 2)
    history.completed("2025-04-21", focus=history.focus(infants=2, caregivers=2))
    assert row_of(history).relationships == row.relationships


def test_a_session_before_its_referral_is_an_orphan_that_falls_into_place() -> None:
    history = History()
    history.held("2025-05-19")
    assert row_of(history).received_on is None
    history.received("2025-03-10")
    assert row_of(history) == row_of(_same_in_order())


def _same_in_order() -> History:
    history = History()
    history.received("2025-03-10")
    history.held("2025-05-19")
    return history


@given(generated_histories(), st.randoms(use_true_random=False))
def test_any_order_with_any_duplicates_gives_the_same_rows(history: History, random: Random) -> None:
    facts: list[Fact] = history.facts
    shuffled = facts + random.choices(facts, k=len(facts))
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(facts)


@given(generated_histories())
def test_the_row_of_an_instant_is_the_fold_of_what_was_recorded_by_then(history: History) -> None:
    facts = history.facts
    versions = fold(facts)
    instants = sorted({fact.recorded_at for fact in facts})
    for instant in [START - timedelta(days=1), *instants, *(each + timedelta(seconds=1) for each in instants)]:
        holding = [each.row for each in versions if each.known_from <= instant]
        assert (holding[-1]._asdict() if holding else None) == believed_at(facts, instant)


@given(generated_histories(), st.randoms(use_true_random=False))
def test_a_fold_that_goes_on_gives_the_rows_of_one_that_starts_again(history: History, random: Random) -> None:
    waiting = list(history.facts)
    if random.random() < 0.5:
        random.shuffle(waiting)
    folded = Fold()
    seen: list[Fact] = []
    while waiting:
        size = random.randint(1, len(waiting))
        batch, waiting = waiting[:size], waiting[size:]
        folded.add(batch)
        seen += batch
        assert folded.versions == fold(seen)
