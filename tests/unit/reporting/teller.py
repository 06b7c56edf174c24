"""Who tells a made-up pathway: what happened on which day, recorded then or later, taken back or put right."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.unit.reporting.histories import History

LONDON = ZoneInfo("Europe/London")

Said = tuple[str, str, UUID, dict[str, Any]]
"""Store, name, id and data of an event that may be amended later."""


@dataclass
class Teller:
    """Says what happened on a day, and records it then or later: never before what its stream already holds."""

    random: Random
    history: History
    day: date
    recorded: dict[str, datetime] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    infants: int = 1

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def later(self, most: int = 40) -> str:
        """Lets days pass, one time in four none; one time in twenty the next thing is dated before the last."""
        days = 0 if self.chance(25) else self.random.randrange(most)
        self.day += timedelta(days=-self.random.randrange(1, 12) if self.chance(5) else days)
        return self.day.isoformat()

    def tell(self, store: str, name: str, data: dict[str, Any]) -> UUID:
        event_id = self.history.say(store, name, data, at=self._instant(store))
        self.said.append((store, name, event_id, data))
        return event_id

    def _instant(self, store: str) -> datetime:
        """At any hour, midnight and the hour of the clock change included; mostly the same day, else weeks later."""
        delay = self.random.choice([0, 0, 0, 1, 9, 45])
        hour = self.random.choice([time(0, 30), time(1, 30), time(10), time(23, 30)])
        at = datetime.combine(self.day + timedelta(days=delay), hour, LONDON).astimezone(UTC)
        self.recorded[store] = max(at, self.recorded.get(store, at))
        return self.recorded[store]

    def amend(self) -> None:
        """Takes something back, or corrects its date, some days after the last word; amendments are amended too."""
        store, name, event_id, data = self.random.choice(self.said)
        self.day += timedelta(days=self.random.randrange(4))
        if name != "EventVoided" and self.chance(50):
            dated = next((key for key in DATES if key in data), None)
            if dated is not None:
                moved = date.fromisoformat(data[dated]) + timedelta(days=self.random.randrange(-20, 21))
                new = data | {dated: moved.isoformat()} | self._put_right(data)
                wrapped = {"corrects_event_id": str(event_id), "reason": "entered_in_error", "data": new}
                corrected = self.history.say(store, f"{name}Corrected", wrapped, at=self._instant(store))
                self.said.append((store, name, corrected, new))
                return
        self.tell(store, "EventVoided", {"corrects_event_id": str(event_id), "reason": "entered_in_error"})

    def _put_right(self, data: dict[str, Any]) -> dict[str, Any]:
        """What else than the day a correction changes, now and then."""
        others = {"modality": "05", "is_treatment": True, "total": 3, "recommendation": "PROGRAMME", "source": "GP"}
        return {key: other for key, other in others.items() if key in data and self.chance(30)}


DATES = [
    "received_on", "decided_on", "completed_on", "assigned_on", "held_on", "discharged_on", "from_on", "to_on", "on",
    "born_on",
]  # fmt: skip
