"""M18 as tables. Pure."""

from services.reporting.metrics.supervision import Supervision
from services.reporting.metrics.system_tier import hours
from services.reporting.tables import Column, Kind, Table

ENOUGH = {True: "Yes", False: "No", None: "Experience or hours not stated"}
"""Whether a practitioner had the least supervision there should be."""


def of_supervision(found: Supervision) -> tuple[Table, ...]:
    """One row for each practitioner, by the opaque id; how many had enough; and the psychologists of each team."""
    return (_practitioners(found), _enough(found), _teams(found))


def _practitioners(found: Supervision) -> Table:
    """Each row is about one person, so outside the team nothing of it is shown."""
    return Table(
        "practitioners",
        "Supervision by practitioner: planned, held, and the least there should be",
        (
            Column("team", "Team", Kind.TEXT),
            Column("practitioner", "Practitioner", Kind.TEXT),
            Column("people", "Practitioners", Kind.COUNT),
            Column("days", "Days at work", Kind.NUMBER, of="people"),
            Column("planned", "Sessions planned", Kind.NUMBER, of="people"),
            Column("planned_hours", "Hours planned", Kind.NUMBER, of="people"),
            Column("held", "Sessions held", Kind.NUMBER, of="people"),
            Column("held_hours", "Hours held", Kind.NUMBER, of="people"),
            Column("least_hours", "Least there should be, hours", Kind.NUMBER, of="people"),
            Column("enough", "Held at least that", Kind.TEXT, of="people"),
        ),
        tuple(
            (
                each.team,
                str(each.practitioner),
                1,
                each.days,
                each.planned,
                hours(each.planned_minutes),
                each.held,
                hours(each.held_minutes),
                None if each.least_minutes is None else hours(each.least_minutes),
                ENOUGH[each.enough],
            )
            for each in found.supervised
        ),
    )


def _enough(found: Supervision) -> Table:
    rows = tuple((title, sum(each.enough is said for each in found.supervised)) for said, title in ENOUGH.items())
    return Table(
        "enough",
        "Practitioners by whether they had the least supervision there should be",
        (Column("enough", "Held at least that", Kind.TEXT), Column("practitioners", "Practitioners", Kind.COUNT)),
        (*rows, ("All", len(found.supervised))),
        total=True,
    )


def _teams(found: Supervision) -> Table:
    """How many work in a team says nothing of any family: shown as it is."""
    return Table(
        "teams",
        "Psychologists and psychotherapists in each team: at least one there must be",
        (
            Column("team", "Team", Kind.TEXT),
            Column("at_least_one", "At least one", Kind.TEXT),
            Column("psychologists", "Psychologists and psychotherapists", Kind.NUMBER),
            Column("practitioners", "Practitioners", Kind.NUMBER),
        ),
        tuple(
            (each.team, "Yes" if each.psychologists else "No", each.psychologists, each.practitioners)
            for each in found.teams
        ),
    )
