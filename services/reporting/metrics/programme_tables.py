"""M8 as tables. Pure."""

from services.reporting.metrics.programmes import Programmes
from services.reporting.metrics.session_tables import counts
from services.reporting.tables import Column, Kind, Table


def of_programmes(found: Programmes) -> tuple[Table, ...]:
    """The open caseload by tier, steps of the period, and components with the dose of work that ended."""
    return (
        counts(
            "tiers",
            "Open caseload by tier",
            "tier",
            "Tier",
            {tier.lower(): number for tier, number in found.tiers.items()},
            unit="Cases",
        ),
        counts(
            "steps",
            "Steps up and down in the period",
            "direction",
            "Direction",
            {"step_up": found.steps_up, "step_down": found.steps_down},
            unit="Steps",
        ),
        Table(
            "components",
            "Components of programmes; the dose is that of work that ended in the period",
            (
                Column("component", "Component", Kind.TEXT),
                Column("open_cases", "Open cases with it", Kind.COUNT),
                Column("ended_cases", "Ended cases with it", Kind.COUNT),
                Column("planned", "Sessions planned", Kind.COUNT),
                Column("held", "Sessions held", Kind.COUNT),
                Column("dose", "Held of planned", Kind.SHARE, of="held", out_of="planned"),
            ),
            tuple(
                (code, each.open_cases, each.ended_cases, each.planned, each.held, each.dose)
                for code, each in found.components.items()
            ),
        ),
    )
