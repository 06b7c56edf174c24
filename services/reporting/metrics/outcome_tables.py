"""M9 as tables. Pure."""

from services.reporting.measures import ORDINAL
from services.reporting.metrics.outcomes import BANDS, MeasureOutcome, Outcomes
from services.reporting.metrics.percentiles import share_of
from services.reporting.tables import Balance, Column, Kind, Table
from services.reporting.words import worded

_JUDGED = ("improved", "no_change", "deteriorated", "not_judged")
_NAMED = (Column("measure", "Measure", Kind.TEXT), Column("subject", "About", Kind.TEXT))
_PAIRS = Column("pairs", "Pairs", Kind.COUNT)


def of_outcomes(found: Outcomes) -> tuple[Table, ...]:
    """Coverage, outcomes of cases in both readings, reliable change by measure, and levels of ordinal measures."""
    return (_coverage(found), _bands(found), _measures(found), _scores(found), _levels(found))


def _coverage(found: Outcomes) -> Table:
    columns = (
        Column("discharged", "Discharged", Kind.COUNT),
        Column("eligible", "Of these, seen on two days or more", Kind.COUNT),
        Column("paired", "Of these, with a change that can be judged", Kind.COUNT),
        Column("coverage", "Coverage", Kind.SHARE, of="paired", out_of="eligible"),
        Column("thresholds", "Version of the thresholds", Kind.TEXT),
    )
    row = (found.discharged, found.eligible, found.paired, found.coverage, found.thresholds_version)
    return Table("coverage", "How many outcomes are known", columns, (row,))


def _bands(found: Outcomes) -> Table:
    """The two readings are tables' columns of their own: a family with both better and worse differs between them."""
    rows = tuple(
        (
            worded(band),
            found.bands[band],
            share_of(found.bands[band], found.eligible),
            found.national_bands.get(band),
        )
        for band in BANDS
    )
    columns = (
        Column("outcome", "Outcome", Kind.TEXT),
        Column("cases", "Cases", Kind.COUNT),
        Column("share", "Share of cases", Kind.SHARE, of="cases"),
        Column("national", "Cases as NHS England reads them", Kind.COUNT),
    )
    whole = share_of(found.eligible, found.eligible)
    total = ("All", found.eligible, whole, sum(found.national_bands.values()))
    return Table("outcomes", "Outcome of the work, by case", columns, (*rows, total), total=True)


def _measures(found: Outcomes) -> Table:
    columns = (*_NAMED, _PAIRS, *(Column(name, worded(name), Kind.COUNT) for name in _JUDGED))
    rows = tuple(
        (measure, worded(subject.lower()), each.pairs, *(getattr(each, name) for name in _JUDGED))
        for (measure, subject), each in found.by_measure.items()
    )
    return Table("measures", "Reliable change, by measure", columns, rows, balances=(Balance(_JUDGED, ("pairs",)),))


def _scores(found: Outcomes) -> Table:
    columns = (
        *_NAMED,
        _PAIRS,
        Column("first", "Mean of first scores, points", Kind.NUMBER, of="pairs"),
        Column("last", "Mean of last scores, points", Kind.NUMBER, of="pairs"),
    )
    rows = tuple(
        (measure, worded(subject.lower()), each.pairs, each.mean_first, each.mean_last)
        for (measure, subject), each in found.by_measure.items()
        if measure not in ORDINAL
    )
    return Table("scores", "First and last scores", columns, rows)


def _levels(found: Outcomes) -> Table:
    moved = {"better": "Better level", "same": "Same level", "worse": "Worse level"}
    columns = (*_NAMED, _PAIRS, *(Column(name, title, Kind.COUNT) for name, title in moved.items()))
    rows = tuple(
        (measure, worded(subject.lower()), each.pairs, *_moved(each))
        for (measure, subject), each in found.by_measure.items()
        if measure in ORDINAL
    )
    return Table(
        "levels", "Measures of levels, never averaged", columns, rows, balances=(Balance(tuple(moved), ("pairs",)),)
    )


def _moved(found: MeasureOutcome) -> tuple[int, int, int]:
    return found.better, found.same, found.worse
