"""The ways in: structured, binary and batch, by reference or by id; repeated posts; what is refused stores nothing."""

from shared.settings import STORES
from tests.e2e import says
from tests.e2e.clinic import SYSTEM, Clinic, Family, cloud_event, refused


def test_a_family_posted_in_batches_by_its_own_reference_reaches_its_view(clinic: Clinic, family: Family) -> None:
    baby, mother = says.infant(), says.caregiver()
    dyad = [says.relationship(baby, mother)]
    referral = [
        cloud_event(family, "ReferralReceived", says.referral([baby], [mother])),
        cloud_event(family, "ReferralAccepted", says.acceptance()),
    ]
    assessment = [
        cloud_event(family, "AssessmentStarted", {"on": "2025-03-17"}),
        cloud_event(family, "AssessmentCompleted", says.completion("2025-04-14", dyad)),
    ]
    intervention = [
        cloud_event(family, "ProgrammeAssigned", says.programme("2025-04-22", dyad)),
        cloud_event(family, "SessionHeld", says.session("2025-04-29", [baby], [mother])),
        cloud_event(family, "Discharged", says.discharge("2025-08-19")),
    ]
    for store, events in (("referral", referral), ("assessment", assessment), ("intervention", intervention)):
        answers = clinic.post_batch(store, family, events)
        assert [(each["index"], each["status"]) for each in answers] == [(n, 201) for n in range(len(events))], answers
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    assert (case["stage"], case["first_treatment_on"], case["closed_on"]) == ("closed", "2025-04-29", "2025-08-19")

    # The whole family once more: every first answer again, and nothing more in any view.
    clinic.case_in("referral", family)  # rule P11 has followed the discharge
    before = clinic.view(f"/cases/{family.case_id}", family)["timeline"]
    for store, events in (("referral", referral), ("assessment", assessment), ("intervention", intervention)):
        again = clinic.post_batch(store, family, events)
        assert all(each["replayed"] and each["status"] == 201 for each in again)
    assert clinic.view(f"/cases/{family.case_id}", family)["timeline"] == before


def test_a_batch_refuses_what_rests_on_a_refused_item_and_takes_the_other_family(
    clinic: Clinic, family: Family
) -> None:
    other = Family(team=family.team)
    people = [says.infant()], [says.caregiver()]
    events = [
        cloud_event(family, "ReferralReceived", says.referral(*people, received_on="2025-03-03")),
        cloud_event(family, "ReferralAccepted", says.acceptance("2025-03-02")),
        cloud_event(other, "ReferralReceived", says.referral([says.infant()], [says.caregiver()])),
        cloud_event(family, "ReferralWithdrawn", {"on": "2025-03-12", "by": "family", "reason": "not_stated"}),
    ]
    answers = clinic.post_batch("referral", family, events)
    assert [each["status"] for each in answers] == [201, 409, 201, 409], answers
    assert answers[1]["problem"]["field"] == "/decided_on"
    assert answers[3]["problem"]["code"] == "earlier-item-refused"


def test_the_same_discharge_again_gets_the_first_answer_and_another_is_refused(clinic: Clinic, family: Family) -> None:
    people = [says.infant()], [says.caregiver()]
    clinic.post("referral", family, cloud_event(family, "ReferralReceived", says.referral(*people)), mode="binary")
    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance()))
    discharge = cloud_event(family, "Discharged", says.discharge("2025-05-01", reason="moved_area", planned=False))
    first = clinic.offer("intervention", family, discharge)
    assert first.status_code == 201

    again = clinic.offer("intervention", family, discharge, mode="binary")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replay"] == "true"

    said_anew = cloud_event(family, "Discharged", discharge["data"])
    known = clinic.offer("intervention", family, said_anew)
    assert (known.status_code, known.json()["event_ids"]) == (200, [])

    differs = cloud_event(family, "Discharged", says.discharge("2025-05-02", reason="moved_area", planned=False))
    refused(clinic.offer("intervention", family, differs), "already-discharged")
    refused(clinic.offer("intervention", family, discharge | {"data": differs["data"]}), "same-id-other-content")

    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance()))
    timeline = clinic.view(f"/cases/{family.case_id}", family)["timeline"]
    assert [entry["event"] for entry in timeline].count("Discharged") == 1


def test_a_case_is_named_by_its_id_or_by_any_reference_that_was_linked(clinic: Clinic, family: Family) -> None:
    people = [says.infant()], [says.caregiver()]
    clinic.ask("referral", family, "", "ReferralReceived", says.referral(*people, team_id=family.team))
    accept = cloud_event(family, "ReferralAccepted", says.acceptance())
    unknown = refused(clinic.offer("referral", family, accept), "not-known-yet")
    assert (unknown["rule"], unknown["field"]) == ("case-reference-unknown", "/case_reference")

    link = {"system": SYSTEM, "value": family.reference}
    clinic.ask("referral", family, "references", "CaseReferenceLinked", link)
    clinic.post("referral", family, accept)
    by_id = cloud_event(family, "AssessmentStarted", {"on": "2025-03-17"}, by_reference=False)
    clinic.post("assessment", family, by_id)
    by_reference = cloud_event(family, "AssessmentOffered", {"offer_on": "2025-03-07", "appt_on": "2025-03-17"})
    clinic.post("assessment", family, by_reference)
    case = clinic.view(f"/cases/{family.case_id}", family)["case"]
    assert (case["stage"], case["first_contact_on"]) == ("in_assessment", "2025-03-17")
    # The plain reference is nowhere: of it only a keyed hash is kept.
    documents = [each for store in ("referral", "assessment") for each in clinic.case_in(store, family)]
    assert family.reference not in str(documents)


def test_what_is_refused_changes_no_view(clinic: Clinic, family: Family) -> None:
    baby, mother = says.infant(), says.caregiver()
    clinic.post("referral", family, cloud_event(family, "ReferralReceived", says.referral([baby], [mother])))
    clinic.post("referral", family, cloud_event(family, "ReferralAccepted", says.acceptance()))
    before = [clinic.case_in(store, family) for store in STORES]
    seen = clinic.view(f"/cases/{family.case_id}", family)["timeline"]
    wrong = [
        ("intervention", "SessionHeld", says.session("2025-03-04", [baby], [mother]), "session-before-episode"),
        ("intervention", "SessionHeld", says.session("2099-01-05", [baby], [mother]), "in-the-future"),
        ("intervention", "SessionHeld", says.session("2025-04-29", [says.infant()], [mother]), "unknown-infant"),
        ("intervention", "ProgrammeAssigned", says.programme("2025-04-22", []), None),
        ("intervention", "Discharged", says.discharge("2025-03-04"), "discharged-before-episode"),
        ("assessment", "AssessmentStarted", {"on": "2025-03-04"}, "before-acceptance"),
        ("referral", "ReferralDeclined", {"decided_on": "2025-03-05", "reason": "no_consent"}, None),
    ]
    for store, name, data, code in wrong:
        answer = clinic.offer(store, family, cloud_event(family, name, data))
        problem = answer.json()
        assert 400 <= answer.status_code < 500, problem
        assert code in {None, problem["code"]}, problem
    assert [clinic.case_in(store, family) for store in STORES] == before
    assert clinic.view(f"/cases/{family.case_id}", family)["timeline"] == seen
