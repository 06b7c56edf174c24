"""The secrets of one installation: made once, readable by their owner only, never shown."""

import os
import secrets
from pathlib import Path

ROLE_PASSWORD = "role-password"  # noqa: S105  the name of a file
REFERENCE_KEY = "reference-hmac.key"
KEY_BYTES = 32


def make(folder: Path) -> None:
    """Write what is missing of the secrets.

    `role-password` (of the five roles); `reference-hmac.key` and the first key-encryption key `kek-1.key` (32 bytes,
    hex); the local issuer's `token-signing.jwk` with its `jwks.json`.

    An existing file is never replaced: case references are stored as HMACs under that very key.
    """
    from deploy.local.issuer import minting  # noqa: PLC0415 - cryptography that most commands need not wait for
    from shared.vault import keyring  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    minting.make_keys(folder)
    for name in (ROLE_PASSWORD, REFERENCE_KEY):
        read_or_make(folder / name)
    if not keyring.numbers(folder):
        read_or_make(folder / keyring.file_name(1))


def read_or_make(path: Path) -> str:
    """The secret in this file; made of 32 random bytes, in hex, with mode 0600 if there is none yet."""
    if not path.exists():
        write(path, secrets.token_hex(KEY_BYTES))
    return path.read_text().strip()


def write(path: Path, secret: str) -> None:
    """Put a secret into a file with mode 0600, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
    fresh.replace(path)
