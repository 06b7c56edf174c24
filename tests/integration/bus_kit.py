"""Running relays and consumers inside a test."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from shared.bus.batch import Handler
from shared.bus.consumer import Consumer
from shared.bus.inbox import Decodes
from shared.relay.relay import Relay
from shared.settings import Settings
from shared.testing.bus import decodes as knows_made

NAME = "viewer"
SERVICE = "reporting"


class Running(Protocol):
    """What runs until it is told to stop."""

    async def run(self, stop: asyncio.Event) -> None: ...


@asynccontextmanager
async def running(*works: Running) -> AsyncIterator[None]:
    """Runs these until the block ends, then stops them as a service does."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for work in works:
            tasks.create_task(work.run(stop))
        try:
            yield
        finally:
            stop.set()


@asynccontextmanager
async def relays(settings: Settings, *stores: str) -> AsyncIterator[None]:
    """Runs one relay per store."""
    async with running(*(Relay(settings, store) for store in stores)):
        yield


def consumer(
    settings: Settings,
    handler: Handler,
    *,
    stores: Sequence[str] = ("referral",),
    service: str = SERVICE,
    decodes: Decodes = knows_made,
    members: int = 1,
) -> Consumer:
    """A consumer called `viewer`."""
    return Consumer(settings, service, name=NAME, stores=stores, handler=handler, decodes=decodes, members=members)
