"""The keys of the data subjects of one service: read, or made, in the transaction that needs them."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from uuid import UUID

import asyncpg

from shared.eventstore.store import Connection
from shared.vault.keyring import Keyring
from shared.vault.sealing import new_key, unwrap, wrap

_GET_OR_MAKE = "SELECT subject, kek, wrapped FROM subject_keys_of($1::uuid[], $2, $3::bytea[])"
_GET = "SELECT subject, kek, wrapped FROM subject_keys WHERE subject = ANY ($1::uuid[])"


class Vault:
    """What a deciding service seals and unseals with.

    Args:
        store: the service; a wrapped key fits one store only.
        secrets: folder of the key-encryption keys.
        tombstones: file of the erased subjects.
    """

    def __init__(self, store: str, secrets: Path, tombstones: Path) -> None:
        self.store = store
        self.keyring = Keyring(secrets)
        self.tombstones = tombstones

    async def keys_to_seal(self, conn: Connection, subjects: Collection[UUID]) -> Mapping[UUID, bytes]:
        """Their keys, made where there is none yet; a subject that was erased has none. One statement.

        Args:
            conn: as `dyad_writer` or `dyad_consumer`, in the transaction that will append, its cases locked.
            subjects: at least one.

        Raises:
            NoKey: a key-encryption key is missing.
        """
        ordered = sorted(set(subjects))
        number, kek = self.keyring.newest()
        fresh = {subject: new_key() for subject in ordered}
        candidates = [wrap(kek, self.store, subject, key) for subject, key in fresh.items()]
        return self._unwrapped(await conn.fetch(_GET_OR_MAKE, ordered, number, candidates))

    async def keys(self, conn: Connection, subjects: Iterable[UUID]) -> Mapping[UUID, bytes]:
        """Their keys as far as they exist; makes none.

        Args:
            conn: as `dyad_writer`.
            subjects: any.

        Raises:
            NoKey: a key-encryption key is missing.
        """
        wanted = sorted(set(subjects))
        return self._unwrapped(await conn.fetch(_GET, wanted)) if wanted else {}

    def _unwrapped(self, rows: list[asyncpg.Record]) -> dict[UUID, bytes]:
        return {
            UUID(int=subject.int): unwrap(self.keyring.key(kek), self.store, subject, wrapped)
            for subject, kek, wrapped in rows
        }
