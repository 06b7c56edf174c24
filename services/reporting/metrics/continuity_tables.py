"""M16 as tables. Pure."""

from services.reporting.metrics.continuity import Continuity, Kind
from services.reporting.tables import Cell, Column, Table
from services.reporting.tables import Kind as Cells
from services.reporting.words import worded

_MANY = 3
"""So many and more changes of one case stand in one row."""


def of_continuity(found: Continuity) -> tuple[Table, ...]:
    """How many families were disturbed, why leads changed and how often, and how long the gaps were."""
    return (_families(found), _reasons(found), _numbers(found), _gaps(found))


def _families(found: Continuity) -> Table:
    titles = {
        Kind.LEAD: "Another practitioner leads",
        Kind.GAP: "A gap since a practitioner was away",
        Kind.GOING_ON: "Such a gap, not over yet",
        Kind.MOVE: "A baby went to live with others",
    }
    return Table(
        "families",
        "Families by what disturbed the work; one family may stand in several rows",
        (Column("what", "What happened", Cells.TEXT), Column("cases", "Cases", Cells.COUNT)),
        (
            ("Families seen in the period", found.families),
            *((title, found.cases(kind)) for kind, title in titles.items()),
        ),
    )


def _reasons(found: Continuity) -> Table:
    rows = tuple(
        ("With another programme" if reason == "assigned" else worded(reason), number)
        for reason, number in found.lead_reasons.items()
    )
    return Table(
        "lead_changes",
        "Changes of the lead practitioner, by reason",
        (Column("reason", "Reason", Cells.TEXT), Column("changes", "Changes", Cells.COUNT)),
        (*rows, ("All", len(found.of(Kind.LEAD)))),
        total=True,
    )


def _numbers(found: Continuity) -> Table:
    numbers = found.cases_by_number(Kind.LEAD)
    many = sum(cases for number, cases in numbers.items() if number >= _MANY)
    rows = tuple((str(number), numbers.get(number, 0)) for number in range(1, _MANY))
    return Table(
        "changes_per_case",
        "Cases by how often their lead changed",
        (Column("changes", "Changes of lead", Cells.TEXT), Column("cases", "Cases", Cells.COUNT)),
        (*rows, (f"{_MANY} or more", many), ("All with any", found.cases(Kind.LEAD))),
        total=True,
    )


def _gaps(found: Continuity) -> Table:
    return Table(
        "gaps",
        "Days without contact since a practitioner was away",
        (
            Column("form", "Form", Cells.TEXT),
            Column("gaps", "Gaps", Cells.COUNT),
            Column("cases", "Cases", Cells.COUNT),
            Column("median", "Median, days", Cells.DAYS, of="gaps"),
            Column("longest", "Longest, days", Cells.DAYS, of="gaps"),
            Column("days", "All together, days", Cells.DAYS, of="gaps"),
        ),
        (_gap_row("Over", found, Kind.GAP), _gap_row("Going on", found, Kind.GOING_ON)),
    )


def _gap_row(title: str, found: Continuity, kind: Kind) -> tuple[Cell, ...]:
    days = found.gap_days(kind)
    return (title, len(days), found.cases(kind), found.median_gap(kind), max(days, default=None), sum(days))
