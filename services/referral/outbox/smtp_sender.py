"""Letters by e-mail, through the organisation's own mail server."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib

from services.referral.outbox.message import Means, Message, Undelivered, envelope
from services.referral.triage_codes import AcknowledgementChannel

TIMEOUT_S = 30.0
"""For a letter in all: less than the longest transaction of the outbox's role."""
FAREWELL_S = 1.0
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server and how to reach it."""

    host: str
    port: int
    tls: bool
    """From the first byte (`smtps`); otherwise STARTTLS, without which nothing is sent to another machine."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def start_tls(self) -> bool | None:
        """Demanded; None: taken where the server offers it, on this machine only."""
        if self.tls:
            return False
        return None if self.host in _THIS_MACHINE else True


class SmtpSender:
    """Hands each letter to a mail server; certificates are checked against the system's (or SSL_CERT_FILE).

    Args:
        server: which one.
        from_address: the team's e-mail address.
        timeout_s: seconds for one letter in all.
    """

    means = (Means.EMAIL,)
    channel = AcknowledgementChannel.EMAIL

    def __init__(self, server: Server, from_address: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._server = server
        self._from = from_address
        self._timeout_s = timeout_s

    async def send(self, message: Message) -> None:
        """Returns when the server has answered 250 to the whole letter; see `Sender.send`.

        A refusal of this reader or this letter (5xx) is final; everything else may be better the next time, a wrong
        password too: that is no letter's fault.
        """
        mail = envelope(message, self._from)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._hand_over(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code
            raise Undelivered(f"smtp-{code}", final=500 <= code < 600) from None
        except aiosmtplib.SMTPDataError as error:
            raise Undelivered(f"smtp-{error.code}", final=500 <= error.code < 600) from None
        except aiosmtplib.SMTPResponseException as error:
            raise Undelivered(f"smtp-{error.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Undelivered(type(error).__name__) from None  # its message may quote the address

    async def _hand_over(self, mail: EmailMessage) -> None:
        server = self._server
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.start_tls,
            timeout=self._timeout_s,
        )
        try:
            await connection.connect()
            await connection.send_message(mail)
            with suppress(aiosmtplib.SMTPException, OSError):  # the letter has left; a farewell changes nothing
                await connection.quit(timeout=FAREWELL_S)
        finally:
            connection.close()
