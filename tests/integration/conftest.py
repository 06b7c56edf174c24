"""A migrated event store of each test's own."""

from collections.abc import Iterator

import pytest

from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration import store_kit


@pytest.fixture(scope="session")
def session_store(platform: Platform) -> Iterator[Settings]:
    """A store that is migrated once a run."""
    migrated = store_kit.migrated_store(platform, servers.new_namespace())
    yield migrated
    store_kit.drop_store(migrated)


@pytest.fixture
def store(session_store: Settings) -> Settings:
    """An empty event store (of the referral service) that nobody else uses."""
    store_kit.empty_store(session_store)
    return session_store
