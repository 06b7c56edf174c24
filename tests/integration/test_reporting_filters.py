"""Filters in real PostgreSQL: a number about some cases only, whichever metric it is."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from services.reporting.main import app
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.flow import flow
from services.reporting.metrics.scope import Filters, Scope
from services.reporting.metrics.waits import waits
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.histories import History, identity

NORTH = "team-north"
AT = date(2025, 12, 31)
FIRST, LAST = date(2025, 1, 1), AT
ANNA = identity("practitioner", "anna")


def family(case: str, **said: Any) -> History:
    """A family that is seen, led by Anna, and stepped up on 1 July 2025; what the referral says may differ."""
    history = History(case=case)
    data = {
        "received_on": "2025-03-31", "source": "GP", "priority": "3", "locality": "E07000223",
        "concerns": [{"code": "birth_trauma"}, {"code": "other"}],
        "subjects": [{"infant_id": history.baby(), "born_on": "2024-10-31"}],
        "caregivers": [{"caregiver_id": history.carer()}],
    }  # fmt: skip
    history.say("referral", "ReferralReceived", data | said)
    history.accepted("2025-04-07")
    history.say(
        "intervention", "ProgrammeAssigned",
        {"assigned_on": "2025-05-05", "tier": "TARGETED", "lead_practitioner_id": str(ANNA)},
    )  # fmt: skip
    history.held("2025-05-12", session="first")
    history.held("2025-05-19", session="second")
    history.tier("2025-07-01")
    return history


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    """One family as above, and one of which only the referral is known and everything else differs."""
    async with emptied(database) as opened:
        await deliver(opened.projection, family("a").documents)
        other = History(case="b")
        other.received("2025-03-31")
        await deliver(opened.projection, other.documents)
        yield opened


HITS: list[dict[str, Any]] = [
    {"source": "GP"},
    {"concern": "other"},
    {"priority": "3"},
    {"locality": "E07000223"},
    {"tier": "SPECIALIST"},
    {"practitioner": ANNA},
    {"age_band": "0-5"},
    {"source": "GP", "tier": "SPECIALIST", "practitioner": ANNA, "age_band": "0-5", "concern": "birth_trauma"},
]
MISSES: list[dict[str, Any]] = [
    {"source": "midwife"},
    {"concern": "substance_use"},
    {"priority": "1"},
    {"locality": "E07000224"},
    {"tier": "CONSULT"},
    {"practitioner": identity("practitioner", "ben")},
    {"age_band": "6-11"},
    {"source": "GP", "tier": "CONSULT"},
    {"source": "GP' OR 'a' = 'a"},
]


async def counted(record: Record, scope: Scope) -> tuple[int, int, int, int]:
    """Open referrals, received, ended first waits, and sessions: one number of each kind of question."""
    open_referrals = (await caseload(record.reader, scope)).open_referrals
    received = (await flow(record.reader, scope, first=FIRST, last=LAST)).new
    seen = (await waits(record.reader, scope, first=FIRST, last=LAST))["W2"].completed.n
    sessions, given = scope.contacts(after=0)
    held = await record.reader.fetchval(
        f"SELECT count(*) FROM ({sessions}) AS s WHERE day <= $1", scope.at, scope.team, *given
    )
    return open_referrals, received, seen, held


@pytest.mark.parametrize("known_at", [None, datetime(2025, 12, 1, tzinfo=UTC)])
@pytest.mark.parametrize("asked", HITS)
async def test_a_filter_leaves_the_cases_that_it_names(
    record: Record, asked: dict[str, Any], known_at: datetime | None
) -> None:
    assert await counted(record, Scope(at=AT, known_at=known_at, filters=Filters(**asked))) == (1, 1, 1, 2)


@pytest.mark.parametrize("asked", MISSES)
async def test_a_filter_that_no_case_meets_leaves_none(record: Record, asked: dict[str, Any]) -> None:
    assert await counted(record, Scope(at=AT, team=NORTH, filters=Filters(**asked))) == (0, 0, 0, 0)


async def test_without_filters_every_case_counts(record: Record) -> None:
    assert await counted(record, Scope(at=AT)) == (2, 2, 1, 2)


async def test_tier_and_practitioner_are_those_of_the_day(record: Record) -> None:
    for tier, day in [("TARGETED", date(2025, 6, 30)), ("SPECIALIST", date(2025, 7, 1))]:
        assert (await caseload(record.reader, Scope(at=day, filters=Filters(tier=tier)))).cases == 1
    before = Scope(at=date(2025, 5, 4), filters=Filters(practitioner=ANNA))
    assert (await caseload(record.reader, before)).open_referrals == 0


async def test_sessions_of_an_orphan_are_in_no_number(record: Record) -> None:
    orphan = History(case="c")
    orphan.held("2025-05-12")
    await deliver(record.projection, orphan.documents)
    assert (await counted(record, Scope(at=AT)))[3] == 2


@pytest.mark.parametrize(
    ("born", "due", "band"),
    [
        ("2025-03-31", None, "0-5"),
        ("2024-10-01", None, "0-5"),
        ("2024-09-30", None, "6-11"),
        ("2024-03-31", None, "12-23"),
        ("2023-03-31", None, "24-35"),
        ("2022-03-31", None, "36-plus"),
        ("2025-04-01", None, "antenatal"),
        (None, "2025-06-01", "antenatal"),
    ],
)
async def test_the_age_of_a_baby_at_referral(record: Record, born: str | None, due: str | None, band: str) -> None:
    history = History(case="d")
    subjects = [{"infant_id": history.baby(), "born_on": born, "edd": due}]
    history = family("d", subjects=subjects, source="midwife")
    await deliver(record.projection, history.documents)
    found = await caseload(record.reader, Scope(at=AT, filters=Filters(age_band=band, source="midwife")))
    assert found.open_referrals == 1


async def test_the_address_takes_filters_by_code_and_refuses_everything_else(
    record: Record, database: Settings
) -> None:
    application = app(database, True, {})
    lead = bearer(database, "lead", NORTH)
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as client:
            asked = {"team": NORTH, "at": "2025-12-31", "source": "GP", "tier": "SPECIALIST", "practitioner": str(ANNA)}
            for address in ("/caseload", "/tables/caseload"):
                assert (await client.get(address, params=asked, headers=lead)).status_code == 200
            found = (await client.get("/caseload", params=asked, headers=lead)).json()
            assert found["open_referrals"] == 1
            for name, value in [
                ("source", "GP' OR 1=1"), ("tier", "specialist"), ("priority", "urgent!"), ("locality", "leeds"),
                ("practitioner", "anna"), ("age_band", "0-9 years"), ("ward", "some-ward"),
            ]:  # fmt: skip
                refused = await client.get("/flow", params={name: value}, headers=lead)
                assert refused.status_code == 422, (name, refused.text)
                assert value not in refused.text
