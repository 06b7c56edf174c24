"""The questions over HTTP: answers with their watermark, strict parameters; against real PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reporting.main import app
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import EMPTY, announce, deliver, migrated, reporting_pool
from tests.unit.reporting.histories import START, History, identity, stamp, whole_way

CANARY = "canary-7411"
HOLD = """
INSERT INTO held (consumer, kind, store, stream, version, case_id, leaf_hash, type, recorded_at, topic, partition,
                  kafka_offset, value, error)
VALUES ('reporting', 'poison', 'referral', 'referral-x', 1, $1, sha256('x'), 'dyad.ReferralReceived.v1', $2,
        'dyad.referral', 0, 7, 'x', 'KeyError at fold:1') RETURNING id
"""


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def pool(database: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with reporting_pool(database) as opened:
        await opened.execute(EMPTY + "; DELETE FROM stream_heads")
        yield opened


@pytest.fixture
async def client(database: Settings, pool: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    application: FastAPI = app(database, True, {})
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://reporting", headers=bearer(database)
        ) as opened:
            yield opened


async def seen(pool: asyncpg.Pool, *histories: History) -> None:
    async with pool.acquire() as conn:
        for history in histories:
            await deliver(conn, history.documents)


async def answer(client: httpx.AsyncClient, path: str, **asked: str) -> dict[str, Any]:
    response = await client.get(path, params=asked)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_the_caseload_of_a_team(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await seen(pool, whole_way("a"), whole_way("b"), whole_way("c", "team-south"))
    found = await answer(client, "/caseload", team="team-north", at="2025-06-01")
    assert found["open_referrals"] == 2
    assert found["by_stage"]["active"] == 2
    assert sum(found["by_stage"].values()) == 2
    assert found["open_caseload"] == {
        "cases": 2, "infants": 2, "caregivers": 2, "relationships": 2, "weighted": 4.0,
    }  # fmt: skip
    assert (found["team"], found["at"]) == ("team-north", "2025-06-01")


async def test_the_waits_and_the_flow_of_a_period(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await seen(pool, whole_way("a"), whole_way("b"))
    asked = {"at": "2025-12-31", "from": "2025-01-01", "to": "2025-12-31"}
    found = await answer(client, "/waits", **asked)
    w5 = found["waits"]["W5"]
    assert (w5["completed"]["n"], w5["completed"]["median"], w5["completed"]["max"]) == (2, 14.0, 14)
    assert w5["completed"]["share_within_target"] == 1.0
    assert w5["incomplete"] == {
        "n": 0, "median": None, "p25": None, "p75": None, "p90": None, "p92": None, "max": None,
        "share_within_target": None, "share_under_four_weeks": None,
    }  # fmt: skip
    flow = await answer(client, "/flow", **asked)
    assert (flow["open_at_start"], flow["new"], flow["closed"], flow["open_at_end"]) == (0, 2, 2, 0)


async def test_an_answer_is_final_when_the_watermark_has_passed_its_instant(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await seen(pool, whole_way())
    before = await answer(client, "/caseload", known_at=stamp(START))
    assert (before["complete_to"], before["final"]) == (None, False)
    async with pool.acquire() as conn:
        await announce(conn, START + timedelta(hours=1), STORES[:2])
    assert (await answer(client, "/caseload", known_at=stamp(START)))["final"] is False
    async with pool.acquire() as conn:
        await announce(conn, START + timedelta(hours=2), STORES[2:])
    found = await answer(client, "/caseload", known_at=stamp(START + timedelta(hours=1)))
    assert (found["complete_to"], found["final"]) == ("2025-03-01T10:00:00Z", True)
    later = START + timedelta(hours=1, microseconds=1)
    assert (await answer(client, "/caseload", known_at=stamp(later)))["final"] is False
    assert (await answer(client, "/caseload"))["final"] is False


async def test_a_final_answer_never_changes(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    """Promise 6: later recordings, back-dated ones, voids and corrections among them, leave (t, k) as it was."""
    history = whole_way()
    known_at = stamp(history.clock)
    await seen(pool, history)
    async with pool.acquire() as conn:
        await announce(conn, history.clock, STORES)
    questions = [
        ("/caseload", {"at": "2025-06-01"}),
        ("/waits", {"at": "2025-12-31"}),
        ("/flow", {"at": "2025-12-31"}),
        ("/cases", {"at": "2025-06-01"}),
        (f"/cases/{history.case_id}", {"at": "2025-12-31"}),
        ("/teams", {}),
    ]
    first = [await answer(client, path, known_at=known_at, **asked) for path, asked in questions]
    assert all(each["final"] for each in first)
    history.clock += timedelta(days=30)
    history.held("2025-05-06", treatment=True)
    history.voided("intervention", history.documents[7].event_id)
    history.corrected(
        "referral", "ReferralReceived", history.documents[0].event_id, {"received_on": "2025-01-01", "subjects": []}
    )
    await seen(pool, history)
    assert [await answer(client, path, known_at=known_at, **asked) for path, asked in questions] == first
    now = await answer(client, f"/cases/{history.case_id}", at="2025-12-31")
    assert now["case"]["received_on"] == "2025-01-01"
    assert now["case"]["closed_on"] is None


async def test_one_case_with_its_timeline(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    history = whole_way()
    session = history.documents[6].event_id
    history.held("2025-05-12", at=START + timedelta(days=200))
    history.voided("intervention", session)
    await seen(pool, history)
    found = await answer(client, f"/cases/{history.case_id}", at="2025-05-20")
    assert found["case"]["stage"] == "active"
    assert found["waits"]["W5"] == {
        "title": "Programme assigned to first treatment session", "start": "2025-05-05", "stop": "2025-05-12",
        "days": 7, "state": "completed",
    }  # fmt: skip
    lines = [(each["occurred_on"], each["text"], each["standing"]) for each in found["timeline"]]
    assert lines[0] == ("2025-03-10", "Referral received from health visitor", "stands")
    assert ("2025-06-02", "Session held: therapy dyadic", "voided") in lines
    # What its stream had said before stands before it, although it happened earlier.
    assert lines[-2:] == [
        ("2025-05-12", "Session held: therapy dyadic", "stands"),
        ("2025-09-17", "Taken back: entered in error", "stands"),
    ]


async def test_the_timeline_is_as_known_then(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    history = whole_way()
    await seen(pool, history)
    known_at = stamp(history.documents[2].recorded_at)
    found = await answer(client, f"/cases/{history.case_id}", known_at=known_at)
    assert [each["event"] for each in found["timeline"]] == [
        "ReferralReceived", "ReferralAccepted", "AssessmentStarted",
    ]  # fmt: skip
    assert found["case"]["assessed_on"] is None


@pytest.mark.parametrize("stage", ["awaiting_decision", "orphan"])
async def test_pages_of_cases_show_each_case_once(client: httpx.AsyncClient, pool: asyncpg.Pool, stage: str) -> None:
    histories = [History(case=str(number)) for number in range(7)]
    for history in histories:
        if stage == "orphan":
            history.held("2025-03-10")
        else:
            history.received("2025-03-10")
    await seen(pool, *histories)
    ids: list[str] = []
    asked = {"at": "2025-04-01", "limit": "3", "stage": stage}
    for _ in histories:
        found = await answer(client, "/cases", **asked)
        ids += [each["case_id"] for each in found["cases"]]
        if found["next"] is None:
            break
        asked["after"] = found["next"]
    assert ids == sorted(str(history.case_id) for history in histories)


@pytest.mark.parametrize(
    ("stage", "cases"), [("active", 1), ("closed", 1), ("orphan", 1), ("awaiting_decision", 1), ("paused", 0)]
)
async def test_cases_of_one_stage(client: httpx.AsyncClient, pool: asyncpg.Pool, stage: str, cases: int) -> None:
    waiting, orphan, active, closed = History("w"), History("o"), whole_way("a"), whole_way("c")
    waiting.received("2025-03-10")
    orphan.held("2025-03-10")
    del active.documents[-1]
    await seen(pool, waiting, orphan, active, closed)
    found = await answer(client, "/cases", stage=stage, at="2025-12-31")
    assert len(found["cases"]) == cases
    assert {each["stage"] for each in found["cases"]} <= {stage}


async def test_the_teams(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await seen(pool, whole_way("a"), whole_way("b", "team-south"))
    found = await answer(client, "/teams", at="2025-06-01")
    assert found["teams"] == [
        {"team": "team-north", "open_referrals": 1},
        {"team": "team-south", "open_referrals": 1},
    ]


async def test_an_unknown_case_is_not_found(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await seen(pool, whole_way())
    for path in (f"/cases/{identity('nobody')}", f"/cases/{whole_way().case_id}?team=team-south"):
        response = await client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "case-unknown")


BAD_QUERIES = [
    f"at={CANARY}", "at=20250301", "at=2025-3-1", "at=2025-02-30", "at=1740787200", "at=2025-03-01T00:00:00Z", "at=",
    "at=2025-03-01&at=2025-03-02", f"known_at={CANARY}", "known_at=2025-03-01", "known_at=2025-03-01T10:00:00",
    "known_at=2025-03-01T25:00:00Z", f"team={CANARY.upper()}", "team=a%00b", "team=%F0%9F%98%80", "team=",
    f"{CANARY}=1",
    f"limit={CANARY}", "limit=0", "limit=501", "limit=1e3", f"after={CANARY}", "after=WzEsMl0", "after=%F0%9F%98%80",
    f"stage={CANARY}", f"wait_for={CANARY}", "wait_for=referral@x:0",
]  # fmt: skip


@pytest.mark.parametrize("query", BAD_QUERIES)
async def test_a_loose_parameter_is_refused_without_an_echo(client: httpx.AsyncClient, query: str) -> None:
    response = await client.get(f"/cases?{query}")
    assert 400 <= response.status_code < 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["within"] == "query"
    assert CANARY not in response.text.lower()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2025-03-02&to=2025-03-01", "period-ends-before-it-starts"),
        ("at=2025-03-01&to=2025-03-02", "period-after-date"),
    ],
)
async def test_a_period_that_makes_no_sense_is_refused(client: httpx.AsyncClient, query: str, code: str) -> None:
    for path in ("/waits", "/flow"):
        response = await client.get(f"{path}?{query}")
        assert (response.status_code, response.json()["code"]) == (422, code)


async def test_wait_for_answers_at_once_when_the_views_are_that_fresh(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    history = whole_way()
    await seen(pool, history)
    await pool.execute(
        "INSERT INTO stream_heads (consumer, store, stream, version, recorded_at) VALUES ('reporting', $1, $2, 2, $3)",
        "referral", f"referral-{history.case_id}", START,
    )  # fmt: skip
    found = await answer(client, "/caseload", wait_for=f"referral@referral-{history.case_id}:2")
    assert found["complete_to"] is None


async def test_wait_for_says_when_the_views_do_not_get_there(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/caseload", params={"wait_for": f"referral@referral-{identity('nobody')}:1"})
    assert (response.status_code, response.json()["code"]) == (503, "not-reached-yet")
    assert int(response.headers["retry-after"]) >= 1


async def test_what_is_parked_is_shown_and_decided_with_a_reason(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    history = whole_way()
    first = await pool.fetchval(HOLD, history.case_id, START)
    [item] = (await client.get("/parked")).json()
    assert (item["id"], item["kind"], item["state"], item["case_id"]) == (
        first, "poison", "held", str(history.case_id),
    )  # fmt: skip
    for body in ({}, {"reason": ""}, {"reason": "A Name, and more"}, {"reason": "fine-reason", "more": 1}):
        assert (await client.post(f"/parked/{first}/discard", json=body)).status_code == 422
    assert (await client.post(f"/parked/{first}/retry", json={"reason": "code-mended"})).status_code == 204
    assert (await client.get("/parked")).json()[0]["state"] == "retry"
    again = await client.post(f"/parked/{first}/retry", json={"reason": "code-mended"})
    assert (again.status_code, again.json()["code"]) == (409, "not-held")
    await pool.execute("UPDATE held SET state = 'held'")
    assert (await client.post(f"/parked/{first}/discard", json={"reason": "test-data"})).status_code == 204
    assert (await client.get("/parked")).json() == []
    assert await pool.fetchval("SELECT reason FROM discards WHERE stream = 'referral-x'") == "test-data"


async def test_every_route_is_documented_and_health_answers(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    wanted = {"/caseload", "/waits", "/flow", "/teams", "/cases", "/cases/{case_id}", "/parked"}
    assert wanted <= set(paths)
    names = {each["name"] for each in paths["/waits"]["get"]["parameters"]}
    filters = {"source", "tier", "locality", "age_band", "priority", "concern", "practitioner"}
    assert names == {"team", "at", "known_at", "wait_for", "from", "to", "wait-for"} | filters
    assert (await client.get("/readyz")).status_code == 200
    assert (await client.get("/livez")).status_code == 200
