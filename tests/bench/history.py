"""The synthetic network of the reporting rows: made by `dyad simulate`'s generator, heard over Kafka as always."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from aiokafka import AIOKafkaProducer

from deploy.local.network import history_file
from deploy.local.network.big import Simulation, simulated
from services.reporting.projections import CONSUMER
from shared.bus.record import headers_of
from shared.bus.topics import ensure_topics
from shared.settings import STORES, Settings
from shared.testing.bus import query
from shared.testing.services import running
from tests.bench.work import Bench, Stopwatch, until
from tests.integration.reporting_kit import announce, reporting_pool

LAST_DAY = date(2026, 11, 20)
REDUCED = Simulation(teams=50, years=2, families_per_team=40, last_day=LAST_DAY)
FULL = Simulation(teams=50, years=10, families_per_team=257, last_day=LAST_DAY)
"""150,000 cases, about 5 million events."""
WITHIN_S = 3_600.0
READ = "SELECT coalesce(sum(next_offset), 0)::bigint AS read FROM consumer_offsets WHERE consumer = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A network that reporting has heard whole."""

    events: int
    cases: int
    simulated_s: float
    sent_s: float
    """Until Kafka had it all."""
    heard_s: float
    """Until the views had it all, after that."""
    complete_to: datetime
    """When the last of it was recorded."""


@contextmanager
def simulated_history(bench: Bench) -> Iterator[tuple[Path, Simulation]]:
    """The file of a network, for as long as the block."""
    simulation = FULL if bench.full else REDUCED
    with tempfile.TemporaryDirectory(prefix="dyad-bench-") as folder:
        path = Path(folder) / "network.ndjson"
        with simulated(simulation, jobs=os.cpu_count() or 1) as (spools, _):
            history_file.write(path, {}, spools)
        yield path, simulation


async def load(bench: Bench) -> Loaded:
    """Makes the network and lets reporting hear it, over Kafka and by its own consumer."""
    bench.say("network: simulating")
    watch = Stopwatch()
    with simulated_history(bench) as (path, simulation):
        simulated_s = watch.seconds
        await ensure_topics(bench.settings)
        counts, complete_to = await _sent(bench.settings, path)
        sent_s = watch.seconds - simulated_s
    events = counts.total()
    bench.say(f"network: {events:,} events on their topics, now heard")
    watch = Stopwatch()
    with running(bench.settings, bench.environment, ["reporting"], role="consumer"):

        async def heard() -> bool:
            [[read]] = await query(bench.settings, "reporting", READ, CONSUMER)
            return bool(read >= events)

        await until(heard, within_s=WITHIN_S, every_s=0.2)
        heard_s = watch.seconds
    async with reporting_pool(bench.settings) as pool:
        await announce(pool, complete_to, STORES)
    bench.execute("reporting", "VACUUM ANALYZE")
    return Loaded(
        events=events,
        cases=sum(len(plan.paths) for plan in simulation.plans()),
        simulated_s=simulated_s,
        sent_s=sent_s,
        heard_s=heard_s,
        complete_to=complete_to,
    )


async def _sent(settings: Settings, path: Path) -> tuple[Counter[str], datetime]:
    """Puts a history on its topics as the relays would; gives the events by store and the instant of the last."""
    counts: Counter[str] = Counter()
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, acks="all", enable_idempotence=True, max_batch_size=256 * 1024
    )
    latest = datetime.min.replace(tzinfo=UTC)
    await producer.start()
    try:
        for store in STORES:
            for stored in history_file.events(path, store):
                await producer.send(
                    settings.topic(store), stored.doc.encode(), key=stored.key.encode(), headers=headers_of(stored)
                )
                counts[store] += 1
                latest = max(latest, stored.recorded_at)
        await producer.flush()
    finally:
        await producer.stop()
    return counts, latest
