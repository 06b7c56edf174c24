"""A mail server that answers as a test wants, and a referral service whose letters a test sends one by one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from ssl import SSLContext
from typing import Any

import asyncpg
import httpx
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from services.referral.outbox.runner import Outbox
from shared.eventstore.pool import open_pool
from shared.settings import Settings
from tests.integration.vault_kit import Family, as_owner, entry, refer

EMAIL = "hv.example@clinic.example"
REFERRER = (
    entry("referrer", "full_name", "Sam Referring-Example"),
    entry("referrer", "email", EMAIL),
    entry("referrer", "referrer_reference", "HV-17"),
)
FROM = "letters@team.example"
LETTERS = """
SELECT id, kind, state, last_error AS code, attempts FROM letters WHERE case_id = $1 ORDER BY made_at, kind
"""


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(seconds=5))

    def __call__(self) -> datetime:
        """The instant at which it stands."""
        return self.now


@dataclass
class Mailbox:
    """What a mail server has taken, and how it answers: each answer once, then 250."""

    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    to_recipient: list[str] = field(default_factory=list)
    to_data: list[str] = field(default_factory=list)
    on_data: Callable[[], Awaitable[object] | None] | None = None
    """Called when a letter was taken, before the answer, which waits for it."""

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """The answer to RCPT."""
        answer = self.to_recipient.pop(0) if self.to_recipient else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The answer to a letter."""
        answer = self.to_data.pop(0) if self.to_data else "250 OK"
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(message_from_bytes(content, EmailMessage, policy=policy.default))
        if self.on_data is not None and (ending := self.on_data()) is not None:
            await ending
        return answer

    def login(self, _server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
        """Takes everybody who has a password."""
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)


@asynccontextmanager
async def mail_server(mailbox: Mailbox, tls: SSLContext | None = None) -> AsyncIterator[int]:
    """A mail server on 127.0.0.1 for as long as the block; its port. With `tls` it wants STARTTLS and a login."""
    secured: dict[str, Any] = {}
    if tls is not None:
        secured = {"tls_context": tls, "require_starttls": True, "authenticator": mailbox.login, "auth_required": True}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, hostname="test", **secured), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def text_of(mail: EmailMessage) -> str:
    """The words of a letter."""
    return str(mail.get_content()).replace("\r\n", "\n")


@asynccontextmanager
async def writers(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    """Connections such as the outbox has."""
    pool = await open_pool(settings, "referral", "dyad_writer", min_size=1, max_size=2)
    try:
        yield pool
    finally:
        await asyncio.wait_for(pool.close(), 10)


async def send_due(settings: Settings, clock: Clock) -> int:
    """Makes attempts until none is due; how many."""
    number = 0
    outbox = Outbox(settings, clock)
    async with writers(settings) as pool:
        while await outbox.step(pool):
            number += 1
    return number


async def letters(settings: Settings, family: Family) -> list[tuple[str, str, str | None]]:
    """(kind, state, code) of a case's letters."""
    return [
        (row["kind"], row["state"], row["code"])
        for row in await as_owner(settings, "referral", LETTERS, family.case_id)
    ]


async def attempts(settings: Settings, family: Family) -> list[int]:
    """How often each of a case's letters was tried."""
    return [row["attempts"] for row in await as_owner(settings, "referral", LETTERS, family.case_id)]


async def referred(client: httpx.AsyncClient, family: Family, *personal: dict[str, Any], **more: Any) -> None:
    """A referral by somebody who can be written to."""
    answer = await refer(client, family, *REFERRER, *personal, **more)
    assert answer.status_code == 201, answer.text


def by_mail(settings: Settings, port: int) -> Settings:
    """Settings with which letters go to a mail server of this machine."""
    return settings.model_copy(update={"letters": f"smtp://127.0.0.1:{port}", "letters_from": FROM})


def by_file(settings: Settings, folder: Path) -> Settings:
    """Settings with which letters go into a folder."""
    return settings.model_copy(update={"letters": f"file:{folder}", "letters_from": FROM})


def files(folder: Path) -> list[str]:
    """Names of what is in a folder."""
    return sorted(path.name for path in folder.iterdir())
