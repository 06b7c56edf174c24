"""Logs never show content: not in a message, not in a traceback, not in a local variable."""

import json
import subprocess
import sys
from typing import Any

CANARY = "Canary-Ann-4857773456"
PROGRAM = f"""
import asyncio, gc, logging
from shared.telemetry.logs import configure_logging, logger
configure_logging("referral", "api")

def fail():
    document = "{CANARY}"
    try:
        raise KeyError(document)
    except KeyError as first:
        raise ValueError(document) from first

try:
    fail()
except ValueError:
    logger("ours").exception("it_broke", case_id="c1")
    logging.getLogger("uvicorn.error").exception("Exception in application\\n{CANARY}")

async def forgotten():
    async def task():
        fail()
    made = asyncio.create_task(task())
    await asyncio.wait([made])
    del made
    gc.collect()

asyncio.run(forgotten())
"""


def _lines() -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert CANARY not in done.stderr
    assert CANARY not in done.stdout
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_an_error_is_logged_by_kind_and_place_and_never_with_content() -> None:
    ours, theirs, forgotten = _lines()
    assert ours["event"] == "it_broke"
    assert ours["case_id"] == "c1"
    assert ours["error_type"] == theirs["error_type"] == forgotten["error_type"] == "ValueError"
    assert ours["cause_type"] == "KeyError"
    assert len(ours["places"]) == 2
    assert theirs["event"] == "Exception in application"
    assert forgotten["event"] == "Task exception was never retrieved"


def test_every_line_says_who_when_and_how_grave() -> None:
    for line in _lines():
        assert line["service"] == "referral"
        assert line["role"] == "api"
        assert line["level"] == "error"
        assert line["timestamp"].endswith("Z")
