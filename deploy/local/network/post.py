"""What one clinical system says about one case, at one time: the only way in that the synthetic network uses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

SOURCE = "/synthetic-network"
"""CloudEvents `source` of everything that is posted; with `id` it makes posting again harmless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One CloudEvent before it is sent."""

    at: datetime
    """UTC instant at which the clinical system sends it."""
    occurred_at: datetime
    """UTC instant at which it happened: CloudEvents `time`."""
    store: str
    case_id: UUID
    team_id: str
    key: str
    """Its name within the case, e.g. `session-3-held`."""
    name: str
    """Name of the event, e.g. `SessionHeld`."""
    data: dict[str, Any]
    actor_role: str
    amends: str | None = None
    """Key of the earlier post whose event this voids or corrects."""

    @property
    def id(self) -> str:
        """CloudEvents `id`: the same for ever."""
        return f"{self.case_id}:{self.key}"
