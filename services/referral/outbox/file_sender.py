"""Letters as files in a folder, for whoever prints or passes them on: one `<letter id>.eml` each."""

import asyncio
import os
from pathlib import Path

from services.referral.outbox.message import Means, Message, Undelivered, envelope
from services.referral.triage_codes import AcknowledgementChannel


class FileSender:
    """Writes each letter whole or not at all; the same letter again replaces itself.

    Args:
        folder: made when it is missing, for the owner of the process only.
        from_address: the team's e-mail address.
    """

    means = (Means.ADDRESS, Means.EMAIL)
    channel = AcknowledgementChannel.LETTER

    def __init__(self, folder: Path, from_address: str) -> None:
        self._folder = folder
        self._from = from_address

    async def send(self, message: Message) -> None:
        """Returns when the file is on disk under its name; see `Sender.send`."""
        mail = envelope(message, self._from)
        try:
            await asyncio.to_thread(self._write, f"{message.letter_id}.eml", mail.as_bytes())
        except OSError as error:
            raise Undelivered(f"file-{error.errno}") from None

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{name}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
