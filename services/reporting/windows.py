"""What the pathway watch counts of the live events: the last hour by minute, today, this week. Pure, in memory.

Everything is kept by the place of its event in its stream, so an event that is heard again changes nothing, and what is
counted stands after voids and corrections. Only this week is remembered.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from services.reporting.heard import Fact
from services.reporting.heard_intervention import SessionHeld
from services.reporting.heard_referral import ReferralReceived
from shared.kernel.civil import LONDON, civil_date
from shared.kernel.history import Corrected, EventVoided, effective

MINUTES = 60
"""How many minutes are shown, the one that runs included."""
_MINUTE = timedelta(minutes=1)
_COUNTED = (SessionHeld, ReferralReceived)


class Window(StrEnum):
    """What is counted."""

    EVENTS = "events"
    """Events recorded in a minute, by type."""
    SESSIONS_TODAY = "sessions_today"
    """Sessions held today."""
    REFERRALS_WEEK = "referrals_week"
    """Referrals received since Monday."""


class Count(NamedTuple):
    """One number of a team."""

    team_id: str
    window: Window
    since: datetime
    """UTC instant at which the window begins: a minute, London's midnight today or of Monday."""
    type: str
    """Name of the event's type without version; empty where only one is counted."""
    number: int


_Day = tuple[str, Window, date]
"""A team, what is counted, and the civil date it is counted for."""


def monday_of(day: date) -> date:
    """The first day of a civil date's week."""
    return day - timedelta(days=day.weekday())


def begin_of(day: date) -> datetime:
    """The UTC instant at which a civil day in Europe/London begins."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def horizon(now: datetime) -> datetime:
    """The UTC instant from which on events matter: since Monday, or an hour ago if the week is younger than that."""
    return min(begin_of(monday_of(civil_date(now))), now - MINUTES * _MINUTE)


class _Stream:
    """What was heard of one stream since the horizon."""

    __slots__ = ("days", "facts", "latest", "versions")

    def __init__(self) -> None:
        self.versions: set[int] = set()
        """Heard by now: an event that comes again is known by its place."""
        self.facts: list[Fact] = []
        """Those that a count may rest on."""
        self.latest = datetime.min.replace(tzinfo=UTC)
        """UTC instant at which the latest was recorded."""
        self.days: Counter[_Day] = Counter()
        """What it adds to the counts of days."""


class Windows:
    """The windows over what was heard. To count them takes as long as there are numbers, however much was heard."""

    def __init__(self) -> None:
        self._minutes: dict[datetime, Counter[tuple[str, str]]] = {}
        self._streams: dict[tuple[str, str], _Stream] = defaultdict(_Stream)
        """By store and name."""
        self._days: Counter[_Day] = Counter()

    def hear(self, fact: Fact, type_name: str, now: datetime) -> bool:
        """Adds one event; heard before, or older than the horizon, it changes nothing.

        Args:
            fact: the decoded event.
            type_name: the name of its type, without version.
            now: UTC instant.

        Returns:
            Whether it was new.
        """
        if fact.recorded_at < horizon(now):
            return False
        stream = self._streams[fact.store, fact.stream]
        if fact.version in stream.versions:
            return False
        stream.versions.add(fact.version)
        stream.latest = max(stream.latest, fact.recorded_at)
        if isinstance(fact.event, (EventVoided, Corrected, *_COUNTED)):
            stream.facts.append(fact)
            self._days.subtract(stream.days)
            stream.days = _days_of(stream.facts, monday_of(civil_date(now)))
            self._days.update(stream.days)
        minute = fact.recorded_at.replace(second=0, microsecond=0)
        if minute > now - MINUTES * _MINUTE:
            self._minutes.setdefault(minute, Counter())[fact.team_id, type_name] += 1
        return True

    def forget(self, now: datetime) -> None:
        """Lets go of what no window of this instant shows."""
        for minute in [each for each in self._minutes if each <= now - MINUTES * _MINUTE]:
            del self._minutes[minute]
        oldest = horizon(now)
        for place in [place for place, stream in self._streams.items() if stream.latest < oldest]:
            self._days.subtract(self._streams.pop(place).days)
        self._days = +self._days

    def counts(self, now: datetime) -> list[Count]:
        """Every number that is not nought, in order."""
        return sorted([*self._of_minutes(now), *self._of_days(civil_date(now))])

    def _of_minutes(self, now: datetime) -> Iterator[Count]:
        for minute, by_kind in self._minutes.items():
            if minute > now - MINUTES * _MINUTE:
                for (team_id, type_name), number in by_kind.items():
                    yield Count(team_id, Window.EVENTS, minute, type_name, number)

    def _of_days(self, today: date) -> Iterator[Count]:
        monday = monday_of(today)
        found: Counter[tuple[str, Window, date]] = Counter()
        for (team_id, window, day), number in self._days.items():
            if window is Window.SESSIONS_TODAY and day == today:
                found[team_id, window, today] += number
            elif window is Window.REFERRALS_WEEK and monday <= day <= today:
                found[team_id, window, monday] += number
        for (team_id, window, since), number in found.items():
            if number:
                yield Count(team_id, window, begin_of(since), "", number)


def _days_of(facts: Iterable[Fact], since: date) -> Counter[_Day]:
    """What the facts of one stream add, as they now stand; no day before `since` is looked at again."""
    days: Counter[_Day] = Counter()
    standing: tuple[Any, ...] = effective(list(facts))
    for fact in standing:
        match fact.event:
            case SessionHeld(held_on=day) if day >= since:
                days[fact.team_id, Window.SESSIONS_TODAY, day] += 1
            case ReferralReceived(received_on=day) if day >= since:
                days[fact.team_id, Window.REFERRALS_WEEK, day] += 1
    return days
