"""Waiting that ends at once when the process is told to stop."""

import asyncio
import contextlib


async def pause(stop: asyncio.Event, seconds: float) -> bool:
    """Waits so long, or until `stop` is set; whether it is."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
