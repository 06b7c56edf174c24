"""What a consumer shows of itself to Prometheus; ids of cases and streams never become labels."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from prometheus_client import Counter, Gauge

RECORDS = Counter("dyad_consumer_records", "Records read: new, repeated, or held back and why", ["consumer", "result"])
HELD = Gauge("dyad_consumer_held", "Events heard and not applied, undecided", ["consumer", "kind"])
LAG = Gauge("dyad_consumer_lag_seconds", "Now less the watermark", ["consumer", "store"])
WATERMARK = Gauge(
    "dyad_watermark_timestamp_seconds", "Instant up to which everything is applied", ["consumer", "store"]
)
KINDS = ("poison", "undecodable", "unknown", "content-differs", "unreadable")


def counted(consumer: str, counts: Mapping[str, int]) -> None:
    """Counts the records of one batch."""
    for result, number in counts.items():
        if number:
            RECORDS.labels(consumer, result).inc(number)


def held(consumer: str, counts: Mapping[str, int]) -> None:
    """Shows what is held; a kind of which nothing is left shows 0."""
    for kind in KINDS:
        HELD.labels(consumer, kind).set(counts.get(kind, 0))


def reached(consumer: str, stores: Iterable[str], watermarks: Mapping[str, datetime]) -> None:
    """Shows the watermark of each store and its distance from the clock; without a watermark that is infinite."""
    for store in stores:
        instant = watermarks.get(store)
        if instant is None:
            LAG.labels(consumer, store).set(math.inf)
        else:
            WATERMARK.labels(consumer, store).set(instant.timestamp())
            LAG.labels(consumer, store).set((datetime.now(UTC) - instant).total_seconds())
