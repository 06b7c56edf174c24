"""What the clocks are given of a case: from its events as they now stand."""

from datetime import date
from typing import Any

from services.reporting.clock_facts import case_facts
from services.reporting.clocks.catalogue import readings
from services.reporting.clocks.england_four_weeks import four_weeks
from services.reporting.clocks.facts import Baby, CaseFacts, Monitoring, Pause, Score
from services.reporting.clocks.reading import State
from tests.unit.reporting.clocks.kit import d, facts
from tests.unit.reporting.histories import History, identity, whole_way


def known(history: History) -> CaseFacts:
    return case_facts(history.case_id, history.facts)


def goal(number: int = 1, baseline: int | None = None) -> dict[str, Any]:
    return {"goal_id": str(identity("goal", number)), "rater": "caregiver", "baseline": baseline}


def scheduled(history: History, at: str, number: int = 1) -> None:
    data = {"session_id": str(identity("session", number)), "at": at}
    history.say("intervention", "SessionScheduled", data)


def held(history: History, on: str, number: int, **said: Any) -> None:
    data = {
        "session_id": str(identity("session", number)), "held_on": on, "kind": "initial_contact", "modality": "01",
        "attend_status": "5", "is_treatment": False, **said,
    }  # fmt: skip
    history.say("intervention", "SessionHeld", data)


def not_held(history: History, on: str, number: int, **said: Any) -> None:
    data = {"session_id": str(identity("session", number)), "on": on, "attend_status": "3", **said}
    history.say("intervention", "SessionNotHeld", data)


def test_the_milestones_are_those_of_the_case() -> None:
    found = known(whole_way())
    assert (found.received_on, found.accepted_on, found.decided_on) == (
        d("2025-03-10"),
        d("2025-03-17"),
        d("2025-03-17"),
    )
    assert (found.first_contact_on, found.assessed_on, found.programmes) == (
        d("2025-04-07"), d("2025-04-21"), (d("2025-05-05"),),
    )  # fmt: skip
    assert found.treatments == (d("2025-05-19"), d("2025-06-02"))
    assert (found.closed_on, found.closed_by) == (d("2025-09-01"), "discharged")


def test_the_worked_example_from_its_events() -> None:
    """Domain 6.7: received 3 March, seen 17 March, GBO scored 24 March, care plan agreed 31 March."""
    history = History()
    history.received("2025-03-03")
    held(history, "2025-03-17", 1)
    history.say("intervention", "GoalRated", {"goal_id": str(identity("goal")), "on": "2025-03-24", "value": 3})
    history.say(
        "intervention", "ProgrammeAssigned",
        {"assigned_on": "2025-04-02", "tier": "TARGETED", "care_plan_agreed_on": "2025-03-31"},
    )  # fmt: skip
    within, under = four_weeks(facts(known(history)), d("2025-12-31"))
    assert (within.stop, within.days, within.within, under.within) == (d("2025-03-31"), 28, True, False)


def test_goals_that_come_with_a_first_rating_are_scores_and_those_without_are_none() -> None:
    history = History()
    data = {"assigned_on": "2025-04-02", "tier": "TARGETED", "goals": [goal(1, 2), goal(2)]}
    history.say("intervention", "ProgrammeAssigned", data)
    history.say("intervention", "ProgrammeRevised", {"on": "2025-05-02", "goals_added": [goal(3, 0)]})
    assert known(history).scores == (
        Score(measure_code="GBO", completed_on=d("2025-04-02"), rater="caregiver"),
        Score(measure_code="GBO", completed_on=d("2025-05-02"), rater="caregiver"),
    )


def test_a_measure_is_a_score_until_it_is_voided() -> None:
    history = History()
    data = {"measure_code": "PIIOS", "completed_on": "2025-03-20", "rater": "observer", "total": "12"}
    event = history.say("assessment", "MeasureRecorded", data)
    assert known(history).scores == (Score(measure_code="PIIOS", completed_on=d("2025-03-20"), rater="observer"),)
    history.voided("assessment", event)
    assert known(history).scores == ()


def test_a_session_stands_once_with_the_day_on_which_it_was_booked() -> None:
    history = History()
    scheduled(history, "2025-04-01T22:30:00Z")
    (booked,) = known(history).sessions
    assert (booked.status, booked.day, booked.booked_on) == ("booked", d("2025-04-01"), date(2025, 3, 1))
    not_held(history, "2025-04-01", 1, cancelled_on="2025-03-30", attend_status="2", rebook=True)
    (missed,) = known(history).sessions
    assert (missed.status, missed.fell_through_on, missed.rebook, missed.booked_on) == (
        "not_held", d("2025-03-30"), True, booked.booked_on,
    )  # fmt: skip


def test_a_booking_late_in_the_evening_of_summer_time_counts_for_the_civil_day() -> None:
    history = History()
    scheduled(history, "2025-04-01T23:30:00Z")
    assert known(history).sessions[0].day == d("2025-04-02")


def test_a_session_with_other_professionals_and_nobody_of_the_family_is_an_indirect_activity() -> None:
    history = History()
    held(history, "2025-03-17", 1, joint_with=["health_visiting"])
    held(history, "2025-03-18", 2, joint_with=["health_visiting"], caregivers_present=[history.carer()])
    held(history, "2025-03-19", 3)
    assert [(each.day, each.indirect) for each in sorted(known(history).sessions, key=lambda each: each.day)] == [
        (d("2025-03-17"), True), (d("2025-03-18"), False), (d("2025-03-19"), False),
    ]  # fmt: skip


def test_pauses_keep_their_reasons_and_end_with_the_next_resumption() -> None:
    history = History()
    history.paused("2025-04-01", "service")
    history.resumed("2025-04-05")
    history.paused("2025-05-01", "family")
    assert known(history).pauses == (
        Pause(from_on=d("2025-04-01"), until_on=d("2025-04-05"), reason="service"),
        Pause(from_on=d("2025-05-01"), reason="family"),
    )


def test_active_monitoring_and_a_refusal_are_what_the_stream_says() -> None:
    history = History()
    history.say("intervention", "ActiveMonitoringStarted", {"on": "2025-04-01", "by": "clinician"})
    history.say("intervention", "ActiveMonitoringEnded", {"on": "2025-05-01", "by": "clinician"})
    history.say("intervention", "ActiveMonitoringStarted", {"on": "2025-06-01", "by": "patient"})
    history.say("intervention", "TreatmentDeclined", {"on": "2025-06-02", "by": "family"})
    found = known(history)
    assert found.monitoring == (
        Monitoring(started_on=d("2025-04-01"), ended_on=d("2025-05-01")), Monitoring(started_on=d("2025-06-01")),
    )  # fmt: skip
    assert found.declined == (d("2025-06-02"),)


def test_babies_come_with_birth_due_date_and_gestation() -> None:
    history = History()
    history.say(
        "referral", "ReferralReceived",
        {
            "received_on": "2025-03-01", "source": "self",
            "subjects": [{"infant_id": history.baby(), "edd": "2025-06-01"}],
        },
    )  # fmt: skip
    assert (known(history).self_referred, known(history).babies[0].born_on) == (True, None)
    history.say("referral", "InfantBorn", {"infant_id": history.baby(), "born_on": "2025-05-20", "gestation_weeks": 38})
    (baby,) = known(history).babies
    assert baby == Baby(infant_id=baby.infant_id, born_on=d("2025-05-20"), due_on=d("2025-06-01"), gestation_weeks=38)


def test_a_case_of_which_nothing_is_known_has_no_clock_that_runs() -> None:
    nobody = case_facts(identity("nobody"), [])
    assert {each.state for each in readings(facts(nobody), d("2025-05-01"))} == {State.NOT_APPLICABLE}


def test_events_in_any_order_and_told_twice_are_the_same_case() -> None:
    history = whole_way()
    history.paused("2025-07-01")
    assert case_facts(history.case_id, [*reversed(history.facts), *history.facts]) == known(history)
