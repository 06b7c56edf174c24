"""The four real services on the shared platform, once for the whole folder; each test has a team of its own."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from shared.migrations import migrate_all
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.bus import settings_of
from shared.testing.platform import Platform
from shared.testing.services import running
from shared.testing.tokens import bearer
from tests.e2e.clinic import Clinic, Family

CLIENT_TIMEOUT_S = 30.0


@pytest.fixture(scope="package")
def system(platform: Platform) -> Iterator[Settings]:
    """All four services, every role in one process each."""
    namespace = servers.new_namespace()
    environment = platform.environment(namespace)
    settings = settings_of(environment)
    migrate_all(settings)
    with running(settings, environment):
        yield settings
    servers.remove_namespace(platform, namespace)


@pytest.fixture
def clinic(system: Settings) -> Iterator[Clinic]:
    """A clinical system that posts to them."""
    with httpx.Client(timeout=CLIENT_TIMEOUT_S, headers=bearer(system)) as client:
        yield Clinic(system, client)


@pytest.fixture
def family() -> Family:
    """A family in a team that nobody else is in, so that the team's views are about it alone."""
    return Family(team=f"team-{uuid4().hex[:12]}")
