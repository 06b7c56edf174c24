"""Instants, civil dates and the one conversion between them (Europe/London)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.kernel.holidays import BANK_HOLIDAYS

LONDON = ZoneInfo("Europe/London")


def civil_date(instant: datetime) -> date:
    """The civil date in Europe/London on which `instant` (aware) falls.

    Raises:
        ValueError: a naive datetime is given.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(LONDON).date()


def end_of(day: date) -> datetime:
    """The UTC instant at which a civil day in Europe/London is over: what was due on it is late from then on."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday of England (`shared.kernel.holidays`)."""
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def working_days_after(day: date, number: int) -> date:
    """The civil date of the `number`-th working day after `day`; `day` itself for 0, working day or not.

    Raises:
        ValueError: `number` is negative.
    """
    if number < 0:
        raise ValueError("working days are counted forwards")
    while number:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


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
