"""Promise 10, teams: row-level security on every table; over HTTP another team's case is as if it were not there."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.referral.aggregate import aggregate as referral
from shared.eventstore.envelope import NewEvent
from shared.eventstore.store import append
from shared.kernel.codec import wire_type
from shared.kernel.values import event_version
from shared.migrations import migrate_all
from shared.process.aggregate import Aggregate
from shared.settings import SERVICES, STORES, Settings
from shared.testing import platform as servers
from shared.testing.bus import made
from shared.testing.platform import Platform
from tests.integration.access_kit import NORTH, SOUTH, Person, clients_of, query
from tests.integration.process_kit import apply, event, hand_over, request_example, settings_of
from tests.integration.test_access_routes import aggregates_of

WITHOUT = {
    "alembic_version": "the number of the schema",
    "cases": "ids to be locked, and nothing else; a caller must wait for whoever is at a case, whosever it is",
    "consumer_offsets": "how far topics are read",
    "watermarks": "up to when views are complete",
    "projection_versions": "names of schemas in which rows are made anew",
    "projection_news": "ids whose rows there are to be looked at again, and nothing else",
    "relay_position": "how far the store is sent",
    "tail_floor": "one instant",
    "subject_keys": "keys under a key that no database holds, to what stands in `events`; a person may be of two",
    "tombstones": "ids of people who were erased, wherever; nothing about them may be taken again by any team",
    "erasure_requests": "opaque ids; the second person of an erasure may be of another team than the first",
    "erasure_steps": "the steps of these",
    "browser_sessions": "asked before it is known who asks; each row is sealed by its browser's cookie",
    "watch_seen": "one instant",
}
"""Tables without row-level security, each with the reason."""
DEFINERS = {
    "append", "append_one", "raise_floor", "forget_after_truncate", "erase_subject", "subject_keys_of",
    "cases_of_subject",
}  # fmt: skip
"""Functions that run with the owner's rights, each reviewed: they check teams themselves, or give ids and keys only."""
BASES = ("my_teams()", "FROM letters ", "FROM events ", "FROM inbox ")
"""What a policy for people rests on: the caller's teams, or a table that itself is bound to them."""
VIEWS = {"seen_history", "seen_contacts", "seen_scores", "seen_work"}
"""Views with their owner's rights: the condition of the policy stands in them (services/reporting/sql/versions)."""
RECEIVED = request_example(referral, "ReferralReceived")
ACCEPTED = request_example(referral, "ReferralAccepted")


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    found = settings_of(platform, prefix)
    migrate_all(found)
    yield found
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with clients_of(settings, *SERVICES) as found:
        yield found


@pytest.fixture
def north(settings: Settings, clients: dict[str, httpx.AsyncClient]) -> Person:
    return Person(settings, clients, "system", NORTH, subject="north-records")


@pytest.fixture
def south(settings: Settings, clients: dict[str, httpx.AsyncClient]) -> Person:
    return Person(settings, clients, "system", SOUTH, subject="south-records")


async def accepted_case(settings: Settings, person: Person, team: str = NORTH) -> str:
    """A case of one team that all three services know."""
    reference = {"system": "records", "value": uuid4().hex}
    received = event("ReferralReceived", {**RECEIVED, "case_reference": reference}, teamid=team)
    answer = await person.event("referral", received)
    assert answer.status_code == 201, answer.text
    case_id = str(answer.json()["case_id"])
    answer = await person.event("referral", event("ReferralAccepted", ACCEPTED, subject=case_id))
    assert answer.status_code == 201, answer.text
    for name in ("assessment", "intervention"):
        [hearing, *_] = aggregates_of(name)
        await hand_over(settings, "referral", hearing, UUID(case_id))
        await apply(settings, hearing, UUID(case_id))
    return case_id


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_has_row_level_security_or_stands_in_the_reviewed_list(
    settings: Settings, service: str
) -> None:
    tables = await query(
        settings, service, "dyad_owner", None,
        "SELECT relname::text, relrowsecurity FROM pg_class WHERE relkind IN ('r', 'p', 'm')"
        " AND relnamespace = 'public'::regnamespace",
    )  # fmt: skip
    assert {name for name, secured in tables if not secured} <= set(WITHOUT)
    policies = await query(
        settings, service, "dyad_owner", None,
        "SELECT tablename::text, roles::text[], cmd, coalesce(qual, '') FROM pg_policies WHERE schemaname = 'public'",
    )  # fmt: skip
    for table, roles, command, qual in policies:
        people = {"dyad_writer", "dyad_reader", "public"} & set(roles)
        if people and command != "INSERT":
            assert any(basis in qual for basis in BASES), f"{table}: people see it whatever their teams are"
    assert {name for name, secured in tables if secured} == {table for table, *_ in policies}


@pytest.mark.parametrize("service", SERVICES)
async def test_no_role_of_a_service_passes_by_row_level_security(settings: Settings, service: str) -> None:
    roles = await query(
        settings, service, "dyad_owner", None,
        "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'dyad\\_%' AND rolname <> 'dyad_admin'"
        " AND (rolsuper OR rolbypassrls OR rolcreaterole)",
    )  # fmt: skip
    assert roles == []
    definers = await query(
        settings, service, "dyad_owner", None,
        "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace",
    )  # fmt: skip
    assert {row[0] for row in definers} <= DEFINERS
    views = await query(
        settings, service, "dyad_owner", None,
        "SELECT relname::text FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
        " AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
    )  # fmt: skip
    assert {row[0] for row in views} <= VIEWS


@pytest.mark.parametrize("service", STORES)
async def test_no_login_sees_a_row_of_another_team_in_any_table(
    settings: Settings, north: Person, service: str
) -> None:
    await accepted_case(settings, north)
    secured = await query(
        settings, service, "dyad_owner", None,
        "SELECT relname::text FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace",
    )  # fmt: skip
    shown = set()
    for [table] in secured:
        for role in ("dyad_writer", "dyad_reader"):
            if not await may_read(settings, service, role, table):
                continue
            for teams in (None, "", "team-west", "team-west,team-east"):
                rows = await query(settings, service, role, teams, f"SELECT count(*) FROM {table}")
                assert rows[0][0] == 0, f"{role} of {teams} sees {table}"
            if (await query(settings, service, role, NORTH, f"SELECT count(*) FROM {table}"))[0][0]:
                shown.add(table)
    assert {"events"} <= shown


async def may_read(settings: Settings, service: str, role: str, table: str) -> bool:
    rows = await query(
        settings, service, "dyad_owner", None, "SELECT has_table_privilege($1, $2, 'SELECT')", role, table
    )
    return bool(rows[0][0])


async def test_the_teams_of_a_request_end_with_its_transaction(settings: Settings, north: Person) -> None:
    await accepted_case(settings, north)
    conn = await asyncpg.connect(settings.dsn("referral", "dyad_writer"))
    try:
        async with conn.transaction():
            await conn.execute("SELECT set_config('dyad.teams', $1, true)", NORTH)
            assert await conn.fetchval("SELECT count(*) FROM events") > 0
        assert await conn.fetchval("SELECT count(*) FROM events") == 0
    finally:
        await conn.close()


def of_team(case_id: UUID, team: str) -> NewEvent:
    new = made("referral", case_id)
    return NewEvent(
        event_id=new.event_id, type=new.type, key=new.key, case_id=case_id, team_id=team, doc=new.doc, sealed=None
    )


@pytest.mark.parametrize("events", [1, 2])
async def test_append_refuses_events_and_streams_of_another_team(settings: Settings, events: int) -> None:
    conn = await asyncpg.connect(settings.dsn("referral", "dyad_writer"))
    case_id = uuid4()
    stream = f"referral-{case_id}"

    async def say(teams: str, expected: int, *of: str) -> None:
        async with conn.transaction():
            await conn.execute("SELECT set_config('dyad.teams', $1, true)", teams)
            await append(conn, stream, expected, [of_team(case_id, team) for team in of])

    try:
        for teams, expected, of in ((SOUTH, 0, [NORTH] * events), (NORTH, 0, [*[NORTH] * (events - 1), SOUTH])):
            with pytest.raises(asyncpg.PostgresError) as refusal:
                await say(teams, expected, *of)
            assert refusal.value.sqlstate == "DY020"
        await say(NORTH, 0, *[NORTH] * events)
        for expected in (0, events, 7):  # the same at whichever version: nothing is told of the stream
            with pytest.raises(asyncpg.PostgresError) as refusal:
                await say(SOUTH, expected, *[SOUTH] * events)
            assert refusal.value.sqlstate == "DY020"
        await say("*", events, NORTH)
    finally:
        await conn.close()


def bare(answer: httpx.Response) -> tuple[int, Any]:
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, body


@pytest.mark.parametrize("service", STORES)
async def test_another_teams_case_is_answered_exactly_like_an_unknown_one_to_every_post(
    settings: Settings, north: Person, south: Person, service: str
) -> None:
    case_id = await accepted_case(settings, north)
    [own, *_] = aggregates_of(service)
    tried = 0
    for name in own.commands:
        if name == own.link_name:
            continue
        posted = {
            where: event(name, request_example(own, name), subject=where, type=full_type(own, name))
            for where in (case_id, str(uuid4()))
        }
        theirs, unknown = [await south.event(service, each) for each in posted.values()]
        if name in own.mints:
            assert (theirs.status_code, theirs.json()["code"]) == (422, "invalid-cloudevent")
            continue
        assert bare(theirs) == bare(unknown), name
        tried += 1
    assert tried > 5


def full_type(own: Aggregate[Any, Any, Any, Any], name: str) -> str:
    return wire_type(name, event_version(own.registry.classes[name]))


@pytest.mark.parametrize("service", SERVICES)
async def test_another_teams_case_is_answered_exactly_like_an_unknown_one_to_every_reader(
    settings: Settings, north: Person, south: Person, service: str
) -> None:
    case_id = await accepted_case(settings, north)
    paths = ["/cases/{}"] if service == "reporting" else ["/cases/{}", "/cases/{}/events", "/cases/{}/people"]
    for path in paths:
        theirs = await south.get(service, path.format(case_id))
        unknown = await south.get(service, path.format(uuid4()))
        assert bare(theirs) == bare(unknown), path
        assert theirs.status_code == 404


async def test_a_case_cannot_be_begun_under_the_id_of_another_teams_case(
    settings: Settings, north: Person, south: Person
) -> None:
    case_id = await accepted_case(settings, north)
    answer = await south.event("referral", event("ReferralReceived", RECEIVED, subject=case_id, teamid=SOUTH))
    assert (answer.status_code, answer.json()["code"]) == (409, "case-unknown")
    mine = await south.event("referral", event("ReferralAccepted", ACCEPTED, subject=str(uuid4())))
    assert bare(answer)[1]["code"] == bare(mine)[1]["code"]


async def test_a_post_of_another_team_is_never_said_again(settings: Settings, north: Person, south: Person) -> None:
    body = event("ReferralReceived", RECEIVED, teamid=NORTH)
    first = await north.event("referral", body)
    assert first.status_code == 201
    again = await south.event("referral", {**body, "teamid": SOUTH})
    assert (again.status_code, again.json()["code"]) == (409, "same-id-other-content")
    assert first.json()["case_id"] not in again.text
    other = await south.event("referral", event("ReferralReceived", RECEIVED, teamid=SOUTH))
    assert other.status_code == 201


async def test_a_team_that_is_not_the_callers_is_refused_wherever_it_is_named(north: Person) -> None:
    for answer in (
        await north.event("referral", event("ReferralReceived", RECEIVED, teamid=SOUTH)),
        await north.post("referral", "/cases", {**RECEIVED, "team_id": SOUTH}),
        await north.get("reporting", "/caseload", team=SOUTH),
        await north.get("reporting", "/cases", team=SOUTH),
        await north.get("reporting", f"/teams/{SOUTH}/events"),
        await north.post("intervention", f"/teams/{SOUTH}/capacity", {"week": "2025-03-03", "new_case_slots": 2}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-team"), answer.text


async def test_a_reference_of_another_team_means_nothing(north: Person, south: Person) -> None:
    reference = {"system": "records", "value": uuid4().hex}
    begun = event("ReferralReceived", {**RECEIVED, "case_reference": reference}, teamid=NORTH)
    assert (await north.event("referral", begun)).status_code == 201
    theirs = await south.event("referral", event("ReferralAccepted", {**ACCEPTED, "case_reference": reference}))
    reference["value"] = uuid4().hex
    unknown = await south.event("referral", event("ReferralAccepted", {**ACCEPTED, "case_reference": reference}))
    assert bare(theirs) == bare(unknown)


async def test_waiting_for_another_teams_write_tells_nothing(north: Person, south: Person) -> None:
    written = await north.event("referral", event("ReferralReceived", RECEIVED, teamid=NORTH))
    token = written.json()["wait_for"]
    answer = await south.get("referral", f"/cases/{uuid4()}", wait_for=token)
    assert (answer.status_code, answer.json()["code"]) == (503, "not-reached-yet")
    assert (await north.get("referral", f"/cases/{written.json()['case_id']}", wait_for=token)).status_code == 200
