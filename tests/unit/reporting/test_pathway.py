"""What the whole pathway adds to a case: pauses, endings, links by date, reopenings, new identities; worked by hand."""

from datetime import date
from decimal import Decimal

from services.reporting.case_row import CaseRow
from services.reporting.fold import fold
from services.reporting.teams import DEFAULT, in_force
from tests.unit.reporting.histories import History, identity, whole_way
from tests.unit.reporting.team_histories import TeamHistory


def row_of(history: History) -> CaseRow:
    return fold(history.facts)[-1].row


def accepted() -> History:
    history = History()
    history.received("2025-03-10")
    history.accepted("2025-03-17")
    return history


def test_a_pause_lasts_to_the_day_before_the_work_goes_on() -> None:
    history = accepted()
    history.paused("2025-04-01", "service")
    assert row_of(history).pauses == ((date(2025, 4, 1), None),)
    history.resumed("2025-04-15")
    history.paused("2025-05-01", "family")
    history.resumed("2025-05-08")
    row = row_of(history)
    assert row.pauses == ((date(2025, 4, 1), date(2025, 4, 15)), (date(2025, 5, 1), date(2025, 5, 8)))
    assert row.family_pauses == ((date(2025, 5, 1), date(2025, 5, 8)),)


def test_a_pause_that_was_taken_back_never_was() -> None:
    history = accepted()
    pause = history.paused("2025-04-01")
    history.voided("intervention", pause)
    assert row_of(history).pauses is None


def test_a_duplicate_is_decided_and_closed_on_the_day_it_was_linked() -> None:
    history = History()
    history.received("2025-03-10")
    history.duplicate("2025-03-12")
    row = row_of(history)
    assert (row.decided_on, row.decision) == (date(2025, 3, 12), "duplicate")
    assert (row.closed_on, row.closed_by) == (date(2025, 3, 12), "duplicate")


def test_a_referral_that_waits_for_the_birth_is_not_decided() -> None:
    history = History()
    history.received("2025-03-10")
    history.say("referral", "ReferralHeldUntilBirth", {"on": "2025-03-12", "eligibility_rule_version": "default-1"})
    row = row_of(history)
    assert (row.decided_on, row.closed_on) == (None, None)


def test_a_reopening_removes_any_discharge_before_it_and_none_after_it() -> None:
    history = whole_way()
    history.reopened("2025-09-03")
    assert row_of(history).closed_on is None
    history.discharged("2025-10-01", "moved_area")
    row = row_of(history)
    assert (row.discharged_on, row.discharge_reason) == (date(2025, 10, 1), "moved_area")


def test_a_completed_programme_begins_the_ending_until_a_new_one_is_assigned() -> None:
    history = whole_way()
    history.programme_done("2025-08-18")
    assert row_of(history).programme_completed_on == date(2025, 8, 18)
    history.programme("2025-10-01")
    row = row_of(history)
    assert row.programme_completed_on is None
    assert row.programme_on == date(2025, 5, 5)


def test_a_step_up_counts_from_its_day_and_leaves_what_was_before() -> None:
    history = whole_way()
    history.tier("2025-07-01", "TARGETED")
    row = row_of(history)
    assert row.tier == "TARGETED"
    assert row.tier_days == (date(2025, 5, 5), date(2025, 7, 1))
    assert row.tier_steps == ("SPECIALIST", "TARGETED")


def test_an_abandoned_assessment_is_waited_for_until_it_begins_again() -> None:
    history = accepted()
    history.started("2025-04-01")
    history.abandoned("2025-04-10")
    row = row_of(history)
    assert row.abandoned == ((date(2025, 4, 10), None),)
    assert row.first_contact_on == row.assessment_started_on == date(2025, 4, 1)
    history.started("2025-05-01")
    assert row_of(history).abandoned == ((date(2025, 4, 10), date(2025, 5, 1)),)


def test_an_appointment_of_the_assessment_ends_the_waiting_for_it_too() -> None:
    history = accepted()
    history.started("2025-04-01")
    history.abandoned("2025-04-10")
    history.held("2025-04-24", treatment=False, kind="assessment")
    assert row_of(history).abandoned == ((date(2025, 4, 10), date(2025, 4, 24)),)


def test_a_re_assessment_leaves_the_first_one_and_brings_its_own_complexities() -> None:
    history = accepted()
    history.completed("2025-04-21", complexity=["other"])
    history.completed("2025-08-21", complexity=["other", "substance_use", "looked_after"])
    row = row_of(history)
    assert row.assessed_on == date(2025, 4, 21)
    assert (row.complexity_days, row.complexity_steps) == ((date(2025, 4, 21), date(2025, 8, 21)), (1, 3))


def test_a_placement_change_counts_each_carer_on_their_own_days() -> None:
    history = accepted()
    history.completed("2025-04-21", focus=history.focus())
    mother, foster_carer = identity("a", "caregiver", 1), identity("a", "caregiver", 3)
    history.unlinked("2025-06-01", carer=1)
    history.linked("2025-06-01", carer=3)
    row = row_of(history)
    days = dict(zip(row.caregivers, row.caregiver_days or (), strict=True))
    assert days == {mother: (None, date(2025, 6, 1)), foster_carer: (date(2025, 6, 1), None)}
    assert set(row.relationship_days or ()) == {(None, date(2025, 6, 1)), (date(2025, 6, 1), None)}
    assert len(set(row.relationships)) == 2


def test_after_an_adoption_the_baby_counts_once_under_the_new_id_and_former_links_end() -> None:
    history = accepted()
    history.completed("2025-04-21", focus=history.focus())
    history.renamed("2025-09-01", new=9)
    row = row_of(history)
    assert row.infants == (identity("a", "infant", 9),)
    assert row.caregiver_days == ((None, date(2025, 9, 1)),)
    data = {
        "infant_id": history.baby(9), "caregiver_id": history.carer(4), "from_on": "2025-09-01",
        "role": "adoptive_parent",
    }  # fmt: skip
    history.say("referral", "FamilyMemberLinked", data)
    row = row_of(history)
    assert set(row.relationship_days or ()) == {(None, date(2025, 9, 1)), (date(2025, 9, 1), None)}


def test_a_birth_fills_in_the_day_of_its_baby_only() -> None:
    history = History()
    history.received("2025-03-10", infants=2)
    history.born("2025-05-20", infant=2)
    row = row_of(history)
    born = dict(zip(row.infants, row.born_on, strict=True))
    assert born == {identity("a", "infant", 1): None, identity("a", "infant", 2): date(2025, 5, 20)}


def test_a_pregnancy_that_ended_closes_nothing_by_itself() -> None:
    history = accepted()
    history.lost("2025-04-02")
    row = row_of(history)
    assert (row.pregnancy_ended_on, row.closed_on) == (date(2025, 4, 2), None)


def test_erasing_somebody_changes_no_number() -> None:
    history = whole_way()
    before = row_of(history)
    history.say("referral", "SubjectErased", {"subject_ref": history.carer()})
    history.say(
        "intervention", "SubjectErasureAcknowledged", {"subject_ref": history.carer(), "service": "intervention"}
    )
    assert row_of(history) == before


def test_the_settings_of_a_team_are_the_latest_that_are_effective_by_the_day() -> None:
    team = TeamHistory()
    team.configured("2025-a", "2025-04-01", targets={"decide_days": 7})
    second = team.configured("2025-b", "2025-06-01", weights={"targeted": "3"})
    assert in_force(team.facts, date(2025, 3, 31)) == DEFAULT
    assert in_force(team.facts, date(2025, 4, 1)).targets["decide_days"] == 7
    later = in_force(team.facts, date(2025, 6, 1))
    assert (later.version, later.targets["decide_days"], later.weights["targeted"]) == ("2025-b", 14, Decimal(3))
    team.voided(second)
    assert in_force(team.facts, date(2025, 6, 1)).version == "2025-a"
