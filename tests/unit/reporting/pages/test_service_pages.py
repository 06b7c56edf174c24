"""What the pages of the service make of a metric's tables before they draw them: pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.reporting.charts.funnel_plot import finding
from services.reporting.metrics.data_quality import REASONS
from services.reporting.metrics.equity import DIMENSIONS, NOBODY
from services.reporting.metrics.equity_tables import of_equity
from services.reporting.metrics.network import TeamNumbers, funnels
from services.reporting.metrics.network_tables import of_network
from services.reporting.pages import equity
from services.reporting.pages.data_quality import PAGE, WHAT_TO_DO
from services.reporting.pages.health import is_behind, reach_table
from services.reporting.pages.network import published
from services.reporting.pages.outcomes import one_name
from services.reporting.pages.trouble import KINDS, parked_table
from services.reporting.tables import Balance, Column, Kind, Table, suppressed
from shared.settings import STORES

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
SHARE = ("team", "w2_in_time", "w2_n", "w2_share")


def team(code: str, in_time: int, whole: int) -> TeamNumbers:
    return TeamNumbers(team=code, w2_n=whole, w2_median=Decimal(20), w2_in_time=in_time)


def shares(*teams: TeamNumbers) -> Table:
    [whole] = map(suppressed, of_network(teams))
    places = [whole.index(name) for name in SHARE]
    rows = tuple(tuple(row[place] for place in places) for row in whole.rows)
    return Table("w2", "In time", tuple(whole.columns[place] for place in places), rows, published=True)


def test_the_funnel_is_drawn_from_rounded_numbers_of_the_teams_that_are_shown() -> None:
    teams = (team("east", 41, 82), team("north", 3, 60), team("south", 22, 43), team("west", 0, 0))
    drawn = published(shares(*teams), funnels(teams)["w2_share"])
    assert [(each.team, each.part, each.whole) for each in drawn.teams] == [("east", 40, 80), ("south", 20, 45)]
    assert [each.share for each in drawn.teams] == [0.5, 0.51]
    assert drawn.mean == pytest.approx((80 * 0.5 + 45 * 0.51) / 125), "no number of a hidden team is in it"


def test_the_mean_of_the_drawing_lies_among_its_points() -> None:
    teams = (team("east", 12, 13), team("north", 20, 20), team("south", 19, 20))
    drawn = published(shares(*teams), funnels(teams)["w2_share"])
    assert drawn.mean is not None
    assert min(each.share or 0 for each in drawn.teams) < drawn.mean < 1


def test_whether_a_team_differs_is_said_by_its_exact_numbers() -> None:
    teams = (*(team(f"team-{number}", 50, 100) for number in range(8)), team("low", 20, 100))
    exact = funnels(teams)["w2_share"]
    drawn = published(shares(*teams), exact)
    assert {each.team: each.standing for each in drawn.teams} == {each.team: each.standing for each in exact.teams}
    assert "1 of 9 teams lies beyond" in finding(drawn, own="low")


def test_nothing_is_drawn_where_every_team_is_hidden() -> None:
    teams = (team("east", 1, 3), team("west", 2, 4))
    drawn = published(shares(*teams), funnels(teams)["w2_share"])
    assert (drawn.mean, drawn.teams) == (None, ())


def test_a_measure_about_two_kinds_of_people_has_two_names() -> None:
    names = (Column("measure", "Measure", Kind.TEXT), Column("subject", "About", Kind.TEXT))
    counts = (Column("better", "Better", Kind.COUNT), Column("pairs", "Pairs", Kind.COUNT))
    rows = (("GBO", "Caregiver", 3, 3), ("GBO", "Infant", 1, 1))
    table = Table("levels", "Levels", (*names, *counts), rows, balances=(Balance(("better",), ("pairs",)),))
    joined = one_name(table)
    assert joined.column("measure") == ("GBO (caregiver)", "GBO (infant)")
    assert joined.column("pairs") == (3, 1)


def test_a_store_is_behind_after_a_minute_without_news() -> None:
    reach = dict.fromkeys(STORES, NOW - timedelta(seconds=20))
    assert not is_behind(reach, NOW)
    reach["referral"] = NOW - timedelta(days=1, seconds=1)
    assert is_behind(reach, NOW)
    table = reach_table(reach, NOW)
    assert dict(zip(table.column("store"), table.column("lag"), strict=True)) == {
        "Referral": 86_401,
        "Assessment": 20,
        "Intervention": 20,
    }
    assert table.column("state") == ("Behind", "Up to date", "Up to date")


def test_a_store_that_has_announced_nothing_is_behind_by_nobody_knows_how_much() -> None:
    reach = dict.fromkeys(STORES[1:], NOW)
    assert is_behind(reach, NOW)
    assert reach_table(reach, NOW).rows[0][1:] == ("not announced yet", None, "Not known yet")


def test_an_announcement_of_a_moment_ahead_is_not_behind_by_less_than_nothing() -> None:
    reach = dict.fromkeys(STORES, NOW + timedelta(seconds=1))
    assert set(reach_table(reach, NOW).column("lag")) == {0}


def test_every_reason_says_what_to_do_and_can_be_listed() -> None:
    assert set(WHAT_TO_DO) == set(REASONS)
    [field] = [field for field in PAGE.fields if field.name == "reason"]
    assert {code for code, _ in field.choices} == {"", *REASONS}


def test_every_kind_of_parked_event_is_in_the_table() -> None:
    table = parked_table({"poison": 2})
    assert table.column("events") == (2, 0, 0, 0, 0)
    assert len(table.rows) == len(KINDS)


def test_every_number_of_equity_is_shown_with_the_counts_that_it_rests_on() -> None:
    found = {name: {"1": NOBODY, "unknown": NOBODY} for name in DIMENSIONS if name != "all"} | {"all": {"all": NOBODY}}
    [field] = [field for field in equity.PAGE.fields if field.name == "number"]
    assert len(field.choices) > 5
    for table in of_equity(found):
        for number, _ in field.choices:
            shown = equity.one_number(table, number or "received")
            assert shown.columns[-1].name == (number or "received")
            assert set(shown.columns[-1].rests_on) <= {column.name for column in shown.columns}
            assert [row[0] for row in shown.rows[:2]] == [
                "Decile 1" if table.name == "deprivation" else "1",
                "Not known",
            ]
