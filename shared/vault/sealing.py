"""The sealed part of an event, and the keys that open it: AES-256-GCM, HKDF. Pure but for random nonces and keys.

Sealed format 1, the bytes of column `sealed` (its SHA-256 is the member `sealedhash` of the event):

    0x01, then compact JSON in UTF-8: an array of {"about": [subject ids, sorted], "field": code, "nonce": hex of 12
    bytes, "box": base64 of ciphertext and 16-byte tag}

The box holds compact JSON {"value": text, "to": [readers]}. Its associated data is `dyad-sealed-1`, event id, subject
ids and field, each after a zero byte: a box fits nowhere else. The key is that of the one subject, or for two or three
HKDF-SHA-256 over all their keys, with the ids as context: readable only while every one of them exists.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.vault.fields import Reader
from shared.vault.personal import PersonalEntry

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x01"


class Tampered(Exception):
    """A box or a wrapped key is not what was written, or does not belong where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEntry:
    """One entry as it is stored."""

    about: tuple[UUID, ...]
    field: str
    nonce: bytes
    box: bytes = member(repr=False)


def new_key() -> bytes:
    """A fresh key of 32 random bytes."""
    return os.urandom(KEY_BYTES)


def wrap(kek: bytes, store: str, subject: UUID, key: bytes) -> bytes:
    """A subject's key under a key-encryption key: nonce and box; it fits this store and subject only."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(kek).encrypt(nonce, key, _key_context(store, subject))


def unwrap(kek: bytes, store: str, subject: UUID, wrapped: bytes) -> bytes:
    """A subject's key.

    Raises:
        Tampered: another key-encryption key, store or subject, or changed bytes.
    """
    try:
        return AESGCM(kek).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _key_context(store, subject))
    except InvalidTag:
        raise Tampered("a wrapped key does not fit") from None


def seal(event_id: UUID, entries: Collection[PersonalEntry], keys: Mapping[UUID, bytes]) -> bytes:
    """The sealed part of one event.

    Args:
        event_id: the event that it belongs to.
        entries: resolved; each (about, field) once.
        keys: of every subject that they are about.
    """
    return _FORMAT + orjson.dumps([_sealed(event_id, entry, keys) for entry in entries])


def _sealed(event_id: UUID, entry: PersonalEntry, keys: Mapping[UUID, bytes]) -> dict[str, Any]:
    about = tuple(UUID(str(subject)) for subject in entry.about)
    nonce = os.urandom(_NONCE_BYTES)
    plain = orjson.dumps({"value": entry.value, "to": entry.disclosable_to})
    box = AESGCM(_key_for(about, keys)).encrypt(nonce, plain, _context(event_id, about, entry.field))
    return {
        "about": [str(subject) for subject in about],
        "field": entry.field,
        "nonce": nonce.hex(),
        "box": b64encode(box).decode(),
    }


def opened(sealed: bytes) -> list[SealedEntry]:
    """What the sealed part of an event says openly: whom and what its entries are about.

    Raises:
        Tampered: not format 1.
    """
    if sealed[:1] != _FORMAT:
        raise Tampered("unknown format of a sealed part")
    return [
        SealedEntry(
            about=tuple(UUID(subject) for subject in item["about"]),
            field=item["field"],
            nonce=bytes.fromhex(item["nonce"]),
            box=b64decode(item["box"]),
        )
        for item in orjson.loads(sealed[1:])
    ]


def unseal(event_id: UUID, entry: SealedEntry, keys: Mapping[UUID, bytes]) -> PersonalEntry | None:
    """The content of one entry; None when a key that it needs does not exist (any more).

    Raises:
        Tampered: it was changed, or belongs to another event, subject or field.
    """
    if not all(subject in keys for subject in entry.about):
        return None
    context = _context(event_id, entry.about, entry.field)
    try:
        plain = AESGCM(_key_for(entry.about, keys)).decrypt(entry.nonce, entry.box, context)
    except InvalidTag:
        raise Tampered("a sealed entry does not fit its event") from None
    members = orjson.loads(plain)
    readers = tuple(Reader(reader) for reader in members["to"])
    return PersonalEntry(about=entry.about, field=entry.field, value=members["value"], disclosable_to=readers)


def _key_for(about: tuple[UUID, ...], keys: Mapping[UUID, bytes]) -> bytes:
    if len(about) == 1:
        return keys[about[0]]
    ordered = sorted(about, key=str)
    context = "\0".join(("dyad-shared-1", *(str(subject) for subject in ordered))).encode()
    material = b"".join(keys[subject] for subject in ordered)
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=context).derive(material)


def _context(event_id: UUID, about: tuple[UUID, ...], code: str) -> bytes:
    parts = ("dyad-sealed-1", str(event_id), *(str(subject) for subject in sorted(about, key=str)), code)
    return "\0".join(parts).encode()


def _key_context(store: str, subject: UUID) -> bytes:
    return f"dyad-subject-key-1\0{store}\0{subject}".encode()
