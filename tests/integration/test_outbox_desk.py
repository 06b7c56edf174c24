"""People look after letters that did not leave; a mail server is met with TLS and a login; nothing names anybody."""

import ipaddress
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from services.referral.outbox.senders import LOGIN, sender_of
from services.referral.outbox.smtp_sender import Server, SmtpSender
from shared.kernel.ids import utc_now
from shared.settings import Settings
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.outbox_kit import (
    EMAIL,
    FROM,
    REFERRER,
    Clock,
    Mailbox,
    by_file,
    by_mail,
    files,
    letters,
    mail_server,
    referred,
    send_due,
)
from tests.integration.process_kit import client_of, event_names, installed
from tests.integration.vault_kit import Family, as_owner, new_family, post, refer

THE_SERVERS = "mail.log"
"""What the mail server of the test logs."""
REASON = {"reason": "told-by-telephone"}


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
async def administrator(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The team's administrator."""
    async with client_of(settings, "referral", bearer(settings, "administrator", "team-north")) as made:
        yield made


@pytest.fixture
def family() -> Family:
    """A family that nobody has heard of."""
    return new_family()


async def shown(client: httpx.AsyncClient, query: str = "") -> list[dict[str, str]]:
    answer = await client.get(f"/letters{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.json()["letters"]
    return found


async def test_an_administrator_retries_a_letter_once_an_address_is_known_and_its_task_is_done(
    client: httpx.AsyncClient, settings: Settings, administrator: httpx.AsyncClient, family: Family, tmp_path: Path
) -> None:
    assert (await refer(client, family)).status_code == 201
    await send_due(by_file(settings, tmp_path), Clock())
    [letter] = await shown(administrator)
    assert (letter["case_id"], letter["state"], letter["last_error"]) == (str(family.case_id), "failed", "no-address")
    details = {"on": "2025-03-04", "entry_id": str(uuid4()), "personal": list(REFERRER)}
    assert (await post(client, "PersonDetailsRecorded", family, details)).status_code == 201
    answer = await administrator.post(f"/letters/{letter['id']}/retry", json=REASON)
    assert (answer.status_code, answer.json()) == (202, {"state": "queued"})
    await send_due(by_file(settings, tmp_path), Clock())
    assert files(tmp_path) == [f"{letter['id']}.eml"]
    assert await shown(administrator) == []
    assert (await event_names(settings, "referral", family.case_id))[-2:] == ["ReferralAcknowledged", "TaskDone"]
    again = await administrator.post(f"/letters/{letter['id']}/retry", json=REASON)
    assert (again.status_code, again.json()["code"]) == (404, "no-such-letter")


async def test_a_letter_that_was_given_up_is_not_tried_again(
    client: httpx.AsyncClient, settings: Settings, administrator: httpx.AsyncClient, family: Family, tmp_path: Path
) -> None:
    await referred(client, family)
    [letter] = await shown(administrator)
    answer = await administrator.post(f"/letters/{letter['id']}/give-up", json=REASON)
    assert (answer.status_code, answer.json()) == (200, {"state": "given_up"})
    assert await send_due(by_file(settings, tmp_path), Clock()) == 0
    [decision] = await as_owner(settings, "referral", "SELECT decision, reason, decided_by FROM letter_decisions")
    assert tuple(decision)[:2] == ("give_up", "told-by-telephone")
    assert [row["state"] for row in await shown(administrator, "?state=given_up")] == ["given_up"]


async def test_letters_of_another_team_are_not_there(
    client: httpx.AsyncClient, settings: Settings, administrator: httpx.AsyncClient, family: Family
) -> None:
    await referred(client, family)
    [letter] = await shown(administrator)
    async with client_of(settings, "referral", bearer(settings, "administrator", "team-south")) as other:
        assert await shown(other) == []
        for act in ("retry", "give-up"):
            assert (await other.post(f"/letters/{letter['id']}/{act}", json=REASON)).status_code == 404
    assert await letters(settings, family) == [("acknowledgement", "queued", None)]


async def test_looking_at_letters_is_on_the_record_of_reads(
    client: httpx.AsyncClient, settings: Settings, administrator: httpx.AsyncClient, family: Family
) -> None:
    await referred(client, family)
    await shown(administrator)
    [read] = await as_owner(settings, "referral", "SELECT route, cases FROM reads WHERE route = '/letters'")
    assert [UUID(int=case.int) for case in read["cases"]] == [family.case_id]


async def test_nothing_but_the_letter_itself_names_its_reader(
    client: httpx.AsyncClient,
    settings: Settings,
    family: Family,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await referred(client, family)
    mailbox = Mailbox(to_recipient=[f"451 not now {EMAIL}", f"550 unknown {EMAIL}"])
    clock = Clock()
    with caplog.at_level(logging.DEBUG):
        async with mail_server(mailbox) as port:
            await send_due(by_mail(settings, port), clock)
            clock.now += timedelta(minutes=1)
            await send_due(by_mail(settings, port), clock)
    written = capsys.readouterr()
    ours = [entry.getMessage() for entry in caplog.records if entry.name != THE_SERVERS]
    logged = written.out + written.err + "".join(ours)
    rows = await as_owner(settings, "referral", "SELECT row_to_json(l)::text FROM letters l")
    docs = await as_owner(settings, "referral", "SELECT doc::text FROM events")
    everything = logged + "".join(row[0] for row in (*rows, *docs))
    assert "smtp-550" in everything
    assert (EMAIL in everything, "Referring-Example" in everything) == (False, False)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = utc_now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    both = tmp_path / "server.pem"
    pem = certificate.public_bytes(Encoding.PEM)
    both.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem)
    (tmp_path / "trusted.pem").write_bytes(pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


async def test_a_server_with_tls_and_a_login_gets_both(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path, trusted: ssl.SSLContext
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for file in settings.secrets_dir.iterdir():
        if file.is_file():
            (secrets / file.name).write_bytes(file.read_bytes())
    (secrets / LOGIN).write_text("team\nlong-password\n")
    await referred(client, family)
    mailbox = Mailbox()
    async with mail_server(mailbox, trusted) as port:
        mail = by_mail(settings, port).model_copy(update={"secrets_dir": secrets})
        mail.__dict__.pop("role_password", None)
        assert await send_due(mail, Clock()) == 1
    assert mailbox.logins == [("team", "long-password")]
    assert await letters(settings, family) == [("acknowledgement", "sent", None)]


async def test_a_certificate_that_nobody_vouches_for_gets_no_letter(
    client: httpx.AsyncClient,
    settings: Settings,
    family: Family,
    trusted: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    await referred(client, family)
    mailbox = Mailbox()
    async with mail_server(mailbox, trusted) as port:
        await send_due(by_mail(settings, port), Clock())
    [(_, state, _)] = await letters(settings, family)
    assert (state, mailbox.mails) == ("queued", [])


@pytest.mark.parametrize(
    ("letters_to", "sender"),
    [
        ("ftp://mail.example:25", FROM),
        ("file:relative/folder", FROM),
        ("smtp://user:secret@mail.example:587", FROM),
        ("smtp://mail.example:587", "dyad@localhost"),
        ("smtp://", FROM),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(settings: Settings, letters_to: str, sender: str) -> None:
    with pytest.raises(ValueError, match="DYAD_LETTERS") as refused:
        sender_of(settings.model_copy(update={"letters": letters_to, "letters_from": sender}))
    assert "secret" not in str(refused.value)


def test_starttls_is_demanded_of_every_other_machine(settings: Settings) -> None:
    assert Server(host="mail.example", port=587, tls=False).start_tls is True
    assert Server(host="127.0.0.1", port=25, tls=False).start_tls is None
    assert isinstance(sender_of(by_mail(settings, 25)), SmtpSender)
