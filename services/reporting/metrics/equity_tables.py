"""M10 as tables, one for each way of grouping families. Pure."""

from collections.abc import Mapping

from services.reporting.metrics.equity import OVERLAPPING, Group
from services.reporting.tables import Cell, Column, Kind, Table

TITLES = {
    "deprivation": "By decile of deprivation, 1 the most deprived",
    "ethnicity": "By ethnic group; a family may belong to several",
    "caregiver_role": "By role of parents and carers; a family may have several",
    "interpreter": "By need of an interpreter",
}

_ENDS = {
    "w1": ("Decisions", "W1"),
    "w2": ("First contacts", "W2"),
    "w3": ("Assessments completed", "W3"),
    "w4": ("Programmes assigned", "W4"),
    "w5": ("First programme sessions", "W5"),
    "w6": ("First treatments", "W6"),
}
"""By wait what was reached, and its name."""

_COLUMNS = (
    Column("group", "Group", Kind.TEXT),
    Column("open_referrals", "Open referrals", Kind.COUNT),
    Column("caseload", "Open caseload", Kind.COUNT),
    Column("specialist", "Specialist tier, of the caseload", Kind.COUNT),
    Column("received", "Received", Kind.COUNT),
    Column("declined", "Declined, of those", Kind.COUNT),
    Column("declined_share", "Declined, share", Kind.SHARE, of="declined", out_of="received"),
    *(
        column
        for wait, (reached, name) in _ENDS.items()
        for column in (
            Column(f"{wait}_n", reached, Kind.COUNT),
            Column(f"{wait}_median", f"Median {name}, days", Kind.DAYS, of=f"{wait}_n"),
        )
    ),
    Column("not_attended", "Sessions not attended", Kind.COUNT),
    Column("booked", "Sessions attended or not", Kind.COUNT),
    Column("dna_rate", "DNA rate", Kind.SHARE, of="not_attended", out_of="booked"),
    Column("discharged", "Discharged", Kind.COUNT),
    Column("eligible", "Outcome asked for", Kind.COUNT),
    Column("measured", "With a measured outcome", Kind.COUNT),
    Column("improved", "Improved", Kind.COUNT),
    Column("deteriorated", "Deteriorated", Kind.COUNT),
    Column("improved_share", "Improved, of those measured", Kind.SHARE, of="improved", out_of="measured"),
)


def of_equity(found: Mapping[str, Mapping[str, Group]]) -> tuple[Table, ...]:
    """A row a group; where every family belongs to one group, the last row is all of them."""
    return tuple(_table(found, dimension) for dimension in TITLES)


def _table(found: Mapping[str, Mapping[str, Group]], dimension: str) -> Table:
    rows = tuple(_row(code, group) for code, group in found[dimension].items())
    total = dimension not in OVERLAPPING
    every = (_row("All", found["all"]["all"]),) if total else ()
    return Table(dimension, TITLES[dimension], _COLUMNS, (*rows, *every), total=total)


def _row(code: str, group: Group) -> tuple[Cell, ...]:
    return (code, *(getattr(group, column.name) for column in _COLUMNS[1:]))
