"""The oracle against the examples that domain 6.7 works by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest

from tests.oracle import referrals, suppression
from tests.oracle.belief import believed
from tests.oracle.caseload import caseload, open_referrals, orphans
from tests.oracle.cases import cases_of
from tests.oracle.clocks import readings
from tests.oracle.contacts import sessions
from tests.oracle.documents import Event, read
from tests.oracle.flow import flow
from tests.oracle.percentiles import percentile
from tests.oracle.saying import Story
from tests.oracle.spc import limits, special
from tests.oracle.spells import joined
from tests.oracle.waits import waits
from tests.oracle.window import shares, window

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


def known(*stories: Story, k: datetime | None = None) -> list[Event]:
    return believed(read(text for story in stories for text in story.documents), k)


def test_percentiles_of_type_7() -> None:
    days = [3, 10, 14, 28, 29, 90]
    assert [percentile(days, each) for each in (50, 90, 92)] == [21, Fraction("59.5"), Fraction("65.6")]
    assert percentile([7], 90) == 7
    assert percentile([], 50) is None


def test_small_numbers_are_hidden_and_the_rest_rounded() -> None:
    assert [suppression.count(each) for each in (0, 4, 5, 7, 8)] == ["*", "*", 5, 5, 10]
    assert [suppression.percent(part, 40) for part in (3, 7, 5)] == ["*", 18, 13]
    assert [suppression.days(Decimal(21), n) for n in (4, 5)] == ["*", Decimal(21)]


def test_days_across_the_clock_change_are_differences_of_dates() -> None:
    story = Story()
    story.received("2025-03-29")
    story.accepted("2025-03-31")
    assert waits(known(story), LAST, FIRST, LAST)["W1"].completed == [2]


def test_discharged_on_the_last_day_of_a_month_is_not_open_and_closed_in_it() -> None:
    story = Story()
    story.received("2025-03-03")
    story.accepted("2025-03-05")
    story.held("2025-03-10")
    story.discharged("2025-03-31")
    events = known(story)
    assert caseload(events, date(2025, 3, 30))["cases"] == 1
    assert caseload(events, date(2025, 3, 31))["cases"] == 0
    march = flow(events, date(2025, 3, 1), date(2025, 3, 31))
    assert (march["new"], march["closed"], march["discharged"], march["open_at_end"]) == (1, 1, 1, 0)


def test_a_late_recording_changes_what_is_known_now_and_never_then() -> None:
    story = Story()
    story.received("2025-03-03")
    story.accepted("2025-03-05")
    story.held("2025-03-10")
    story.discharged("2025-03-28", at=datetime(2025, 4, 4, 10, tzinfo=UTC))
    for k, cases in ((datetime(2025, 4, 1, tzinfo=UTC), 1), (datetime(2025, 4, 5, tzinfo=UTC), 0)):
        assert caseload(known(story, k=k), date(2025, 3, 31))["cases"] == cases


def unborn() -> Story:
    story = Story()
    story.received("2025-03-01", unborn=True, edd="2025-06-01")
    story.accepted("2025-03-05")
    story.say("InfantBorn", infant_id="baby-0", born_on="2025-05-20")
    story.held("2025-06-10", treatment=True)
    return story


def test_a_baby_referred_before_birth_waits_in_its_own_window() -> None:
    events = known(unborn())
    assert waits(events, LAST, FIRST, LAST)["W6"].completed == [101]
    lasting = window(date(2025, 5, 20), date(2025, 6, 1), None)
    assert lasting is not None
    assert lasting.starts_on is not None
    assert (lasting.starts_on, lasting.ends_on) == (date(2024, 9, 8), date(2027, 5, 20))
    assert (lasting.ends_on - lasting.starts_on).days == 984
    assert (lasting.ends_on - date(2025, 3, 1)).days == 810
    assert shares(events, LAST, FIRST, LAST)["completed"] == [Fraction(101, 810)]
    assert round(float(Fraction(101, 810)) * 100, 1) == 12.5


def test_the_age_at_referral_of_an_unborn_baby_is_its_gestation() -> None:
    assert referrals.gestation_days(date(2025, 6, 1), date(2025, 3, 1)) == 188
    assert referrals.referrals(known(unborn()), LAST, FIRST, LAST)["age"] == {"26 weeks": 1}


def test_twins_are_one_case_two_infants_two_relationships() -> None:
    story = Story()
    story.received("2025-03-03", infants=2, carers=2)
    story.accepted("2025-03-05")
    story.held("2025-03-10")
    found = caseload(known(story), LAST)
    assert (found["cases"], found["infants"], found["relationships"], found["caregivers"]) == (1, 2, 2, 2)


def test_sessions_missed_without_notice_count_against_those_attended() -> None:
    story = Story()
    story.received("2025-03-03")
    for day, attend in enumerate(["5", "5", "6", "3", "7", "2", "4"], 10):
        held = attend in "56"
        story.held(f"2025-03-{day}", attend=attend) if held else story.not_held(f"2025-03-{day}", attend)
    found = sessions(known(story), LAST, FIRST, LAST)
    assert found["dna_rate"] == Fraction(2, 5)
    assert (found["cancelled_by_family"], found["cancelled_by_provider"]) == (1, 1)


def four_weeks(*measures: tuple[str, str]) -> Story:
    story = Story()
    story.received("2025-03-03")
    story.held("2025-03-17")
    for on, measure in measures:
        story.measured(on, measure)
    story.say(
        "ProgrammeAssigned", assigned_on="2025-03-31", tier="TARGETED", care_plan_agreed_on="2025-03-31", goals=[]
    )
    return story


def test_the_national_clock_stops_at_the_last_of_three_firsts() -> None:
    found = readings(known(four_weeks(("2025-03-24", "GBO"))), "case-a", LAST)
    assert (found["weeks"]["stop"], found["weeks"]["days"]) == (date(2025, 3, 31), 28)
    assert found["weeks"]["within"]
    assert not found["dashboard"]["within"]


def test_relationship_measures_alone_never_stop_the_national_clock() -> None:
    story = four_weeks(("2025-03-24", "EPDS"), ("2025-03-24", "PIIOS"))
    story.held("2025-04-07", treatment=True)
    found = readings(known(story), "case-a", LAST)
    assert (found["weeks"]["state"], found["local"]["state"], found["local"]["days"]) == ("running", "stopped", 35)
    assert waits(known(story), LAST, FIRST, LAST)["W6"].completed == [35]


@pytest.mark.parametrize(("days", "number"), [(5, 1), (6, 2)])
def test_a_gap_of_five_days_joins_a_spell_and_of_six_splits_it(days: int, number: int) -> None:
    first, again = Story("case-a"), Story("case-b")
    first.received("2025-03-01")
    first.say("ReferralDeclined", decided_on="2025-03-10", reason="other")
    again.received(f"2025-03-{10 + days}")
    assert len(joined(cases_of(known(first, again)), LAST)) == number


def test_scotland_resets_on_an_early_absence_and_england_does_not() -> None:
    """Domain 3.3: 126 days meet the Scottish standard, 127 do not; England deducts nothing."""
    story = Story()
    story.received("2025-01-01")
    story.accepted("2025-01-02")
    story.held("2025-01-10")
    story.not_held("2025-01-31", "3")
    for day, within in [(date(2025, 6, 6), True), (date(2025, 6, 7), False)]:
        found = readings(known(story), "case-a", day)
        assert (found["camhs"]["start"], found["camhs"]["within"]) == (date(2025, 1, 31), within)
        assert (found["rtt"]["state"], found["rtt"]["start"]) == ("running", date(2025, 1, 1))


def test_england_takes_a_first_appointment_missed_without_notice_out_of_the_figures() -> None:
    story = Story()
    story.received("2025-01-01")
    story.not_held("2025-01-31", "3")
    assert readings(known(story), "case-a", LAST)["rtt"]["state"] == "nullified"
    story.held("2025-02-20", treatment=True)
    found = readings(known(story), "case-a", LAST)["rtt"]
    assert (found["state"], found["start"], found["days"]) == ("stopped", date(2025, 2, 20), 0)


def test_limits_of_an_xmr_chart_in_both_variants() -> None:
    points = [1.0, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    plain, screened = limits(points), limits(points, screened=True)
    assert [round(plain[name], 3) for name in ("mean", "mean_range", "upper", "lower")] == [1.944, 1.882, 6.952, -3.063]
    assert [round(screened[name], 3) for name in ("mean_range", "upper", "lower")] == [1.0, 4.604, -0.716]
    assert special(points) == special(points, screened=True) == [5]


def test_any_order_of_arrival_with_duplicates_gives_the_same_numbers() -> None:
    story = Story()
    story.received("2025-03-03")
    story.accepted("2025-03-05")
    story.voided(story.held("2025-03-10"))
    story.held("2025-03-12")
    told = [caseload(believed(read([*order, *order])), LAST) for order in permutations(story.documents)]
    assert told[0]["cases"] == 1
    assert all(each == told[0] for each in told)


def test_a_session_heard_of_before_its_referral_is_an_orphan_until_it_comes() -> None:
    story = Story()
    story.held("2025-03-10")
    assert orphans(read(story.documents)) == 1
    assert open_referrals(known(story), LAST)["open"] == 0
    story.received("2025-03-03")
    assert orphans(read(story.documents)) == 0
    assert open_referrals(known(story), LAST)["awaiting_decision"] == 1
