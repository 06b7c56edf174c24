"""Rotation of the key-encryption key: every key is wrapped anew, no event is touched, services need no restart."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local import keys
from deploy.local.trouble import EXIT_DIFFERENCE
from shared.settings import STORES, Settings
from shared.testing.platform import Platform
from shared.vault.keyring import NoKey
from tests.integration.process_kit import client_of
from tests.integration.vault_kit import as_owner, entry, installed_apart, new_family, note, people, refer, values

EVENTS = "SELECT position, doc::text, sealed FROM events ORDER BY position"


@pytest.fixture
def settings(platform: Platform, tmp_path: Path) -> Iterator[Settings]:
    """The deciding services with secrets of their own."""
    with installed_apart(platform, tmp_path, *STORES) as made:
        yield made


def by_key(settings: Settings) -> dict[str, Any]:
    return {str(row["key"]): row["referral"] for row in keys.status(settings)}


async def test_rotation_wraps_every_key_anew_and_changes_no_event(settings: Settings) -> None:
    family, later = new_family(), new_family()
    async with client_of(settings, "referral") as client:
        await refer(client, family, entry([family.infant, family.mother], "note", "of both"))
        events = await as_owner(settings, "referral", EVENTS)
        assert keys.add(settings) == 2
        await refer(client, later, entry(later.infant, "full_name", "Wilma"))
        assert by_key(settings) == {"kek-1.key": 2, "kek-2.key": 1}
        with pytest.raises(keys.StillNeeded):
            keys.retire(settings)
        told: list[tuple[str, int]] = []
        assert keys.rewrap(settings, lambda service, done: told.append((service, done))) == 2
        assert told == [("referral", 2)]
        assert keys.rewrap(settings) == 0
        assert by_key(settings) == {"kek-1.key": 0, "kek-2.key": 3}
        assert (await as_owner(settings, "referral", EVENTS))[: len(events)] == events
        assert keys.retire(settings) == [1]
        assert not (settings.secrets_dir / "kek-1.key").exists()
        assert list(values(await people(client, family)).values()) == [["of both"]]
    async with client_of(settings, "referral") as client:
        assert list(values(await people(client, family)).values()) == [["of both"]]
        assert (await note(client, family, entry(family.infant, "note", "after it"))).status_code == 201


def dyad(platform: Platform, settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    environment = platform.environment(settings.namespace) | {"DYAD_SECRETS_DIR": str(settings.secrets_dir)}
    command = [sys.executable, "-m", "deploy.local.cli", "keys", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


async def test_the_command_line_rotates_and_retires(platform: Platform, settings: Settings) -> None:
    family = new_family()
    async with client_of(settings, "referral") as client:
        await refer(client, family, entry(family.infant, "full_name", "Wilma"))
        (settings.secrets_dir / "kek-2.key").write_text("ab" * 32)
        assert dyad(platform, settings, "retire").returncode == EXIT_DIFFERENCE
        assert dyad(platform, settings, "rotate").returncode == 0
        assert dyad(platform, settings, "retire").returncode == 0
        [row] = json.loads(dyad(platform, settings, "status", "--output", "json").stdout)
        assert row == {
            "key": "kek-3.key",
            "file": True,
            "in_use": True,
            "referral": 1,
            "assessment": 0,
            "intervention": 0,
        }
        assert list(values(await people(client, family)).values()) == [["Wilma"]]


async def test_a_service_without_its_key_encryption_key_does_not_start(settings: Settings) -> None:
    (settings.secrets_dir / "kek-1.key").unlink()
    with pytest.raises(NoKey):
        async with client_of(settings, "referral"):
            pass


async def test_no_role_of_a_service_changes_or_removes_a_key_but_by_an_erasure(settings: Settings) -> None:
    family = new_family()
    async with client_of(settings, "referral") as client:
        await refer(client, family, entry(family.infant, "full_name", "Wilma"))
    for role in ("dyad_writer", "dyad_consumer", "dyad_relay", "dyad_reader"):
        with psycopg.connect(settings.dsn("referral", role), autocommit=True) as connection:
            for statement in (
                "DELETE FROM subject_keys",
                "UPDATE subject_keys SET kek = 2",
                "DELETE FROM tombstones",
                "INSERT INTO subject_keys (subject, kek, wrapped) VALUES (gen_random_uuid(), 1, '')",
                "UPDATE erasure_steps SET by = 'x'",
                "DELETE FROM erasure_requests",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)
            if role != "dyad_writer":
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute("SELECT wrapped FROM subject_keys")
