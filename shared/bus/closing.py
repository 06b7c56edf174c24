"""Letting go of connections to servers that may be gone already."""

import asyncio
import contextlib

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.eventstore.store import Connection

WITHIN_S = 5.0


async def close_postgres(conn: Connection) -> None:
    """Closes a connection; if the server does not answer, drops it. What it was doing is rolled back."""
    try:
        await conn.close(timeout=2)
    except Exception:  # noqa: BLE001 - the server is gone in one way or another; nothing rests on a farewell
        conn.terminate()


async def close_kafka(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Stops a client, a bounded time: without its broker it would wait for it. Its connections are closed anyway."""
    with contextlib.suppress(TimeoutError, KafkaError, OSError):
        await asyncio.wait_for(client.stop(), WITHIN_S)
    inner = client.client if isinstance(client, AIOKafkaProducer) else client._client  # noqa: SLF001 - no other way
    with contextlib.suppress(TimeoutError, KafkaError, OSError):
        await asyncio.wait_for(inner.close(), WITHIN_S)
