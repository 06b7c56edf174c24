"""Fixtures for every test: real servers once a session, databases and topics of one's own for each test."""

import os
from collections.abc import Iterator

import pytest

from shared.testing import platform as servers
from shared.testing.platform import Platform


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The servers of this run, shared by all its tests: never kill these (see `private_platform`)."""
    with servers.chosen_platform() as chosen:
        yield chosen


@pytest.fixture(scope="module")
def private_platform() -> Iterator[Platform]:
    """Embedded servers of one module's own; `.postgres` and `.kafka` have kill(), stop() and start()."""
    if os.environ.get("DYAD_TEST_PLATFORM") == "containers":
        pytest.skip("kills its servers, so it needs embedded ones; this run's platform is containers")
    with servers.private_platform() as own:
        yield own


@pytest.fixture
def namespace(platform: Platform) -> Iterator[str]:
    """A fresh prefix for databases and topics; all that bears it is dropped after the test."""
    prefix = servers.new_namespace()
    yield prefix
    servers.remove_namespace(platform, prefix)


@pytest.fixture
def fresh_database(platform: Platform, namespace: str) -> str:
    """The administrator's URL of an empty database of the test's own."""
    return servers.create_database(platform, f"{namespace}scratch")


@pytest.fixture
def settings_env(platform: Platform, namespace: str) -> dict[str, str]:
    """The whole environment for a service process of this test: servers, secrets, prefix, free ports."""
    return platform.environment(namespace)
