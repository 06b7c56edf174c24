"""The local clock and the team's own targets: referral to first treatment, as the family lives it."""

import pytest

from services.reporting.clocks.facts import CaseFacts, ClockFacts
from services.reporting.clocks.local import local_first_treatment
from services.reporting.clocks.reading import ClockReading, State
from services.reporting.clocks.team_targets import team_targets
from tests.unit.reporting.clocks.kit import after, away, booked, case, d, facts, met, missed, scored, treated

AT = "2025-12-31"
RECEIVED = "2025-03-03"


def read(known: ClockFacts | CaseFacts, at: str = AT) -> ClockReading:
    return local_first_treatment(known if isinstance(known, ClockFacts) else facts(known), d(at))


def own(known: ClockFacts | CaseFacts, at: str = AT) -> ClockReading:
    return team_targets(known if isinstance(known, ClockFacts) else facts(known), d(at))


def test_it_stops_with_the_earliest_session_that_is_treatment() -> None:
    found = read(case(sessions=(met("2025-03-17"), treated("2025-06-01"), treated("2025-04-07"))))
    assert (found.state, found.start, found.stop, found.days) == (
        State.STOPPED, d(RECEIVED), d("2025-04-07"), 35,
    )  # fmt: skip


@pytest.mark.parametrize(("days", "within"), [(0, True), (126, True), (127, False)])
def test_126_days_are_within_eighteen_weeks_and_127_are_not(days: int, within: bool) -> None:
    found = read(case(sessions=(treated(after(RECEIVED, days)),)))
    assert (found.days, found.within) == (days, within)


def test_it_stops_normally_though_the_national_clock_never_does() -> None:
    only_relationship_measures = case(sessions=(treated("2025-03-31"),), scores=(scored("PIIOS", "2025-03-24"),))
    assert read(only_relationship_measures).days == 28


def test_no_pause_and_no_absence_is_taken_off() -> None:
    found = read(
        case(sessions=(missed("2025-03-10"), treated("2025-04-07")), pauses=(away("2025-03-11", "2025-03-20"),))
    )
    assert found.days == 35


def test_it_starts_with_the_earliest_referral_of_the_spell() -> None:
    first = case(1, closed_on=d("2025-03-06"), closed_by="declined")
    found = read(facts(case(2, received="2025-03-10", sessions=(treated("2025-04-07"),)), first))
    assert (found.start, found.days) == (d(RECEIVED), 35)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (case(accepted=False), "the referral waits for a decision"),
        (case(), "the family waits for a first meeting"),
        (case(first_contact_on=d("2025-03-17")), "the assessment is not complete"),
        (case(first_contact_on=d("2025-03-17"), assessed_on=d("2025-04-01")), "the family waits for a programme"),
        (
            case(assessed_on=d("2025-04-01"), programmes=(d("2025-04-14"),)),
            "the family waits for its first session",
        ),
    ],
)
def test_it_says_what_the_family_waits_for(known: CaseFacts, why: str) -> None:
    found = read(known)
    assert found.state is State.RUNNING
    assert found.why_not_stopped == f"No treatment session has been held yet; {why}."
    assert found.nearest_stop == "The first treatment session. No session is booked."


def test_the_session_that_is_booked_next_is_named() -> None:
    sessions = (booked("2025-04-14", "2025-04-01"), booked("2025-04-28", "2025-04-01"))
    known = case(sessions=sessions)
    assert read(known, "2025-04-20").nearest_stop == (
        "The first treatment session. The next session is booked for 28 April 2025."
    )
    assert read(known, "2025-03-31").nearest_stop == "The first treatment session. No session is booked."


def test_a_booked_session_stays_booked_as_at_a_day_before_it_was_held() -> None:
    known = case(sessions=(treated("2025-04-14", booked_on=d("2025-04-01")),))
    assert read(known, "2025-04-13").nearest_stop == (
        "The first treatment session. The next session is booked for 14 April 2025."
    )
    assert read(known, "2025-04-14").state is State.STOPPED


@pytest.mark.parametrize(
    ("closed_by", "why"),
    [
        ("declined", "The referral was not accepted on 1 May 2025, before treatment began."),
        ("withdrawn", "The referral was withdrawn on 1 May 2025, before treatment began."),
        ("discharged", "The case was closed on 1 May 2025, before treatment began."),
    ],
)
def test_a_case_that_closed_first_ends(closed_by: str, why: str) -> None:
    found = read(case(closed_on=d("2025-05-01"), closed_by=closed_by))
    assert (found.state, found.days, found.why_not_stopped) == (State.ENDED, None, why)
    assert read(case(closed_on=d("2025-05-01"), closed_by=closed_by), "2025-04-30").state is State.RUNNING


def test_treatment_dated_before_the_referral_is_a_mistake_and_no_wait() -> None:
    found = read(case(sessions=(treated("2025-03-02"),)))
    assert (found.state, found.days) == (State.NOT_APPLICABLE, None)


def test_both_clock_changes_of_the_year_leave_days_as_they_are() -> None:
    spring = case(received="2025-03-29", sessions=(treated("2025-03-31"),))
    autumn = case(received="2025-10-25", sessions=(treated("2025-10-27"),))
    assert (read(spring).days, read(autumn).days) == (2, 2)


def test_the_teams_own_clock_is_held_to_the_sum_of_its_targets() -> None:
    whole = case(
        first_contact_on=d("2025-03-17"), assessed_on=d("2025-04-01"), programmes=(d("2025-04-14"),),
        sessions=(treated(after(RECEIVED, 98)),),
    )  # fmt: skip
    found = own(whole)
    assert (found.state, found.days, found.within) == (State.STOPPED, 98, True)
    assert own(facts(whole, targets={"decide_days": 14, "assess_days": 40}, targets_version="2025-01")).within is False
    assert found.version == "1, targets default-1"


def test_the_teams_own_clock_shows_each_step_with_the_day_on_which_it_is_due() -> None:
    found = own(case(assessed_on=d("2025-04-01")))
    assert [(part.title, part.on) for part in found.parts] == [
        ("Decision, due by 17 March 2025", d(RECEIVED)),
        ("Assessment completed, due by 28 April 2025", d("2025-04-01")),
        ("Programme assigned, due by 12 May 2025", None),
        ("First session of the programme, due by 9 June 2025", None),
    ]
    assert found.why_not_stopped == (
        "The programme's first session has not been held yet; the family waits for a programme."
    )
    assert found.nearest_stop == "Next comes: programme assigned, due by 12 May 2025."


def test_a_brief_treatment_before_the_programme_does_not_stop_the_teams_own_clock() -> None:
    brief = case(assessed_on=d("2025-04-01"), sessions=(treated("2025-03-20"),))
    assert (read(brief).state, own(brief).state) == (State.STOPPED, State.RUNNING)
    assert own(brief).why_not_stopped == "Treatment has begun, and no programme has been assigned yet."


def test_the_teams_own_clock_of_a_family_with_a_programme_waits_for_its_session() -> None:
    found = own(case(assessed_on=d("2025-04-01"), programmes=(d("2025-04-14"),)), "2025-05-01")
    assert (found.within, found.nearest_stop) == (
        True, "The first treatment session. No session is booked. It is due by 9 June 2025.",
    )  # fmt: skip


@pytest.mark.parametrize("received", [None, "2026-01-01"])
def test_the_teams_own_clock_needs_a_referral(received: str | None) -> None:
    assert own(case(received=received)).state is State.NOT_APPLICABLE


def test_the_teams_own_clock_ends_with_the_case_and_goes_on_in_the_other_case_of_a_duplicate() -> None:
    assert own(case(closed_on=d("2025-05-01"), closed_by="discharged")).state is State.ENDED
    assert own(case(closed_on=d("2025-05-01"), closed_by="duplicate")).state is State.NOT_APPLICABLE


def test_a_programme_treated_before_the_referral_is_a_mistake_for_the_teams_own_clock() -> None:
    wrong = case(assessed_on=d("2025-02-01"), programmes=(d("2025-02-02"),), sessions=(treated("2025-02-03"),))
    assert own(wrong).state is State.NOT_APPLICABLE
