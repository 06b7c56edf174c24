"""A letter is sent at least once and recorded once, whatever dies; a restore, a repetition or a refill sends none."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from services.referral.outbox import record as recording
from services.referral.outbox.queue import MOST_ATTEMPTS
from services.referral.outbox.runner import Outbox
from shared.eventstore.restore import restore
from shared.eventstore.store import read_after
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.integration.outbox_kit import (
    FROM,
    REFERRER,
    Clock,
    Mailbox,
    attempts,
    by_file,
    by_mail,
    files,
    letters,
    mail_server,
    referred,
    send_due,
    writers,
)
from tests.integration.process_kit import STRUCTURED, apply, client_of, event, event_names, hand_over, installed
from tests.integration.vault_kit import TEAM, Family, as_owner, new_family, received

ACKNOWLEDGED = ["ReferralReceived", "ReferralAcknowledged"]
BACKENDS = "SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity WHERE datname = $1 AND usename = 'dyad_writer'"


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
def family() -> Family:
    """A family that nobody has heard of."""
    return new_family()


def environment(platform: Platform, settings: Settings) -> dict[str, str]:
    """The environment of a process that sends letters as these settings say."""
    named = {"DYAD_LETTERS": settings.letters, "DYAD_LETTERS_FROM": FROM}
    return {**os.environ, **platform.environment(settings.namespace), **named}


def start(command: list[str], named: dict[str, str]) -> subprocess.Popen[bytes]:
    """A process whose log nobody reads."""
    return subprocess.Popen(command, env=named, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def test_a_process_that_is_killed_before_it_records_a_letter_sends_it_again_and_records_it_once(
    client: httpx.AsyncClient, settings: Settings, platform: Platform, family: Family
) -> None:
    await referred(client, family)
    mailbox, taken = Mailbox(), asyncio.Event()
    async with mail_server(mailbox) as port:
        mail = by_mail(settings, port)
        command = [sys.executable, "-m", "services.referral.main", "--role", "outbox", "--port", "0"]
        process = await asyncio.to_thread(start, command, environment(platform, mail))

        def kill() -> None:
            process.kill()
            taken.set()

        mailbox.on_data = kill
        try:
            async with asyncio.timeout(60):
                await taken.wait()
        finally:
            process.kill()
            await asyncio.to_thread(process.wait)
        assert await letters(settings, family) == [("acknowledgement", "queued", None)]
        assert await event_names(settings, "referral", family.case_id) == ["ReferralReceived"]
        mailbox.on_data = None
        clock = Clock()
        clock.now += timedelta(minutes=2)
        assert await send_due(mail, clock) == 1
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert await event_names(settings, "referral", family.case_id) == ACKNOWLEDGED


async def test_a_database_that_goes_away_while_a_letter_leaves_costs_a_repetition(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await referred(client, family)
    mailbox, clock = Mailbox(), Clock()
    database = settings.database("referral")

    async def allow_connections(allowed: bool) -> None:
        admin = await asyncpg.connect(settings.admin_dsn("postgres"))
        try:
            await admin.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS {allowed}')
            if not allowed:
                await admin.fetch(BACKENDS, database)
        finally:
            await admin.close()

    async with mail_server(mailbox) as port:
        mail = by_mail(settings, port)
        mailbox.on_data = lambda: allow_connections(False)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)):
            await send_due(mail, clock)
        mailbox.on_data = None
        await allow_connections(True)
        assert await event_names(settings, "referral", family.case_id) == ["ReferralReceived"]
        clock.now += timedelta(minutes=1)
        assert await send_due(mail, clock) == 1
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert len(mailbox.mails) == 2
    assert await event_names(settings, "referral", family.case_id) == ACKNOWLEDGED


async def test_a_letter_that_never_tells_its_outcome_is_not_sent_for_ever(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await referred(client, family)
    await as_owner(settings, "referral", "UPDATE letters SET attempts = $1", MOST_ATTEMPTS)
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        assert await send_due(by_mail(settings, port), Clock()) == 1
    assert mailbox.mails == []
    assert await letters(settings, family) == [("acknowledgement", "failed", "no-outcome")]


async def test_a_letter_that_left_and_cannot_be_recorded_does_not_leave_again(
    client: httpx.AsyncClient, settings: Settings, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_state: Any, _command: Any, _known: Any) -> tuple[Any, ...]:
        raise KeyError("decide")

    await referred(client, family)
    mailbox = Mailbox()
    decider = replace(referral.decider, decide=broken)
    monkeypatch.setattr(recording, "aggregate", replace(referral, decider=decider))
    async with mail_server(mailbox) as port:
        assert await send_due(by_mail(settings, port), Clock()) == 1
    assert len(mailbox.mails) == 1
    assert await letters(settings, family) == [("acknowledgement", "sent", "not-recorded: KeyError")]


async def test_two_processes_share_the_letters_and_send_each_once(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    families = [new_family() for _ in range(6)]
    for each in families:
        await referred(client, each)
    mailbox, clock = Mailbox(), Clock()
    async with mail_server(mailbox) as port:
        mail = by_mail(settings, port)
        assert sum(await asyncio.gather(*(send_due(mail, clock) for _ in range(2)))) == len(families)
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails) == len(families)


async def test_a_referral_that_is_posted_again_sends_no_second_letter(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path
) -> None:
    body = event("ReferralReceived", received(family, *REFERRER), subject=str(family.case_id), teamid=TEAM)
    same = {**body, "id": "another-id", "data": received(family)}
    codes = []
    for each in (body, body, same):
        answer = await client.post("/events", content=orjson.dumps(each), headers=STRUCTURED)
        codes.append(answer.status_code)
        await send_due(by_file(settings, tmp_path), Clock())
    assert codes == [201, 201, 200]
    assert await attempts(settings, family) == [1]
    assert len(files(tmp_path)) == 1


async def test_a_restored_history_sends_no_letters(
    client: httpx.AsyncClient, settings: Settings, platform: Platform, family: Family, tmp_path: Path
) -> None:
    await referred(client, family)
    source = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    history = await read_after(source, 0, 100)
    await source.close()
    with installed(platform, "referral") as other:
        target = await asyncpg.connect(other.dsn("referral", "dyad_owner"))
        await restore(target, history)
        await target.close()
        clock = Clock()
        clock.now += timedelta(days=1000)
        assert await send_due(by_file(other, tmp_path), clock) == 0
    assert files(tmp_path) == []


async def test_a_discharge_that_is_heard_again_from_a_refilled_topic_sends_no_second_summary(
    platform: Platform, family: Family, tmp_path: Path
) -> None:
    with installed(platform, "referral", "intervention") as settings:
        async with client_of(settings, "referral") as client, client_of(settings, "intervention") as other:
            await referred(client, family)
            await say(client, referral, family, "ReferralAccepted")
            await hand_over(settings, "referral", intervention, family.case_id)
            await apply(settings, intervention, family.case_id)
            await say(other, intervention, family, "Discharged", reason="family_withdrew", planned=False)
            for _ in range(2):
                await as_owner(settings, "referral", "DELETE FROM inbox")
                await hand_over(settings, "intervention", referral, family.case_id)
                await apply(settings, referral, family.case_id)
                await send_due(by_file(settings, tmp_path), Clock())
        sent = [kind for kind, state, _ in await letters(settings, family) if state == "sent"]
        assert sent == ["acknowledgement", "decision", "discharge_summary"]
        told = await event_names(settings, "referral", family.case_id)
        assert told.count("DischargeSummarySent") == 1


async def say(client: httpx.AsyncClient, aggregate: Any, family: Family, name: str, **changed: Any) -> None:
    data = orjson.loads(orjson.dumps(aggregate.request_examples[name])) | changed
    body = event(name, data, subject=str(family.case_id))
    answer = await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
    assert answer.status_code == 201, answer.text


async def test_the_runner_works_until_it_is_told_to_stop(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path
) -> None:
    await referred(client, family)
    stop = asyncio.Event()
    outbox = Outbox(by_file(settings, tmp_path), Clock())
    running = asyncio.create_task(outbox.run(stop))
    async with asyncio.timeout(30):
        while not files(tmp_path):  # noqa: ASYNC110 - what is waited for is in a folder
            await asyncio.sleep(0.02)
        was_ready = outbox.ready
        stop.set()
        await running
    assert was_ready
    assert not outbox.ready
    async with writers(settings) as pool:
        assert not await Outbox(settings, Clock()).step(pool)
