"""Services as processes: each role alone, readiness, and an end that finishes what was begun."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.referral.aggregate import aggregate
from shared.settings import Settings
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.process_kit import STRUCTURED, event, installed, request_example
from tests.integration.waiting import until

BOUND_S = 60.0


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """A referral service's own database for this module."""
    with installed(platform, "referral") as made:
        yield made


@contextmanager
def running(platform: Platform, settings: Settings, role: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The referral service in one role, and its address; killed if it is still there at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "services.referral.main", "--role", role, "--port", str(port)]
    environment = {**os.environ, **platform.environment(settings.namespace)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("role", ["relay", "consumer", "timers"])
def test_a_role_alone_answers_for_its_health_and_takes_no_posts(
    platform: Platform, settings: Settings, role: str
) -> None:
    with running(platform, settings, role) as (process, address):
        until(lambda: ready(address), BOUND_S)
        checks = httpx.get(f"{address}/readyz").json()["checks"]
        assert checks == {role: "ok", "database": "ok"}
        assert httpx.get(f"{address}/livez").text == "ok"
        assert "dyad_http_request_duration_seconds" in httpx.get(f"{address}/metrics").text
        assert httpx.post(f"{address}/events", json={}).status_code == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(BOUND_S) == 0


def test_a_service_that_is_told_to_stop_answers_what_it_has_begun(platform: Platform, settings: Settings) -> None:
    body = event("ReferralReceived", request_example(aggregate, "ReferralReceived"), teamid="team-north")
    with (
        running(platform, settings, "api") as (process, address),
        psycopg.connect(settings.dsn("referral", "dyad_owner")) as blocker,
        ThreadPoolExecutor() as threads,
    ):
        until(lambda: ready(address), BOUND_S)
        blocker.execute("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE")
        answer = threads.submit(
            httpx.post, f"{address}/events", json=body, headers={**STRUCTURED, **bearer(settings)}, timeout=BOUND_S
        )
        until(lambda: _someone_waits(settings), BOUND_S)
        process.send_signal(signal.SIGTERM)
        until(lambda: not _takes_connections(address), BOUND_S)
        blocker.rollback()
        assert answer.result(BOUND_S).status_code == 201
        assert process.wait(BOUND_S) == 0


def test_an_acknowledged_post_survives_a_kill_and_an_unanswered_one_has_one_effect_when_repeated(
    platform: Platform, settings: Settings
) -> None:
    data = request_example(aggregate, "ReferralReceived")
    first, second = (event("ReferralReceived", data, teamid="team-north", id=str(uuid4())) for _ in range(2))
    with (
        running(platform, settings, "api") as (process, address),
        psycopg.connect(settings.dsn("referral", "dyad_owner")) as blocker,
        ThreadPoolExecutor() as threads,
    ):
        until(lambda: ready(address), BOUND_S)
        acknowledged = httpx.post(f"{address}/events", json=first, headers={**STRUCTURED, **bearer(settings)})
        blocker.execute("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE")
        lost = threads.submit(
            httpx.post, f"{address}/events", json=second, headers={**STRUCTURED, **bearer(settings)}, timeout=BOUND_S
        )
        until(lambda: _someone_waits(settings), BOUND_S)
        process.kill()
        assert isinstance(lost.exception(BOUND_S), httpx.TransportError)
    with running(platform, settings, "api") as (_, address):
        until(lambda: ready(address), BOUND_S)
        again = [
            httpx.post(f"{address}/events", json=body, headers={**STRUCTURED, **bearer(settings)})
            for body in (first, second, second)
        ]
    assert again[0].content == acknowledged.content
    assert [answer.status_code for answer in again] == [201, 201, 201]
    assert again[2].content == again[1].content
    case_ids = [answer.json()["case_id"] for answer in again]
    with psycopg.connect(settings.dsn("referral", "dyad_owner")) as conn:
        found = conn.execute("SELECT count(*) FROM events WHERE case_id = ANY (%s::uuid[])", [case_ids]).fetchone()
    assert found == (2,)


def _someone_waits(settings: Settings) -> bool:
    with psycopg.connect(settings.dsn("referral", "dyad_owner")) as conn:
        query = (
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE NOT granted AND relation = 'posts'::regclass AND datname = current_database()"
        )
        row = conn.execute(query).fetchone()
    return row is not None and row[0] > 0


def _takes_connections(address: str) -> bool:
    host, _, port = address.removeprefix("http://").partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False
