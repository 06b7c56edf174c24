"""What the watch makes of each record that it hears: a count in its windows, and a case to be looked at."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.reporting.decoding import decode
from services.reporting.heard import Fact
from services.reporting.heard_team import TEAM_STREAMS
from services.reporting.windows import Windows, horizon
from shared.bus import metrics
from shared.bus.record import Heard, Unreadable
from shared.kernel.codec import UnknownEventType, split_wire_type
from shared.kernel.fields import CODE_FORM
from shared.telemetry.logs import logger

log = logger(__name__)

LABEL = "watch"
"""Under which its records are counted."""
AHEAD = timedelta(minutes=10)
"""So far the database's clock may be ahead of this one."""
_CODE = re.compile(CODE_FORM)


class Touched(NamedTuple):
    """A stream that something was recorded in: the views are asked about its case once they contain it."""

    version: int
    case_id: UUID | None
    """None: a team's own stream, which may change the targets of all its cases."""
    since_s: float
    """Of the monotonic clock."""


class Ear:
    """Takes records as they come; one that cannot be read is skipped and counted, one heard before changes nothing.

    Args:
        now: gives the UTC instant.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.windows = Windows()
        self.touched: dict[tuple[str, str], Touched] = {}
        """By store and stream: the latest version heard."""

    def hear(self, record: Heard | Unreadable) -> None:
        """Takes one record; never raises: whatever one of them breaks, the next one is heard."""
        try:
            result = self._heard(record)
        except UnknownEventType:
            result = "unknown"
        except Exception as error:  # noqa: BLE001 - see above
            log.warning("record_skipped", store=record.store, error=type(error).__name__)
            result = "poison"
        metrics.counted(LABEL, {result: 1})

    def _heard(self, record: Heard | Unreadable) -> str:
        """What became of it: a code for the metric. Raises whatever is wrong with it, before anything is changed."""
        now = self._now()
        if isinstance(record, Unreadable):
            return "unreadable"
        if record.recorded_at < horizon(now):
            return "old"
        fact = decode(record.value)
        _check(record, fact, now)
        name, _ = split_wire_type(record.type)
        place = (record.store, record.stream)
        before = self.touched.get(place)
        new = self.windows.hear(fact, name, now)
        if new and (before is None or before.version < record.version):
            team = record.stream.startswith(TEAM_STREAMS)
            self.touched[place] = Touched(record.version, None if team else record.case_id, time.monotonic())
        return "new" if new else "repeated"


def _check(record: Heard, fact: Fact, now: datetime) -> None:
    """Refuses what no store has ever recorded: it would stand in the tables, or in the way of all that follows.

    Raises:
        ValueError: the document is not what the headers say, or names no team, or is to come.
    """
    said = (fact.store, fact.stream, fact.version, fact.recorded_at, fact.event_id)
    if said != (record.store, record.stream, record.version, record.recorded_at, record.event_id):
        raise ValueError("the document and its headers differ")
    team: object = fact.team_id  # decoding takes the envelope as it stands
    if not isinstance(team, str) or not _CODE.fullmatch(team):
        raise ValueError("no code of a team")
    if record.recorded_at > now + AHEAD:
        raise ValueError("recorded in the future")
