"""Capacity, practitioners and work with other professionals as tables. Pure."""

from decimal import Decimal

from services.reporting.metrics.capacity import Capacity
from services.reporting.metrics.practitioners import Loads
from services.reporting.metrics.system_tier import SystemTier, hours
from services.reporting.tables import Column, Kind, Table

KIND_TITLES = {
    "training": "Training",
    "consultation": "Consultation",
    "supervision": "Supervision",
    "system_advice": "Advice to leaders and commissioners",
}
NOBODY = "Nobody yet"


def of_capacity(found: Capacity) -> tuple[Table, ...]:
    """A row a week, and the forecast."""
    return (
        Table(
            "weeks",
            "Accepted each week against the places for new cases",
            (
                Column("week", "Week from", Kind.DATE),
                Column("accepted", "Accepted", Kind.COUNT),
                Column("slots", "Places", Kind.NUMBER),
            ),
            tuple((week.monday, week.accepted, week.slots) for week in found.weeks),
        ),
        Table(
            "forecast",
            "How long the queue will take, by the starts of the last twelve weeks (Little's law)",
            (
                Column("waiting", "Accepted and waiting for treatment", Kind.COUNT),
                Column("started", "Began treatment in twelve weeks", Kind.COUNT),
                Column("starts_a_week", "Starts a week", Kind.NUMBER, of="started", follows=True),
                Column("forecast_weeks", "Forecast wait, weeks", Kind.NUMBER, of="started"),
            ),
            ((found.waiting, found.started, found.starts_a_week, _unless(found.waiting, found.forecast_weeks)),),
        ),
    )


def _unless(waiting: int, forecast: Decimal | None) -> Decimal | None:
    """Nobody waits: there is no wait to forecast, even where nobody started."""
    return Decimal(0) if waiting == 0 else forecast


def of_practitioners(found: Loads) -> tuple[Table, ...]:
    """One row for each who leads cases, by the opaque id, and the whole caseload."""
    rows = tuple(
        (
            load.team,
            NOBODY if load.practitioner is None else str(load.practitioner),
            load.cases,
            load.weighted,
            load.median_age,
            load.oldest,
        )
        for load in found.loads
    )
    return (
        Table(
            "practitioners",
            "Open caseload by who leads it",
            (
                Column("team", "Team", Kind.TEXT),
                Column("practitioner", "Led by", Kind.TEXT),
                Column("cases", "Cases", Kind.COUNT),
                Column("weighted", "Weighted caseload", Kind.NUMBER, of="cases"),
                Column("median_age", "Median age of the cases, days", Kind.DAYS, of="cases"),
                Column("oldest", "Oldest case, days", Kind.DAYS, of="cases"),
            ),
            (*rows, ("All", "", found.cases, found.weighted, found.median_age, found.oldest)),
            total=True,
        ),
    )


def of_system_tier(found: SystemTier) -> tuple[Table, ...]:
    """Work by kind with its total, and the hours of either side."""
    works = [*found.kinds.items()]
    every = ("All", *(sum(getattr(work, name) for _, work in works) for name in ("activities", "people")))
    return (
        Table(
            "work",
            "Work with other professionals",
            (
                Column("kind", "Kind", Kind.TEXT),
                Column("activities", "Activities", Kind.COUNT),
                Column("people", "People reached", Kind.COUNT),
                Column("hours", "Hours", Kind.NUMBER, of="activities"),
            ),
            (
                *((KIND_TITLES[kind], work.activities, work.people, work.hours) for kind, work in works),
                (*every, hours(found.system_minutes)),
            ),
            total=True,
        ),
        Table(
            "hours",
            "Hours with other professionals and with families",
            (
                Column("activities", "Activities with professionals", Kind.COUNT),
                Column("sessions", "Sessions with families", Kind.COUNT),
                Column("system_hours", "Hours with professionals", Kind.NUMBER, of="activities"),
                Column("family_hours", "Hours with families", Kind.NUMBER, of="sessions"),
                Column("ratio", "Hours with professionals for each with families", Kind.NUMBER, of="activities"),
            ),
            (
                (
                    every[1],
                    found.sessions,
                    hours(found.system_minutes),
                    hours(found.family_minutes),
                    found.hours_ratio,
                ),
            ),
        ),
    )
