"""The projection made anew from all that was heard, compared with the live one, beside another library's runner."""

import asyncio

from services.reporting.rebuild import versions
from tests.bench.cpu import CpuMeter
from tests.bench.history import Loaded
from tests.bench.peer_projection import peer_rebuild
from tests.bench.rows import Row, at_least, compared
from tests.bench.work import Bench, Stopwatch

TARGET_EVENTS_S = 25_000
PROCESSES = 2


async def rebuilding(bench: Bench, loaded: Loaded) -> list[Row]:
    """Its rows: events a second with keys and indexes, tables that differ, and how many times the other is slower.

    Afterwards the rebuilt version is the one that is read.
    """
    bench.say(f"rebuild: {loaded.events:,} events")
    meter, watch = CpuMeter(), Stopwatch()
    made = await versions.make(bench.settings, processes=PROCESSES)
    rate = watch.rate(made.events)
    bench.say(f"rebuild: folding {made.load_s:.1f} s, keys and indexes {made.keys_s:.1f} s")
    bench.say(f"rebuild: processor milliseconds an event: {meter.per_event_ms(made.events)}")
    _, tables = await versions.compared(bench.settings, made.schema)
    different = sum(not each.same for each in tables)
    peer = await asyncio.to_thread(peer_rebuild, bench, bench.size(2_000, 10_000))
    before = await versions.go_over(bench.settings, made.schema)
    await versions.drop(bench.settings, before)
    bench.execute("reporting", "VACUUM ANALYZE")
    return [
        at_least("rebuild of reporting, keys and indexes too", rate, "events/s", target=TARGET_EVENTS_S),
        Row(
            name="tables in which the rebuilt rows differ from the live ones",
            value=different,
            unit=f"of {len(tables)}",
            target="0",
            met=different == 0,
        ),
        compared("rebuild / eventsourcing ProjectionRunner", rate, peer, "events/s"),
    ]
