"""Months on a page: what is hidden is neither drawn nor in a limit, and a target brings assurance."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from services.reporting.metrics.catalogue import METRICS
from services.reporting.metrics.series import Month, Series
from services.reporting.metrics.series_tables import of_series
from services.reporting.pages.figures import Measured
from services.reporting.pages.monthly import charts, tiles
from services.reporting.tables import suppressed
from shared.kernel.civil import birthday_months


def month(number: int, referrals: int, median: int) -> Month:
    return Month(
        first=birthday_months(date(2024, 1, 1), number),
        referrals=referrals,
        accepted=referrals,
        w2_n=referrals,
        w2_median=None if referrals == 0 else Decimal(median),
        w5_n=0,
        w5_median=None,
        attended=0,
        not_attended=0,
        caseload=0,
        discharges=0,
    )


def found(referrals: Sequence[int], *, raw: bool = True) -> Measured:
    answer = Series(months=tuple(month(at, each, 20 + at % 3) for at, each in enumerate(referrals)))
    tables = [each if raw else suppressed(each) for each in of_series(answer)]
    return Measured(metric=METRICS["series"], answer=answer, tables={each.name: each for each in tables}, raw=raw)


def test_a_series_is_drawn_with_its_months_as_a_table() -> None:
    [figure] = charts(found([8, 9] * 12), ["referrals"])
    assert "<svg" in figure.chart
    assert figure.finding.startswith("December 2025: 9, mean 8.5")
    assert len(figure.table.rows) == 24


def test_outside_the_team_a_chart_begins_after_the_last_hidden_month() -> None:
    [figure] = charts(found([1, 2, *[20, 25] * 7], raw=False), ["referrals"])
    assert "<svg" in figure.chart
    assert figure.finding.endswith("Drawn from the month after the last one that is hidden.")
    assert "Mar<" in figure.chart
    assert "Jan<" not in figure.chart.partition("2025")[0], "the first months are on no axis"
    assert [row[1] for row in figure.table.rows[:3]] == ["*", "*", 20]


@pytest.mark.parametrize("referrals", [[20] * 23 + [1], [20] * 5 + [1] + [20] * 11, [0] * 24])
def test_outside_the_team_too_few_months_after_a_hidden_one_are_no_chart(referrals: list[int]) -> None:
    months = found(referrals, raw=False)
    [figure] = charts(months, ["referrals"])
    assert figure.chart == ""
    assert "no chart is drawn" in figure.finding
    assert tiles(months, ["referrals"]) == []


def test_a_tile_tells_the_latest_month_with_its_variation() -> None:
    [tile] = tiles(found([8, 9] * 12), ["referrals"])
    assert (tile.latest, tile.month) == ("9", "December 2025")
    assert "<svg" in tile.variation
    assert tile.assurance == "", "without a target there is nothing to assure"


def test_a_tile_with_a_target_tells_whether_it_is_met() -> None:
    [tile] = tiles(found([8] * 24), ["w2"], {"w2": 60.0})
    assert "<svg" in tile.assurance
    [chart] = charts(found([8] * 24), ["w2"], {"w2": 60.0})
    assert "Target 60" in chart.chart
