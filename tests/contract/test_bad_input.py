"""Bad input of every kind: a 4xx problem that names field and rule, nothing stored, no echo, never a 5xx."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from services.referral.codes import Channel, ReferralSource
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.contract.bad_posts import ACCEPTED, BASE, CANARY, CASE, DATA, MATRIX, RECEIVED, Bad
from tests.integration.process_kit import STRUCTURED, client_of, event, installed, rows

JSON = {"content-type": "application/json"}
COUNTS = "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM posts), (SELECT count(*) FROM case_references)"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """A referral service's own database for this module."""
    with installed(platform, "referral") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The referral service."""
    async with client_of(settings, "referral") as made:
        yield made


def check(answer: httpx.Response, logged: str) -> dict[str, Any]:
    """What is true of every refusal."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"urn:dyad:problem:{problem['code']}"
    assert problem["rule"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert CANARY not in (answer.text + str(answer.headers) + logged).lower()
    return problem


@pytest.mark.parametrize("bad", MATRIX, ids=lambda bad: bad.name)
async def test_bad_posts_are_refused_by_field_and_rule_and_leave_nothing(
    client: httpx.AsyncClient,
    settings: Settings,
    bad: Bad,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    before = await rows(settings, "referral", COUNTS)
    answer = await client.post("/events", content=bad.body, headers=bad.headers)
    captured = capsys.readouterr()
    problem = check(answer, caplog.text + captured.out + captured.err)
    found = (problem["status"], problem["code"], problem["rule"], problem.get("field"))
    assert found == (bad.status, bad.code, bad.rule, bad.field)
    assert await rows(settings, "referral", COUNTS) == before


async def test_an_unknown_code_is_answered_with_the_codes_that_the_schema_takes(client: httpx.AsyncClient) -> None:
    data = {**BASE["data"], "source": CANARY, "channel": CANARY}
    answer = await client.post("/events", content=orjson.dumps({**BASE, "data": data}), headers=STRUCTURED)
    problem = check(answer, "")
    assert problem["field"] == "/source"
    assert all(f"'{code}'" in problem["expected"] for code in ReferralSource)
    (other,) = problem["errors"]
    assert other["field"] == "/channel"
    assert all(f"'{code}'" in other["expected"] for code in Channel)


async def test_the_event_that_the_matrix_spoils_is_good(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/events", content=orjson.dumps({**BASE, "subject": str(uuid4()), "id": "good-1"}), headers=STRUCTURED
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (("GET", f"/{CANARY}"), 404, "no-such-route"),
        (("GET", "/events"), 405, "method-not-allowed"),
        (("BREW", "/events"), 405, "method-not-allowed"),
        (("GET", f"/cases/{CANARY}"), 422, "invalid-parameter"),
        (("GET", f"/cases/{uuid4()}"), 404, "no-such-case"),
        (("GET", f"/cases/{uuid4()}/events"), 404, "no-such-case"),
        (("GET", f"/schemas/{CANARY}/1"), 404, "no-such-schema"),
        (("GET", f"/schemas/ReferralReceived/{CANARY}"), 404, "no-such-schema"),
        (("GET", f"/cases/{uuid4()}?wait_for={CANARY}"), 400, "bad-wait-for"),
        (("POST", "/parked/events/1e9/retry"), 422, "invalid-parameter"),
        (("GET", "/docs"), 404, "no-such-route"),
    ],
)
async def test_bad_addresses_are_problems_too(
    client: httpx.AsyncClient, call: tuple[str, str], status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.request(*call)
    problem = check(answer, caplog.text)
    assert (problem["status"], problem["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "body", "wanted"),
    [
        ("/cases", {**RECEIVED}, (422, DATA, "/team_id")),
        ("/cases", {**RECEIVED, "team_id": "team-a", CANARY: 1}, (422, DATA, "")),
        ("/cases", [CANARY], (422, DATA, "/team_id")),
        (f"/cases/{CASE}/acceptance", {**ACCEPTED, "decided_on": CANARY}, (422, DATA, "/decided_on")),
        (f"/cases/{CASE}/acceptance", ACCEPTED, (409, "case-unknown", None)),
        (
            f"/cases/{CASE}/acceptance",
            {**ACCEPTED, "personal": CANARY},
            (422, "invalid-data", "/personal"),
        ),
        (
            f"/cases/{CASE}/voids",
            {"corrects_event_id": CANARY, "reason": "wrong_case"},
            (422, DATA, "/corrects_event_id"),
        ),
        (
            f"/cases/{CASE}/voids",
            {"corrects_event_id": CASE, "reason": "wrong_case"},
            (409, "corrects-unknown-event", "/corrects_event_id"),
        ),
        (f"/cases/{CASE}/acceptance", None, (422, DATA, "")),
        (f"/cases/{CASE}/acceptance", [CANARY], (422, DATA, "")),
        (f"/cases/{CASE}/acceptance", CANARY, (422, DATA, "")),
        (f"/cases/{CASE}/acceptance", 7, (422, DATA, "")),
        (f"/cases/{CASE}/voids", None, (422, DATA, "")),
        (f"/cases/{CASE}/corrections", {"type": CANARY}, (422, DATA, "/type")),
        (f"/cases/{CASE}/corrections", {"type": "EventVoided"}, (422, DATA, "/type")),
        (f"/cases/{CASE}/references", {"system": "north", "value": f"{CANARY}\n"}, (422, DATA, "/value")),
    ],
)
async def test_bad_resource_calls_are_refused_by_field_and_leave_nothing(
    client: httpx.AsyncClient, settings: Settings, path: str, body: Any, wanted: tuple[int, str, str | None]
) -> None:
    before = await rows(settings, "referral", COUNTS)
    problem = check(await client.post(path, content=orjson.dumps(body), headers=JSON), "")
    assert (problem["status"], problem["code"], problem.get("field")) == wanted
    assert await rows(settings, "referral", COUNTS) == before


async def test_of_one_request_id_only_a_harmless_one_is_taken(client: httpx.AsyncClient) -> None:
    good = await client.get("/livez", headers={"x-request-id": "abc-1"})
    bad = await client.get("/livez", headers={"x-request-id": f"{CANARY} <b>"})
    assert good.headers["x-request-id"] == "abc-1"
    assert CANARY not in bad.headers["x-request-id"]


async def test_a_second_different_decision_is_refused_and_the_same_again_gets_the_first_answer(
    client: httpx.AsyncClient,
) -> None:
    case_id = str(uuid4())
    first = event("ReferralReceived", RECEIVED, subject=case_id, teamid="team-north")
    await client.post("/events", content=orjson.dumps(first), headers=STRUCTURED)
    same = await client.post(f"/cases/{case_id}/acceptance", json=ACCEPTED)
    again = await client.post(f"/cases/{case_id}/acceptance", json=ACCEPTED)
    other = await client.post(f"/cases/{case_id}/acceptance", json={**ACCEPTED, "decided_on": "2025-03-06"})
    early = await client.post(
        f"/cases/{case_id}/withdrawal", json={"on": "2025-01-01", "by": "family", "reason": "other"}
    )
    assert (same.status_code, again.status_code, again.json()["event_ids"]) == (201, 200, [])
    assert (other.status_code, other.json()["code"]) == (409, "conflicts-with-record")
    assert 400 <= early.status_code < 500
