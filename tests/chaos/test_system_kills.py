"""Promises 1 and 2: kill -9 of every part, in mid-request and under load; what was acknowledged is there, once."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest

from deploy.local import ports
from shared.testing.bus import query, until
from shared.testing.platform import Platform
from shared.testing.roles import RoleProcess
from shared.testing.tokens import bearer
from tests.chaos.kit_checker import check, said_again, settled
from tests.chaos.kit_generator import STORIES, Generator, Post
from tests.chaos.kit_proxy import commit_holder
from tests.chaos.kit_system import System, held_up, locked, posting, progress, whole_system, writers_idle
from tests.e2e import says
from tests.e2e.clinic import Family, cloud_event

OF_POST = "SELECT event_id::text FROM events WHERE doc ->> 'externalid' = $1 ORDER BY position"
TOGETHER = (
    (("referral", "api"), ("reporting", "consumer")),
    (("referral", "relay"), ("intervention", "api")),
    (("intervention", "consumer"), ("reporting", "api")),
    (("assessment", "all"), ("intervention", "relay"), ("referral", "consumer")),
)
"""Every role of every service, two or three at a time."""


@pytest.fixture(scope="module")
def system(private_platform: Platform) -> Iterator[System]:
    """The whole system on servers that may be killed."""
    with whole_system(private_platform) as everything:
        yield everything


@pytest.fixture(scope="module")
def generator(system: System) -> Generator:
    """All that these tests post, in one history."""
    return Generator(system.settings)


def referral_post(generator: Generator) -> Post:
    """A new family's referral, not yet said."""
    data = says.referral([says.infant()], [says.caregiver()])
    return generator.new_post("referral", cloud_event(Family("team-other"), "ReferralReceived", data))


async def stored_of(system: System, post: Post) -> list[str]:
    """Ids of the events that stand in the store for a post."""
    return [row[0] for row in await query(system.settings, post.store, OF_POST, post.id)]


@pytest.fixture(params=["service", "postgres"])
def victim(request: pytest.FixtureRequest, system: System) -> Any:
    """What is killed in the middle of a request: (kill, start again)."""
    if request.param == "postgres":
        assert system.platform.postgres is not None
        return system.platform.postgres.kill, system.platform.postgres.start
    api = system.roles["referral", "api"]
    return api.kill, api.restart


async def test_a_kill_in_mid_request_stores_nothing_and_the_same_post_succeeds_later(
    system: System, generator: Generator, victim: Any
) -> None:
    kill, start_again = victim
    post = referral_post(generator)
    async with httpx.AsyncClient(timeout=30, headers=bearer(system.settings)) as client:
        async with locked(system.settings, "referral", "LOCK TABLE events IN SHARE MODE"):
            answer = asyncio.create_task(generator.once(client, post))
            await held_up(system.settings, "referral", "events", answer)
            await asyncio.to_thread(kill)
            assert await answer == "info"
        await asyncio.to_thread(start_again)
        await writers_idle(system.settings, "referral")
        assert await stored_of(system, post) == []

        await generator.deliver(client, post)
        assert await stored_of(system, post) == post.event_ids
    await settled(system.settings)


async def test_a_kill_between_commit_and_answer_keeps_the_event_and_answers_the_repeated_post_with_it(
    system: System, generator: Generator, tmp_path: Path
) -> None:
    post = referral_post(generator)
    parts = urlsplit(system.settings.database_url)
    assert parts.port is not None
    async with (
        commit_holder(parts.port) as (holder, port),
        httpx.AsyncClient(timeout=30, headers=bearer(system.settings)) as client,
    ):
        netloc = f"{parts.netloc.rpartition('@')[0]}@{ports.LOOPBACK}:{port}"
        behind = system.environment | {"DYAD_DATABASE_URL": urlunsplit(parts._replace(netloc=netloc))}
        other = RoleProcess("referral", "api", ports.free_port(), behind, tmp_path)
        try:
            await asyncio.to_thread(other.restart)
            holder.armed = True
            answer = asyncio.create_task(generator.once(client, post, url=other.url))
            await asyncio.wait_for(holder.held.wait(), 30)

            async def committed() -> bool:
                return bool(await stored_of(system, post))

            await until(committed, "the commit whose answer is kept")
        finally:
            await asyncio.to_thread(other.kill)
        assert await answer == "info"
        kept = await stored_of(system, post)

        await generator.deliver(client, post)
        assert post.event_ids == kept == await stored_of(system, post)
        await said_again(system.settings, [post])
    await settled(system.settings)


async def test_every_acknowledged_event_is_everywhere_once_whatever_was_killed(
    system: System, generator: Generator
) -> None:
    postgres, kafka = system.platform.postgres, system.platform.kafka
    assert postgres is not None
    assert kafka is not None
    async with posting(generator):
        await progress(generator, len(STORIES) * 3)
        for names in TOGETHER:
            for name in names:
                await asyncio.to_thread(system.roles[name].kill)
            await asyncio.to_thread(system.restart, *names)
            await progress(generator, 10)
        for server in (postgres, kafka):
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            await progress(generator, 10)
    tries = [each for post in generator.posts for each in post.tries]
    assert "info" in tries, "nothing was ever in doubt: nothing was tried"
    await check(system.settings, generator)
    await said_again(system.settings, generator.posts)
