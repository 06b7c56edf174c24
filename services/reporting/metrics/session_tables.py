"""M6 as tables. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from services.reporting.metrics.sessions import SINCE_LAST_CONTACT, Sessions
from services.reporting.tables import Balance, Column, Kind, Table
from services.reporting.words import worded

GROUP_TITLES = {
    "attended": "Attended",
    "dna": "Did not attend or was not brought",
    "cancelled_by_family": "Cancelled by the family",
    "cancelled_by_provider": "Cancelled by the team",
}
SINCE_TITLES = {"0-6": "0 to 6 days", "7-13": "7 to 13 days", "14-27": "14 to 27 days", "28-plus": "28 days or more"}


def of_sessions(found: Sessions) -> tuple[Table, ...]:
    """Attendance with its rate, cancellations by whom and why, who was present, time, and time since last contact."""
    return (
        _attendance(found),
        _rates(found),
        counts("cancelled_by", "Cancelled sessions, by whom", "by", "Cancelled by", found.cancelled_by),
        counts(
            "provider_reasons", "Sessions cancelled by the team, by reason", "reason", "Reason", found.provider_reasons
        ),
        Table(
            "time",
            "Time of held sessions",
            (
                Column("held", "Held", Kind.COUNT),
                Column("minutes", "Minutes", Kind.NUMBER, of="held"),
                Column("practitioner_minutes", "Practitioner minutes", Kind.NUMBER, of="held"),
            ),
            ((found.held, found.minutes, found.practitioner_minutes),),
        ),
        counts(
            "since_last_contact",
            "Open caseload by time since the last attended contact",
            "since",
            "Last seen",
            {SINCE_TITLES[band]: found.since_last_contact[band] for band in SINCE_LAST_CONTACT},
            unit="Cases",
        ),
    )


def counts(
    name: str, title: str, code: str, heading: str, found: Mapping[str, int], *, unit: str = "Sessions"
) -> Table:
    """A table of counts by code, in the order given, with their total.

    Args:
        name: of the table.
        title: above it.
        code: name of the first column.
        heading: of the first column.
        found: counts; a code is shown in words.
        unit: what is counted.
    """
    rows = tuple((worded(each), number) for each, number in found.items())
    return Table(
        name,
        title,
        (Column(code, heading, Kind.TEXT), Column("number", unit, Kind.COUNT)),
        (*rows, ("All", sum(found.values()))),
        total=True,
    )


def _attendance(found: Sessions) -> Table:
    columns = (
        Column("sessions", "Sessions with an outcome", Kind.COUNT),
        *(Column(group, title, Kind.COUNT) for group, title in GROUP_TITLES.items()),
        Column("without_word", "Booked, outcome not recorded", Kind.COUNT),
    )
    groups = tuple(found.groups[group] for group in GROUP_TITLES)
    return Table(
        "attendance",
        "Sessions by attendance",
        columns,
        ((sum(groups), *groups, found.without_word),),
        balances=(Balance(tuple(GROUP_TITLES), ("sessions",)),),
    )


def _rates(found: Sessions) -> Table:
    could_attend = found.groups["dna"] + found.groups["attended"]
    rows: tuple[tuple[str, int, int, Decimal | None], ...] = (
        ("Did not attend or was not brought", found.groups["dna"], could_attend, found.dna_rate),
        ("Baby present", found.infant_present, found.held, found.infant_present_rate),
        ("With an interpreter", found.interpreter, found.held, found.interpreter_rate),
    )
    columns = (
        Column("what", "Share", Kind.TEXT),
        Column("number", "Sessions", Kind.COUNT),
        Column("out_of", "Out of", Kind.COUNT),
        Column("share", "Share", Kind.SHARE, of="number", out_of="out_of"),
    )
    return Table("rates", "Attendance and presence", columns, rows)
