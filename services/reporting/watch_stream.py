"""The live topics through Faust: every record of a bounded stretch of history, then whatever comes.

Faust is given nothing that could be lost by it (design 8). It keeps no tables and no changelogs; whenever it gets its
partitions it reads the stretch again from its beginning, so a commit past a record in flight, a record heard twice
after a rebalance, or a commit that failed changes nothing (field notes C): what it says is kept by key, see
`services.reporting.windows`. Its offsets in Kafka are for lag tools only. ADR 0014.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from shared.bus.closing import close_kafka
from shared.bus.pause import pause
from shared.bus.record import Heard, Unreadable, read
from shared.bus.topics import WATERMARKS
from shared.settings import STORES, Settings
from shared.telemetry.logs import logger

log = logger(__name__)

NAME = "watch"
"""Of the consumer group, after the installation's namespace."""
SILENT_S = 60.0
"""The relays announce every second; without any record for so long Faust has stopped listening, and begins again."""
_LOOK_S = 0.25
_SESSION_S, _HEARTBEAT_S = 6.0, 2.0
"""How soon Kafka notices that a killed watch is gone; the next one waits for that at the most."""
_BUFFER = 4096

Hear = Callable[[Heard | Unreadable], None]
"""What is done with a record; must not raise, for Faust would tell of its content."""


class Silent(Exception):
    """Nothing was heard for too long."""


class Stopped(Exception):
    """Faust ended by itself."""


class LiveStream:
    """Hears the topics of all stores as the group `<namespace>watch`.

    Args:
        settings: where Kafka is.
        since: gives the UTC instant from which on records are wanted, asked anew whenever partitions are assigned.
        hear: takes one record after another.
    """

    def __init__(self, settings: Settings, since: Callable[[], datetime], hear: Hear) -> None:
        self._settings = settings
        self._stores = {settings.topic(store): store for store in STORES}
        self._since = since
        self._hear = hear
        self._heard_s = 0.0
        self.ready = False
        """Whether it reads: it has its partitions, and knows from where."""

    async def run(self, stop: asyncio.Event) -> None:
        """Hears until `stop` is set.

        Raises:
            Silent, Stopped, OSError, aiokafka.errors.KafkaError: begin again.
        """
        self._heard_s = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="dyad-watch-") as folder:  # Faust insists on a folder; nothing is in it
            app = self._app(folder)
            try:
                await app.start()
                while not stop.is_set():
                    if app.crashed or app.should_stop:
                        raise Stopped("the stream has ended")
                    if time.monotonic() - self._heard_s > SILENT_S:
                        raise Silent(f"no record for {SILENT_S:.0f} s")
                    await pause(stop, _LOOK_S)
            finally:
                self.ready = False
                await app.stop()

    def _app(self, folder: str) -> faust.App:
        settings = self._settings
        app = _App(
            f"{settings.namespace}{NAME}",
            broker=[f"kafka://{each}" for each in settings.kafka_bootstrap.split(",")],
            datadir=folder,
            store="memory://",
            key_serializer="raw",
            value_serializer="raw",
            web_enabled=False,  # it would serve what it knows to anybody
            topic_disable_leader=True,
            topic_allow_declare=False,  # topics are made explicitly, elsewhere
            processing_guarantee="at_least_once",
            stream_wait_empty=False,
            stream_buffer_maxsize=_BUFFER,
            broker_session_timeout=_SESSION_S,
            broker_heartbeat_interval=_HEARTBEAT_S,
        )
        app.begin = self._begin
        topic = app.topic(*self._stores, settings.topic(WATERMARKS), key_type=bytes, value_type=bytes)
        app.agent(topic, concurrency=1, name="watch")(self._listen)
        return app

    async def _listen(self, stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            self._heard_s = time.monotonic()
            store = self._stores.get(event.message.topic)
            if store is not None:
                self._hear(read(store, event.message))

    async def _begin(self, partitions: Iterable[TP]) -> Mapping[TP, int]:
        """Where to begin: at the first record of the stretch, at the end where there is none since."""
        wanted = {each: TopicPartition(each.topic, each.partition) for each in partitions}
        since_ms = int(self._since().timestamp() * 1000)
        kafka = AIOKafkaConsumer(bootstrap_servers=self._settings.kafka_bootstrap)
        try:
            await kafka.start()
            first = await kafka.offsets_for_times({tp: since_ms for tp in wanted.values() if tp.topic in self._stores})
            ends = await kafka.end_offsets(list(wanted.values()))
        finally:
            await close_kafka(kafka)
        self.ready = True
        found = {each: first.get(tp) for each, tp in wanted.items()}
        return {each: ends[wanted[each]] if at is None else at.offset for each, at in found.items()}


class _Consumer(driver.Consumer):
    """Faust's consumer, that begins where the app says instead of where the group's offsets in Kafka are."""

    async def perform_seek(self) -> None:
        """Called with every assignment, before anything is read."""
        app: Any = self.app
        await self.seek_wait(await app.begin(self.assignment()))


class _Transport(driver.Transport):
    Consumer = _Consumer


class _App(faust.App):
    """A Faust app on our transport; `begin` gives the offset at which each partition is read."""

    begin: Callable[[Iterable[TP]], object]

    def _new_transport(self) -> driver.Transport:
        return _Transport(self.conf.broker_consumer, self)
