"""Letters reach a mail server or a folder at least once, whatever the server, the network or the process does."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import orjson
import pytest

from services.referral.outbox.queue import MOST_ATTEMPTS
from shared.settings import Settings
from shared.testing.platform import Platform
from shared.testing.proxy import Proxy
from tests.integration.outbox_kit import (
    EMAIL,
    Clock,
    Mailbox,
    attempts,
    by_file,
    by_mail,
    letters,
    mail_server,
    referred,
    send_due,
    text_of,
)
from tests.integration.process_kit import client_of, event_names, installed
from tests.integration.vault_kit import Family, as_owner, entry, new_family, refer

SAID = "SELECT doc::text FROM events WHERE case_id = $1 AND type = $2 ORDER BY version"


@pytest.fixture
def settings(platform: Platform) -> Iterator[Settings]:
    """An empty database: no letter of another test is due."""
    with installed(platform, "referral") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Of the referral service."""
    async with client_of(settings, "referral") as made:
        yield made


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server has taken."""
    return Mailbox()


@pytest.fixture
def family() -> Family:
    """A family that nobody has heard of."""
    return new_family()


async def test_the_referrer_is_told_and_the_record_says_so(
    client: httpx.AsyncClient, settings: Settings, mailbox: Mailbox, family: Family
) -> None:
    await referred(client, family)
    clock = Clock()
    async with mail_server(mailbox) as port:
        assert await send_due(by_mail(settings, port), clock) == 1
    [mail] = mailbox.mails
    assert mail["To"].addresses[0].addr_spec == EMAIL
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Your reference: HV-17" in text_of(mail)
    assert str(family.case_id) in text_of(mail)
    assert await letters(settings, family) == [("acknowledgement", "sent", None)]
    [row] = await as_owner(settings, "referral", SAID, family.case_id, "dyad.ReferralAcknowledged.v1")
    said = orjson.loads(row[0])
    assert (said["data"]["channel"], said["rule"], said["actorrole"]) == ("email", "outbox", "system")


async def test_an_acknowledgement_that_left_stops_its_deadline(
    client: httpx.AsyncClient, settings: Settings, mailbox: Mailbox, family: Family
) -> None:
    kept = "SELECT name FROM timers WHERE stream = $1 ORDER BY name"
    await referred(client, family)
    stream = f"referral-{family.case_id}"
    assert [row[0] for row in await as_owner(settings, "referral", kept, stream)] == ["P1", "P9-decide"]
    async with mail_server(mailbox) as port:
        await send_due(by_mail(settings, port), Clock())
    assert [row[0] for row in await as_owner(settings, "referral", kept, stream)] == ["P9-decide"]


async def test_a_server_that_is_busy_is_asked_again_after_a_pause_and_not_before(
    client: httpx.AsyncClient, settings: Settings, mailbox: Mailbox, family: Family
) -> None:
    await referred(client, family)
    clock = Clock()
    mailbox.to_recipient += ["451 later", "451 later"]
    async with mail_server(mailbox) as port:
        mail = by_mail(settings, port)
        assert await send_due(mail, clock) == 1
        assert await letters(settings, family) == [("acknowledgement", "queued", "smtp-451")]
        clock.now += timedelta(seconds=59)
        assert await send_due(mail, clock) == 0
        clock.now += timedelta(seconds=1)
        assert await send_due(mail, clock) == 1
        clock.now += timedelta(seconds=119)
        assert await send_due(mail, clock) == 0
        clock.now += timedelta(seconds=1)
        assert await send_due(mail, clock) == 1
    assert len(mailbox.mails) == 1
    assert await letters(settings, family) == [("acknowledgement", "sent", None)]


@pytest.mark.parametrize("refused", ["to_recipient", "to_data"])
async def test_a_reader_or_letter_that_is_refused_becomes_a_task_at_once(
    client: httpx.AsyncClient, settings: Settings, mailbox: Mailbox, family: Family, refused: str
) -> None:
    await referred(client, family)
    getattr(mailbox, refused).append("550 no such user")
    async with mail_server(mailbox) as port:
        assert await send_due(by_mail(settings, port), Clock()) == 1
    assert await letters(settings, family) == [("acknowledgement", "failed", "smtp-550")]
    assert await event_names(settings, "referral", family.case_id) == ["ReferralReceived", "TaskRaised"]
    [row] = await as_owner(settings, "referral", SAID, family.case_id, "dyad.TaskRaised.v1")
    task = orjson.loads(row[0])["data"]
    assert (task["kind"], task["owner_role"]) == ("letter_failed", "administrator")


async def test_a_letter_that_nobody_takes_becomes_a_task_in_the_end(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await referred(client, family)
    clock = Clock()
    async with Proxy("127.0.0.1", 9) as proxy:
        proxy.refusing = True
        mail = by_mail(settings, proxy.port)
        for _ in range(MOST_ATTEMPTS):
            assert await letters(settings, family) != [("acknowledgement", "failed", "SMTPServerDisconnected")]
            await send_due(mail, clock)
            clock.now += timedelta(hours=6)
        assert await send_due(mail, clock) == 0
    [(_, state, _)] = await letters(settings, family)
    assert state == "failed"
    assert await attempts(settings, family) == [MOST_ATTEMPTS]
    assert await event_names(settings, "referral", family.case_id) == ["ReferralReceived", "TaskRaised"]


async def test_a_connection_that_breaks_after_the_letter_was_taken_sends_it_again_under_the_same_message_id(
    client: httpx.AsyncClient, settings: Settings, mailbox: Mailbox, family: Family
) -> None:
    """Nobody can know whether it was taken: twice is better than never, and can be recognised."""
    await referred(client, family)
    clock = Clock()
    async with mail_server(mailbox) as port, Proxy("127.0.0.1", port) as proxy:
        mailbox.on_data = proxy.cut
        await send_due(by_mail(settings, proxy.port), clock)
        assert [state for _, state, _ in await letters(settings, family)] == ["queued"]
        mailbox.on_data = None
        clock.now += timedelta(minutes=1)
        await send_due(by_mail(settings, proxy.port), clock)
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert text_of(first) == text_of(second)
    assert await letters(settings, family) == [("acknowledgement", "sent", None)]
    assert await event_names(settings, "referral", family.case_id) == ["ReferralReceived", "ReferralAcknowledged"]


async def test_a_letter_in_a_folder_is_whole_private_and_addressed(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path
) -> None:
    address = (entry("referrer", "address", "Clinic\n1 Example Road"), entry("referrer", "postcode", "ZZ1 1ZZ"))
    await referred(client, family, *address)
    folder = tmp_path / "letters"
    await send_due(by_file(settings, folder), Clock())
    [file] = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    text = mail.get_content().replace("\r\n", "\n")
    assert text.startswith("Sam Referring-Example\nClinic\n1 Example Road\nZZ1 1ZZ\n")
    assert mail["To"] is None
    assert await letters(settings, family) == [("acknowledgement", "sent", None)]
    [row] = await as_owner(settings, "referral", SAID, family.case_id, "dyad.ReferralAcknowledged.v1")
    assert orjson.loads(row[0])["data"]["channel"] == "letter"


async def test_a_folder_that_cannot_be_written_is_tried_again(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path
) -> None:
    await referred(client, family)
    clock, folder = Clock(), tmp_path / "letters"
    folder.write_text("in the way")
    await send_due(by_file(settings, folder), clock)
    [(_, state, code)] = await letters(settings, family)
    assert (state, str(code).startswith("file-")) == ("queued", True)
    folder.unlink()
    clock.now += timedelta(minutes=1)
    await send_due(by_file(settings, folder), clock)
    assert len(list(folder.iterdir())) == 1


async def test_who_cannot_be_reached_is_one_task_for_a_person_however_many_letters_wait(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path
) -> None:
    assert (await refer(client, family)).status_code == 201
    await send_due(by_file(settings, tmp_path), Clock())
    assert await letters(settings, family) == [("acknowledgement", "failed", "no-address")]
    assert await event_names(settings, "referral", family.case_id) == ["ReferralReceived", "TaskRaised"]


async def test_without_a_sender_letters_wait(client: httpx.AsyncClient, settings: Settings, family: Family) -> None:
    await referred(client, family)
    assert await send_due(settings, Clock()) == 0
    assert await letters(settings, family) == [("acknowledgement", "queued", None)]
