"""Instants, civil dates and the one conversion between them (Europe/London)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def civil_date(instant: datetime) -> date:
    """The civil date in Europe/London on which `instant` (aware) falls.

    Raises:
        ValueError: a naive datetime is given.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(LONDON).date()


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is made: the only clock that a rule sees."""

    now: datetime
    """UTC instant."""

    @property
    def today(self) -> date:
        """Civil date in Europe/London."""
        return civil_date(self.now)

    @classmethod
    def of(cls, day: date) -> "Moment":
        """Noon UTC of a civil date: for tests and synthetic history."""
        return cls(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
