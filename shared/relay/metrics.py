"""What a relay shows of itself to Prometheus."""

from collections.abc import Sequence
from datetime import UTC, datetime

from prometheus_client import Counter, Gauge

from shared.eventstore.envelope import StoredEvent

SENT = Counter("dyad_relay_events", "Events acknowledged by Kafka, repetitions included", ["store"])
POSITION = Gauge("dyad_relay_position", "Position of the last event that was acknowledged and marked", ["store"])
BACKLOG = Gauge("dyad_relay_backlog_seconds", "Age, when it was acknowledged, of the oldest event sent last", ["store"])
COMPLETE_TO = Gauge(
    "dyad_relay_complete_to_timestamp_seconds", "Instant up to which the topic was last announced complete", ["store"]
)
FAILURES = Counter("dyad_relay_failures", "Times that a relay began again from its stored position", ["store"])


def sent(store: str, events: Sequence[StoredEvent], position: int) -> None:
    """Counts one acknowledged and marked portion of events (at least one)."""
    SENT.labels(store).inc(len(events))
    POSITION.labels(store).set(position)
    BACKLOG.labels(store).set((datetime.now(UTC) - events[0].recorded_at).total_seconds())
