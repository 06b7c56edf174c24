"""Bands of waits and waiting curves as tables. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from services.reporting.metrics.waiting_curve import BANDS, Banded, WaitingCurve
from services.reporting.statistics.kaplan_meier import MILESTONES, Curve
from services.reporting.tables import Balance, Cell, Column, Kind, Table

BAND_TITLES: Mapping[str, str] = {
    "0-6": "0 to 6 days", "7-13": "7 to 13 days", "14-27": "14 to 27 days", "28-84": "28 to 84 days",
    "85-plus": "More than 84 days",
}  # fmt: skip
_BAND_COLUMNS = (
    Column("wait", "Wait", Kind.TEXT),
    Column("title", "From and to", Kind.TEXT),
    Column("n", "Cases", Kind.COUNT),
    *(Column(band, BAND_TITLES[band], Kind.COUNT) for band in BANDS),
)


def of_wait_bands(found: Mapping[str, Banded]) -> tuple[Table, ...]:
    """Completed and still waiting in tables of their own: they are never mixed."""
    balance = (Balance(tuple(BANDS), ("n",)),)
    completed = tuple(_band_row(name, each.title, each.completed) for name, each in found.items())
    incomplete = tuple(_band_row(name, each.title, each.incomplete) for name, each in found.items())
    return (
        Table("completed", "Waits that ended in the period, by days", _BAND_COLUMNS, completed, balances=balance),
        Table("incomplete", "Still waiting at the date, by days", _BAND_COLUMNS, incomplete, balances=balance),
    )


def _band_row(name: str, title: str, found: Mapping[str, int]) -> tuple[Cell, ...]:
    return (name, title, sum(found.values()), *(found[band] for band in BANDS))


def of_waiting_curve(found: Mapping[str, WaitingCurve]) -> tuple[Table, ...]:
    """The median, and the share that has started by four, twelve and eighteen weeks, with 95 % confidence limits."""
    columns = (
        Column("wait", "Wait", Kind.TEXT),
        Column("title", "From and to", Kind.TEXT),
        Column("n", "Waits that began in the period", Kind.COUNT),
        Column("started", "Started", Kind.COUNT),
        Column("not_started", "Still waiting, or closed without a start", Kind.COUNT),
        Column("median", "Median, days", Kind.DAYS, of="started"),
        Column("median_lower", "Median, lower limit, days", Kind.DAYS, of="started"),
        Column("median_upper", "Median, upper limit, days", Kind.DAYS, of="started"),
        *(column for day in MILESTONES for column in _by_day(day)),
    )
    rows = tuple(_curve_row(name, each) for name, each in found.items())
    return (
        Table(
            "curve",
            "Waits that began in the period, those not over included",
            columns,
            rows,
            balances=(Balance(("started", "not_started"), ("n",)),),
        ),
    )


def _by_day(day: int) -> tuple[Column, ...]:
    number = f"started_by_{day}"
    return (
        Column(number, f"Cases seen to start by day {day}", Kind.COUNT),
        Column(f"share_{day}", f"Started by day {day}, estimate", Kind.SHARE, of=number),
        Column(f"lower_{day}", f"Started by day {day}, lower limit", Kind.SHARE, of=number),
        Column(f"upper_{day}", f"Started by day {day}, upper limit", Kind.SHARE, of=number),
    )


def _curve_row(name: str, found: WaitingCurve) -> tuple[Cell, ...]:
    of = found.curve
    return (
        name,
        found.title,
        of.n,
        of.events,
        of.n - of.events,
        of.median,
        of.median_lower,
        of.median_upper,
        *(cell for day in MILESTONES for cell in _started_by(of, day)),
    )


def _started_by(found: Curve, day: int) -> tuple[Cell, ...]:
    number = sum(step.events for step in found.steps if step.day <= day)
    share = found.share_started(day)
    if share is None:
        return number, None, None, None
    return number, _decimal(share.share), _decimal(share.lower), _decimal(share.upper)


def _decimal(share: float) -> Decimal:
    """Four decimals, as every share."""
    return Decimal(share).quantize(Decimal("0.0001"))
