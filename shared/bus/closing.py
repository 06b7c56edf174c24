"""Letting go of connections to servers that may be gone already."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shared.eventstore.store import Connection
from shared.telemetry.logs import logger

log = logger(__name__)

WITHIN_S = 5.0


async def close_postgres(conn: Connection) -> None:
    """Closes a connection; if the server does not answer, drops it. What it was doing is rolled back."""
    try:
        await conn.close(timeout=2)
    except Exception:  # noqa: BLE001 - the server is gone in one way or another; nothing rests on a farewell
        conn.terminate()


async def close_kafka(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Stops a client, a bounded time: without its broker it would wait for it. Its connections are closed anyway."""
    await _bounded(client.stop())
    inner = client.client if isinstance(client, AIOKafkaProducer) else client._client  # noqa: SLF001 - no other way
    await _bounded(inner.close())


async def _bounded(closing: Coroutine[Any, Any, None]) -> None:
    # A task of its own: when aiokafka's own tasks were cancelled meanwhile, stop() raises their CancelledError, and
    # that must not be taken for ours.
    task = asyncio.create_task(closing)
    try:
        await asyncio.wait({task}, timeout=WITHIN_S)
    finally:
        task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()) is not None:
        log.debug("client_did_not_stop", error=type(error).__name__)
