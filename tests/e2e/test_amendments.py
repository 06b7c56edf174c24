"""What is said late, taken back or corrected changes the present, and never an answer about what was known before."""

from datetime import UTC, datetime
from typing import Any

from shared.kernel.civil import civil_date
from tests.e2e import says
from tests.e2e.clinic import Clinic, Document, Family, cloud_event

STAMP = ("complete_to", "known_at")
"""What may differ between two answers to one question."""


def begin(clinic: Clinic, family: Family) -> tuple[Document, Document]:
    """A referral that was accepted: the baby and the mother."""
    baby, mother = says.infant(), says.caregiver()
    referral = cloud_event(family, "ReferralReceived", says.referral([baby], [mother]))
    clinic.post("referral", family, referral)
    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance()))
    return baby, mother


def assign(clinic: Clinic, family: Family, baby: Document, mother: Document) -> None:
    """An assessment on 14 April and a programme on 22 April."""
    dyad = [says.relationship(baby, mother)]
    done = cloud_event(family, "AssessmentCompleted", says.completion("2025-04-14", dyad))
    clinic.post("assessment", family, done)
    assigned = cloud_event(family, "ProgrammeAssigned", says.programme("2025-04-22", dyad))
    clinic.post("intervention", family, assigned)


def remember(clinic: Clinic, family: Family, *questions: tuple[str, dict[str, str]]) -> tuple[str, list[Document]]:
    """An instant after all that was said so far, and the final answers to some questions as known then."""
    known_at = clinic.view("/teams", family)["known_at"]
    asked = [clinic.final_view(path, family, **query, known_at=known_at) for path, query in questions]
    return known_at, asked


def unchanged(clinic: Clinic, family: Family, known_at: str, before: list[Document], *questions: Any) -> bool:
    """Whether the same questions still have the same answers; they must be final."""
    again = [clinic.view(path, family, **query, known_at=known_at) for path, query in questions]
    assert all(answer["final"] for answer in again)
    return [_bare(answer) for answer in again] == [_bare(answer) for answer in before]


def _bare(answer: Document) -> Document:
    return {name: value for name, value in answer.items() if name not in STAMP}


def test_a_back_dated_session_shortens_the_wait_now_and_not_then(clinic: Clinic, family: Family) -> None:
    baby, mother = begin(clinic, family)
    assign(clinic, family, baby, mother)
    held = says.session("2025-05-13", [baby], [mother])
    clinic.post("intervention", family, cloud_event(family, "SessionHeld", held))
    period = {"at": "2025-12-31", "from": "2025-01-01"}
    questions = [
        ("/waits", period),
        ("/caseload", {"at": "2025-05-01"}),
        (f"/cases/{family.case_id}", {"at": "2025-12-31"}),
        ("/flow", period),
    ]
    known_at, before = remember(clinic, family, *questions)
    # 22 April to 13 May; 3 March to 13 May.
    assert [before[0]["waits"][name]["completed"]["median"] for name in ("W5", "W6")] == [21, 71]
    assert (before[1]["by_stage"]["waiting_first_session"], before[1]["open_caseload"]["cases"]) == (1, 0)

    back_dated = says.session("2025-04-29", [baby], [mother])
    clinic.post("intervention", family, cloud_event(family, "SessionHeld", back_dated))

    now = clinic.view("/waits", family, **period)["waits"]
    assert [now[name]["completed"]["median"] for name in ("W5", "W6")] == [7, 57]
    load = clinic.view("/caseload", family, at="2025-05-01")
    assert (load["by_stage"]["active"], load["open_caseload"]["cases"]) == (1, 1)
    assert unchanged(clinic, family, known_at, before, *questions)
    # In the timeline a back-dated fact stands where it was said, with the date on which it was true.
    sessions = [each for each in clinic.view(f"/cases/{family.case_id}", family)["timeline"]
                if each["event"] == "SessionHeld"]  # fmt: skip
    assert [each["occurred_on"] for each in sessions] == ["2025-05-13", "2025-04-29"]

    clinic.post("intervention", family, cloud_event(family, "Discharged", says.discharge("2025-08-19")))
    assert clinic.view(f"/cases/{family.case_id}", family, at="2025-12-31")["case"]["stage"] == "closed"
    assert unchanged(clinic, family, known_at, before, *questions)


def test_a_voided_acceptance_closes_what_followed_as_an_administrative_error(clinic: Clinic, family: Family) -> None:
    begin(clinic, family)
    offer = {"offer_on": "2025-03-07", "appt_on": "2025-03-17"}
    clinic.post("assessment", family, cloud_event(family, "AssessmentOffered", offer))
    question = ("/caseload", {"at": "2025-06-30"})
    known_at, before = remember(clinic, family, question)
    assert before[0]["by_stage"]["waiting_assessment"] == 1

    clinic.case_in("intervention", family)  # an acceptance that is heard together with its void opens nothing
    void = {"corrects_event_id": family.events["ReferralAccepted"], "reason": "wrong_case"}
    clinic.post("referral", family, cloud_event(family, "EventVoided", void))

    assessment, episode = (clinic.case_in(store, family)[-1] for store in ("assessment", "intervention"))
    assert (assessment["type"], assessment["data"]["reason"]) == ("dyad.AssessmentAbandoned.v1", "administrative_error")
    assert (episode["type"], episode["data"]["reason"]) == ("dyad.Discharged.v1", "administrative_error")
    assert {each["rule"] for each in (assessment, episode)} == {"voided-acceptance"}
    assert {each["causationid"] for each in (assessment, episode)} == {family.events["EventVoided"]}
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    today = civil_date(datetime.now(UTC)).isoformat()
    assert (case["decision"], case["decided_on"], case["closed_by"]) == (None, None, "discharged")
    assert episode["data"]["discharged_on"] <= today
    assert clinic.view("/caseload", family, at="2025-06-30")["by_stage"]["awaiting_decision"] == 1
    assert unchanged(clinic, family, known_at, before, question)


def test_a_family_that_is_accepted_again_is_open_in_every_view(clinic: Clinic, family: Family) -> None:
    baby, mother = begin(clinic, family)
    clinic.case_in("intervention", family)  # an acceptance that is heard together with its void opens nothing
    void = {"corrects_event_id": family.events["ReferralAccepted"], "reason": "entered_in_error"}
    clinic.post("referral", family, cloud_event(family, "EventVoided", void))
    clinic.case_in("intervention", family)
    today = {"at": civil_date(datetime.now(UTC)).isoformat()}
    period = {**today, "from": "2025-01-01"}
    questions = [("/caseload", today), ("/flow", period), (f"/cases/{family.case_id}", today)]
    known_at, before = remember(clinic, family, *questions)
    assert (before[0]["open_referrals"], before[1]["closed"]) == (0, 1)
    assert before[2]["case"]["discharge_reason"] == "administrative_error"

    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance("2025-03-06")))
    reopening = clinic.case_in("intervention", family)[-1]
    assert (reopening["type"], reopening["rule"]) == ("dyad.EpisodeOpened.v1", "P2")
    load = clinic.view("/caseload", family)
    assert (load["open_referrals"], load["by_stage"]["waiting_assessment"]) == (1, 1)

    assign(clinic, family, baby, mother)
    held = says.session("2025-04-29", [baby], [mother])
    clinic.post("intervention", family, cloud_event(family, "SessionHeld", held))
    load, flow = clinic.view("/caseload", family), clinic.view("/flow", family, **period)
    assert (load["by_stage"]["active"], load["open_caseload"]["cases"]) == (1, 1)
    assert (flow["new"], flow["closed"], flow["open_at_end"]) == (1, 0, 1)
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    assert (case["stage"], case["decided_on"]) == ("active", "2025-03-06")
    assert (case["closed_on"], case["closed_by"], case["discharge_reason"]) == (None, None, None)
    assert unchanged(clinic, family, known_at, before, *questions)

    clinic.post("intervention", family, cloud_event(family, "Discharged", says.discharge("2025-08-19")))
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    assert (case["closed_on"], case["discharge_reason"]) == ("2025-08-19", "planned_completed")


def test_a_voided_acceptance_after_a_session_is_a_task_for_a_person(clinic: Clinic, family: Family) -> None:
    baby, mother = begin(clinic, family)
    first = says.session("2025-03-17", [baby], [mother], kind="assessment", is_treatment=False, component_code=None)
    clinic.post("intervention", family, cloud_event(family, "SessionHeld", first))
    void = {"corrects_event_id": family.events["ReferralAccepted"], "reason": "entered_in_error"}
    clinic.ask("referral", family, "voids", "EventVoided", void)

    task = clinic.case_in("intervention", family)[-1]
    assert (task["type"], task["data"]["kind"]) == ("dyad.TaskRaised.v1", "review_voided_acceptance")
    assert clinic.view(f"/cases/{family.case_id}", family)["case"]["closed_on"] is None

    # The person accepts the family after all, and discharges it as the rules want.
    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance("2025-03-06")))
    done = {"task_id": task["data"]["task_id"], "on": "2025-03-20"}
    clinic.ask("intervention", family, "tasks-done", "TaskDone", done)
    clinic.post("intervention", family, cloud_event(family, "Discharged", says.discharge("2025-05-01")))
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    assert (case["decided_on"], case["closed_on"]) == ("2025-03-06", "2025-05-01")


def test_a_corrected_discharge_moves_the_close_and_what_was_reported_stays(clinic: Clinic, family: Family) -> None:
    baby, mother = begin(clinic, family)
    assign(clinic, family, baby, mother)
    held = says.session("2025-04-29", [baby], [mother])
    clinic.post("intervention", family, cloud_event(family, "SessionHeld", held))
    clinic.post("intervention", family, cloud_event(family, "Discharged", says.discharge("2025-08-31")))
    august = {"at": "2025-08-31", "from": "2025-08-01", "to": "2025-08-31"}
    questions = [("/flow", august), ("/caseload", {"at": "2025-08-31"})]
    known_at, before = remember(clinic, family, *questions)
    # The month's last day: not open on it, and counted as closed in August.
    assert (before[0]["closed"], before[0]["open_at_end"], before[1]["open_referrals"]) == (1, 0, 0)

    correction = {
        "type": "Discharged",
        "corrects_event_id": family.events["Discharged"],
        "reason": "entered_in_error",
        "data": says.discharge("2025-09-01", reason="planned_partial"),
    }
    clinic.ask("intervention", family, "corrections", "DischargedCorrected", correction)

    after = clinic.view("/flow", family, **august)
    assert (after["closed"], after["open_at_end"]) == (0, 1)
    assert clinic.view("/caseload", family, at="2025-08-31")["by_stage"]["active"] == 1
    case = clinic.view(f"/cases/{family.case_id}", family)
    assert (case["case"]["closed_on"], case["case"]["discharge_reason"]) == ("2025-09-01", "planned_partial")
    standing = {each["event"]: each["standing"] for each in case["timeline"] if each["event"].startswith("Discharged")}
    assert standing == {"Discharged": "corrected", "DischargedCorrected": "stands"}
    assert unchanged(clinic, family, known_at, before, *questions)
