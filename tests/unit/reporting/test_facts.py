"""Contacts, scores and work on the known axis: worked by hand, and against a slow second saying at every instant."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.measures import REGISTRY
from services.intervention.team.measures import RANGES as SHIPPED
from services.reporting.contacts import CONTACTS, ContactRow
from services.reporting.heard import Fact
from services.reporting.measures import BETTER, HIGHER, LOWER, NEITHER, ORDINAL, RELIABLE_CHANGE
from services.reporting.scores import GOALS, MEASURES, RANGES, ScoreRow, baseline_id, in_range
from services.reporting.topics import Kind, Topics
from services.reporting.work import WORK, WorkRow
from tests.unit.reporting.fact_histories import fact_histories, work_histories
from tests.unit.reporting.histories import START, History, identity
from tests.unit.reporting.oracle_facts import Rows, contacts_of, rows_at, scores_of, work_of
from tests.unit.reporting.team_histories import TeamHistory


def folded(kind: Kind[Any], facts: Sequence[Fact]) -> Topics[Any]:
    topics = Topics(kind)
    topics.add(facts)
    return topics


def rows_now(kind: Kind[Any], facts: Sequence[Fact]) -> dict[str, Any]:
    topics = folded(kind, facts)
    return {str(item): spans[-1].row for item in topics.versions if (spans := topics.spans(item))}


def of(history: History, store: str) -> list[Fact]:
    return [fact for fact in history.facts if fact.store == store]


def contact(history: History, name: object = "s") -> ContactRow:
    found: ContactRow = rows_now(CONTACTS, of(history, "intervention"))[history.session(name)]
    return found


def test_a_booking_becomes_the_session_that_was_held_and_stays_known_as_a_booking_until_then() -> None:
    history = History()
    history.booked("2025-03-31T08:00:00Z", session="s")
    history.held("2025-04-01", session="s")
    topics = folded(CONTACTS, of(history, "intervention"))
    booked, held = topics.spans(identity("a", "session", "s"))
    assert (booked.row.status, booked.row.day, booked.row.minutes) == ("booked", date(2025, 3, 31), 60)
    assert booked.known_until == held.known_from == START + timedelta(minutes=2)
    assert (held.row.status, held.row.day, held.row.attend_status) == ("held", date(2025, 4, 1), "5")
    assert held.row.booked_recorded_on == date(2025, 3, 1)


def test_the_day_of_a_booking_is_the_one_in_london() -> None:
    history = History()
    history.booked("2025-06-30T23:30:00Z", session="s")
    assert contact(history).day == date(2025, 7, 1)


def test_a_missed_session_says_who_cancelled_it_and_keeps_what_was_booked() -> None:
    history = History()
    history.booked("2025-04-01T08:00:00Z", session="s")
    history.missed("2025-04-01", attend="4", session="s")
    row = contact(history)
    assert (row.status, row.attend_status, row.cancelled_by, row.rebook) == ("not_held", "4", "provider", True)
    assert (row.kind, row.modality, row.setting) == ("therapy_dyadic", "01", "home")


def test_a_session_that_was_taken_back_is_believed_for_no_instant_after_it() -> None:
    history = History()
    session = history.held("2025-04-01", session="s")
    void = history.voided("intervention", session)
    topics = folded(CONTACTS, of(history, "intervention"))
    [span] = topics.spans(identity("a", "session", "s"))
    assert (span.known_from, span.known_until) == (START + timedelta(minutes=1), START + timedelta(minutes=2))
    history.voided("intervention", void)
    again = folded(CONTACTS, of(history, "intervention")).spans(identity("a", "session", "s"))
    assert [each.known_until for each in again] == [START + timedelta(minutes=2), None]


def test_a_corrected_session_keeps_the_day_of_its_first_recording() -> None:
    history = History()
    session = history.held("2025-02-01", session="s")
    data = {
        "session_id": history.session("s"), "held_on": "2025-02-03", "kind": "review", "modality": "11",
        "attend_status": "6", "is_treatment": False,
    }  # fmt: skip
    history.corrected("intervention", "SessionHeld", session, data, at=START + timedelta(days=30))
    row = contact(history)
    assert (row.day, row.kind, row.recorded_on) == (date(2025, 2, 3), "review", date(2025, 3, 1))


def test_booked_and_held_at_one_instant_is_believed_as_held_at_once() -> None:
    history = History()
    history.booked("2025-04-01T08:00:00Z", session="s", at=START)
    history.held("2025-04-01", session="s", at=START)
    [span] = folded(CONTACTS, of(history, "intervention")).spans(identity("a", "session", "s"))
    assert (span.row.status, span.known_from) == ("held", START)


def test_a_measure_is_a_score_under_the_id_of_its_event() -> None:
    history = History()
    event_id = history.measured("2025-04-01", "EPDS", "14", timepoint="baseline")
    row: ScoreRow = rows_now(MEASURES, of(history, "assessment"))[str(event_id)]
    assert (row.measure_code, row.total, row.timepoint, row.in_range) == ("EPDS", Decimal(14), "baseline", True)
    assert (row.subject_kind, row.subject_ref) == ("CAREGIVER", history.carer())


def test_a_relationship_is_one_subject_in_whatever_order_its_people_are_named() -> None:
    history = History()
    for carers in ([1, 2], [2, 1]):
        history.measured(
            "2025-04-01", "PIIOS", "20", kind="RELATIONSHIP", subject=None,
            relationship={"infant_id": history.baby(), "caregiver_ids": [history.carer(each) for each in carers]},
        )  # fmt: skip
    rows = rows_now(MEASURES, of(history, "assessment")).values()
    assert len({row.subject_ref for row in rows}) == 1
    assert {row.subject_kind for row in rows} == {"RELATIONSHIP"}


def test_a_goal_is_scored_with_its_programme_and_each_time_it_is_rated_by_its_rater() -> None:
    history = History()
    programme = history.programme("2025-05-05", goals={"g": 2})
    rating = history.rated("2025-08-01", "g", 6)
    rows = rows_now(GOALS, of(history, "intervention"))
    first = rows[str(baseline_id(programme, identity("a", "goal", "g")))]
    later = rows[str(rating)]
    assert (first.completed_on, first.total, first.timepoint) == (date(2025, 5, 5), Decimal(2), "baseline")
    assert (later.completed_on, later.total, later.timepoint) == (date(2025, 8, 1), Decimal(6), None)
    assert {first.measure_code, later.measure_code} == {"GBO"}
    assert {first.rater, later.rater} == {"caregiver"}
    assert {first.subject_ref, later.subject_ref} == {str(identity("a", "goal", "g"))}


@pytest.mark.parametrize(
    ("code", "total", "possible"),
    [("EPDS", 30, True), ("EPDS", 31, False), ("PEM", -1, False), ("SOMETHING", 3, False)],
)
def test_a_total_that_cannot_be_is_told_apart(code: str, total: int, possible: bool) -> None:
    assert in_range(code, Decimal(total)) is possible


def test_the_ranges_of_measures_are_those_that_the_other_services_use() -> None:
    assert dict(RANGES) == SHIPPED


def test_directions_and_reliable_changes_of_measures_are_those_of_the_registry() -> None:
    outcome = {code.value: each for code, each in REGISTRY.items() if each.outcome}
    direction = {"higher": HIGHER, "lower": LOWER, "neither": NEITHER}
    assert {code: direction[each.total.better.value] for code, each in outcome.items()} == dict(BETTER)
    changes = {code: each.reliable_change for code, each in outcome.items() if each.reliable_change is not None}
    assert changes == dict(RELIABLE_CHANGE)
    assert {code for code, each in outcome.items() if each.ordinal} == ORDINAL


def test_a_consultation_that_became_a_referral_knows_its_case() -> None:
    team = TeamHistory()
    team.activity("2025-03-03", name="x", minutes=90)
    team.became("2025-03-10", name="x", case="b")
    row: WorkRow = rows_now(WORK, team.facts)[str(identity("team-north", "activity", "x"))]
    assert (row.kind, row.minutes, row.became_case_id) == ("consultation", 90, identity("case", "b"))


def test_a_referral_from_a_consultation_that_nobody_recorded_is_no_activity() -> None:
    team = TeamHistory()
    team.became("2025-03-10", name="x", case="b")
    assert rows_now(WORK, team.facts) == {}


KINDS: dict[str, tuple[Kind[Any], Callable[[Sequence[Any]], Rows]]] = {
    "contacts": (CONTACTS, contacts_of),
    "measures": (MEASURES, scores_of),
    "goals": (GOALS, scores_of),
}


def check_every_instant(kind: Kind[Any], facts: Sequence[Fact], rows: Callable[[Sequence[Any]], Rows]) -> None:
    topics = folded(kind, facts)
    for instant in {fact.recorded_at for fact in facts} | {START - timedelta(days=1)}:
        believed = {
            item: span.row._asdict()
            for item in topics.versions
            for span in topics.spans(item)
            if span.known_from <= instant and (span.known_until is None or instant < span.known_until)
        }
        wanted = rows_at(facts, instant, rows)
        baselines = {item for item in believed if believed[item].get("timepoint") == "baseline" and kind is GOALS}
        assert set(believed) - baselines == set(wanted)
        for item, columns in wanted.items():
            assert {name: believed[item][name] for name in columns} == columns


@given(fact_histories())
def test_what_is_believed_at_an_instant_is_what_was_recorded_by_then(history: History) -> None:
    for store, name in (("intervention", "contacts"), ("assessment", "measures"), ("intervention", "goals")):
        check_every_instant(KINDS[name][0], of(history, store), KINDS[name][1])


@given(work_histories())
def test_what_is_believed_of_the_work_at_an_instant_is_what_was_recorded_by_then(team: TeamHistory) -> None:
    check_every_instant(WORK, team.facts, work_of)


@given(fact_histories(), st.randoms(use_true_random=False))
def test_any_order_with_any_repetition_gives_the_same_versions(history: History, random: Random) -> None:
    for store, name in (("intervention", "contacts"), ("assessment", "measures"), ("intervention", "goals")):
        kind, facts = KINDS[name][0], of(history, store)
        waiting = facts + random.choices(facts, k=len(facts)) if facts else []
        random.shuffle(waiting)
        topics = Topics(kind)
        while waiting:
            size = random.randint(1, len(waiting))
            before = {item: topics.spans(item) for item in topics.versions}
            changed = topics.add(waiting[:size])
            waiting = waiting[size:]
            after = {item: topics.spans(item) for item in topics.versions}
            assert all(after.get(item, []) == spans for item, spans in before.items() if item not in changed)
            assert set(after) - set(before) <= changed
        once = folded(kind, facts)
        assert {i: topics.spans(i) for i in topics.versions if topics.spans(i)} == {
            i: once.spans(i) for i in once.versions if once.spans(i)
        }
