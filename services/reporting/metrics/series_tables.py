"""M11 as tables: the months, and what the XmR rules say of each series. Pure."""

from decimal import Decimal

from services.reporting.metrics.series import LINES, Series
from services.reporting.statistics.xmr import Variation
from services.reporting.tables import Cell, Column, Kind, Table

VARIATIONS = {
    Variation.COMMON_CAUSE: "Usual variation",
    Variation.IMPROVEMENT: "Improvement",
    Variation.CONCERN: "Concern",
    Variation.NEUTRAL_HIGH: "Unusually high",
    Variation.NEUTRAL_LOW: "Unusually low",
}

_MONTHS = (
    Column("month", "Month from", Kind.DATE),
    Column("referrals", "Referrals", Kind.COUNT),
    Column("accepted", "Accepted", Kind.COUNT),
    Column("w2_n", "First contacts", Kind.COUNT),
    Column("w2_median", "Median W2, days", Kind.DAYS, of="w2_n"),
    Column("w5_n", "First programme sessions", Kind.COUNT),
    Column("w5_median", "Median W5, days", Kind.DAYS, of="w5_n"),
    Column("not_attended", "Sessions not attended", Kind.COUNT),
    Column("booked", "Sessions attended or not", Kind.COUNT),
    Column("dna_rate", "DNA rate", Kind.SHARE, of="not_attended", out_of="booked"),
    Column("caseload", "Caseload at the end", Kind.COUNT),
    Column("discharges", "Discharges", Kind.COUNT),
)

_LIMITS = (
    Column("series", "Series", Kind.TEXT),
    Column("title", "What it is", Kind.TEXT),
    Column("least", "Smallest month's count", Kind.COUNT),
    Column("months", "Months with a value", Kind.NUMBER),
    Column("from", "Limits from", Kind.DATE),
    Column("mean", "Mean", Kind.NUMBER, of="least"),
    Column("lower", "Lower limit", Kind.NUMBER, of="least"),
    Column("upper", "Upper limit", Kind.NUMBER, of="least"),
    Column("variation", "Latest month", Kind.TEXT, of="least"),
    Column("limits", "Limits", Kind.TEXT),
)


def of_series(found: Series) -> tuple[Table, ...]:
    """One row a month, and one a series with the limits that stand now: the smallest of their months hides them."""
    months = tuple(tuple(getattr(month, column.name) for column in _MONTHS[1:]) for month in found.months)
    return (
        Table(
            "months",
            "Month by month",
            _MONTHS,
            tuple((month.first, *cells) for month, cells in zip(found.months, months, strict=True)),
        ),
        Table("limits", "Limits of each series (XmR)", _LIMITS, tuple(_limits(found, name) for name in LINES)),
    )


def _limits(found: Series, name: str) -> tuple[Cell, ...]:
    line, chart = LINES[name], found.chart(name)
    segment = chart.segments[-1]
    months = found.months[segment.first :]
    return (
        name,
        line.title,
        min(getattr(month, line.rests_on) for month in months),
        segment.n,
        months[0].first,
        _rounded(segment.mean),
        _rounded(segment.lower),
        _rounded(segment.upper),
        None if chart.variation is None else VARIATIONS[chart.variation],
        "trial, fewer than 12 months" if chart.trial else "from 12 months or more",
    )


def _rounded(value: float | None) -> Decimal | None:
    """Three decimals: a figure of a chart, not of a count."""
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.001"))
