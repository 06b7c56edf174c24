"""Data quality as a table of counts. Pure."""

from services.reporting.metrics.data_quality import REASONS, DataQuality
from services.reporting.tables import Column, Kind, Table


def of_data_quality(found: DataQuality) -> tuple[Table, ...]:
    """Cases by reason; a case may have several, so they do not add up to the cases with any."""
    return (
        Table(
            "reasons",
            "What needs a person",
            (
                Column("reason", "Reason", Kind.TEXT),
                Column("title", "What it is", Kind.TEXT),
                Column("cases", "Cases", Kind.COUNT),
            ),
            tuple((reason, REASONS[reason], number) for reason, number in found.reasons.items()),
        ),
        Table(
            "cases",
            "Cases with any of these, and events that could not be applied",
            (
                Column("cases", "Cases with any", Kind.COUNT),
                Column("looked_at", "Cases looked at", Kind.COUNT),
                Column("parked", "Parked events, now", Kind.NUMBER),
            ),
            ((found.cases, found.looked_at, found.parked),),
        ),
    )
