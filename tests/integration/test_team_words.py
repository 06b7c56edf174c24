"""What a team says of itself is found by an index of its own, however long its stream of work is."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import pytest

from services.reporting.metrics.register import EVENTS
from services.reporting.metrics.scope import Scope
from services.reporting.team_record import said
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.team_histories import TeamHistory

ASKED = (*EVENTS, "TeamConfigured", "CapacityDeclared", "LocalityReachDeclared", "SupervisionPlanned")
"""Every name that a metric asks for."""


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


class Explained:
    """A connection that notes how its queries would be answered if nothing but indexes could be read."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn
        self.plans: list[str] = []

    async def fetch(self, query: str, *values: object) -> Any:
        await self._conn.execute("SET LOCAL enable_seqscan = off")
        self.plans.append("\n".join(row[0] for row in await self._conn.fetch(f"EXPLAIN {query}", *values)))
        return await self._conn.fetch(query, *values)


@pytest.mark.parametrize("name", ASKED)
async def test_the_index_holds_every_name_that_is_asked_for(record: Record, name: str) -> None:
    spy: Any = Explained(record.reader)
    await said(spy, Scope(at=date(2025, 6, 1), team="team-north"), name)
    assert "inbox_team_words" in spy.plans[0]


async def test_a_teams_streams_are_amended_each_by_itself(record: Record) -> None:
    """Both streams number their events from 1, and a void takes back an event of its own stream only."""
    team = TeamHistory()
    team.joined("2025-01-01")
    wrong = team.say("work", "CapacityDeclared", {"week": "2025-01-06", "new_case_slots": 3})
    team.say("work", "CapacityDeclared", {"week": "2025-01-13", "new_case_slots": 4})
    team.voided(wrong, category="team")
    team.voided(wrong, category="work")
    await deliver(record.projection, team.documents)
    found = await said(record.reader, Scope(at=date(2025, 6, 1)), *ASKED)
    assert [type(fact.event).__name__ for fact in found["team-north"]] == ["PractitionerJoined", "CapacityDeclared"]
