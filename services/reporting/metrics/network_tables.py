"""The network as a table: a team a row, with where it stands against the network. Pure."""

from collections.abc import Sequence

from services.reporting.metrics.network import TeamNumbers, funnels
from services.reporting.statistics.funnel import Standing
from services.reporting.tables import Column, Kind, Table

STANDINGS = {
    Standing.WITHIN: "As the network",
    Standing.ABOVE_95: "Above (95 %)",
    Standing.ABOVE_998: "Far above (99.8 %)",
    Standing.BELOW_95: "Below (95 %)",
    Standing.BELOW_998: "Far below (99.8 %)",
}

_COLUMNS = (
    Column("team", "Team", Kind.TEXT),
    Column("families", "Families seen", Kind.COUNT),
    Column("w2_n", "First contacts", Kind.COUNT),
    Column("w2_median", "Median W2, days", Kind.DAYS, of="w2_n"),
    Column("w2_in_time", "Within 28 days", Kind.COUNT),
    Column("w2_share", "Within 28 days, share", Kind.SHARE, of="w2_in_time", out_of="w2_n"),
    Column("w2_share_standing", "Within 28 days, against the network", Kind.TEXT, of="w2_in_time"),
    Column("w5_n", "First programme sessions", Kind.COUNT),
    Column("w5_median", "Median W5, days", Kind.DAYS, of="w5_n"),
    Column("not_attended", "Sessions not attended", Kind.COUNT),
    Column("booked", "Sessions attended or not", Kind.COUNT),
    Column("dna_rate", "DNA rate", Kind.SHARE, of="not_attended", out_of="booked"),
    Column("dna_rate_standing", "DNA rate, against the network", Kind.TEXT, of="not_attended"),
    Column("ended", "Discharged, outcome asked for", Kind.COUNT),
    Column("measured", "With a measured outcome", Kind.COUNT),
    Column("coverage", "Coverage of outcomes", Kind.SHARE, of="measured", out_of="ended"),
    Column("coverage_standing", "Coverage, against the network", Kind.TEXT, of="measured"),
)


def of_network(found: Sequence[TeamNumbers]) -> tuple[Table, ...]:
    """One row a team. Standings are by the limits of `statistics.funnel`: chance alone, no judgement."""
    standings = {
        f"{name}_standing": {
            each.team: None if each.standing is None else STANDINGS[each.standing] for each in plot.teams
        }
        for name, plot in funnels(found).items()
    }
    rows = tuple(
        tuple(
            standings[column.name][each.team] if column.name in standings else getattr(each, column.name)
            for column in _COLUMNS
        )
        for each in found
    )
    return (Table("teams", "Teams side by side", _COLUMNS, rows),)
