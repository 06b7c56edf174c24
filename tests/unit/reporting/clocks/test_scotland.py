"""The Scottish 18-week clocks: domain 3.3 sentence by sentence."""

from collections.abc import Callable
from datetime import date

import pytest

from services.reporting.clocks.facts import CaseFacts, ClockFacts
from services.reporting.clocks.reading import ClockReading, State
from services.reporting.clocks.scotland import scotland_camhs, scotland_therapies
from tests.unit.reporting.clocks.kit import after, away, case, d, facts, met, missed, treated

AT = "2025-12-31"
RECEIVED = "2025-03-03"
Clock = Callable[[ClockFacts, date], ClockReading]
BOTH = pytest.mark.parametrize("clock", [scotland_camhs, scotland_therapies])


def read(known: CaseFacts, at: str = AT, clock: Clock = scotland_camhs) -> ClockReading:
    return clock(facts(known), d(at))


@BOTH
def test_it_ends_with_the_first_attended_appointment_whose_purpose_is_treatment(clock: Clock) -> None:
    found = read(case(sessions=(met("2025-03-17"), treated("2025-04-07"))), clock=clock)
    assert (found.state, found.start, found.stop, found.days, found.within) == (
        State.STOPPED, d(RECEIVED), d("2025-04-07"), 35, True,
    )  # fmt: skip


@BOTH
def test_assessment_alone_does_not_end_it(clock: Clock) -> None:
    assert read(case(sessions=(met("2025-03-17"),)), clock=clock).state is State.RUNNING


@BOTH
@pytest.mark.parametrize(("days", "within"), [(126, True), (127, False)])
def test_126_days_meet_the_standard_and_127_do_not(clock: Clock, days: int, within: bool) -> None:
    assert read(case(sessions=(treated(after(RECEIVED, days)),)), clock=clock).within is within


@BOTH
@pytest.mark.parametrize("attend", ["2", "3", "7"])
def test_an_absence_on_the_familys_side_starts_the_clock_anew(clock: Clock, attend: str) -> None:
    found = read(case(sessions=(missed("2025-04-02", attend), treated("2025-04-12"))), clock=clock)
    assert (found.start, found.days) == (d("2025-04-02"), 10)
    assert found.parts[1].title.startswith("Clock starts anew: ")
    assert found.parts[1].on == d("2025-04-02")


@BOTH
def test_a_cancellation_by_the_team_has_no_effect(clock: Clock) -> None:
    found = read(case(sessions=(missed("2025-04-02", "4"), treated("2025-04-12"))), clock=clock)
    assert (found.start, found.days) == (d(RECEIVED), 40)


@BOTH
def test_a_cancellation_is_dated_to_the_day_of_the_cancellation_where_known(clock: Clock) -> None:
    sessions = (missed("2025-04-02", "2", cancelled="2025-03-28"), treated("2025-04-12"))
    assert read(case(sessions=sessions), clock=clock).start == d("2025-03-28")


@BOTH
def test_first_and_later_absences_each_start_it_anew(clock: Clock) -> None:
    sessions = (missed("2025-04-02"), met("2025-04-09"), missed("2025-04-16", "2"), treated("2025-04-26"))
    found = read(case(sessions=sessions), clock=clock)
    assert (found.start, found.days) == (d("2025-04-16"), 10)


@BOTH
def test_an_absence_after_treatment_began_has_no_effect(clock: Clock) -> None:
    sessions = (treated("2025-04-07"), missed("2025-04-14"), missed("2025-04-07"))
    assert read(case(sessions=sessions), clock=clock).days == 35


@BOTH
@pytest.mark.parametrize(("days", "resets"), [(125, True), (126, False)])
def test_an_absence_starts_it_anew_only_if_it_comes_within_126_days(clock: Clock, days: int, resets: bool) -> None:
    absent_on = after(RECEIVED, days)
    found = read(case(sessions=(missed(absent_on),)), clock=clock)
    assert found.start == (d(absent_on) if resets else d(RECEIVED))


@BOTH
def test_each_absence_is_measured_from_the_last_one_that_counted(clock: Clock) -> None:
    first, second = after(RECEIVED, 100), after(RECEIVED, 200)
    assert read(case(sessions=(missed(first), missed(second))), clock=clock).start == d(second)
    too_late = after(RECEIVED, 130)
    assert read(case(sessions=(missed(too_late), missed(after(RECEIVED, 140)))), clock=clock).start == d(RECEIVED)


@BOTH
def test_unavailability_lengthens_the_time_in_which_an_absence_counts(clock: Clock) -> None:
    known = case(sessions=(missed(after(RECEIVED, 130)),), pauses=(away(after(RECEIVED, 10), after(RECEIVED, 15)),))
    assert read(known, clock=clock).start == d(after(RECEIVED, 130))


@BOTH
def test_unavailability_comes_off_first_and_last_day_included(clock: Clock) -> None:
    pauses = (away("2025-03-10", "2025-03-17"),)
    found = read(case(pauses=pauses, sessions=(treated("2025-04-07"),)), clock=clock)
    assert found.days == 35 - 7
    assert ("Unavailable until 16 March 2025, which comes off", d("2025-03-10")) in [
        (part.title, part.on) for part in found.parts
    ]


@BOTH
def test_unavailability_counts_from_the_current_start_on(clock: Clock) -> None:
    pauses = (away("2025-03-28", "2025-04-05"), away("2025-03-10", "2025-03-12"))
    found = read(case(pauses=pauses, sessions=(missed("2025-04-01"), treated("2025-04-21"))), clock=clock)
    assert (found.start, found.days) == (d("2025-04-01"), 20 - 4)


@BOTH
def test_overlapping_unavailability_comes_off_once_and_the_teams_own_pauses_never_do(clock: Clock) -> None:
    pauses = (
        away("2025-03-10", "2025-03-17"), away("2025-03-12", "2025-03-20", "infant_hospital"),
        away("2025-03-22", "2025-03-30", "service"),
    )  # fmt: skip
    assert read(case(pauses=pauses, sessions=(treated("2025-04-07"),)), clock=clock).days == 35 - 10


@BOTH
def test_unavailability_that_goes_on_comes_off_up_to_the_date(clock: Clock) -> None:
    known = case(pauses=(away("2025-03-13"),))
    assert [read(known, at, clock).days for at in ("2025-03-13", "2025-03-20")] == [10, 10]


@pytest.mark.parametrize(("begins", "camhs"), [(126, 140 - 7), (127, 140)])
def test_late_unavailability_comes_off_for_therapies_always_and_for_camhs_if_it_begins_by_day_126(
    begins: int, camhs: int
) -> None:
    known = case(
        pauses=(away(after(RECEIVED, begins), after(RECEIVED, begins + 7)),),
        sessions=(treated(after(RECEIVED, 140)),),
    )
    assert read(known).days == camhs
    assert read(known, clock=scotland_therapies).days == 140 - 7


@pytest.mark.parametrize(("begins", "days"), [("2024-03-31", 160), ("2024-04-01", 153)])
def test_for_therapies_that_holds_since_april_2024(begins: str, days: int) -> None:
    received = "2023-11-01"
    known = case(received=received, pauses=(away(begins, after(begins, 7)),), sessions=(treated(after(received, 160)),))
    assert read(known, clock=scotland_therapies).days == days


@BOTH
def test_a_case_that_closed_first_ends(clock: Clock) -> None:
    found = read(case(closed_on=d("2025-05-01"), closed_by="discharged"), clock=clock)
    assert (found.state, found.days, found.within) == (State.ENDED, None, None)
    assert found.why_not_stopped == "The case was closed on 1 May 2025, before treatment began."


@BOTH
def test_a_duplicate_a_mistake_and_a_case_without_a_referral_have_no_clock(clock: Clock) -> None:
    for known in (
        case(closed_on=d("2025-05-01"), closed_by="duplicate"), case(sessions=(treated("2025-03-02"),)),
        case(received=None), case(received="2026-01-01"),
    ):  # fmt: skip
        assert read(known, clock=clock).state is State.NOT_APPLICABLE


@BOTH
def test_it_says_why_it_runs_and_what_comes_next(clock: Clock) -> None:
    found = read(case(), clock=clock)
    assert found.why_not_stopped == "No treatment session has been held yet; the family waits for a first meeting."
    assert found.nearest_stop == "The first treatment session. No session is booked."
