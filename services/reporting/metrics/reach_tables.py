"""M17 as tables. Pure."""

from services.reporting.metrics.reach import Reach
from services.reporting.tables import Column, Kind, Table


def of_reach(found: Reach) -> tuple[Table, ...]:
    """What was reached, the births that it is held against, and how widely referrals are spread."""
    reached = (
        ("Families seen", found.families),
        ("Professionals trained", found.trained),
        ("Consultations", found.consultations),
    )
    return (
        Table(
            "reach",
            "Reached, for each 1,000 births a year",
            (
                Column("what", "What", Kind.TEXT),
                Column("number", "Number", Kind.COUNT),
                Column("per_1000", "Per 1,000 births a year", Kind.NUMBER, of="number", follows=True),
            ),
            tuple((what, number, found.per_1000_births(number)) for what, number in reached),
        ),
        Table(
            "births",
            "Births of the localities, as the teams have declared them",
            (
                Column("locality", "Locality", Kind.TEXT),
                Column("year", "Year", Kind.TEXT),
                Column("births", "Births", Kind.NUMBER),
            ),
            tuple((locality, str(year), births) for locality, (year, births) in found.births.items()),
        ),
        Table(
            "spread",
            "How widely referrals are spread over those who refer",
            (
                Column("active", "Kinds of referrers active", Kind.NUMBER),
                Column("largest", "From the largest source", Kind.COUNT),
                Column("received", "All referrals", Kind.COUNT),
                Column("largest_share", "Share of the largest source", Kind.SHARE, of="largest", out_of="received"),
            ),
            ((found.active_sources, found.largest, found.received, found.largest_share),),
        ),
    )
