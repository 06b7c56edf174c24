"""What the log says when work fails and begins again."""

import asyncio

import asyncpg
from structlog.testing import capture_logs

from shared.bus.supervise import supervise

CANARY = "Canary-Ann-4857773456"


async def test_a_server_error_is_logged_by_its_kind_and_place_and_never_by_its_text() -> None:
    error = asyncpg.UniqueViolationError(f"Key (source, id)=({CANARY}, 7) already exists.")
    stop = asyncio.Event()

    async def work(stop: asyncio.Event) -> None:
        stop.set()
        raise error

    with capture_logs() as lines:
        await supervise(work, stop, store="referral")
    [line] = lines
    assert line["event"] == "failed_and_begins_again"
    assert line["store"] == "referral"
    assert line["error"].startswith("UniqueViolationError (23505) at ")
    assert CANARY not in str(lines)
