"""The sender that the settings name."""

from pathlib import Path
from urllib.parse import urlsplit

from services.referral.outbox.file_sender import FileSender
from services.referral.outbox.message import Sender
from services.referral.outbox.smtp_sender import Server, SmtpSender
from shared.settings import Settings

LOGIN = "smtp-login"
"""File among the secrets: user and password for the mail server, a line each. Without it there is no login."""
_PORTS = {"smtp": 587, "smtps": 465}


def sender_of(settings: Settings) -> Sender | None:
    """Who sends, by DYAD_LETTERS; None where it is empty: letters wait.

    Raises:
        ValueError: DYAD_LETTERS or DYAD_LETTERS_FROM is unusable; the rule, never a password.
    """
    if not settings.letters:
        return None
    scheme, _, rest = settings.letters.partition(":")
    if scheme == "file":
        folder = Path(rest)
        if not folder.is_absolute():
            raise ValueError("DYAD_LETTERS: file:<folder> needs an absolute path")
        return FileSender(folder, settings.letters_from)
    parts = urlsplit(settings.letters)
    if scheme not in _PORTS or not parts.hostname or parts.username is not None or parts.path not in {"", "/"}:
        raise ValueError("DYAD_LETTERS: file:<folder>, smtp://host:port or smtps://host:port")
    if settings.letters_from.endswith("@localhost"):
        raise ValueError("DYAD_LETTERS_FROM: needed for e-mail, an address that the mail server may send from")
    user, password = _login(settings.secrets_dir / LOGIN)
    port = parts.port or _PORTS[scheme]
    server = Server(host=parts.hostname, port=port, tls=scheme == "smtps", user=user, password=password)
    return SmtpSender(server, settings.letters_from)


def _login(file: Path) -> tuple[str, str] | tuple[None, None]:
    if not file.exists():
        return None, None
    lines = file.read_text().splitlines()
    if len(lines) != 2 or not all(lines):
        raise ValueError(f"secrets/{LOGIN}: two lines, user and password")
    return lines[0], lines[1]
