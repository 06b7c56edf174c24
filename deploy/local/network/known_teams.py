"""How one team is configured at each moment of the past, as each service knew it then."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from deploy.local.network.records import Written
from shared.eventstore.envelope import recorded
from shared.kernel.history import Recorded, effective
from shared.process.aggregate import Aggregate

ARRIVES = timedelta(seconds=3)
"""After so long everybody has heard of a change, and every case of the team is looked at again."""


class TeamHistory:
    """The stream `team-<team id>`, to be asked what stood in it at an instant.

    Args:
        written: the events of the stream.
    """

    def __init__(self, written: Sequence[Written] = ()) -> None:
        self._written = written
        self._visible = [each.stored.recorded_at + ARRIVES for each in written]
        self._folded: dict[tuple[str, int], tuple[Recorded[Any], ...]] = {}
        self._heard: dict[str, list[Recorded[Any]]] = {}

    def changes_between(self, after: datetime, until: datetime) -> list[datetime]:
        """The instants at which cases are looked at again."""
        return self._visible[bisect_right(self._visible, after) : bisect_right(self._visible, until)]

    def known(self, aggregate: Aggregate[Any, Any, Any, Any], at: datetime) -> tuple[Recorded[Any], ...]:
        """What a service knows of the team; the same tuple for as long as nothing is new."""
        count = bisect_right(self._visible, at)
        key = (aggregate.store, count)
        if key not in self._folded:
            self._folded[key] = effective([item for item in self._decoded(aggregate) if item.version <= count])
        return self._folded[key]

    def _decoded(self, aggregate: Aggregate[Any, Any, Any, Any]) -> list[Recorded[Any]]:
        if aggregate.store not in self._heard:
            registry = aggregate.heard or aggregate.registry
            items = (
                recorded(registry, each.store, each.stored.stream, each.stored.doc)
                for each in self._written
                if each.stored.version
            )
            self._heard[aggregate.store] = [item for item in items if item is not None]
        return self._heard[aggregate.store]
