"""Ids of cases for analysts: the same case has the same one for ever, and it leads nowhere but back to this service."""

import hmac
from datetime import date
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


class Pseudonyms:
    """A permutation of ids under a key of the installation.

    One block of AES for one id of 16 bytes: equal ids must give equal pseudonyms, and two blocks never stand together,
    so there is nothing for a mode to hide.

    Args:
        key: the installation's key of references; another one is derived from it.
    """

    def __init__(self, key: bytes) -> None:
        derived = hmac.digest(key, b"dyad case pseudonyms", "sha256")
        self._cipher = Cipher(algorithms.AES(derived), modes.ECB())  # noqa: S305 - a single block, see the class

    def of(self, case_id: UUID) -> UUID:
        """The pseudonym of a case."""
        encryptor = self._cipher.encryptor()
        return UUID(bytes=encryptor.update(UUID(int=case_id.int).bytes) + encryptor.finalize())

    def case(self, pseudonym: UUID) -> UUID:
        """The case of a pseudonym."""
        decryptor = self._cipher.decryptor()
        return UUID(bytes=decryptor.update(pseudonym.bytes) + decryptor.finalize())

    def behind(self, cursor: tuple[date, UUID]) -> tuple[date, UUID]:
        """Where the page before ended, from a cursor that was made of a pseudonym."""
        return cursor[0], self.case(cursor[1])
