"""What the watch makes of each record that it hears: a count in its windows, and a case to be looked at."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.reporting.decoding import decode
from services.reporting.heard_team import TEAM_STREAMS
from services.reporting.windows import Windows, horizon
from shared.bus import metrics
from shared.bus.record import Heard, Unreadable
from shared.kernel.codec import UnknownEventType, split_wire_type
from shared.telemetry.logs import logger

log = logger(__name__)

LABEL = "watch"
"""Under which its records are counted."""


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
        """Takes one record; never raises."""
        metrics.counted(LABEL, {self._heard(record): 1})

    def _heard(self, record: Heard | Unreadable) -> str:
        """What became of it: a code for the metric."""
        now = self._now()
        if isinstance(record, Unreadable):
            return "unreadable"
        if record.recorded_at < horizon(now):
            return "old"
        try:
            fact = decode(record.value)
            name, _ = split_wire_type(record.type)
        except UnknownEventType:
            return "unknown"
        except Exception as error:  # noqa: BLE001 - whatever a record breaks, the next one is heard
            log.warning("record_skipped", store=record.store, error=type(error).__name__)
            return "poison"
        new = self.windows.hear(fact, name, now)
        place = (record.store, record.stream)
        before = self.touched.get(place)
        if new and (before is None or before.version < record.version):
            team = record.stream.startswith(TEAM_STREAMS)
            self.touched[place] = Touched(record.version, None if team else record.case_id, time.monotonic())
        return "new" if new else "repeated"
