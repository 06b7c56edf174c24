"""What one clinical system says about one case, at one time: the only way in that the synthetic network uses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

SOURCE = "/synthetic-network"
"""CloudEvents `source` of everything that is posted; with `id` it makes posting again harmless."""
REFERENCE_SYSTEM = "synthetic-network"
"""The sending system in a case reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One CloudEvent before it is sent."""

    at: datetime
    """UTC instant at which the clinical system sends it."""
    occurred_at: datetime
    """UTC instant at which it happened: CloudEvents `time`."""
    store: str
    case_id: UUID
    """The case; for a team's own streams the team's key (`shared.kernel.ids.team_key`)."""
    team_id: str
    reference: str
    """The sender's own reference of the case."""
    key: str
    """Its name within the case, e.g. `session-3-held`."""
    name: str
    """Name of the event, e.g. `SessionHeld`."""
    data: dict[str, Any]
    actor_role: str
    amends: str | None = None
    """Key of the earlier post whose event this voids or corrects."""
    target: UUID | None = None
    """Id of that event, where it is known before anything is posted."""
    stream: str = ""
    """`team` or `work` for a team's own stream; empty for a case."""
    soft: bool = False
    """What somebody does about a task: refused where the task has gone meanwhile, it is left out."""

    @property
    def amended_id(self) -> str:
        """CloudEvents `id` of the post whose event this voids or corrects."""
        return f"{self.case_id}:{self.amends}"

    @property
    def id(self) -> str:
        """CloudEvents `id`: the same for ever."""
        return f"{self.case_id}:{self.key}"
