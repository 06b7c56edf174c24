"""When things happen: working days, the time of day, how many families come in each month."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from deploy.local.network.chance import Chance
from shared.kernel.civil import LONDON

REFERRALS_BY_MONTH = (1.25, 1.1, 1.2, 0.9, 1.0, 1.05, 0.9, 0.65, 1.15, 1.2, 1.1, 0.6)
"""January to December: fewer in August and at Christmas, more in winter and when health visitors are back."""

FIRST_POST = time(8, 40)
"""London time: the first thing that anybody records on a day."""
AFTER_SESSIONS = time(16, 30)
"""London time: when the day's sessions are over and written up."""


def working_day(day: date) -> date:
    """This day, or the next on which the teams work: no weekends, closed from Christmas Eve to New Year."""
    while day.weekday() >= 5 or (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1):
        day += timedelta(days=1)
    return day


def working_days_later(day: date, count: int) -> date:
    """The working day that comes `count` working days after `day`."""
    for _ in range(count):
        day = working_day(day + timedelta(days=1))
    return working_day(day)


def at_london(day: date, clock: time) -> datetime:
    """The UTC instant at which clocks in London show this."""
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def referral_days(first: date, last: date, count: int, chance: Chance) -> Iterator[date]:
    """`count` working days between two dates, more of them in the busy months; in no order."""
    months = [(year, month) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    months = [month for month in months if (first.year, first.month) <= month <= (last.year, last.month)]
    weights = [REFERRALS_BY_MONTH[month - 1] for _, month in months]
    given = 0
    while given < count:
        year, month = months[chance.weighted(weights)]
        day = working_day(date(year, month, 1) + timedelta(days=chance.between(0, 27)))
        if first <= day <= last:
            given += 1
            yield day
