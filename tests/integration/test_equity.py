"""M10 and the teams side by side in real PostgreSQL, by hand; the oracle's part is in test_service_metrics_oracle."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.reporting.metrics.equity import NOBODY, OVERLAPPING, equity
from services.reporting.metrics.equity_tables import of_equity
from services.reporting.metrics.network import funnels, network
from services.reporting.metrics.network_tables import of_network
from services.reporting.metrics.scope import Filters, Scope
from services.reporting.statistics.funnel import Standing
from services.reporting.tables import HIDDEN, suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.histories import History

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


def family(case: str = "a", *carers: dict[str, Any], team: str = "team-north", **baby: Any) -> History:
    """Received on 3 March 2025, of these parents and carers."""
    history = History(case=case, team=team)
    history.say("referral", "ReferralReceived", {
        "received_on": "2025-03-03", "source": "GP",
        "subjects": [{"infant_id": history.baby()} | baby],
        "caregivers": [{"caregiver_id": history.carer(number)} | each for number, each in enumerate(carers, start=1)],
    })  # fmt: skip
    return history


def scored(history: History, first: str, last: str) -> None:
    """Seen twice and discharged; GAD-7 with a first and a last score."""
    history.accepted("2025-03-05")
    for day, total in (("2025-03-10", first), ("2025-06-02", last)):
        history.held(day)
        history.measured(day, "GAD-7", total)
    history.discharged("2025-06-30")


async def tell(record: Record, *histories: History) -> None:
    for history in histories:
        await deliver(record.projection, history.documents)


async def test_a_family_counts_under_every_role_and_group_it_has(record: Record) -> None:
    both = family("a", {"role": "mother"}, {"role": "father"}, ethnic_group="asian", deprivation_decile=2)
    alone = family("b", {"role": "father", "interpreter_language": "pl", "ethnic_group": "white"})
    await tell(record, both, alone, family("c"))
    found = await equity(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    received = {name: {code: group.received for code, group in groups.items()} for name, groups in found.items()}
    assert received["caregiver_role"] == {"father": 2, "mother": 1, "unknown": 1}
    assert received["ethnicity"] == {"asian": 1, "white": 1, "unknown": 1}
    assert received["deprivation"] == {"2": 1, "unknown": 2}
    assert received["interpreter"] == {"no": 2, "yes": 1}
    assert received["all"] == {"all": 3}


async def test_deciles_stand_in_the_order_of_numbers(record: Record) -> None:
    await tell(record, *(family(str(decile), deprivation_decile=decile) for decile in (10, 2, 1)), family("none"))
    found = await equity(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert [*found["deprivation"]] == ["1", "2", "10", "unknown"]


async def test_who_is_turned_away_and_who_is_helped_is_told_by_group(record: Record) -> None:
    helped, worse, turned_away = (family(name, {"role": "father"}) for name in "abc")
    scored(helped, "15", "5")
    scored(worse, "5", "15")
    turned_away.declined("2025-03-10")
    await tell(record, helped, worse, turned_away)
    fathers = (await equity(record.reader, Scope(at=LAST), first=FIRST, last=LAST))["caregiver_role"]["father"]
    assert (fathers.received, fathers.declined, fathers.declined_share) == (3, 1, Decimal("0.3333"))
    assert (fathers.w1_n, fathers.w1_median, fathers.w2_n, fathers.w2_median) == (3, Decimal("2.0"), 2, Decimal("7.0"))
    assert (fathers.eligible, fathers.measured, fathers.improved, fathers.deteriorated) == (2, 2, 1, 1)
    assert fathers.improved_share == Decimal("0.5")


async def test_outcomes_are_those_of_the_scores_and_not_what_the_discharge_said(record: Record) -> None:
    history = family("a", {"role": "mother"})
    scored(history, "15", "5")
    voided = [document for document in history.documents if document.type == "dyad.MeasureRecorded.v1"][-1]
    history.voided("assessment", voided.event_id)
    await tell(record, history)
    found = await equity(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert (found["all"]["all"].eligible, found["all"]["all"].measured) == (1, 0)
    [team] = await network(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert (team.ended, team.measured, team.coverage) == (1, 0, Decimal(0))


async def test_filters_choose_the_families_that_are_compared(record: Record) -> None:
    await tell(record, family("a", {"role": "father"}))
    scope = Scope(at=LAST, filters=Filters(source="self"))
    assert (await equity(record.reader, scope, first=FIRST, last=LAST))["all"]["all"] == NOBODY


async def test_groups_add_up_where_a_family_has_one_and_few_are_hidden(record: Record) -> None:
    await tell(record, *(family(f"{number}", {"role": "mother"}, deprivation_decile=3) for number in range(9)))
    await tell(record, family("one", {"role": "mother"}))
    for table in of_equity(await equity(record.reader, Scope(at=LAST), first=FIRST, last=LAST)):
        assert table.total == (table.name not in OVERLAPPING)
        published = suppressed(table)
        if table.name == "deprivation":
            assert table.column("received") == (9, 1, 10)
            assert published.column("received") == (HIDDEN, HIDDEN, 10)


async def test_teams_stand_side_by_side_with_the_limits_of_chance(record: Record) -> None:
    for team, missed in (("team-north", 6), ("team-south", 1), ("team-west", 1)):
        histories = []
        for number in range(8):
            history = family(f"{team}-{number}", team=team)
            history.accepted("2025-03-05")
            history.held("2025-03-10")
            if number < missed:
                history.missed("2025-03-17", session="missed")
            histories.append(history)
        await tell(record, *histories)
    found = await network(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert [(each.team, each.families, each.not_attended, each.booked) for each in found] == [
        ("team-north", 8, 6, 14), ("team-south", 8, 1, 9), ("team-west", 8, 1, 9),
    ]  # fmt: skip
    rates = funnels(found)["dna_rate"]
    assert rates.mean == pytest.approx(8 / 32)
    assert {each.team: each.standing for each in rates.teams}["team-south"] is Standing.WITHIN
    [table] = of_network(found)
    assert [row[table.index("dna_rate")] for row in suppressed(table).rows] == [Decimal("0.43"), HIDDEN, HIDDEN]


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    for ask in (equity, network):
        with pytest.raises(ValueError, match="period"):
            await ask(record.reader, Scope(at=FIRST), first=FIRST, last=LAST)
