"""Who waits, asked of the views: what is owed, sessions since the last one, each team's own targets, as known then."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta

import pytest

from services.reporting.metrics.scope import Scope
from services.reporting.targets import Target
from services.reporting.wait_alerts import Rule
from services.reporting.waiting import wait_alerts, waits
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.histories import START, History
from tests.unit.reporting.team_histories import TeamHistory

DAY = date(2025, 6, 30)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


def under_way(case: str = "a") -> History:
    """Treated since the middle of May, and acknowledged by nobody."""
    history = History(case)
    history.received("2025-03-10")
    history.accepted("2025-03-20")
    history.opened("2025-03-20")
    history.started("2025-04-01")
    history.completed("2025-04-20")
    history.programme("2025-05-01")
    history.held("2025-05-19", session=1)
    return history


async def told(record: Record, at: date = DAY, known_at: datetime | None = None) -> list[tuple[Rule, str, date]]:
    found = await wait_alerts(record.reader, Scope(at=at, team="team-north", known_at=known_at))
    return [(each.rule, each.target, each.due_on) for each in found if each.target != Target.ACKNOWLEDGE]


async def test_silence_is_counted_from_the_last_session_in_the_views(record: Record) -> None:
    history = under_way()
    await deliver(record.projection, history.documents)
    assert await told(record) == [(Rule.NO_SESSION, "silence", date(2025, 6, 16))]
    history.held("2025-06-05", session=2)
    await deliver(record.projection, history.documents)
    assert await told(record) == [(Rule.WILL_BREACH, "silence", date(2025, 7, 3))]


async def test_not_brought_counts_since_the_last_session_and_cancellations_do_not(record: Record) -> None:
    history = under_way()
    history.missed("2025-05-12", session=2)
    history.missed("2025-05-19", session=3)
    history.missed("2025-05-26", attend="2", session=4)
    await deliver(record.projection, history.documents)
    assert [rule for rule, _, _ in await told(record, date(2025, 5, 30))] == []
    history.missed("2025-06-02", attend="7", session=5)
    await deliver(record.projection, history.documents)
    assert await told(record, date(2025, 6, 3)) == [(Rule.NOT_BROUGHT, "", date(2025, 6, 2))]
    history.held("2025-06-10", session=6)
    await deliver(record.projection, history.documents)
    assert await told(record, date(2025, 6, 11)) == []


async def test_a_closed_case_waits_for_nothing(record: Record) -> None:
    history = under_way()
    history.missed("2025-06-02", session=2)
    history.missed("2025-06-09", session=3)
    history.discharged("2025-06-20", "family_withdrew")
    await deliver(record.projection, history.documents)
    assert await told(record) == []


async def test_each_case_is_held_against_its_own_teams_targets(record: Record) -> None:
    history = History("n")
    history.received("2025-06-20")
    await deliver(record.projection, history.documents)
    assert await told(record) == [(Rule.WILL_BREACH, "decide", date(2025, 7, 4))]
    team = TeamHistory(team="team-north")
    settings = {"config_version": "v1", "effective_on": "2025-06-01", "targets": {"decide_days": 5}}
    team.say("team", "TeamConfigured", settings)
    await deliver(record.projection, team.documents)
    assert await told(record) == [(Rule.BREACHED, "decide", date(2025, 6, 25))]


async def test_what_was_known_then_is_told_again(record: Record) -> None:
    history = under_way()
    known_at = history.clock
    history.held("2025-06-05", session=2, at=known_at + timedelta(days=1))
    await deliver(record.projection, history.documents)
    assert await told(record, known_at=known_at) == [(Rule.NO_SESSION, "silence", date(2025, 6, 16))]
    assert await told(record, known_at=START - timedelta(days=1)) == []


async def test_a_team_and_some_cases_alone_may_be_asked_for(record: Record) -> None:
    ours, theirs = under_way("a"), under_way("b")
    theirs.team = "team-south"
    await deliver(record.projection, [*ours.documents, *theirs.documents])
    every = await waits(record.reader, Scope(at=DAY))
    assert {each.case_id for each in every} == {ours.case_id, theirs.case_id}
    assert [each.case_id for each in await waits(record.reader, Scope(at=DAY), [theirs.case_id])] == [theirs.case_id]
    assert await waits(record.reader, Scope(at=DAY), []) == []
