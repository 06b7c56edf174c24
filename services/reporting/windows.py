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


def monday_of(day: date) -> date:
    """The first day of a civil date's week."""
    return day - timedelta(days=day.weekday())


def begin_of(day: date) -> datetime:
    """The UTC instant at which a civil day in Europe/London begins."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def horizon(now: datetime) -> datetime:
    """The UTC instant from which on events matter: since Monday, or an hour ago if the week is younger than that."""
    return min(begin_of(monday_of(civil_date(now))), now - MINUTES * _MINUTE)


class Windows:
    """The windows over what was heard."""

    def __init__(self) -> None:
        self._minutes: dict[datetime, Counter[tuple[str, str]]] = {}
        self._streams: dict[str, dict[int, Fact | datetime]] = defaultdict(dict)
        """By stream and version: the event, or where only its place matters the instant at which it was recorded."""

    def hear(self, fact: Fact, type_name: str, now: datetime) -> bool:
        """Adds one event; heard before, or older than the horizon, it changes nothing.

        Args:
            fact: the decoded event.
            type_name: the name of its type, without version.
            now: UTC instant.

        Returns:
            Whether it was new.
        """
        versions = self._streams[fact.stream]
        if fact.recorded_at < horizon(now) or fact.version in versions:
            return False
        event: Any = fact.event
        versions[fact.version] = fact if isinstance(event, (EventVoided, Corrected, *_COUNTED)) else fact.recorded_at
        minute = fact.recorded_at.replace(second=0, microsecond=0)
        if minute > now - MINUTES * _MINUTE:
            self._minutes.setdefault(minute, Counter())[fact.team_id, type_name] += 1
        return True

    def forget(self, now: datetime) -> None:
        """Lets go of what no window of this instant shows."""
        for minute in [each for each in self._minutes if each <= now - MINUTES * _MINUTE]:
            del self._minutes[minute]
        oldest = horizon(now)
        for name, heard in list(self._streams.items()):
            if all(_recorded_at(item) < oldest for item in heard.values()):
                del self._streams[name]

    def counts(self, now: datetime) -> list[Count]:
        """Every number that is not nought, in order."""
        return sorted([*self._of_minutes(now), *self._of_days(civil_date(now))])

    def _of_minutes(self, now: datetime) -> Iterator[Count]:
        for minute, by_kind in self._minutes.items():
            if minute > now - MINUTES * _MINUTE:
                for (team_id, type_name), number in by_kind.items():
                    yield Count(team_id, Window.EVENTS, minute, type_name, number)

    def _of_days(self, today: date) -> Iterable[Count]:
        monday = monday_of(today)
        sessions: Counter[str] = Counter()
        referrals: Counter[str] = Counter()
        for heard in self._streams.values():
            facts = [item for item in heard.values() if isinstance(item, Fact)]
            standing: list[Any] = list(effective(facts)) if facts else []
            for fact in standing:
                match fact.event:
                    case SessionHeld(held_on=day) if day == today:
                        sessions[fact.team_id] += 1
                    case ReferralReceived(received_on=day) if monday <= day <= today:
                        referrals[fact.team_id] += 1
        for window, since, found in (
            (Window.SESSIONS_TODAY, today, sessions),
            (Window.REFERRALS_WEEK, monday, referrals),
        ):
            yield from (Count(team_id, window, begin_of(since), "", number) for team_id, number in found.items())


def _recorded_at(item: Fact | datetime) -> datetime:
    return item.recorded_at if isinstance(item, Fact) else item
