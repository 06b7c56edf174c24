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


def birthday_months(born_on: date, months: int) -> date:
    """The civil date on which `months` completed months are reached; a 29 February counts to 1 March."""
    years, month = divmod(born_on.month - 1 + months, 12)
    year, month = born_on.year + years, month + 1
    try:
        return born_on.replace(year=year, month=month)
    except ValueError:  # the month is too short: reached with the first day of the next
        return date(year + month // 12, month % 12 + 1, 1)


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
