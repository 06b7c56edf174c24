"""The English four-week clock: domain 3.4 sentence by sentence, and the examples of 6.7."""

from typing import Any

import pytest

from services.reporting.clocks.england_four_weeks import four_weeks
from services.reporting.clocks.facts import Baby, CaseFacts, ClockFacts
from services.reporting.clocks.reading import ClockReading, State
from tests.unit.reporting.clocks.kit import BABY_ID, case, d, facts, met, missed, scored, treated

AT = "2025-12-31"


def helped(**known: Any) -> CaseFacts:
    """The example of domain 6.7: received 3 March, seen 17 March, GBO 24 March, care plan 31 March."""
    said: dict[str, Any] = {
        "sessions": (met("2025-03-17"),), "scores": (scored("GBO", "2025-03-24"),), "care_plans": (d("2025-03-31"),),
    }  # fmt: skip
    return case(**{**said, **known})


def read(known: ClockFacts | CaseFacts, at: str = AT) -> ClockReading:
    return four_weeks(known if isinstance(known, ClockFacts) else facts(known), d(at))[0]


def test_the_stop_is_the_latest_of_contact_listed_measure_and_agreed_care_plan() -> None:
    mrs08a, dashboard = four_weeks(facts(helped()), d(AT))
    assert (mrs08a.state, mrs08a.start, mrs08a.stop, mrs08a.days) == (
        State.STOPPED, d("2025-03-03"), d("2025-03-31"), 28,
    )  # fmt: skip
    assert (dashboard.stop, dashboard.days) == (mrs08a.stop, mrs08a.days)
    assert (mrs08a.why_not_stopped, mrs08a.nearest_stop) == (None, None)


def test_twenty_eight_days_are_within_mrs08a_and_outside_the_dashboards_four_weeks() -> None:
    mrs08a, dashboard = four_weeks(facts(helped()), d(AT))
    assert (mrs08a.within, dashboard.within) == (True, False)
    assert mrs08a.title != dashboard.title
    earlier = [each.within for each in four_weeks(facts(helped(care_plans=(d("2025-03-30"),))), d(AT))]
    later = [each.within for each in four_weeks(facts(helped(care_plans=(d("2025-04-01"),))), d(AT))]
    assert (earlier, later) == ([True, True], [False, False])


def test_with_relationship_measures_only_the_clock_never_stops_and_says_why() -> None:
    found = read(helped(scores=(scored("EPDS", "2025-03-24"), scored("PIIOS", "2025-03-24"))))
    assert (found.state, found.stop, found.within) == (State.RUNNING, None, False)
    assert found.why_not_stopped == (
        "No nationally listed baseline measure yet (EPDS and PIIOS are recorded, and are not on the national list)."
    )
    assert found.nearest_stop == (
        "It stops with a listed measure that suits this family, beside those that the work needs:"
        " goals that the family sets and scores (GBO) are the nearest."
    )


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("sessions", "No attended contact yet."),
        ("scores", "No nationally listed baseline measure yet."),
        ("care_plans", "No agreed care plan yet."),
    ],
)
def test_missing_any_one_of_the_three_means_no_stop(missing: str, why: str) -> None:
    found = read(helped(**{missing: ()}))
    assert (found.state, found.stop, found.why_not_stopped) == (State.RUNNING, None, why)
    assert found.days == (d(AT) - d("2025-03-03")).days


def test_all_that_is_missing_is_named_at_once() -> None:
    found = read(case(), "2025-03-10")
    assert found.why_not_stopped == (
        "No attended contact yet, no nationally listed baseline measure yet and no agreed care plan yet."
    )
    assert found.nearest_stop is not None
    assert found.nearest_stop.startswith("It stops once all of these have happened: a meeting with the family")


@pytest.mark.parametrize("modality", ["05", "09", "10", "12", "13", "98"])
def test_a_letter_or_message_is_no_contact(modality: str) -> None:
    assert read(helped(sessions=(met("2025-03-17", modality=modality),))).stop is None


@pytest.mark.parametrize(("modality", "attend"), [("02", "5"), ("04", "6"), ("11", "6"), ("01", "5")])
def test_a_contact_is_attended_on_time_or_late_and_seen_or_spoken_to(modality: str, attend: str) -> None:
    assert read(helped(sessions=(met("2025-03-17", modality=modality, attend=attend),))).stop == d("2025-03-31")


def test_an_indirect_activity_counts_as_the_contact() -> None:
    about = met("2025-03-17", modality="05", indirect=True)
    assert read(helped(sessions=(about,))).stop == d("2025-03-31")


def test_a_procedure_of_the_national_lists_counts_as_the_care_plan() -> None:
    assert read(helped(care_plans=(), procedures=(d("2025-04-02"),))).stop == d("2025-04-02")


def test_absences_have_no_effect() -> None:
    without = read(helped())
    absences = (missed("2025-03-05"), missed("2025-03-06", "2"), missed("2025-03-07", "4"))
    assert read(helped(sessions=(met("2025-03-17"), *absences))) == without


def test_a_treatment_alone_does_not_stop_it() -> None:
    assert read(case(sessions=(treated("2025-03-10"),))).state is State.RUNNING


def test_the_first_of_each_counts_however_often_it_is_repeated() -> None:
    again = helped(
        sessions=(met("2025-03-17"), met("2025-05-01")),
        scores=(scored("GBO", "2025-03-24"), scored("GBO", "2025-06-01")),
        care_plans=(d("2025-03-31"), d("2025-07-01")),
    )  # fmt: skip
    assert read(again).stop == d("2025-03-31")


@pytest.mark.parametrize(("next_received", "start"), [("2025-03-11", "2025-03-03"), ("2025-03-12", "2025-03-12")])
def test_a_gap_of_five_days_joins_two_referrals_and_six_split_them(next_received: str, start: str) -> None:
    first = case(1, closed_on=d("2025-03-06"), closed_by="declined")
    second = case(2, received=next_received)
    assert read(facts(second, first)).start == d(start)


def test_a_spell_stops_by_what_any_of_its_referrals_brought() -> None:
    first = case(1, sessions=(met("2025-03-04"),), closed_on=d("2025-03-06"), closed_by="discharged")
    second = case(2, received="2025-03-10", scores=(scored("GBO", "2025-03-12"),), care_plans=(d("2025-03-20"),))
    assert read(facts(second, first)) == read(facts(first, second))
    assert read(facts(second, first)).days == 17


def test_an_open_referral_joins_every_later_one() -> None:
    assert read(facts(case(2, received="2025-11-01"), case(1))).start == d("2025-03-03")


def test_a_referral_that_comes_after_the_date_is_in_no_spell_yet() -> None:
    first = case(1, closed_on=d("2025-03-06"), closed_by="declined")
    found = read(facts(first, case(2, received="2025-03-10")), "2025-03-08")
    assert (found.state, found.start) == (State.ENDED, d("2025-03-03"))


def test_a_spell_that_closed_first_ends_and_never_stops() -> None:
    found = read(helped(closed_on=d("2025-03-28"), closed_by="discharged"))
    assert (found.state, found.stop, found.days, found.within) == (State.ENDED, None, None, None)
    assert found.why_not_stopped == (
        "The case was closed on 28 March 2025, before it could stop: no agreed care plan yet."
    )
    assert found.nearest_stop is None


def test_a_referral_opened_on_the_parents_record_is_in_no_childs_metric() -> None:
    found = read(facts(helped(), on_parents_record=True))
    assert (found.state, found.days) == (State.NOT_APPLICABLE, None)
    assert found.why_not_stopped is not None
    assert "parent's or carer's record" in found.why_not_stopped


def test_a_referral_that_came_before_the_birth_is_in_no_childs_metric() -> None:
    unborn = Baby(infant_id=BABY_ID, due_on=d("2025-06-01"))
    born = Baby(infant_id=BABY_ID, due_on=d("2025-06-01"), born_on=d("2025-05-20"))
    for baby in (unborn, born):
        found = read(helped(babies=(baby,)))
        assert found.state is State.NOT_APPLICABLE
        assert found.why_not_stopped == (
            "The baby was not born when the referral came; this clock counts children from birth."
        )


def test_a_later_referral_of_a_baby_referred_before_birth_starts_its_own_spell() -> None:
    born = (Baby(infant_id=BABY_ID, due_on=d("2025-06-01"), born_on=d("2025-05-20")),)
    before, since = case(1, babies=born), case(2, received="2025-07-01", babies=born)
    assert read(facts(since, before)).start == d("2025-07-01")


def test_a_case_without_a_referral_has_no_clock() -> None:
    assert read(case(received=None)).state is State.NOT_APPLICABLE
    assert read(helped(), "2025-03-02").state is State.NOT_APPLICABLE


def test_a_stop_before_the_start_is_a_mistake_and_no_wait() -> None:
    early = case(
        received="2025-06-01", sessions=(met("2025-03-17"),), scores=(scored("GBO", "2025-03-24"),),
        care_plans=(d("2025-03-31"),),
    )  # fmt: skip
    found = read(early)
    assert (found.state, found.days) == (State.NOT_APPLICABLE, None)
    assert [part.on for part in found.parts] == [d("2025-03-17"), d("2025-03-24"), d("2025-03-31")]


def test_on_the_day_itself_it_has_stopped_and_the_day_before_it_had_not() -> None:
    assert read(helped(), "2025-03-31").state is State.STOPPED
    before = read(helped(), "2025-03-30")
    assert (before.state, before.days, before.within) == (State.RUNNING, 27, True)
