"""The key-encryption keys: files `kek-<number>.key` in the folder of the secrets; the highest number is in use.

A file holds 32 bytes in hex. Older ones are kept for as long as a subject's key is wrapped under them
(`dyad keys rotate`, `dyad keys retire`).
"""

import re
from pathlib import Path

from shared.vault.sealing import KEY_BYTES

_NAME = re.compile(r"kek-([1-9]\d{0,8})\.key")


class NoKey(Exception):
    """A key-encryption key that is needed is not there, or is not one."""


def file_name(number: int) -> str:
    """The file of a key-encryption key."""
    return f"kek-{number}.key"


def numbers(folder: Path) -> list[int]:
    """The numbers of the keys in a folder, ascending."""
    return sorted(int(found[1]) for path in folder.iterdir() if (found := _NAME.fullmatch(path.name)))


def read(folder: Path, number: int) -> bytes:
    """One key.

    Raises:
        NoKey: there is none of this number, or the file does not hold 64 hex digits.
    """
    try:
        key = bytes.fromhex((folder / file_name(number)).read_text().strip())
    except (FileNotFoundError, ValueError):
        raise NoKey(f"{file_name(number)} is missing or is not a key") from None
    if len(key) != KEY_BYTES:
        raise NoKey(f"{file_name(number)} is not a key of {KEY_BYTES} bytes")
    return key


class Keyring:
    """The key-encryption keys of one installation; a key that was added is found without a restart.

    Args:
        folder: DYAD_SECRETS_DIR.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[int, bytes] = {}

    def newest(self) -> tuple[int, bytes]:
        """Number and key under which new subject keys are wrapped; the folder is looked at each time.

        Raises:
            NoKey: there is none.
        """
        found = numbers(self._folder)
        if not found:
            raise NoKey(f"no key-encryption key ({file_name(1)}) among the secrets; `dyad migrate` makes the first")
        return found[-1], self.key(found[-1])

    def key(self, number: int) -> bytes:
        """The key of this number.

        Raises:
            NoKey: it is missing.
        """
        if number not in self._keys:
            self._keys[number] = read(self._folder, number)
        return self._keys[number]
