"""A consumer: members that read in parallel, and one steward; each begins again by itself when a server goes away."""

import asyncio
from collections.abc import Sequence

from shared.bus.batch import Handler, Reading
from shared.bus.inbox import Decodes
from shared.bus.member import Member, Place
from shared.bus.steward import Steward
from shared.bus.supervise import supervise
from shared.bus.topics import ensure_topics
from shared.settings import Settings


class Consumer:
    """Applies the events of some stores to one service's database, exactly once in effect.

    Args:
        settings: where Postgres and Kafka are.
        service: the service whose database it writes.
        name: of the projection version or process manager; offsets, inbox and watermark are kept under it.
        stores: whose topics it reads.
        handler: what to do with news, see `Handler`.
        decodes: raises `UnknownEventType` for a type that only an upgrade may know, anything else for a broken event.
        members: readers in this process; two let Python work while Postgres does.
    """

    def __init__(
        self,
        settings: Settings,
        service: str,
        *,
        name: str,
        stores: Sequence[str],
        handler: Handler,
        decodes: Decodes,
        members: int = 1,
    ) -> None:
        place = Place(settings=settings, service=service, topics={settings.topic(store): store for store in stores})
        reading = Reading(consumer=name, handler=handler, decodes=decodes)
        self._settings = settings
        self._name = name
        self._members = [Member(place, reading) for _ in range(members)]
        self._steward = Steward(place, reading, self._look_again)

    @property
    def ready(self) -> bool:
        """Whether every member has its partitions and the steward is at work."""
        return self._steward.ready and all(member.ready for member in self._members)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set.

        Raises:
            PartitionMismatch: the topics do not have the configured number of partitions.
        """
        await supervise(self._work, stop, consumer=self._name)

    async def _work(self, stop: asyncio.Event) -> None:
        await ensure_topics(self._settings)
        async with asyncio.TaskGroup() as tasks:
            for number, member in enumerate(self._members):
                tasks.create_task(supervise(member.run, stop, consumer=self._name, member=number))
            tasks.create_task(supervise(self._steward.run, stop, consumer=self._name, member="steward"))

    def _look_again(self) -> None:
        for member in self._members:
            member.look_again()
