"""A letter as it leaves, who takes it, and why one may not have left. Nothing here is ever printed: it names people."""

from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.referral.triage_codes import AcknowledgementChannel


class Means(StrEnum):
    """The personal fields by which somebody is reached."""

    EMAIL = "email"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One letter, written."""

    letter_id: UUID
    to_name: str = field(repr=False)
    """Full name, or empty."""
    to_email: str = field(repr=False)
    """E-mail address, or empty: it goes on paper then."""
    subject: str
    """Says nothing about anybody."""
    text: str = field(repr=False)
    written_at: datetime
    """UTC instant of this attempt."""


class Undelivered(Exception):
    """A letter did not leave, or it is not known whether it did.

    Args:
        code: why, without the reader's address: a code of ours, e.g. `smtp-550`.
        final: it will not leave at the next attempt either.
    """

    def __init__(self, code: str, *, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.final = final


class Sender(Protocol):
    """One way in which letters leave.

    A letter that is sent again can be recognised: it has the same Message-ID, or takes the place of the first.
    """

    @property
    def means(self) -> tuple[Means, ...]:
        """What of a reader's details is needed, best first; one of them suffices."""

    @property
    def channel(self) -> AcknowledgementChannel:
        """What the record says about how the reader was told."""

    async def send(self, message: Message) -> None:
        """Returns when somebody else has taken responsibility for the letter.

        Raises:
            Undelivered: with a code.
        """


def message_id(letter_id: UUID, from_address: str) -> str:
    """The Message-ID of a letter, the same at every attempt."""
    return f"<letter-{letter_id}@{from_address.rpartition('@')[2]}>"


def envelope(message: Message, from_address: str) -> EmailMessage:
    """The letter as an e-mail.

    Raises:
        Undelivered: `address-unusable`, the reader's address is no e-mail address, or one beyond ASCII: that needs a
            server with SMTPUTF8 (RFC 6531) all the way, and what looks like a familiar address may be another.
    """
    if not message.to_email.isascii():
        raise Undelivered("address-unusable", final=True)
    mail = EmailMessage(policy=SMTP)
    mail["Date"] = message.written_at  # RFC 5322 demands it
    mail["From"] = from_address
    try:
        if message.to_email:
            mail["To"] = Address(display_name=message.to_name, addr_spec=message.to_email)
    except (ValueError, IndexError, MessageError):  # the parser's message quotes the address
        raise Undelivered("address-unusable", final=True) from None
    mail["Subject"] = message.subject
    mail["Message-ID"] = message_id(message.letter_id, from_address)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
    mail.set_content(message.text, charset="utf-8")
    return mail
