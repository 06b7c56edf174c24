"""The English referral-to-treatment clock: domain 3.3 sentence by sentence."""

import pytest

from services.reporting.clocks.england_rtt import england_rtt
from services.reporting.clocks.facts import CaseFacts, Monitoring
from services.reporting.clocks.reading import ClockReading, State
from tests.unit.reporting.clocks.kit import after, away, booked, case, d, facts, met, missed, treated

AT = "2025-12-31"
RECEIVED = "2025-03-03"
NULLIFIED = "The first appointment was missed without notice: the clock is taken out of the figures"


def read(known: CaseFacts, at: str = AT) -> ClockReading:
    return england_rtt(facts(known), d(at))


def test_it_runs_from_receipt_to_the_first_treatment() -> None:
    found = read(case(sessions=(met("2025-03-17"), treated("2025-04-07"), treated("2025-04-14"))))
    assert (found.state, found.start, found.stop, found.days, found.within) == (
        State.STOPPED, d(RECEIVED), d("2025-04-07"), 35, True,
    )  # fmt: skip


def test_start_and_stop_on_one_day_are_no_days() -> None:
    assert read(case(sessions=(treated(RECEIVED),))).days == 0


@pytest.mark.parametrize(("days", "within"), [(126, True), (127, False)])
def test_126_days_are_inside_eighteen_weeks(days: int, within: bool) -> None:
    assert read(case(sessions=(treated(after(RECEIVED, days)),))).within is within
    assert read(case(), after(RECEIVED, days)).within is within


def test_the_clock_never_pauses_and_nothing_is_deducted() -> None:
    found = read(
        case(
            sessions=(met("2025-03-10"), missed("2025-03-12", "2"), missed("2025-03-14", "4"), treated("2025-04-07")),
            pauses=(away("2025-03-15", "2025-03-31"), away("2025-04-01", "2025-04-03", "service")),
        )
    )
    assert (found.start, found.days) == (d(RECEIVED), 35)


def test_a_self_referral_starts_when_it_is_ratified_from_the_day_on_which_it_was_received() -> None:
    waiting = read(case(self_referred=True, accepted=False))
    assert (waiting.state, waiting.start) == (State.NOT_APPLICABLE, None)
    ratified = case(self_referred=True, accepted=False, accepted_on=d("2025-03-20"))
    assert read(ratified, "2025-03-19").state is State.NOT_APPLICABLE
    assert (read(ratified).state, read(ratified).start) == (State.RUNNING, d(RECEIVED))


@pytest.mark.parametrize("closed_by", ["declined", "withdrawn", "discharged"])
def test_closing_the_case_without_treatment_stops_it_on_that_day(closed_by: str) -> None:
    found = read(case(closed_on=d("2025-04-02"), closed_by=closed_by))
    assert (found.state, found.stop, found.days) == (State.STOPPED, d("2025-04-02"), 30)
    assert found.parts[-1].title == "The case was closed without treatment"


def test_a_case_closed_before_it_was_received_stops_at_once() -> None:
    assert read(case(closed_on=d("2025-03-01"), closed_by="declined")).days == 0


def test_a_duplicate_has_no_clock_of_its_own() -> None:
    found = read(case(closed_on=d("2025-04-02"), closed_by="duplicate"))
    assert (found.state, found.why_not_stopped) == (
        State.NOT_APPLICABLE, "This referral was found to be the same as another one, whose clocks go on.",
    )  # fmt: skip


def test_active_monitoring_stops_it_and_a_decision_to_treat_starts_a_new_clock() -> None:
    watched = case(monitoring=(Monitoring(started_on=d("2025-04-02")),))
    assert (read(watched).state, read(watched).stop) == (State.STOPPED, d("2025-04-02"))
    decided = case(monitoring=watched.monitoring, programmes=(d("2025-06-01"),))
    found = read(decided, "2025-06-11")
    assert (found.state, found.start, found.days) == (State.RUNNING, d("2025-06-01"), 10)
    assert [(part.title, part.on) for part in found.parts][:3] == [
        ("Referral received", d(RECEIVED)),
        ("Active monitoring began", d("2025-04-02")),
        ("New clock: a decision to treat", d("2025-06-01")),
    ]


def test_a_programme_that_stands_goes_on_when_active_monitoring_ends() -> None:
    watched = (Monitoring(started_on=d("2025-04-02"), ended_on=d("2025-05-02")),)
    known = case(monitoring=watched, programmes=(d("2025-03-20"),), sessions=(treated("2025-05-12"),))
    found = read(known)
    assert (found.start, found.stop, found.days) == (d("2025-05-02"), d("2025-05-12"), 10)
    assert read(known, "2025-05-01").state is State.STOPPED


def test_ending_active_monitoring_without_a_programme_is_no_decision_to_treat() -> None:
    watched = (Monitoring(started_on=d("2025-04-02"), ended_on=d("2025-05-02")),)
    assert (read(case(monitoring=watched)).state, read(case(monitoring=watched)).stop) == (
        State.STOPPED, d("2025-04-02"),
    )  # fmt: skip


def test_declining_treatment_stops_it_and_a_few_days_thinking_time_does_not() -> None:
    found = read(case(declined=(d("2025-04-02"),), first_contact_on=d("2025-03-20")))
    assert (found.state, found.stop) == (State.STOPPED, d("2025-04-02"))
    assert read(case(first_contact_on=d("2025-03-20"))).state is State.RUNNING


def test_a_new_treatment_after_a_refusal_starts_a_new_clock_from_the_decision() -> None:
    found = read(case(declined=(d("2025-04-02"),), programmes=(d("2025-06-01"),)), "2025-06-11")
    assert (found.start, found.days) == (d("2025-06-01"), 10)


def test_a_missed_first_appointment_stops_and_nullifies() -> None:
    found = read(case(sessions=(missed("2025-03-20"),)))
    assert (found.state, found.stop, found.days, found.within) == (State.NULLIFIED, d("2025-03-20"), None, None)
    assert found.why_not_stopped == f"{NULLIFIED}. No other appointment has been offered yet."
    assert found.nearest_stop is not None
    assert read(case(sessions=(missed("2025-03-20"),)), "2025-03-19").state is State.RUNNING


@pytest.mark.parametrize("attend", ["2", "4", "7"])
def test_notice_on_the_same_morning_or_coming_late_is_no_missed_appointment(attend: str) -> None:
    found = read(case(sessions=(missed("2025-03-20", attend),)))
    assert (found.state, found.start) == (State.RUNNING, d(RECEIVED))


def test_a_new_clock_starts_when_the_team_decides_to_offer_again() -> None:
    found = read(case(sessions=(missed("2025-03-20", rebook=True),)), "2025-03-30")
    assert (found.state, found.start, found.days) == (State.RUNNING, d("2025-03-20"), 10)
    assert [part.title for part in found.parts][:3] == [
        "Referral received",
        NULLIFIED,
        "New clock: another appointment",
    ]


def test_a_new_clock_starts_when_another_appointment_is_booked() -> None:
    known = case(sessions=(missed("2025-03-20"), booked("2025-04-10", "2025-04-01")))
    assert read(known, "2025-03-31").state is State.NULLIFIED
    assert (read(known, "2025-04-05").start, read(known, "2025-04-05").days) == (d("2025-04-01"), 4)
    assert read(known, "2025-04-20").start == d("2025-04-01"), "also when that day has passed and nothing was heard"


def test_an_appointment_that_was_booked_before_is_offered_from_the_missed_day_on() -> None:
    known = case(sessions=(missed("2025-03-20"), booked("2025-04-10", "2025-03-10")))
    assert read(known).start == d("2025-03-20")


def test_a_family_that_is_met_after_all_has_got_in_touch() -> None:
    found = read(case(sessions=(missed("2025-03-20"), met("2025-04-10"), treated("2025-04-20"))))
    assert (found.start, found.stop, found.days) == (d("2025-04-10"), d("2025-04-20"), 10)


def test_only_a_first_missed_appointment_nullifies() -> None:
    again = case(sessions=(missed("2025-03-20", rebook=True), missed("2025-04-10")))
    assert (read(again).state, read(again).start) == (State.RUNNING, d("2025-03-20"))
    for met_before in (case(sessions=(met("2025-03-10"), missed("2025-03-20"))),
                       case(first_contact_on=d("2025-03-10"), sessions=(missed("2025-03-20"),))):  # fmt: skip
        assert (read(met_before).state, read(met_before).start) == (State.RUNNING, d(RECEIVED))


def test_a_later_missed_appointment_followed_by_a_discharge_stops_and_does_not_nullify() -> None:
    known = case(sessions=(met("2025-03-10"), missed("2025-03-20")), closed_on=d("2025-04-02"), closed_by="discharged")
    assert (read(known).state, read(known).stop, read(known).days) == (State.STOPPED, d("2025-04-02"), 30)


def test_a_missed_first_appointment_followed_by_a_discharge_stays_nullified() -> None:
    known = case(sessions=(missed("2025-03-20"),), closed_on=d("2025-04-02"), closed_by="discharged")
    assert read(known).state is State.NULLIFIED


def test_a_missed_appointment_after_the_stop_has_no_effect() -> None:
    known = case(monitoring=(Monitoring(started_on=d("2025-03-10")),), sessions=(missed("2025-03-20"),))
    assert (read(known).state, read(known).stop) == (State.STOPPED, d("2025-03-10"))


def test_a_re_referral_starts_a_clock_of_its_own() -> None:
    first = case(1, closed_on=d("2025-03-06"), closed_by="discharged")
    found = england_rtt(facts(case(2, received="2025-03-10"), first), d("2025-03-20"))
    assert (found.start, found.days) == (d("2025-03-10"), 10)


def test_treatment_before_receipt_is_a_mistake() -> None:
    assert read(case(sessions=(treated("2025-03-02"),))).state is State.NOT_APPLICABLE


def test_on_one_day_treatment_stops_it_before_anything_else() -> None:
    known = case(
        sessions=(treated("2025-04-02"),),
        declined=(d("2025-04-02"),),
        closed_on=d("2025-04-02"),
        closed_by="discharged",
        monitoring=(Monitoring(started_on=d("2025-04-02")),),
    )  # fmt: skip
    assert read(known).parts[-1].title == "Treatment began"


@pytest.mark.parametrize("received", [None, "2026-01-01"])
def test_without_a_referral_there_is_no_clock(received: str | None) -> None:
    assert read(case(received=received)).state is State.NOT_APPLICABLE


def test_it_says_why_it_runs_and_what_comes_next() -> None:
    found = read(case(sessions=(booked("2025-04-10", "2025-04-01"),)), "2025-04-02")
    assert found.why_not_stopped == "No treatment session has been held yet; the family waits for a first meeting."
    assert found.nearest_stop == "The first treatment session. The next session is booked for 10 April 2025."
