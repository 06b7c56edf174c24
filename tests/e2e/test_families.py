"""Families of every shape, each from its referral to its end, over HTTP; views against values worked out by hand."""

from typing import Any

import pytest

from tests.e2e import says
from tests.e2e.clinic import Clinic, Document, Family, cloud_event, refused

LATER = {"at": "2025-12-31", "from": "2025-01-01"}
"""A period in which every wait of these families has stopped."""
EMPTY_STAGES = dict.fromkeys(
    ("awaiting_decision", "waiting_assessment", "in_assessment", "waiting_programme", "waiting_first_session",
     "active", "paused", "ending"), 0
)  # fmt: skip
MILESTONES = (
    "stage", "tier", "received_on", "decided_on", "decision", "withdrawn_on", "first_contact_on", "assessed_on",
    "programme_on", "first_treatment_on", "discharged_on", "discharge_reason", "closed_on", "closed_by",
)  # fmt: skip


def refer(clinic: Clinic, family: Family, data: Document, *, mode: str = "structured") -> None:
    """The referral, as one event."""
    clinic.post("referral", family, cloud_event(family, "ReferralReceived", data), mode=mode)


def say(clinic: Clinic, store: str, family: Family, name: str, data: Document, *, mode: str = "structured") -> Document:
    """One further event, by the sender's own reference."""
    return clinic.post(store, family, cloud_event(family, name, data), mode=mode)


def milestones(clinic: Clinic, family: Family, **query: str) -> Document:
    """What reporting says of the case as at the end of 2025."""
    case = clinic.view(f"/cases/{family.case_id}", family, **{"at": "2025-12-31", **query})["case"]
    return {name: case[name] for name in MILESTONES}


def completed_waits(clinic: Clinic, family: Family) -> dict[str, Any]:
    """The team's completed waits as (n, median in days); the team is this one family."""
    waits = clinic.view("/waits", family, **LATER)["waits"]
    assert all(each["incomplete"]["n"] == 0 and each["left_out"] == 0 for each in waits.values())
    return {name: each["completed"]["median"] for name, each in waits.items() if each["completed"]["n"] == 1}


def caseload(clinic: Clinic, family: Family, at: str, **query: str) -> tuple[dict[str, int], list[int]]:
    """M1 by stage (only those that are not 0), M2 as cases, infants, caregivers, relationships."""
    answer = clinic.view("/caseload", family, at=at, **query)
    units = answer["open_caseload"]
    stages = {stage: count for stage, count in answer["by_stage"].items() if count}
    assert answer["by_stage"] == EMPTY_STAGES | stages
    assert answer["open_referrals"] == sum(stages.values())
    assert answer["orphans"] == 0
    return stages, [units[name] for name in ("cases", "infants", "caregivers", "relationships")]


def flow(clinic: Clinic, family: Family, first: str, last: str) -> list[int]:
    """M3: open before, new, closed, open after."""
    answer = clinic.view("/flow", family, **{"at": last, "from": first, "to": last})
    return [answer[name] for name in ("open_at_start", "new", "closed", "open_at_end")]


def said_in(clinic: Clinic, store: str, family: Family) -> list[str]:
    """The names of the case's events in one service, in order, rules' own ones included."""
    return [document["type"].split(".")[1] for document in clinic.case_in(store, family)]


def discharged(clinic: Clinic, family: Family) -> Document:
    """The data of the discharge as the intervention service recorded it."""
    [data] = [each["data"] for each in clinic.case_in("intervention", family) if each["type"] == "dyad.Discharged.v1"]
    return {name: data[name] for name in ("reason", "planned", "stage_at_discharge", "outcome_band", "sessions_held")}


def test_a_dyad_from_referral_to_planned_discharge_by_events_alone(clinic: Clinic, family: Family) -> None:
    baby, mother = says.infant(), says.caregiver()
    dyad = [says.relationship(baby, mother)]
    refer(clinic, family, says.referral([baby], [mother]))
    say(clinic, "referral", family, "ReferralAccepted", says.acceptance())
    say(clinic, "assessment", family, "AssessmentOffered", {"offer_on": "2025-03-07", "appt_on": "2025-03-17"})
    say(clinic, "assessment", family, "AssessmentStarted", {"on": "2025-03-17"}, mode="binary")
    say(clinic, "assessment", family, "MeasureRecorded", says.phq_9(mother, "2025-03-17", 14, "baseline"))
    done = says.completion("2025-04-14", dyad, measures_baseline=["PHQ-9"])
    del done["reason_not_measured"]
    say(clinic, "assessment", family, "AssessmentCompleted", done)
    say(clinic, "intervention", family, "ProgrammeAssigned", says.programme("2025-04-22", dyad))
    say(clinic, "intervention", family, "SessionHeld", says.session("2025-04-29", [baby], [mother]))
    say(clinic, "intervention", family, "SessionNotHeld", says.missed("2025-05-06"))
    say(clinic, "intervention", family, "SessionHeld", says.session("2025-05-13", [baby], [mother]))
    say(clinic, "assessment", family, "MeasureRecorded", says.phq_9(mother, "2025-05-13", 6, "final"))
    say(clinic, "intervention", family, "Discharged", says.discharge("2025-08-19"))

    assert milestones(clinic, family) == {
        "stage": "closed", "tier": "SPECIALIST", "received_on": "2025-03-03", "decided_on": "2025-03-05",
        "decision": "accepted", "withdrawn_on": None, "first_contact_on": "2025-03-17", "assessed_on": "2025-04-14",
        "programme_on": "2025-04-22", "first_treatment_on": "2025-04-29", "discharged_on": "2025-08-19",
        "discharge_reason": "planned_completed", "closed_on": "2025-08-19", "closed_by": "discharged",
    }  # fmt: skip
    # 3 March to 5 and 17 March, to 14 April; 14 to 22 April; to 29 April; 3 March to 29 April.
    assert completed_waits(clinic, family) == {"W1": 2, "W2": 14, "W3": 42, "W4": 8, "W5": 7, "W6": 57}
    # PHQ-9 from 14 at the first contact to 6 after the second: 8 points better, 6 are reliable.
    assert discharged(clinic, family) == {
        "reason": "planned_completed", "planned": True, "stage_at_discharge": "SESSIONS",
        "outcome_band": "improved", "sessions_held": 2,
    }  # fmt: skip
    assert flow(clinic, family, "2025-03-01", "2025-08-31") == [0, 1, 1, 0]
    assert flow(clinic, family, "2025-03-04", "2025-08-18") == [1, 0, 0, 1]
    assert said_in(clinic, "intervention", family) == [
        "EpisodeOpened", "TaskRaised", "ProgrammeAssigned", "TaskDone", "SessionHeld", "SessionNotHeld",
        "SessionHeld", "Discharged",
    ]  # fmt: skip


STAGES_OF_THE_TRIAD: tuple[tuple[str, dict[str, int], list[int]], ...] = (
    ("2025-03-02", {}, [0, 0, 0, 0]),
    ("2025-03-03", {"awaiting_decision": 1}, [0, 0, 0, 0]),
    ("2025-03-05", {"waiting_assessment": 1}, [0, 0, 0, 0]),
    ("2025-03-17", {"in_assessment": 1}, [0, 0, 0, 0]),
    ("2025-04-14", {"waiting_programme": 1}, [0, 0, 0, 0]),
    ("2025-04-22", {"waiting_first_session": 1}, [0, 0, 0, 0]),
    ("2025-04-29", {"active": 1}, [1, 1, 2, 1]),
    ("2025-08-18", {"active": 1}, [1, 1, 2, 1]),
    ("2025-08-19", {}, [0, 0, 0, 0]),
)
"""Civil date, M1, M2: a referral is not open on the day on which it closes."""


def test_a_triad_by_the_resource_api_is_seen_in_every_stage_on_its_day(clinic: Clinic, family: Family) -> None:
    baby, mother, father = says.infant(), says.caregiver(), says.caregiver("father")
    triad = [says.relationship(baby, mother, father)]
    referral = says.referral([baby], [mother, father], team_id=family.team)
    clinic.ask("referral", family, "", "ReferralReceived", referral)
    clinic.ask("referral", family, "acceptance", "ReferralAccepted", says.acceptance())
    clinic.ask("assessment", family, "start", "AssessmentStarted", {"on": "2025-03-17"})
    clinic.ask("assessment", family, "completion", "AssessmentCompleted", says.completion("2025-04-14", triad))
    clinic.ask("intervention", family, "programme", "ProgrammeAssigned", says.programme("2025-04-22", triad))
    held = says.session("2025-04-29", [baby], [mother, father], kind="therapy_triadic")
    clinic.ask("intervention", family, "sessions-held", "SessionHeld", held)
    clinic.ask("intervention", family, "discharge", "Discharged", says.discharge("2025-08-19"))

    for at, stages, units in STAGES_OF_THE_TRIAD:
        assert caseload(clinic, family, at) == (stages, units), at


def test_twins_are_one_case_two_babies_and_two_relationships(clinic: Clinic, family: Family) -> None:
    first = says.infant(multiple_birth_order=1, gestation_weeks_at_birth=36)
    second = says.infant(multiple_birth_order=2, gestation_weeks_at_birth=36)
    mother, father = says.caregiver(), says.caregiver("father")
    triads = [says.relationship(first, mother, father), says.relationship(second, mother, father)]
    refer(clinic, family, says.referral([first, second], [mother, father]))
    say(clinic, "referral", family, "ReferralAccepted", says.acceptance())
    say(clinic, "assessment", family, "AssessmentCompleted", says.completion("2025-04-01", triads))
    say(clinic, "intervention", family, "ProgrammeAssigned", says.programme("2025-04-03", triads))
    together = says.session("2025-04-10", [first, second], [mother, father], kind="therapy_triadic")
    say(clinic, "intervention", family, "SessionHeld", together)

    assert caseload(clinic, family, "2025-04-30") == ({"active": 1}, [1, 2, 2, 2])

    say(clinic, "intervention", family, "Discharged", says.discharge("2025-06-30"))
    assert caseload(clinic, family, "2025-06-30") == ({}, [0, 0, 0, 0])
    # 3 March to 10 April is also the first contact: no assessment appointment was said.
    assert completed_waits(clinic, family) == {"W1": 2, "W2": 38, "W3": 29, "W4": 2, "W5": 7, "W6": 38}


def test_a_baby_referred_unborn_is_born_on_the_way(clinic: Clinic, family: Family) -> None:
    baby, mother = says.unborn("2025-06-01"), says.caregiver()
    dyad = [says.relationship(baby, mother)]
    refer(clinic, family, says.referral([baby], [mother], received_on="2025-03-01", source="midwife"))
    say(clinic, "referral", family, "ReferralAccepted", says.acceptance("2025-03-04"))
    antenatal = says.completion("2025-04-30", dyad, reason_not_measured="antenatal")
    say(clinic, "assessment", family, "AssessmentCompleted", antenatal)
    born = {"infant_id": baby["infant_id"], "born_on": "2025-05-20", "gestation_weeks": 38, "source": "staff"}
    say(clinic, "referral", family, "InfantBorn", born)
    say(clinic, "intervention", family, "ProgrammeAssigned", says.programme("2025-05-27", dyad))
    say(clinic, "intervention", family, "SessionHeld", says.session("2025-06-10", [baby], [mother]))
    say(clinic, "intervention", family, "Discharged", says.discharge("2025-11-03"))

    # Worked example of the definitions: received 1 March, first treatment 10 June = 101 days.
    assert completed_waits(clinic, family) == {"W1": 3, "W2": 101, "W3": 60, "W4": 27, "W5": 14, "W6": 101}
    received = clinic.case_in("referral", family)[0]["data"]
    assert [(each["unborn"], each["age_days"]) for each in received["subjects"]] == [(True, -92)]
    timeline = clinic.view(f"/cases/{family.case_id}", family)["timeline"]
    assert [entry["text"] for entry in timeline if entry["event"] == "InfantBorn"] == ["Baby born"]


def test_a_foster_carer_without_parental_responsibility_is_half_of_the_dyad(clinic: Clinic, family: Family) -> None:
    baby = says.infant()
    carer, mother = says.caregiver("foster_carer", has_pr="no", primary=True), says.caregiver(primary=False)
    dyad = [says.relationship(baby, carer)]
    data = says.referral([baby], [carer, mother], source="social_care_child", flags=["lac", "cp_plan"])
    refer(clinic, family, data, mode="binary")
    say(clinic, "referral", family, "ReferralAccepted", says.acceptance("2025-03-06"), mode="binary")
    say(clinic, "assessment", family, "AssessmentStarted", {"on": "2025-03-20"})
    say(clinic, "assessment", family, "AssessmentCompleted", says.completion("2025-04-10", dyad))
    say(clinic, "intervention", family, "ProgrammeAssigned", says.programme("2025-04-14", dyad))
    by_video = says.session("2025-04-24", [baby], [carer], modality="11", setting="online", attend_status="6")
    say(clinic, "intervention", family, "SessionHeld", by_video, mode="binary")

    # Two caregivers are known; one relationship is the focus.
    assert caseload(clinic, family, "2025-04-30") == ({"active": 1}, [1, 1, 2, 1])

    moved = says.discharge("2025-07-01", reason="infant_removed_or_placed", planned=False, destination=["other_team"])
    say(clinic, "intervention", family, "Discharged", moved, mode="binary")
    assert completed_waits(clinic, family) == {"W1": 3, "W2": 17, "W3": 38, "W4": 4, "W5": 10, "W6": 52}
    assert discharged(clinic, family)["reason"] == "infant_removed_or_placed"
    assert milestones(clinic, family)["closed_by"] == "discharged"


def test_a_declined_family_is_closed_and_nothing_else_begins(clinic: Clinic, family: Family) -> None:
    baby, mother = says.infant(), says.caregiver()
    refer(clinic, family, says.referral([baby], [mother]))
    decline = {"decided_on": "2025-03-10", "reason": "capacity_closed", "signposted_to": ["family_hub"]}
    say(clinic, "referral", family, "ReferralDeclined", decline)

    found = milestones(clinic, family)
    assert (found["stage"], found["decision"], found["closed_by"]) == ("closed", "declined", "declined")
    assert completed_waits(clinic, family) == {"W1": 7}
    assert caseload(clinic, family, "2025-03-09") == ({"awaiting_decision": 1}, [0, 0, 0, 0])
    assert caseload(clinic, family, "2025-03-10") == ({}, [0, 0, 0, 0])
    # NHS England's count drops a referral that is declined at any time, before that day too.
    assert caseload(clinic, family, "2025-03-09", mode="nhse") == ({}, [0, 0, 0, 0])
    started = cloud_event(family, "AssessmentStarted", {"on": "2025-03-17"}, by_reference=False)
    refused(clinic.offer("assessment", family, started), "referral-declined")
    held = cloud_event(family, "SessionHeld", says.session("2025-03-17", [baby], [mother]), by_reference=False)
    refused(clinic.offer("intervention", family, held), "referral-declined")


def test_a_withdrawal_after_the_acceptance_closes_the_episode_by_rule_p4(clinic: Clinic, family: Family) -> None:
    baby, mother = says.infant(), says.caregiver()
    refer(clinic, family, says.referral([baby], [mother]))
    say(clinic, "referral", family, "ReferralAccepted", says.acceptance())
    say(clinic, "assessment", family, "AssessmentOffered", {"offer_on": "2025-03-07", "appt_on": "2025-03-17"})
    withdrawal = {"on": "2025-03-12", "by": "family", "reason": "help_elsewhere"}
    say(clinic, "referral", family, "ReferralWithdrawn", withdrawal)

    assert said_in(clinic, "intervention", family) == ["EpisodeOpened", "Discharged"]
    assert discharged(clinic, family) == {
        "reason": "family_withdrew", "planned": False, "stage_at_discharge": "REFERRED",
        "outcome_band": "not_measured", "sessions_held": 0,
    }  # fmt: skip
    found = milestones(clinic, family)
    assert (found["withdrawn_on"], found["discharged_on"], found["closed_on"]) == ("2025-03-12",) * 3
    # Closed once, by what came first: the withdrawal, from which the discharge follows.
    assert found["closed_by"] == "withdrawn"
    assert flow(clinic, family, "2025-03-01", "2025-03-31") == [0, 1, 1, 0]
    late = cloud_event(family, "AssessmentStarted", {"on": "2025-03-17"})
    refused(clinic.offer("assessment", family, late), "after-withdrawal")


@pytest.mark.parametrize("recommendation", ["SIGNPOST", "NO_FURTHER", "CONSULTATION"])
def test_an_assessment_that_recommends_no_programme_discharges_by_rule_p3(
    clinic: Clinic, family: Family, recommendation: str
) -> None:
    baby, father = says.infant(), says.caregiver("father", primary=True)
    refer(clinic, family, says.referral([baby], [father]))
    say(clinic, "referral", family, "ReferralAccepted", says.acceptance())
    done = says.completion(
        "2025-04-14", [says.relationship(baby, father)], recommendation=recommendation, need_level="OTHER_SERVICE"
    )
    say(clinic, "assessment", family, "AssessmentCompleted", done)

    assert said_in(clinic, "intervention", family) == ["EpisodeOpened", "Discharged"]
    assert discharged(clinic, family) == {
        "reason": "no_further_need_after_assessment", "planned": True, "stage_at_discharge": "ASSESSED",
        "outcome_band": "not_measured", "sessions_held": 0,
    }  # fmt: skip
    assert milestones(clinic, family)["closed_on"] == "2025-04-14"
    assert completed_waits(clinic, family) == {"W1": 2, "W3": 42}
