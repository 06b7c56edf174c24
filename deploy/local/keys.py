"""The key-encryption keys of an installation: which is in use, a new one, rewrapping, removing what nothing needs."""

from collections.abc import Callable

import psycopg

from deploy.local import secret_files
from shared.migrations import OWNER
from shared.settings import STORES, Settings
from shared.vault import keyring
from shared.vault.keyring import Keyring
from shared.vault.sealing import unwrap, wrap

BATCH = 1000
_COUNT = "SELECT kek, count(*) FROM subject_keys GROUP BY kek"
_OLD = "SELECT subject, kek, wrapped FROM subject_keys WHERE kek <> %s ORDER BY subject LIMIT %s FOR UPDATE"
_REWRAP = "UPDATE subject_keys SET kek = %s, wrapped = %s WHERE subject = %s"


class StillNeeded(Exception):
    """Keys of people are wrapped under it."""


def status(settings: Settings) -> list[dict[str, str | int | bool | None]]:
    """For each key-encryption key: is its file there, is it in use, and how many keys of each service it wraps."""
    files = keyring.numbers(settings.secrets_dir)
    counts = {service: _counts(settings, service) for service in STORES}
    known = sorted({*files, *(number for found in counts.values() for number in found)})
    return [
        {
            "key": keyring.file_name(number),
            "file": number in files,
            "in_use": bool(files) and number == files[-1],
            **{service: counts[service].get(number, 0) for service in STORES},
        }
        for number in known
    ]


def add(settings: Settings) -> int:
    """Makes a new key-encryption key; services wrap new keys under it from now on, without a restart.

    Raises:
        OSError: the folder of the secrets cannot be written to.
    """
    files = keyring.numbers(settings.secrets_dir)
    number = files[-1] + 1 if files else 1
    secret_files.read_or_make(settings.secrets_dir / keyring.file_name(number))
    return number


def rewrap(settings: Settings, tell: Callable[[str, int], None] = lambda _service, _keys: None) -> int:
    """Wraps every subject's key under the newest key-encryption key; no event is touched; how many were changed.

    It may be cut off at any point and said again: each batch is a transaction.

    Raises:
        NoKey: a key-encryption key that is needed is missing.
        Tampered: a wrapped key is not what was written.
    """
    keys = Keyring(settings.secrets_dir)
    changed = 0
    for service in STORES:
        done = 0
        with psycopg.connect(settings.dsn(service, OWNER)) as connection:
            while batch := _rewrap_batch(connection, service, keys):
                done += batch
                tell(service, done)
        changed += done
    return changed


def _rewrap_batch(connection: psycopg.Connection, service: str, keys: Keyring) -> int:
    number, newest = keys.newest()
    with connection.transaction():
        rows = connection.execute(_OLD, [number, BATCH]).fetchall()
        for subject, kek, wrapped in rows:
            fresh = wrap(newest, service, subject, unwrap(keys.key(kek), service, subject, bytes(wrapped)))
            connection.execute(_REWRAP, [number, fresh, subject])
    return len(rows)


def retire(settings: Settings) -> list[int]:
    """Removes the files of key-encryption keys that wrap nothing any more; the newest always stays.

    Raises:
        StillNeeded: keys are wrapped under an older one: `rewrap` first. Nothing is removed then.
    """
    older = keyring.numbers(settings.secrets_dir)[:-1]
    needed = {number for service in STORES for number in _counts(settings, service)}
    if needed.intersection(older):
        raise StillNeeded
    for number in older:
        (settings.secrets_dir / keyring.file_name(number)).unlink()
    return older


def _counts(settings: Settings, service: str) -> dict[int, int]:
    with psycopg.connect(settings.dsn(service, OWNER)) as connection:
        return {int(kek): int(number) for kek, number in connection.execute(_COUNT).fetchall()}
