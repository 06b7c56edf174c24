"""A whole family of each kind, by token over HTTP, to its end; what reporting then shows, in numbers and in words."""

import pytest

from tests.e2e import says
from tests.e2e.clinic import Clinic, Family, cloud_event, refused
from tests.e2e.story import Story


@pytest.fixture
def story(clinic: Clinic, family: Family) -> Story:
    """A family of which nothing was said yet."""
    return Story(clinic, family)


def test_a_baby_referred_unborn_is_born_helped_paused_and_discharged(story: Story) -> None:
    story.baby = says.unborn("2025-06-01")
    story.refer(source="midwife")
    story.accept()
    story.complete(reason_not_measured="antenatal")
    born = {"infant_id": story.baby["infant_id"], "born_on": "2025-05-20", "gestation_weeks": 38, "source": "staff"}
    story.say("referral", "InfantBorn", born)
    story.heard()
    story.say("intervention", "ProgrammeAssigned", says.programme("2025-05-27", story.dyad))
    story.hold("2025-06-10")
    story.say("intervention", "EpisodePaused", {"from_on": "2025-06-17", "reason": "infant_hospital"})
    assert [story.stage(at) for at in ("2025-06-16", "2025-06-17")] == [["active"], ["paused"]]
    story.say("intervention", "EpisodeResumed", {"on": "2025-07-01"})
    story.hold("2025-07-08")
    story.say("intervention", "ProgrammeCompleted", {"on": "2025-07-15"})
    story.hold("2025-07-22", kind="ending")
    assert [story.stage(at) for at in ("2025-07-01", "2025-07-22")] == [["active"], ["ending"]]
    story.discharge("2025-07-29")

    told = story.told()
    assert sorted(told[:-8]) == [
        "Assessment completed, recommendation: programme", "Assessment to be offered by 2 April 2025", "Baby born",
        "Episode opened", "Referral accepted, specialist offer", "Referral received from midwife",
    ]  # fmt: skip
    assert told[-8:] == [
        "Programme assigned, specialist", "Session held: therapy dyadic", "Work paused: infant hospital",
        "Work resumed", "Session held: therapy dyadic", "Programme completed, the ending begins",
        "Session held: ending", "Discharged: planned completed",
    ]  # fmt: skip
    case = story.case()
    assert (case["stage"], case["first_treatment_on"], case["closed_on"]) == ("closed", "2025-06-10", "2025-07-29")
    assert story.tasks("referral") == {
        "trace_nhs_number": False, "repoint_mhsds_subject": False, "send_discharge_summary": False,
    }  # fmt: skip


def test_twins_have_two_relationships_that_are_rated_apart(story: Story) -> None:
    second, father = says.infant(multiple_birth_order=2), says.caregiver("father")
    story.baby = says.infant(multiple_birth_order=1)
    both, parents = [story.baby, second], [story.mother, father]
    story.say("referral", "ReferralReceived", says.referral(both, parents))
    story.accept()
    focus = [says.relationship(story.baby, story.mother), says.relationship(second, father)]
    ratings = [
        {**relationship, "measure": "PIR-GAS", "value": value}
        for relationship, value in zip(focus, ("55", "85"), strict=True)
    ]
    story.say("assessment", "AssessmentCompleted", says.completion("2025-04-14", focus, relationship_ratings=ratings))
    story.heard()
    story.say("intervention", "ProgrammeAssigned", says.programme("2025-04-22", focus))
    story.say("intervention", "SessionHeld", says.session("2025-04-29", both, parents, kind="therapy_triadic"))
    assert story.units("2025-04-30") == [1, 2, 2, 2]
    [completed] = [
        each["data"]
        for each in story.clinic.case_in("assessment", story.family)
        if each["type"] == "dyad.AssessmentCompleted.v1"
    ]
    assert [each["value"] for each in completed["relationship_ratings"]] == ["55", "85"]
    story.discharge()

    assert story.units("2025-08-19") == [0, 0, 0, 0]
    assert story.told()[-2:] == ["Session held: therapy triadic", "Discharged: planned completed"]
    # Two infants, one case: waits are counted once.
    waits = story.clinic.view("/waits", story.family, **{"at": "2025-12-31", "from": "2025-01-01"})["waits"]
    assert [(waits[name]["completed"]["n"], waits[name]["completed"]["median"]) for name in ("W5", "W6")] == [
        (1, 7), (1, 57),
    ]  # fmt: skip


def test_a_baby_who_is_placed_elsewhere_goes_on_with_the_foster_carer(story: Story) -> None:
    carer, infant_id = says.caregiver("foster_carer", has_pr="no", primary=True), story.baby["infant_id"]
    story.refer(flags=["lac"])
    story.accept()
    story.complete()
    story.assign()
    story.hold()
    ended = {"caregiver_id": story.mother["caregiver_id"], "infant_id": infant_id}
    story.say("referral", "LinkEnded", {**ended, "to_on": "2025-05-12", "reason": "placement_change"})
    story.say("referral", "FamilyMemberLinked", {**carer, "infant_id": infant_id, "from_on": "2025-05-12"})
    story.heard()
    with_mother = story.event("SessionHeld", says.session("2025-05-13", [story.baby], [story.mother]))
    refused(story.clinic.offer("intervention", story.family, with_mother), "unknown-caregiver")
    story.say("intervention", "SessionHeld", says.session("2025-05-13", [story.baby], [carer]))
    assert story.units("2025-05-13")[:3] == [1, 1, 1]
    story.discharge(reason="infant_removed_or_placed", planned=False)

    assert story.told()[-5:] == [
        "Session held: therapy dyadic", "A parent or carer no longer cares for the baby",
        "A parent or carer now cares for the baby: foster carer", "Session held: therapy dyadic",
        "Discharged: infant removed or placed",
    ]  # fmt: skip
    assert story.case()["discharge_reason"] == "infant_removed_or_placed"


def test_a_pregnancy_that_ends_is_followed_by_a_question_and_by_silence(story: Story) -> None:
    story.baby = says.unborn("2025-06-01")
    story.refer(source="midwife")
    story.accept()
    story.say("referral", "PregnancyEnded", {"infant_id": story.baby["infant_id"], "on": "2025-04-02"})
    story.heard()
    assert story.tasks("intervention") == {"decide_closing": False}
    assert story.case()["closed_on"] is None
    story.say("intervention", "Discharged", says.discharge("2025-04-16", reason="family_withdrew", planned=False))

    assert story.told()[-2:] == [
        "The pregnancy ended; no letters or messages go out any more", "Discharged: family withdrew",
    ]  # fmt: skip
    assert story.tasks("intervention") == {"decide_closing": True}
    case = story.case()
    assert (case["stage"], case["closed_on"], case["first_contact_on"]) == ("closed", "2025-04-16", None)


def test_a_family_that_nobody_has_room_for_is_pointed_elsewhere_and_counted(story: Story) -> None:
    story.refer()
    decline = {"decided_on": "2025-03-10", "reason": "capacity_closed", "triage_decision": "signposted"}
    story.say("referral", "ReferralDeclined", {**decline, "signposted_to": ["family_hub", "health_visiting"]})

    case = story.case()
    assert (case["decision"], case["closed_by"], case["closed_on"]) == ("declined", "declined", "2025-03-10")
    assert story.told() == [
        "Referral received from health visitor", "Family pointed to another service: capacity closed",
    ]  # fmt: skip
    flow = story.clinic.view("/flow", story.family, **{"at": "2025-03-31", "from": "2025-03-01"})
    assert (flow["new"], flow["closed"], flow["closed_by"]["declined"], flow["open_at_end"]) == (1, 1, 1, 0)
    for store in ("assessment", "intervention"):
        assert story.clinic.look(store, f"/cases/{story.family.case_id}").status_code == 404


def test_a_consultation_becomes_a_referral_and_stays_linked(story: Story) -> None:
    consultation = says.new_id()
    given = {
        "activity_id": consultation, "kind": "consultation", "on": "2025-02-24", "minutes": 50, "audience_count": 1,
        "professions": ["health_visitor"], "host_org_type": "nhs_trust", "sector": "public",
        "topic": "parent_infant_relationships", "question": "whether_to_refer", "outcome": "became_referral",
        "practitioners": [says.new_id()],
    }  # fmt: skip
    story.of_team("SystemActivityRecorded", given)
    story.refer(source="internal_consultation", consultation_id=consultation)
    became = {"activity_id": consultation, "case_id": story.family.case_id, "on": "2025-03-03"}
    story.of_team("ConsultationBecameReferral", became)
    story.accept()
    story.complete(recommendation="CONSULTATION", need_level="OTHER_SERVICE")

    received = story.clinic.case_in("referral", story.family)[0]["data"]
    assert received["consultation_id"] == consultation
    assert story.told()[0] == "Referral received from internal consultation"
    assert story.case()["discharge_reason"] == "no_further_need_after_assessment"
    said = story.clinic.view(f"/teams/{story.family.team}/events", story.family)["events"]
    assert [each["text"] for each in said] == [
        "Consultation given: 50 minutes", "A consultation became a referral",
    ]  # fmt: skip


def test_a_family_that_is_assessed_once_more_keeps_its_first_wait(story: Story) -> None:
    story.refer()
    story.accept()
    story.complete()
    story.assign()
    story.hold()
    story.say("assessment", "ReassessmentRequested", {"requested_on": "2025-06-02", "reason": "placement_change"})
    story.say("assessment", "AssessmentStarted", {"on": "2025-06-09"})
    done = says.completion("2025-06-16", story.dyad, recommendation="NO_FURTHER", need_level="NONE")
    story.say("assessment", "AssessmentCompleted", done)
    story.heard()

    # A programme that runs is never ended by a rule.
    assert story.tasks("intervention")["review_assessment_result"] is False
    assert story.case()["stage"] == "active"
    story.discharge("2025-07-01")
    case = story.case()
    assert (case["assessed_on"], case["closed_on"]) == ("2025-04-14", "2025-07-01")
    assert [text for text in story.told() if text.startswith("Assessment completed")] == [
        "Assessment completed, recommendation: programme", "Assessment completed, recommendation: no further",
    ]  # fmt: skip


def test_a_baby_who_is_not_brought_again_and_again_is_looked_into_and_never_discharged(story: Story) -> None:
    story.refer()
    story.accept()
    story.complete()
    story.assign()
    story.hold()
    for place, on in enumerate(("2025-05-06", "2025-05-13", "2025-05-20", "2025-05-27", "2025-06-03", "2025-06-10")):
        story.miss(on, "37"[place % 2])
    story.heard()

    said = [each["type"].split(".")[1] for each in story.clinic.case_in("intervention", story.family)]
    assert (said.count("TaskRaised"), "Discharged" in said) == (2, False)
    assert story.tasks("intervention") == {"assign_programme": True, "review_was_not_brought": False}
    assert (story.case()["stage"], story.case()["closed_on"]) == ("active", None)
    assert story.told()[-6:] == [
        "Session not held: the baby was not brought", "Session not held: the family came too late to be seen",
    ] * 3  # fmt: skip


def test_an_adopted_baby_keeps_the_case_and_loses_the_former_ties(story: Story) -> None:
    adopter, new_id = says.caregiver("adoptive_parent", primary=True), says.new_id()
    former, mother = story.baby["infant_id"], story.mother
    story.refer()
    story.accept()
    story.complete()
    story.assign()
    story.hold()
    replaced = {"infant_id": former, "new_infant_id": new_id, "on": "2025-06-02"}
    story.say("referral", "InfantIdentityReplaced", replaced)
    story.say("referral", "FamilyMemberLinked", {**adopter, "infant_id": new_id, "from_on": "2025-06-02"})
    story.heard()
    for infant, caregiver in ((former, adopter), (new_id, mother)):
        data = says.session("2025-06-10", [{"infant_id": infant}], [caregiver])
        refusal = story.clinic.offer("intervention", story.family, cloud_event(story.family, "SessionHeld", data))
        assert refusal.status_code == 409, refusal.text
    story.say("intervention", "SessionHeld", says.session("2025-06-10", [{"infant_id": new_id}], [adopter]))
    assert story.units("2025-06-10")[:3] == [1, 1, 1]
    story.discharge()

    assert story.tasks("referral")["review_disclosure"] is False
    timeline = story.clinic.view(f"/cases/{story.family.case_id}", story.family)["timeline"]
    assert not any(name in str(timeline) for name in (former, new_id, mother["caregiver_id"]))
    assert (story.case()["stage"], story.case()["received_on"]) == ("closed", "2025-03-03")
