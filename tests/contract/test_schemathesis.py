"""schemathesis against the four services as they run: whatever the published documents allow or forbid, never a 5xx."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from deploy.local import ports
from shared.migrations import migrate_all
from shared.testing import platform as servers
from shared.testing.bus import settings_of as settings_in
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.process_kit import settings_of

EXAMPLES = 6
"""Of each kind for each route: bounded, `make soak` has no share in it."""
START_BOUND_S = 60.0


@pytest.fixture(scope="module")
def environment(platform: Platform) -> Iterator[dict[str, str]]:
    """The environment of an installation of this module's own, its databases empty."""
    prefix = servers.new_namespace()
    migrate_all(settings_of(platform, prefix))
    yield {**os.environ, **platform.environment(prefix)}
    servers.remove_namespace(platform, prefix)


@pytest.fixture(params=["referral", "assessment", "intervention", "reporting"])
def address(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[str]:
    """One service's API as a process; it must end cleanly when it is asked to."""
    port = ports.free_port()
    command = [sys.executable, "-m", f"services.{request.param}.main", "--role", "api", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(process, url)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said[-2000:]
    assert "unexpected_exception" not in said, said[-4000:]


def _wait_until_it_answers(process: subprocess.Popen[str], url: str) -> None:
    ends = time.monotonic() + START_BOUND_S
    while time.monotonic() < ends and process.poll() is None:
        try:
            if httpx.get(f"{url}/livez").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"no answer from {url}: {process.communicate()[1][-2000:] if process.poll() else 'too slow'}")


def _ask(case: "Case[Any]", address: str, who: dict[str, str]) -> None:
    for place in (case.query, case.headers):
        for name in [name for name in place or {} if name.lower().replace("-", "_") == "wait_for"]:
            place.pop(name)  # a token of something that never happened is waited for, and then 503 is right
    response = case.call(base_url=address, headers=who)
    # Valid by its schema is not yet right: documents cannot say which version a case is at, which headers go with which
    # mode of posting, or that 7.0 is no count. Our own matrix says what is accepted and what is refused, and why.
    case.validate_response(response, excluded_checks=[positive_data_acceptance])


def test_no_route_answers_5xx_or_anything_that_its_document_does_not_say(
    address: str, environment: dict[str, str]
) -> None:
    who = bearer(settings_in(environment))
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
            except hypothesis.errors.InvalidArgument:
                continue

            @hypothesis.seed(20250303)
            @hypothesis.settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def check(case: "Case[Any]") -> None:
                _ask(case, address, who)

            try:
                check()
            except hypothesis.errors.Unsatisfiable:
                continue  # nothing wrong can be said to a route without parameters
            tried += 1
    assert tried > 5
