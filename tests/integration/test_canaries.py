"""Planted names, numbers and free text are found nowhere but where they are asked for; once erased, not even there."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from shared.eventstore.envelope import leaf_hash
from shared.migrations import migrate_all
from shared.settings import STORES
from shared.testing import platform as servers
from shared.testing.bus import settings_of
from shared.testing.platform import Platform
from shared.testing.services import running
from shared.testing.tokens import bearer
from tests.integration import canary_kit
from tests.integration.canary_kit import WITHIN_S, Clinic
from tests.integration.process_kit import BATCH, STRUCTURED, event, request_example
from tests.integration.vault_kit import TEAM, Family, auditor, entry, new_family, received
from tests.integration.waiting import until

NUMBER = "9434765919"
WORDS = {
    "name": "Quackenbush-Wimbledorf",
    "mother": "Hildegunde-Zwiebelring",
    "address": "17 Marmalade Crescent",
    "phone": "07700-900461",
    "note": "she-hums-to-him-at-dusk",
    "email": "quackenbush@canary.example",
    "reference": "NR-CANARY-2025-00417",
    "refused": "Never-To-Be-Stored-Pumpernickel",
}
PLANTED = [*WORDS.values(), NUMBER, "943 476 5919"]


@pytest.fixture(scope="module")
def clinic(private_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The four services on servers of their own, whose files may be searched."""
    folder = tmp_path_factory.mktemp("canaries")
    (folder / "logs").mkdir()
    environment = private_platform.environment(servers.new_namespace())
    environment |= {"DYAD_ERASURE_DELAY_HOURS": "0", "DYAD_LOG_LEVEL": "DEBUG"}
    settings = settings_of(environment)
    migrate_all(settings)
    with (
        running(settings, environment, logs=folder / "logs"),
        httpx.Client(timeout=30, headers=bearer(settings)) as http,
    ):
        yield Clinic(settings, private_platform, environment, folder / "logs", http)


@pytest.fixture(scope="module")
def family(clinic: Clinic) -> Family:
    """A family about whom something came by every way in, all of which those who may can read."""
    made = new_family()
    _structured_and_batch(clinic, made)
    _by_route(clinic, made)
    _other_services(clinic, made)
    _refused(clinic, made)
    shown = _said_by(clinic, f"/cases/{made.case_id}/people")
    assert {word for word in WORDS.values() if word in shown} == set(WORDS.values()) - {WORDS["refused"]}
    return made


def _structured_and_batch(clinic: Clinic, family: Family) -> None:
    personal = [
        entry(family.infant, "full_name", WORDS["name"]),
        entry(family.infant, "nhs_number", "943 476 5919"),
        entry([family.infant, family.mother], "address", WORDS["address"]),
        entry(family.mother, "full_name", WORDS["mother"]),
    ]
    reference = {"system": "north-records", "value": WORDS["reference"]}
    data = received(family, *personal, case_reference=reference)
    clinic.post(
        "referral",
        "/events",
        event("ReferralReceived", data, subject=str(family.case_id), teamid=TEAM),
        201,
        **STRUCTURED,
    )
    details = {"subject_ref": str(family.infant), "entry_id": str(uuid4()), "on": "2025-03-04"}
    items = [
        event(
            "PersonDetailsRecorded",
            {**details, "personal": [entry(family.mother, "phone", WORDS["phone"])]},
            subject=str(family.case_id),
        ),
        event(
            "ReferralAccepted",
            {
                **request_example(referral, "ReferralAccepted"),
                "personal": [entry(family.infant, "note", WORDS["note"])],
            },
            subject=str(family.case_id),
        ),
    ]
    answers = clinic.post("referral", "/events", items, 200, **BATCH)
    assert [item["status"] for item in answers] == [201, 201], answers


def _by_route(clinic: Clinic, family: Family) -> None:
    stored = clinic.get("referral", f"/cases/{family.case_id}/events").json()
    correction = {
        "type": "ReferralReceived",
        "corrects_event_id": stored[0]["id"],
        "reason": "new_information",
        "data": {**received(family), "locality": "E08000036"},
        "personal": [entry(family.mother, "email", WORDS["email"]), entry(family.infant, "nhs_number", NUMBER)],
    }
    clinic.post("referral", f"/cases/{family.case_id}/corrections", correction)


def _other_services(clinic: Clinic, family: Family) -> None:
    offer = {
        **request_example(assessment, "AssessmentOffered"),
        "personal": [entry(family.infant, "note", WORDS["note"])],
    }
    body = event("AssessmentOffered", offer, subject=str(family.case_id))

    def heard() -> bool:
        return clinic.call("POST", "assessment", "/events", json=body, headers=STRUCTURED).status_code == 201

    until(heard, WITHIN_S)
    until(lambda: clinic.get("intervention", f"/cases/{family.case_id}").status_code == 200, WITHIN_S)
    session = request_example(intervention, "SessionNotHeld")
    session = {**session, "personal": [entry(family.infant, "voice_of_infant", WORDS["note"])]}
    answer = clinic.call("POST", "intervention", f"/cases/{family.case_id}/sessions-not-held", json=session)
    if answer.status_code == 404:
        body = event("SessionNotHeld", session, subject=str(family.case_id))
        answer = clinic.call("POST", "intervention", "/events", json=body, headers=STRUCTURED)
    assert answer.status_code == 201, answer.text


def _refused(clinic: Clinic, family: Family) -> None:
    """What must leave no trace at all: in wrong members, wrong places, wrong forms."""
    word, case = WORDS["refused"], str(family.case_id)
    bodies: list[Any] = [
        event("ReferralReceived", {**received(new_family()), "name": word}, teamid=TEAM),
        event("ReferralReceived", {**received(new_family()), "source": word}, teamid=TEAM),
        event("ReferralReceived", {**received(new_family()), "personal": word}, teamid=TEAM),
        event("ReferralReceived", received(new_family(), entry(uuid4(), "note", word)), teamid=TEAM),
        event("ReferralReceived", received(new_family(), entry("referrer", word, "x")), teamid=TEAM),
        event(
            "ReferralReceived",
            {**received(new_family()), "case_reference": {"system": "x", "value": f"{word} x"}},
            teamid=TEAM,
        ),
        event("ReferralWithdrawn", {"on": word, "by": "family", "reason": word}, subject=case),
        event(word, {}, subject=case),
        event("ReferralReceived", received(new_family()), teamid=word),
        event("ReferralReceived", received(new_family()), teamid=TEAM, source=f"not a uri {word}"),
        event("ReferralReceived", received(new_family()), teamid=TEAM, subject=word),
        event("ReferralReceived", received(new_family()), teamid=TEAM, patientname=[word]),
        event("EventVoided", {"corrects_event_id": word, "reason": word}, subject=case),
    ]
    for service in STORES:
        for body in bodies:
            assert clinic.call("POST", service, "/events", json=body, headers=STRUCTURED).status_code >= 400
        answers = clinic.call("POST", service, "/events", json=bodies, headers=BATCH)
        assert all(item["status"] >= 400 for item in answers.json())
        assert (
            clinic.call("POST", service, "/events", content=f'{{"id": "{word}'.encode(), headers=STRUCTURED).status_code
            == 400
        )
        clinic.call(
            "POST",
            service,
            "/events",
            json={"x": word},
            headers={"ce-id": word, "ce-type": word, "content-type": "application/json"},
        )
        clinic.call("GET", service, f"/cases/{word}")
        clinic.call("GET", service, f"/{word}", params={"wait_for": word})
        clinic.call(
            "GET", service, f"/cases/{case}", params={"wait_for": word}, headers={"authorization": f"Bearer {word}"}
        )
        clinic.call(
            "POST", service, f"/cases/{case}/voids", json={"reason": word}, headers={"idempotency-key": f"{word} x"}
        )
    clinic.call("POST", "referral", "/people", json={"cases": [word]})
    clinic.call(
        "POST", "referral", "/erasures", json={"subject": word, "reason": word}, headers=auditor(clinic.settings)
    )
    for path in ("/", f"/cases/{word}", "/api/v1/cases"):
        clinic.call("GET", "reporting", path, params={"team": word, "as_at": word})


def _said_by(clinic: Clinic, path: str, who: dict[str, str] | None = None) -> str:
    """The answers of the three services, one after the other."""
    return "".join(clinic.get(service, path, who).text for service in STORES)


async def test_what_was_planted_stands_in_no_table_record_log_metric_or_error(clinic: Clinic, family: Family) -> None:
    case = str(family.case_id)
    places = 0
    for name, content in canary_kit.tables(clinic.platform, clinic.settings):
        assert canary_kit.found_in(content, PLANTED) == [], name
        places += case.encode() in content
    assert places > 5  # the search does find what is there
    records = await canary_kit.records(clinic.settings)
    assert any(case.encode() in key for _, key, _ in records)
    for topic, key, value in records:
        assert canary_kit.found_in(key + value, PLANTED) == [], topic
    assert clinic.platform.kafka is not None
    assert clinic.platform.postgres is not None
    kafka, postgres = clinic.platform.kafka.server.folder, clinic.platform.postgres.server.folder
    seen = False
    for name, content in canary_kit.files(kafka, clinic.logs):
        assert canary_kit.found_in(content, PLANTED) == [], name
        seen = seen or case.encode() in content
    assert seen
    for name, content in canary_kit.files(postgres):  # write-ahead log and dead rows too
        assert [word for word in PLANTED if word.encode() in content] == [], name
    for name, content in canary_kit.metrics(clinic.settings):
        assert canary_kit.found_in(content, PLANTED) == [], name
    assert sum(answer.status_code >= 400 for answer in clinic.answers) > 50
    for answer in clinic.answers:
        if answer.status_code >= 400:
            assert canary_kit.found_in(answer.content, PLANTED) == [], answer.request.url.path
        assert canary_kit.found_in(repr(answer.headers).encode(), PLANTED) == []


async def test_after_an_erasure_nothing_of_the_person_comes_out_and_every_leaf_verifies(
    clinic: Clinic, family: Family
) -> None:
    first, second = auditor(clinic.settings, "first"), auditor(clinic.settings, "second")
    before = _said_by(clinic, f"/subjects/{family.infant}/export", first)
    assert WORDS["name"] in before
    assert WORDS["name"] in clinic.dyad(first, "export-subject", str(family.infant))
    clinic.dyad(first, "erase", "request", str(family.infant), "--reason", "retention_expired")
    [asked] = json.loads(clinic.dyad(first, "erase", "list", "--output", "json"))
    assert "second-person-needed" in clinic.dyad(first, "erase", "approve", asked["request_id"], code=1)
    clinic.dyad(second, "erase", "approve", asked["request_id"])

    def everywhere() -> bool:
        [found] = clinic.get("referral", "/erasures", first).json()["erasures"]
        return bool(found["state"] == "executed" and not found["awaited"])

    until(everywhere, WITHIN_S)
    gone = [word for name, word in WORDS.items() if name not in {"mother", "phone", "email"}] + [NUMBER, "943 476 5919"]
    names = clinic.post("referral", "/people", {"cases": [str(family.case_id)]}, 200)
    after = "".join(
        (
            _said_by(clinic, f"/cases/{family.case_id}/people"),
            _said_by(clinic, f"/cases/{family.case_id}/events"),
            _said_by(clinic, f"/cases/{family.case_id}"),
            _said_by(clinic, f"/subjects/{family.infant}/export", first),
            _said_by(clinic, f"/subjects/{family.mother}/export", first),
            clinic.dyad(first, "export-subject", str(family.infant)),
            str(names),
        )
    )
    assert [word for word in gone if word in after] == []
    assert WORDS["mother"] in after  # who was not erased is still there
    leaves = {}
    for service in STORES:
        with psycopg.connect(clinic.platform.database(clinic.settings.database(service))) as connection:
            for doc, leaf in connection.execute("SELECT doc::text, leaf_hash FROM events").fetchall():
                assert leaf_hash(doc.encode()) == bytes(leaf)
                leaves[bytes(leaf)] = service
    for topic, _, value in await canary_kit.records(clinic.settings):
        if not topic.endswith("watermarks"):
            assert leaf_hash(value) in leaves
