"""M17 in real PostgreSQL: by hand, and against the oracle on records told late."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from services.reporting.metrics.reach import Reach, reach
from services.reporting.metrics.reach_tables import of_reach
from services.reporting.metrics.scope import Filters, Scope
from services.reporting.tables import HIDDEN, suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import Question, hold, questions, told
from tests.integration.oracle_kit import Answer, different
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle import reach as oracle
from tests.unit.reporting.histories import History
from tests.unit.reporting.team_histories import TeamHistory

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
TENDRING, COLCHESTER = "E07000076", "E07000071"


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


def births(team: TeamHistory, number: int, *, locality: str = TENDRING, year: int = 2025) -> None:
    data = {"locality": locality, "year": year, "births": number}
    team.say("work", "LocalityReachDeclared", data)


def referred(case: str, source: str, *, seen: bool = True) -> History:
    history = History(case=case)
    history.say("referral", "ReferralReceived", {"received_on": "2025-03-03", "source": source, "locality": TENDRING})
    history.accepted("2025-03-05")
    if seen:
        history.held("2025-03-10")
    return history


async def answer(record: Record, scope: Scope | None = None) -> Reach:
    return await reach(record.reader, scope or Scope(at=LAST), first=FIRST, last=LAST)


async def test_families_trainees_and_consultations_are_held_against_births(record: Record) -> None:
    team = TeamHistory()
    births(team, 1200)
    births(team, 800, locality=COLCHESTER)
    for minutes, kind, people in ((120, "training", 30), (60, "consultation", 2), (60, "consultation", 1)):
        number = len(team.documents)
        team.say("work", "SystemActivityRecorded", {
            "activity_id": str(History(case=f"work-{number}").case_id), "kind": kind, "on": "2025-05-05",
            "minutes": minutes, "audience_count": people,
        })  # fmt: skip
    for told_of in (team, referred("a", "GP"), referred("b", "GP"), referred("c", "self", seen=False)):
        await deliver(record.projection, told_of.documents)
    found = await answer(record)
    assert (found.families, found.trained, found.consultations, found.births_a_year) == (2, 30, 2, 2000)
    assert [found.per_1000_births(number) for number in (2, 30)] == [Decimal("1.0"), Decimal("15.0")]
    assert (found.active_sources, found.largest, found.largest_share) == (2, 2, Decimal("0.6667"))
    in_one_place = await answer(record, Scope(at=LAST, filters=Filters(locality=COLCHESTER)))
    assert (in_one_place.families, in_one_place.births_a_year) == (0, 800)


async def test_a_year_that_is_not_declared_takes_the_latest_before_it_and_never_a_later_one(record: Record) -> None:
    team = TeamHistory()
    births(team, 900, year=2023)
    births(team, 950, year=2024)
    births(team, 990, year=2026)
    await deliver(record.projection, team.documents)
    assert (await answer(record)).births == {TENDRING: (2024, 950)}


async def test_a_locality_of_two_teams_counts_once(record: Record) -> None:
    north, south = TeamHistory(), TeamHistory(team="team-south")
    births(north, 1000)
    births(south, 1010)
    for team in (north, south):
        await deliver(record.projection, team.documents)
    assert (await answer(record)).births_a_year == 1010
    assert (await answer(record, Scope(at=LAST, team="team-north"))).births_a_year == 1000


async def test_births_count_as_they_were_declared_by_then(record: Record) -> None:
    team = TeamHistory()
    births(team, 1000)
    before = team.clock
    births(team, 1200)
    await deliver(record.projection, team.documents)
    assert (await answer(record, Scope(at=LAST, known_at=before))).births_a_year == 1000
    assert (await answer(record)).births_a_year == 1200
    assert (await answer(record, Scope(at=LAST, known_at=datetime(2025, 1, 1, tzinfo=UTC)))).births_a_year is None


async def test_without_births_there_is_no_rate_and_few_families_are_hidden_with_theirs(record: Record) -> None:
    await deliver(record.projection, referred("a", "GP").documents)
    families = of_reach(await answer(record))[0].rows[0]
    assert families == ("Families seen", 1, None)
    team = TeamHistory()
    births(team, 1000)
    await deliver(record.projection, team.documents)
    assert suppressed(of_reach(await answer(record))[0]).rows[0] == ("Families seen", HIDDEN, HIDDEN)


def test_a_published_rate_is_that_of_the_published_number() -> None:
    found = Reach(families=47, trained=0, consultations=0, births={TENDRING: (2025, 1200)}, sources={})
    table = of_reach(found)[0]
    assert table.rows[0][1:] == (47, Decimal("39.2"))
    assert suppressed(table).rows[0][1:] == (45, Decimal("37.5"))


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    with pytest.raises(ValueError, match="period"):
        await reach(record.reader, Scope(at=FIRST), first=FIRST, last=LAST)


@pytest.mark.parametrize("seed", range(4))
async def test_sql_agrees_with_the_oracle(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 6)
    await hold(record, histories)
    for question in questions(random, histories):
        assert different(await answered(record, question), worked_out(question)) == {}, question.scope


async def answered(record: Record, question: Question) -> Answer:
    """M17 in the oracle's words."""
    found = await reach(record.reader, question.scope, first=question.first, last=question.last)
    return {
        "births": found.births_a_year, "families": found.families, "professionals_trained": found.trained,
        "consultations": found.consultations, "per 1000": found.per_1000_births(found.families),
        "active": found.active_sources, "share": found.largest_share,
    }  # fmt: skip


def worked_out(question: Question) -> Answer:
    """M17 by the oracle; its fractions to the decimals of the product."""
    found = oracle.reach(*question.asked, locality=question.scope.filters.locality)
    spread = oracle.source_spread(*question.asked)
    rate, share = found["families_per_1000_births"], spread["largest_share"]
    names = ("births", "families", "professionals_trained", "consultations")
    return {name: found[name] for name in names} | {
        "per 1000": None if rate is None else Decimal(int(rate * 10 + Fraction(1, 2))) / 10,  # half up
        "active": spread["active"], "share": None if share is None else Decimal(round(share * 10_000)) / 10_000,
    }  # fmt: skip
