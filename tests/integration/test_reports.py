"""Frozen reports: the same bytes for ever, also after a rebuild; and what has changed since. Limits computed anew."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.reporting.main import app
from services.reporting.metrics.catalogue import METRICS
from services.reporting.rebuild import versions as rebuild
from shared.eventstore.pool import connect
from shared.kernel.ids import utc_now
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import Record, announce, deliver, emptied, migrated
from tests.unit.reporting.histories import History, whole_way

NORTH, SOUTH = "team-north", "team-south"
AT = "2025-06-30"
COMPLETE = datetime(2025, 12, 31, tzinfo=UTC)
AFTERWARDS = datetime(2026, 2, 1, 9, tzinfo=UTC)
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    """Two families of one team and six of another, complete up to the end of the year."""
    async with emptied(database) as found:
        for number in range(8):
            await deliver(found.projection, whole_way(f"case-{number}", NORTH if number < 2 else SOUTH).documents)
        await announce(found.projection, COMPLETE, STORES)
        yield found
    for version in await rebuild.versions(database):
        await rebuild.drop(database, version.schema)


@pytest.fixture
async def client(database: Settings, record: Record) -> AsyncIterator[httpx.AsyncClient]:
    assert record.reader is not None
    application = app(database, True, {})
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as opened:
            yield opened


@pytest.fixture
def lead(database: Settings) -> dict[str, str]:
    return bearer(database, "lead", NORTH)


@pytest.fixture
def clerk(database: Settings) -> dict[str, str]:
    """He works for the whole team, and may list its cases."""
    return bearer(database, "administrator", NORTH)


async def frozen(client: httpx.AsyncClient, who: dict[str, str], **asked: Any) -> Answer:
    body = {"name": f"board-{uuid4().hex[:8]}", "team": NORTH, "at": AT, "metrics": ["caseload", "waits"], **asked}
    answer = await client.post("/reports", json={k: v for k, v in body.items() if v is not None}, headers=who)
    assert answer.status_code == 201, answer.text
    found: Answer = answer.json()
    return found


async def got(client: httpx.AsyncClient, who: dict[str, str], path: str) -> Any:
    answer = await client.get(path, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(client: httpx.AsyncClient, who: dict[str, str], **asked: Any) -> tuple[int, str]:
    body = {"name": "refused", "team": NORTH, "at": AT, "metrics": ["caseload"], **asked}
    answer = await client.post("/reports", json=body, headers=who)
    return answer.status_code, answer.json()["code"]


async def test_a_report_names_question_definitions_and_hash(client: httpx.AsyncClient, lead: dict[str, str]) -> None:
    report = await frozen(client, lead, name="board-june")
    assert (report["name"], report["team"], report["at"]) == ("board-june", NORTH, AT)
    assert report["known_at"] == report["complete_to"] == "2025-12-31T00:00:00Z"
    assert (report["first_day"], report["last_day"]) == ("2024-07-01", AT)
    assert report["metrics"] == {name: METRICS[name].version for name in ("caseload", "waits")}
    assert "waits/completed" in report["tables"]
    file = await client.get(f"/reports/{report['report_id']}.json", headers=lead)
    assert sha256(file.content).hexdigest() == report["result_hash"]
    again = await got(client, lead, f"/reports/{report['report_id']}")
    assert (again["verified"], again["result_hash_now"], again["redefined"]) == (True, report["result_hash"], [])
    assert [table["name"] for table in again["tables"]][:2] == ["01-stages", "01-units"]


async def test_the_same_question_frozen_again_is_the_report_that_there_is(
    client: httpx.AsyncClient, lead: dict[str, str], database: Settings
) -> None:
    one = await frozen(client, lead, name="twice")
    assert await frozen(client, lead, name="twice") == one
    other = await frozen(client, bearer(database, "lead", NORTH, subject="somebody-else"), name="twice")
    assert other["report_id"] != one["report_id"]
    assert other["result_hash"] == one["result_hash"]


async def test_every_metric_gives_the_same_bytes_after_a_rebuild_and_a_back_dated_event(
    client: httpx.AsyncClient, record: Record, database: Settings, lead: dict[str, str]
) -> None:
    report = await frozen(client, lead, metrics=list(METRICS))
    path = f"/reports/{report['report_id']}"
    before = [(await client.get(f"{path}.{kind}", headers=lead)).content for kind in ("json", "xlsx", "csv")]
    await deliver(record.projection, back_dated().documents)
    made = await rebuild.make(database)
    await rebuild.go_over(database, made.schema)
    after = [await client.get(f"{path}.{kind}", headers=lead) for kind in ("json", "xlsx", "csv")]
    assert [answer.content for answer in after] == before
    assert {answer.headers["dyad-verified"] for answer in after} == {"true"}


def back_dated() -> History:
    """A referral of the spring that is recorded in the year after."""
    history = History(case="late", team=NORTH, clock=AFTERWARDS)
    history.received("2025-04-02")
    return history


async def test_a_back_dated_event_is_in_the_diff_and_not_in_the_frozen_answer(
    client: httpx.AsyncClient, record: Record, lead: dict[str, str], clerk: dict[str, str]
) -> None:
    report = await frozen(client, lead, metrics=["caseload"])
    path = f"/reports/{report['report_id']}"
    untouched = await got(client, clerk, f"{path}/diff")
    assert (untouched["differences"], untouched["events"], untouched["by_type"]) == ([], [], {})
    history = back_dated()
    await deliver(record.projection, history.documents)
    assert (await got(client, lead, path))["verified"] is True
    diff = await got(client, clerk, f"{path}/diff")
    assert diff["verified"] is True
    cells = {(each["table"], each["row"]): (each["then"], each["now"]) for each in diff["differences"]}
    assert cells[("stages", "Awaiting decision")] == (0, 1)
    [event] = diff["events"]
    assert (event["type"], event["case_id"]) == ("ReferralReceived", str(history.case_id))
    assert event["event_id"] == str(history.documents[0].event_id)
    assert (event["occurred_on"], event["recorded_at"][:10]) == ("2025-04-02", "2026-02-01")
    assert diff["by_type"] == {"ReferralReceived": 1}


async def test_voids_and_corrections_after_the_freeze_are_in_the_diff(
    client: httpx.AsyncClient, record: Record, lead: dict[str, str], clerk: dict[str, str]
) -> None:
    report = await frozen(client, lead, metrics=["waits"])
    one, two = whole_way("case-0", NORTH), whole_way("case-1", NORTH)
    [held] = [each for each in one.documents if each.type == "dyad.SessionHeld.v1"][:1]
    received = two.documents[0]
    one.voided("intervention", held.event_id, at=AFTERWARDS)
    corrected = {**received_data(two), "received_on": "2025-02-20"}
    two.say(
        "referral",
        "ReferralReceivedCorrected",
        {"corrects_event_id": str(received.event_id), "reason": "entered_in_error", "data": corrected},
        at=AFTERWARDS,
    )
    await deliver(record.projection, [one.documents[-1], two.documents[-1]])
    diff = await got(client, clerk, f"/reports/{report['report_id']}/diff")
    assert diff["verified"] is True
    assert {each["type"] for each in diff["events"]} == {"EventVoided", "ReferralReceivedCorrected"}
    assert diff["differences"]


def received_data(history: History) -> Answer:
    data: Answer = json.loads(history.documents[0].text)["data"]
    return data


async def test_what_is_dated_after_t_is_not_in_the_diff(
    client: httpx.AsyncClient, record: Record, lead: dict[str, str], clerk: dict[str, str]
) -> None:
    report = await frozen(client, lead, metrics=["caseload"])
    history = History(case="later", team=NORTH, clock=AFTERWARDS)
    history.received("2025-07-01")
    await deliver(record.projection, history.documents)
    diff = await got(client, clerk, f"/reports/{report['report_id']}/diff")
    assert (diff["differences"], diff["events"]) == ([], [])


async def test_a_report_with_filters_is_changed_by_its_own_cases_alone(
    client: httpx.AsyncClient, record: Record, lead: dict[str, str], clerk: dict[str, str]
) -> None:
    report = await frozen(client, lead, metrics=["caseload"], filters={"source": "health_visitor"})
    assert report["filters"] == {"source": "health_visitor"}
    own, other = back_dated(), History(case="other", team=NORTH, clock=AFTERWARDS)
    other.say("referral", "ReferralReceived", {**received_data(own), "source": "gp"})
    await deliver(record.projection, [*own.documents, *other.documents])
    diff = await got(client, clerk, f"/reports/{report['report_id']}/diff")
    assert [each["case_id"] for each in diff["events"]] == [str(own.case_id)]


async def test_who_may_not_list_cases_sees_how_many_events_and_an_analyst_no_case(
    client: httpx.AsyncClient, record: Record, database: Settings
) -> None:
    analyst, manager = bearer(database, "analyst", NORTH), bearer(database, "manager", NORTH)
    report = await frozen(client, analyst)
    assert report["suppressed"] is True
    history = back_dated()
    await deliver(record.projection, history.documents)
    path = f"/reports/{report['report_id']}/diff"
    mine = await got(client, manager, path)
    assert (mine["events"], mine["by_type"]) == ([], {"ReferralReceived": 1})
    theirs = await got(client, analyst, path)
    assert theirs["by_type"] == {"ReferralReceived": "*"}
    [event] = theirs["events"]
    assert (event["pseudonym"], event["event_id"]) == (True, None)
    assert str(history.case_id) not in (await client.get(path, headers=analyst)).text


async def test_who_reads_the_cases_of_a_diff_stands_on_record(
    client: httpx.AsyncClient, record: Record, lead: dict[str, str], clerk: dict[str, str], database: Settings
) -> None:
    report = await frozen(client, lead)
    history = back_dated()
    await deliver(record.projection, history.documents)
    await got(client, clerk, f"/reports/{report['report_id']}/diff")
    conn = await connect(database, "reporting", "dyad_owner")
    try:
        [row] = await conn.fetch("SELECT cases, route FROM reads WHERE route LIKE '/reports%' ORDER BY id DESC LIMIT 1")
    finally:
        await conn.close()
    assert (row["cases"], row["route"]) == ([history.case_id], "/reports/{report_id}/diff")


async def test_raw_reports_stay_in_their_team_and_others_in_theirs(
    client: httpx.AsyncClient, database: Settings, lead: dict[str, str]
) -> None:
    raw, open_ = await frozen(client, lead), await frozen(client, lead, suppressed=True)
    for who in (bearer(database, "analyst", NORTH), bearer(database, "auditor")):
        listed = {each["report_id"] for each in (await got(client, who, "/reports?limit=500"))["reports"]}
        assert open_["report_id"] in listed
        assert raw["report_id"] not in listed
        for path in (f"/reports/{raw['report_id']}", f"/reports/{raw['report_id']}.json"):
            assert (await client.get(path, headers=who)).status_code == 404
        assert (await got(client, who, f"/reports/{open_['report_id']}"))["verified"] is True
    south = bearer(database, "lead", SOUTH)
    assert (await client.get(f"/reports/{open_['report_id']}", headers=south)).status_code == 404
    assert (await refused(client, bearer(database, "analyst", NORTH), suppressed=False))[0] == 403
    assert await refused(client, south) == (403, "not-your-team")


async def test_a_report_over_several_teams_is_computed_of_just_those(
    client: httpx.AsyncClient, database: Settings, lead: dict[str, str]
) -> None:
    both = bearer(database, "manager", NORTH, SOUTH)
    report = await frozen(client, both, team=None)
    everybody = await got(client, bearer(database, "auditor"), f"/reports/{report['report_id']}")
    assert everybody["verified"] is True
    assert (await client.get(f"/reports/{report['report_id']}", headers=lead)).status_code == 404


async def test_only_what_is_final_is_frozen(client: httpx.AsyncClient, lead: dict[str, str]) -> None:
    assert await refused(client, lead, known_at="2026-01-01T00:00:00Z") == (409, "not-complete-yet")
    early = await frozen(client, lead, known_at="2025-03-01T08:00:00Z")
    assert early["known_at"] == "2025-03-01T08:00:00Z"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"metrics": ["nonsense"]}, "metric-unknown"),
        ({"metrics": []}, "metric-unknown"),
        ({"metrics": ["waits", "waits"]}, "metric-unknown"),
        ({"first_day": "2025-06-01", "last_day": "2025-05-01"}, "period-ends-before-it-starts"),
        ({"last_day": "2025-07-01"}, "period-after-date"),
        ({"kind": "evidence-pack"}, "not-an-evidence-pack"),
        ({"kind": "evidence-pack", "metrics": [], "suppressed": False}, "not-an-evidence-pack"),
    ],
)
async def test_a_question_that_is_none_is_refused(
    client: httpx.AsyncClient, lead: dict[str, str], asked: Answer, code: str
) -> None:
    assert await refused(client, lead, **asked) == (422, code)


async def test_the_evidence_pack_is_everything_of_one_team_suppressed(
    client: httpx.AsyncClient, lead: dict[str, str]
) -> None:
    pack = await frozen(client, lead, kind="evidence-pack", metrics=None)
    assert pack["suppressed"] is True
    assert set(METRICS) - set(pack["metrics"]) == {"caseload-by-practitioner", "network"}
    file = await client.get(f"/reports/{pack['report_id']}.xlsx", headers=lead)
    assert (file.status_code, file.headers["dyad-verified"]) == (200, "true")


async def test_reports_are_never_changed_and_a_result_that_differs_is_said(
    client: httpx.AsyncClient, record: Record, lead: dict[str, str], database: Settings
) -> None:
    report = await frozen(client, lead)
    conn = await connect(database, "reporting", "dyad_owner")
    try:
        with pytest.raises(asyncpg.PostgresError, match="only added to"):
            await conn.execute("UPDATE reports SET at = at - 1")
        with pytest.raises(asyncpg.PostgresError, match="only added to"):
            await conn.execute("DELETE FROM rebases")
    finally:
        await conn.close()
    await record.projection.execute("UPDATE case_history SET received_on = received_on - 9 WHERE team_id = $1", NORTH)
    again = await got(client, lead, f"/reports/{report['report_id']}")
    assert again["verified"] is False
    assert again["result_hash_now"] != again["report"]["result_hash"]


async def test_limits_are_computed_anew_from_when_it_was_said_and_frozen_ones_stay(
    client: httpx.AsyncClient, record: Record, database: Settings, lead: dict[str, str]
) -> None:
    await announce(record.projection, utc_now(), STORES)
    asked = {"team": NORTH, "at": "2025-12-31"}
    report = await frozen(client, lead, metrics=["series"], at="2025-12-31")
    body = {"team": NORTH, "series": "referrals", "month": "2025-03-01", "reason": "second-clinic-opened"}
    act = (await client.post("/rebases", json=body, headers=lead)).json()
    assert (act["team"], act["reason"], act["withdraws"]) == (NORTH, "second-clinic-opened", None)
    assert (await client.post("/rebases", json=body, headers=lead)).json()["code"] == "already-rebased"
    assert await limits_from(client, lead, **asked) == "2025-03-01"
    assert await limits_from(client, lead, **asked, source="health_visitor") == "2024-01-01"
    assert await limits_from(client, lead, **asked, known_at=report["known_at"]) == "2024-01-01"
    path = f"/reports/{report['report_id']}"
    assert (await got(client, lead, path))["verified"] is True
    diff = await got(client, lead, f"{path}/diff")
    assert [each["act_id"] for each in diff["rebases"]] == [act["act_id"]]
    assert ("referrals", "from") in {(each["row"].split()[0], each["column"]) for each in diff["differences"]}
    withdrawal = f"/rebases/{act['act_id']}/withdrawal"
    back = (await client.post(withdrawal, json={"reason": "clinic-closed"}, headers=lead)).json()
    assert back["withdraws"] == act["act_id"]
    assert (await client.post(withdrawal, json={"reason": "again"}, headers=lead)).status_code == 409
    assert await limits_from(client, lead, **asked) == "2024-01-01"
    assert await limits_from(client, lead, **asked, known_at=act["recorded_at"]) == "2025-03-01"
    assert [each["act_id"] for each in await got(client, lead, f"/rebases?team={NORTH}")] == [
        act["act_id"], back["act_id"],
    ]  # fmt: skip


async def limits_from(client: httpx.AsyncClient, who: dict[str, str], **asked: str) -> str:
    answer = await client.get("/tables/series", params=asked, headers=who)
    [limits] = [each for each in answer.json()["tables"] if each["name"] == "limits"]
    place = [column["name"] for column in limits["columns"]].index("from")
    [month] = [row[place] for row in limits["rows"] if row[0] == "referrals"]
    return str(month)


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        (("practitioner", NORTH), {"team": NORTH}, 403),
        (("lead", SOUTH), {"team": NORTH}, 403),
        (("manager", NORTH), {}, 403),
        (("lead", NORTH), {"team": NORTH, "series": "nonsense"}, 422),
        (("lead", NORTH), {"team": NORTH, "month": "2025-03-02"}, 422),
        (("lead", NORTH), {"team": NORTH, "month": "2099-03-01"}, 422),
    ],
)
async def test_a_rebase_is_for_whoever_leads_the_team_and_of_a_month_that_has_begun(
    client: httpx.AsyncClient, database: Settings, who: tuple[str, ...], body: Answer, status: int
) -> None:
    asked = {"series": "w2", "month": "2025-02-01", "reason": "new-referral-form", **body}
    answer = await client.post("/rebases", json=asked, headers=bearer(database, *who))
    assert answer.status_code == status
    assert (await client.post(f"/rebases/{uuid4()}/withdrawal", json={"reason": "mistake"},
                              headers=bearer(database, "lead", NORTH))).status_code == 404  # fmt: skip
