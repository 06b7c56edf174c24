"""Keeps a piece of work going: says loudly why it died, waits longer each time, and begins it again."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg
from aiokafka.errors import KafkaError

from shared.bus.pause import pause
from shared.bus.topics import PartitionMismatch, TopicMissing
from shared.bus.trouble import place_of
from shared.telemetry.logs import logger

log = logger(__name__)

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
SERVERS = (OSError, TimeoutError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, TopicMissing)
"""What happens when a server goes away: expected, so it is logged without a trace."""


async def supervise(
    work: Callable[[asyncio.Event], Awaitable[None]],
    stop: asyncio.Event,
    *,
    expected: tuple[type[Exception], ...] = (),
    **about: object,
) -> None:
    """Runs `work` until `stop` is set, again and again when it fails.

    Args:
        work: takes `stop`; returns when it is set.
        stop: set to end.
        expected: further exceptions that are no defect.
        about: what to say in the log.

    Raises:
        PartitionMismatch: nothing may start.
    """
    pause_s = FIRST_PAUSE_S
    while not stop.is_set():
        began_s = time.monotonic()
        try:
            await work(stop)
        except PartitionMismatch:
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # A library's task was cancelled and it told us so: this work is not, and must not end silently.
            log.error("failed_and_begins_again", error="CancelledError from within", **about)  # noqa: TRY400
        except (*SERVERS, *expected) as error:
            log.warning("failed_and_begins_again", error=place_of(error), **about)  # its message may quote keys
        except Exception:
            log.exception("failed_and_begins_again", **about)
        if time.monotonic() - began_s > LONGEST_PAUSE_S:
            pause_s = FIRST_PAUSE_S
        await pause(stop, pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
