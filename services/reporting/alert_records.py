"""What is said of wait alerts on the topic `dyad.alerts`, and what is left to say. Pure.

The topic is compacted: of each alert (key: its id) the last word stays. So whoever has read it knows all that was
ever said and still counts, and says only what differs: after a restart nothing is said twice.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.reporting.wait_alerts import Alert, Rule, alert_id

CLEARED_FOR = timedelta(days=1)
"""How long a cleared alert stays on the topic, for whoever was not listening, before it is taken out."""

_MEMBERS = ("alert_id", "case_id", "team_id", "rule", "target", "due_on", "owner_role", "state", "at")
_MOST_BYTES = 2_000
"""An alert has about 350; a longer record is not even parsed, so that none is nested too deeply to be."""
_YEARS = range(2000, 3000)
"""Far enough from the ends of the calendar to be reckoned with."""


class State(StrEnum):
    """What became of an alert."""

    RAISED = "raised"
    CLEARED = "cleared"


class Said(NamedTuple):
    """The last word on one alert."""

    alert: Alert
    state: State
    at: datetime
    """UTC instant at which it was said; of a raised one that was put right, when it was first raised."""

    def to_json(self) -> bytes:
        """The record's value: codes, ids and days, no person."""
        return json.dumps(
            {
                "alert_id": str(self.alert.alert_id),
                "case_id": str(self.alert.case_id),
                "team_id": self.alert.team_id,
                "rule": self.alert.rule.value,
                "target": self.alert.target,
                "due_on": self.alert.due_on.isoformat(),
                "owner_role": self.alert.owner_role,
                "state": self.state.value,
                "at": self.at.isoformat(),
            },
            separators=(",", ":"),
        ).encode()

    @classmethod
    def from_json(cls, value: bytes) -> "Said":
        """Reads a record's value.

        Raises:
            ValueError, KeyError, TypeError: it is no such record.
        """
        if len(value) > _MOST_BYTES:
            raise ValueError("longer than any alert")
        members = json.loads(value)
        texts = {name: members[name] for name in _MEMBERS}
        if not all(isinstance(text, str) and text.isprintable() for text in texts.values()):
            raise ValueError("not a text")
        case_id, rule, target = UUID(texts["case_id"]), Rule(texts["rule"]), texts["target"]
        if texts["alert_id"] != str(alert_id(case_id, rule, target)):
            raise ValueError("an id that is not this alert's")
        at = datetime.fromisoformat(texts["at"])
        if at.tzinfo is None:
            raise ValueError("an instant without a zone")
        if at.year not in _YEARS:
            raise ValueError("no instant of an alert")
        alert = Alert(
            alert_id=alert_id(case_id, rule, target),
            case_id=case_id,
            team_id=texts["team_id"],
            rule=rule,
            target=target,
            due_on=date.fromisoformat(texts["due_on"]),
            owner_role=texts["owner_role"],
        )
        return cls(alert, State(texts["state"]), at)


Standing = Mapping[UUID, Said]
"""The last word on each alert, by its id."""


def differences(
    standing: Standing, wanted: Iterable[Alert], cases: Collection[UUID] | None, now: datetime
) -> list[Said]:
    """What must be said so that the last words are what is wanted.

    Args:
        standing: the last word on each alert.
        wanted: every alert of these cases that is due now.
        cases: which cases `wanted` speaks of; None: all of them. Alerts of other cases stay as they are.
        now: UTC instant.
    """
    due = {alert.alert_id: alert for alert in wanted}
    said: list[Said] = []
    for key, alert in due.items():
        before = standing.get(key)
        if before is None or before.state is State.CLEARED:
            said.append(Said(alert, State.RAISED, now))
        elif before.alert != alert:
            said.append(Said(alert, State.RAISED, before.at))
    said += [
        Said(last.alert, State.CLEARED, now)
        for key, last in standing.items()
        if last.state is State.RAISED and key not in due and (cases is None or last.alert.case_id in cases)
    ]
    return said


def forgotten(standing: Standing, now: datetime) -> list[UUID]:
    """Alerts that were cleared so long ago that they are taken off the topic (a tombstone: a record without value)."""
    return [key for key, last in standing.items() if last.state is State.CLEARED and last.at + CLEARED_FOR <= now]
