"""The pathway watch: live windows, and wait alerts that are raised and cleared. Disposable; no number rests on it.

It hears the live topics (Faust, `watch_stream`), counts them (`windows`), and once the views have caught up with what
it heard it asks them who waits too long (`waiting`): the same rows and the same rule as the worklist. What differs from
the last words on the topic `dyad.alerts` is said there, and then copied to the tables that the pages ask. The topic is
what it knows after a restart; everything else it makes anew. Killed, it is missed by nobody but the live tiles.
"""

import asyncio
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from uuid import UUID

import asyncpg
from prometheus_client import Counter, Gauge

from services.reporting import queries, teams, watch_tables
from services.reporting.alert_records import Said, State, differences, forgotten
from services.reporting.hints import tell_teams
from services.reporting.metrics.scope import Scope
from services.reporting.projections import CONSUMER
from services.reporting.wait_alerts import alerts
from services.reporting.waiting import waits
from services.reporting.watch_heard import LABEL, Ear
from services.reporting.watch_stream import LiveStream, Silent, Stopped
from services.reporting.watch_topic import AlertTopic
from services.reporting.windows import Count, horizon
from shared.bus.closing import close_postgres
from shared.bus.pause import pause
from shared.bus.supervise import supervise
from shared.bus.topics import ensure_topics
from shared.eventstore.pool import connect, open_pool
from shared.eventstore.store import Connection
from shared.kernel.civil import civil_date
from shared.settings import Settings
from shared.telemetry.logs import logger

log = logger(__name__)

SERVICE = "reporting"
LOCK_KEY = (7413, 1)
"""Two-part advisory key: one watch at a time speaks, whoever else was started waits."""
LOOK_S = 0.25
"""How often it asks the views about what it heard."""
COUNT_S = 1.0
SWEEP_S = 900.0
"""How often it looks at every case, whatever it heard or missed."""
GIVE_UP_S = 60.0
"""What the views have not taken in by then (an event that is parked) is looked at as they stand."""
_CHUNK = 1000
"""Cases in one question."""

SAID = Counter("dyad_watch_alerts", "Alerts raised and cleared", ["state"])
RAISED = Gauge("dyad_watch_alerts_standing", "Alerts that stand raised")
SWEPT = Gauge("dyad_watch_swept_timestamp_seconds", "When it last looked at every case")

_LOCK = "SELECT pg_try_advisory_lock($1, $2)"
_REACHED = """
SELECT t.store, t.stream FROM unnest($2::text[], $3::text[], $4::int[]) AS t (store, stream, version)
WHERE EXISTS (SELECT FROM inbox AS i WHERE i.consumer = $1 AND i.stream = t.stream AND i.version = t.version
              AND i.store = t.store AND NOT i.waiting)
"""


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Life:
    """What one life of the speaking part holds, from its lock to its first error."""

    conn: Connection
    """As `dyad_consumer`: the lock, and the tables that the pages ask."""
    reader: asyncpg.Pool
    topic: AlertTopic
    counts: set[Count]
    """What the table of counts holds."""
    targets: Mapping[str, teams.Configuration] = field(default_factory=dict)
    swept_on: date | None = None
    swept_s: float = 0.0
    counted_s: float = 0.0


class Watch:
    """Role `watch` of the reporting service; one process of it at a time speaks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ear = Ear(utc_now)
        self._stream = LiveStream(settings, lambda: horizon(utc_now()), self._ear.hear)
        self._speaking = False

    @property
    def ready(self) -> bool:
        """Whether it hears, and has looked at every case once."""
        return self._stream.ready and self._speaking

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set. Raises PartitionMismatch: the topics do not have the configured partitions."""
        await supervise(self._work, stop, consumer=LABEL)

    async def _work(self, stop: asyncio.Event) -> None:
        """One life: waits until no other watch is at work, then hears and speaks until something fails."""
        await ensure_topics(self._settings)
        conn = await connect(self._settings, SERVICE, "dyad_consumer", application_name="dyad watch")
        try:
            while not await conn.fetchval(_LOCK, *LOCK_KEY):
                if await pause(stop, COUNT_S):
                    return
            deaf = asyncio.Event()
            hearing = asyncio.create_task(
                supervise(self._stream.run, deaf, expected=(Silent, Stopped), consumer=LABEL, member="stream")
            )
            try:
                await self._speak(conn, stop)
            finally:
                deaf.set()  # it would keep partitions from the next one
                await hearing
        finally:
            await close_postgres(conn)

    async def _speak(self, conn: Connection, stop: asyncio.Event) -> None:
        """Says what differs from the last words, until something fails: then everything is read anew."""
        reader = await open_pool(self._settings, SERVICE, "dyad_reader", min_size=1, max_size=1)
        try:
            async with AlertTopic(self._settings) as topic:
                life = _Life(conn, reader, topic, await watch_tables.counted(conn))
                await watch_tables.replace_alerts(conn, topic.standing.values())
                while not stop.is_set():
                    await self._look(life)
                    self._speaking = True
                    await pause(stop, LOOK_S)
        finally:
            self._speaking = False
            await reader.close()

    async def _look(self, life: _Life) -> None:
        now = utc_now()
        touched = await self._caught_up(life)
        if touched is None or life.swept_on != civil_date(now) or time.monotonic() - life.swept_s > SWEEP_S:
            await self._sweep(life, now)
        elif touched:
            await self._tell(life, touched, now)
        if time.monotonic() - life.counted_s > COUNT_S:
            await self._count(life, now)

    async def _caught_up(self, life: _Life) -> set[UUID] | None:
        """The cases of what was heard and is in the views by now; None: something of a team, so every case counts."""
        heard = dict(islice(self._ear.touched.items(), _CHUNK))
        if not heard:
            return set()
        stores, streams = zip(*heard, strict=True)
        versions = [each.version for each in heard.values()]
        async with queries.snapshot(life.reader, None) as conn:
            reached = {tuple(row) for row in await conn.fetch(_REACHED, CONSUMER, stores, streams, versions)}
        late_s = time.monotonic() - GIVE_UP_S
        done = {place: each for place, each in heard.items() if place in reached or each.since_s < late_s}
        for place, each in done.items():
            if self._ear.touched.get(place) == each:
                del self._ear.touched[place]
        cases = {each.case_id for each in done.values()}
        return None if None in cases else {case_id for case_id in cases if case_id is not None}

    async def _sweep(self, life: _Life, now: datetime) -> None:
        """Looks at every case, and takes off the topic what was cleared long ago."""
        life.swept_on, life.swept_s = civil_date(now), time.monotonic()
        async with queries.snapshot(life.reader, None) as conn:
            life.targets = await teams.configurations(conn, Scope(at=life.swept_on))
        await self._tell(life, None, now)
        await life.topic.forget(forgotten(life.topic.standing, now))
        SWEPT.set_to_current_time()

    async def _tell(self, life: _Life, cases: Collection[UUID] | None, now: datetime) -> None:
        """Says what differs for these cases (None: all) from what was said last; to the topic first."""
        scope = Scope(at=civil_date(now))
        async with queries.snapshot(life.reader, None) as conn:
            waiting = await waits(conn, scope, cases)
        wanted = [alert for wait in waiting for alert in alerts(wait, _targets(life, wait.team_id), scope.at)]
        for said in _chunks(differences(life.topic.standing, wanted, cases, now)):
            await life.topic.say(said)
            await watch_tables.apply_alerts(life.conn, said)
            await tell_teams(life.conn, {each.alert.team_id for each in said})
            for each in said:
                SAID.labels(each.state.value).inc()
        RAISED.set(sum(1 for each in life.topic.standing.values() if each.state is State.RAISED))

    async def _count(self, life: _Life, now: datetime) -> None:
        life.counted_s = time.monotonic()
        self._ear.windows.forget(now)
        counts = self._ear.windows.counts(now)
        if self._stream.ready:  # until it hears again, the last counts stand with their own time
            await watch_tables.apply_counts(life.conn, life.counts, counts)
            await tell_teams(life.conn, {each.team_id for each in set(counts) - life.counts})  # not as minutes go by
            life.counts = set(counts)
            await watch_tables.seen(life.conn, now)


def _chunks(said: Sequence[Said]) -> Iterator[Sequence[Said]]:
    return (said[start : start + _CHUNK] for start in range(0, len(said), _CHUNK))


def _targets(life: _Life, team_id: str) -> Mapping[str, int]:
    return life.targets.get(team_id, teams.DEFAULT).targets
