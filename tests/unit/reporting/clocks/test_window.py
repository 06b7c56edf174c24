"""The baby's clock, M12: the 1001 days and the share of them that is spent waiting."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from services.reporting.clocks.facts import Baby, CaseFacts
from services.reporting.clocks.reading import ClockReading, State
from services.reporting.clocks.window import Window, babys_clock, window, window_share_used
from tests.unit.reporting.clocks.kit import BABY_ID, booked, case, d, facts, treated

BORN = Baby(infant_id=BABY_ID, born_on=d("2025-05-20"), due_on=d("2025-06-01"))
ANTENATAL = case(received="2025-03-01", babies=(BORN,), sessions=(treated("2025-06-10"),))


def read(known: CaseFacts, at: str = "2025-12-31") -> ClockReading:
    (found,) = babys_clock(facts(known), d(at))
    return found


def test_the_worked_example_of_an_antenatal_referral() -> None:
    found = read(ANTENATAL)
    assert (found.state, found.days, found.share) == (State.STOPPED, 101, Decimal("0.1247"))
    opens, closes = window(BORN) or Window(date.min, date.min)
    assert (opens, closes) == (d("2024-09-08"), d("2027-05-20"))
    assert ((closes - opens).days, (closes - d("2025-03-01")).days) == (984, 810)
    assert [(part.title, part.on) for part in found.parts] == [
        ("Window opened (conception)", d("2024-09-08")),
        ("Referral received", d("2025-03-01")),
        ("First treatment session", d("2025-06-10")),
        ("Window closes (second birthday)", d("2027-05-20")),
    ]


def test_before_the_birth_the_window_closes_with_the_expected_second_birthday() -> None:
    found = read(ANTENATAL, "2025-05-19")
    assert (found.state, found.days) == (State.RUNNING, 79)
    assert found.parts[-1].title == "Window closes (expected second birthday)"
    assert found.parts[-1].on == d("2027-06-01")
    assert found.share == window_share_used(d("2025-03-01"), d("2025-05-19"), d("2027-06-01"))


def test_an_expected_birth_alone_makes_a_window_of_996_days() -> None:
    opens, closes = window(Baby(infant_id=BABY_ID, due_on=d("2025-06-01"))) or Window(date.max, date.min)
    assert (closes - opens).days == 996


def test_without_an_expected_birth_the_window_opens_at_birth_less_gestation() -> None:
    born = {"infant_id": BABY_ID, "born_on": d("2025-06-01")}
    at_term, early, unknown = (window(Baby(**born, gestation_weeks=weeks)) for weeks in (40, 30, None))  # type: ignore[arg-type]
    assert at_term == unknown == window(Baby(infant_id=BABY_ID, due_on=d("2025-06-01")))
    assert early == Window(d("2024-11-17"), d("2027-06-01"))
    assert window(Baby(infant_id=BABY_ID)) is None


def test_a_baby_born_on_29_february_turns_two_on_1_march() -> None:
    leap = window(Baby(infant_id=BABY_ID, born_on=d("2024-02-29")))
    assert leap is not None
    assert leap.closes_on == d("2026-03-01")


@pytest.mark.parametrize(
    ("treated_on", "closes_on", "share"),
    [
        ("2025-06-10", "2027-05-20", "0.1247"),
        ("2025-03-01", "2027-05-20", "0.0000"),
        ("2027-05-20", "2027-05-20", "1.0000"),
        ("2028-01-01", "2027-05-20", "1.0000"),
        ("2025-06-10", "2025-03-01", None),
        ("2025-02-28", "2027-05-20", None),
    ],
)
def test_the_share_of_the_window_that_was_left(treated_on: str, closes_on: str, share: str | None) -> None:
    found = window_share_used(d("2025-03-01"), d(treated_on), d(closes_on))
    assert found == (None if share is None else Decimal(share))


def test_an_instant_is_no_civil_date() -> None:
    with pytest.raises(TypeError):
        window_share_used(datetime(2025, 3, 1, tzinfo=UTC), d("2025-06-10"), d("2027-05-20"))


def test_twins_have_a_clock_each() -> None:
    other = Baby(infant_id=UUID(int=2), born_on=d("2025-05-21"), due_on=d("2025-06-01"))
    found = babys_clock(
        facts(case(received="2025-03-01", babies=(BORN, other), sessions=ANTENATAL.sessions)), d("2026-01-01")
    )
    assert [each.title[-13:] for each in found] == ["(baby 1 of 2)", "(baby 2 of 2)"]
    assert [each.share for each in found] == [Decimal("0.1247"), Decimal("0.1245")]


def test_while_the_family_waits_it_says_why_and_what_comes_next() -> None:
    found = read(
        case(received="2025-03-01", babies=(BORN,), sessions=(booked("2025-07-01", "2025-06-01"),)), "2025-06-10"
    )
    assert found.why_not_stopped == "No treatment session has been held yet; the family waits for a first meeting."
    assert found.nearest_stop == "The first treatment session. The next session is booked for 1 July 2025."


def test_a_family_that_still_waits_after_the_second_birthday_has_used_the_whole_window() -> None:
    found = read(case(received="2025-03-01", babies=(BORN,)), "2027-08-01")
    assert (found.state, found.share) == (State.RUNNING, Decimal(1))


def test_it_starts_with_the_earliest_referral_of_the_spell() -> None:
    first = case(1, received="2025-02-01", closed_on=d("2025-02-26"), closed_by="declined", babies=(BORN,))
    (found,) = babys_clock(facts(case(2, received="2025-03-01", babies=(BORN,)), first), d("2025-03-11"))
    assert (found.start, found.days) == (d("2025-02-01"), 38)


def test_a_case_that_closed_first_ends() -> None:
    found = read(case(received="2025-03-01", babies=(BORN,), closed_on=d("2025-04-01"), closed_by="withdrawn"))
    assert (found.state, found.share) == (State.ENDED, None)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (case(received=None), "No referral had been received by this date."),
        (case(pregnancy_ended_on=d("2025-04-01")), "The pregnancy ended; this clock is not kept."),
        (case(babies=()), "No baby is recorded with this case."),
        (case(babies=(Baby(infant_id=BABY_ID),)), "Neither a day of birth nor an expected one is recorded."),
        (
            case(received="2027-05-20", babies=(BORN,)),
            "The baby had turned two when the referral came.",
        ),
        (
            case(received="2025-07-01", babies=(BORN,), sessions=(treated("2025-06-10"),)),
            "The record says that it stopped before the referral came: one of the two dates is a mistake.",
        ),
    ],
)
def test_it_is_not_kept_where_it_would_mean_nothing(known: CaseFacts, why: str) -> None:
    found = read(known, "2027-12-31")
    assert (found.state, found.share, found.why_not_stopped) == (State.NOT_APPLICABLE, None, why)
