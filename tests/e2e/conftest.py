"""The four real services on the shared platform, once for the whole folder; each test has a team of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from shared.migrations import migrate_all
from shared.settings import SERVICES, Settings
from shared.testing import platform as servers
from shared.testing.bus import settings_of
from shared.testing.platform import Platform
from shared.testing.roles import ALL, RoleProcess, role_processes
from shared.testing.tokens import bearer
from tests.e2e.clinic import Clinic, Family
from tests.e2e.untimed import program

CLIENT_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Installed:
    """An installation whose processes a test may kill, if it starts them again."""

    environment: dict[str, str]
    settings: Settings
    services: dict[str, RoleProcess]


@pytest.fixture(scope="package")
def installed(platform: Platform) -> Iterator[Installed]:
    """All four services, every role but those of the clock in one process each; erasures are not delayed."""
    namespace = servers.new_namespace()
    environment = platform.environment(namespace) | {"DYAD_ERASURE_DELAY_HOURS": "0"}
    settings = settings_of(environment)
    migrate_all(settings)
    wanted = [(service, ALL) for service in SERVICES]
    with role_processes(settings, environment, wanted, program=program) as roles:
        yield Installed(environment, settings, {service: each for (service, _), each in roles.items()})
    servers.remove_namespace(platform, namespace)


@pytest.fixture(scope="package")
def system(installed: Installed) -> Settings:
    """Where these services are."""
    return installed.settings


@pytest.fixture
def clinic(system: Settings) -> Iterator[Clinic]:
    """A clinical system that posts to them."""
    with httpx.Client(timeout=CLIENT_TIMEOUT_S, headers=bearer(system)) as client:
        yield Clinic(system, client)


@pytest.fixture
def family() -> Family:
    """A family in a team that nobody else is in, so that the team's views are about it alone."""
    return Family(team=f"team-{uuid4().hex[:12]}")
