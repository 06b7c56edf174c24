"""What is going on now, as the pathway watch says it: alerts by kind, today, this week, and the last hour's events.

For any page about today: `now_shown` gives what `components/now.jinja` draws. It is about the whole team, whatever a
page's further filters are, and says so itself when the watch is not at work. No number rests on it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from services.reporting.alerts import USUAL_WEEKS, Live, MinuteCount, live, usual
from services.reporting.charts.cells import cell
from services.reporting.charts.sparkline import sparkline
from services.reporting.pages.frame import Asked
from services.reporting.pages.templates import long_instant
from services.reporting.table_routes import inside
from services.reporting.tables import Column, Kind, Table, suppressed
from services.reporting.windows import MINUTES, Window
from shared.eventstore.store import Connection
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now

RULES = {
    "breached": "waits that are beyond a target",
    "will_breach": "waits that will go beyond a target within 7 days",
    "no_session": "families without a session for longer than the team allows",
    "not_brought": "families not brought twice running",
}
"""Kinds of alerts in words, the most urgent first."""
_LATELY_MINUTES = 5
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number with what it counts."""

    shown: str
    what: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What the watch says of a team, or of all the reader's teams."""

    seen: str
    """When the watch was at work last, in words; empty: never."""
    stale: bool
    alerts: Sequence[Tile]
    windows: Sequence[Tile]
    events: Table | None
    """The last hour's events by type; None where the answer leaves the team, or nothing was recorded."""
    line: Markup
    """Their course, minute by minute."""
    published: bool
    """Whether small numbers are hidden."""


async def now_shown(conn: Connection, asked: Asked) -> Now | None:
    """What stands now; None if the page is about another day, or as known at another instant.

    Args:
        conn: a snapshot, as `dyad_reader`.
        asked: the page's question.
    """
    now = utc_now()
    scope = asked.form.scope
    if scope.at != civil_date(now) or scope.known_at is not None:
        return None
    found = await live(conn, scope.team, now)
    return now_of(found, now, raw=inside(asked.actor, scope.team))


def now_of(found: Live, now: datetime, *, raw: bool) -> Now:
    """What a reader is shown of what the watch has left behind.

    Args:
        found: as it stands.
        now: UTC instant.
        raw: whether the reader is inside the team, so that nothing is hidden.
    """
    tile = found.tile if raw else suppressed(found.tile)
    numbers = {str(what): cell(number, Kind.COUNT) for what, number in tile.rows}
    weekly = usual(found, hide=not raw)
    usually = "few" if weekly is None else f"{weekly:.1f}"
    return Now(
        seen="" if found.seen_at is None else long_instant(found.seen_at),
        stale=found.stale,
        alerts=[Tile(shown=numbers[rule], what=what) for rule, what in RULES.items()],
        windows=[
            Tile(shown=numbers[Window.SESSIONS_TODAY], what="sessions held today"),
            Tile(
                shown=numbers[Window.REFERRALS_WEEK],
                what="referrals received since Monday",
                says=f"Usually {usually} in a week (mean of the last {USUAL_WEEKS})",
            ),
        ],
        events=events_table(found.events, now) if raw and found.events else None,
        line=_line(found.events, now) if raw else Markup(""),
        published=not raw,
    )


def events_table(events: Sequence[MinuteCount], now: datetime) -> Table:
    """The events of the last hour by type, the most frequent first, with their sum.

    Args:
        events: by minute and type.
        now: UTC instant.
    """
    hour, lately = Counter[str](), Counter[str]()
    for each in events:
        hour[each.type] += each.number
        if each.minute > now - timedelta(minutes=_LATELY_MINUTES):
            lately[each.type] += each.number
    columns = (
        Column("type", "Recorded", Kind.TEXT),
        Column("lately", f"Last {_LATELY_MINUTES} minutes", Kind.COUNT),
        Column("hour", "Last hour", Kind.COUNT),
    )
    rows = [
        (in_words(kind), lately[kind], number) for kind, number in sorted(hour.items(), key=lambda it: (-it[1], it))
    ]
    rows.append(("Everything", lately.total(), hour.total()))
    return Table("events", "Events recorded in the last hour", columns, tuple(rows), total=True)


def in_words(type_name: str) -> str:
    """The name of an event's type as words: `SessionHeld` -> `Session held`."""
    first, *others = _WORD.split(type_name)
    return " ".join([first, *(each.lower() for each in others)])


def _line(events: Sequence[MinuteCount], now: datetime) -> Markup:
    last = now.replace(second=0, microsecond=0)
    by_minute = Counter[datetime]()
    for each in events:
        by_minute[each.minute] += each.number
    minutes = [last - timedelta(minutes=ago) for ago in reversed(range(MINUTES))]
    return sparkline("Events per minute", [by_minute[minute] for minute in minutes]) if by_minute else Markup("")
