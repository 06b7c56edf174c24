"""Promise 2, Kafka or inboxes emptied: views equal after the refill, no rule acts twice, nothing is final too early."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus.announcement import Announcement
from shared.bus.topics import WATERMARKS
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.bus import query, until
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from shared.testing.topics import EVERY, delete_topics, topic_ids
from tests.chaos.kit_checker import CONSUMERS, check, in_topic, stored
from tests.chaos.kit_generator import STORIES, Generator
from tests.chaos.kit_system import System, locked, posting, progress, whole_system
from tests.chaos.kit_views import Views, questions
from tests.integration.reporting_kit import HISTORIES

HEARD = ("inbox", "cases", "stream_heads", "consumer_offsets", "watermarks")
"""What a consumer has of Kafka; without it everything must be read again."""
HOLD = "SELECT FROM consumer_offsets FOR UPDATE"
OUTCOMES = "SELECT rule, cause, case_id, outcome, code, stream, version FROM rule_outcomes ORDER BY rule, cause"


@pytest.fixture(scope="module")
def system(platform: Platform) -> Iterator[System]:
    """The whole system in a namespace of its own: nothing here kills a server."""
    with whole_system(platform) as everything:
        yield everything
    servers.remove_namespace(platform, everything.settings.namespace)


@pytest.fixture(scope="module")
def generator(system: System) -> Generator:
    """Families of every story, posted to their ends and seen by everybody."""

    async def post() -> Generator:
        found = Generator(system.settings)
        async with posting(found):
            await progress(found, 5 * len(STORIES))
        await check(system.settings, found)
        return found

    return asyncio.run(post())


@pytest.fixture
async def views(system: System) -> AsyncIterator[Views]:
    """Reporting as a reader sees it."""
    async with httpx.AsyncClient(timeout=30, headers=bearer(system.settings)) as client:
        yield Views(system.settings, client)


async def decided(settings: Settings) -> list[object]:
    """What the stores hold and what every rule has decided."""
    events = [await stored(settings, store) for store in STORES]
    return [*events, *[await query(settings, store, OUTCOMES) for store in STORES]]


async def announced(settings: Settings, known_at: str) -> bool:
    """Whether every relay has announced, about the topic as it is now, that it is complete up to an instant."""
    part = TopicPartition(settings.topic(WATERMARKS), 0)
    ids = await topic_ids(settings.kafka_bootstrap, [settings.topic(store) for store in STORES])
    if part.topic not in await topic_ids(settings.kafka_bootstrap, [part.topic]) or len(ids) < len(STORES):
        return False
    kafka = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap)
    await kafka.start()
    try:
        kafka.assign([part])
        await kafka.seek_to_beginning(part)
        end = (await kafka.end_offsets([part]))[part]
        said: list[Announcement] = []
        while await kafka.position(part) < end:
            for batch in (await kafka.getmany(timeout_ms=200)).values():
                said.extend(Announcement.from_json(record.value) for record in batch)
    finally:
        await kafka.stop()
    reached = datetime.fromisoformat(known_at)
    current = {each.store for each in said if each.topic_id == ids[settings.topic(each.store)]
               and each.complete_to >= reached}  # fmt: skip
    return current == set(STORES)


async def test_an_emptied_kafka_is_refilled_and_nothing_is_final_before_the_refill_has_caught_up(
    system: System, generator: Generator, views: Views
) -> None:
    settings, asked = system.settings, questions(generator)
    then = await views.now()
    await views.until_final(then)
    before, rules = await views.all(asked, then), await decided(settings)

    async with locked(settings, "reporting", HOLD):
        await delete_topics(settings, *EVERY)
        later = await views.now()

        async def refilled() -> bool:
            return await announced(settings, later)

        await until(refilled, "every relay to have refilled its topic and to say so", within_s=90)
        for store in STORES:
            assert set(await in_topic(settings, store)) == await stored(settings, store)
        # All is on Kafka and announced, and reporting has read none of it: what it knew before stays final, no more.
        assert not await views.is_final(later)
        assert await views.is_final(then)
        assert await views.all(asked, then) == before

    await views.until_final(later)
    assert await views.all(asked, later) == await views.all(asked) == await views.all(asked, then) == before
    await check(settings, generator)
    assert await decided(settings) == rules


async def test_a_relay_that_has_not_refilled_its_topic_keeps_every_later_answer_provisional(
    system: System, generator: Generator, views: Views
) -> None:
    settings, asked = system.settings, questions(generator)
    before, rules = await views.all(asked), await decided(settings)
    relay = system.roles["intervention", "relay"]
    relay.stop()
    await delete_topics(settings, *EVERY)
    later = await views.now()

    async def others_refilled() -> bool:
        ids = await topic_ids(settings.kafka_bootstrap, [settings.topic(name) for name in EVERY])
        if len(ids) < len(EVERY):
            return False
        sent = [set(await in_topic(settings, store)) == await stored(settings, store) for store in STORES]
        return sent == [True, True, False]

    await until(others_refilled, "the other two relays to have refilled their topics", within_s=90)
    assert not await views.is_final(later)
    relay.restart()
    await views.until_final(later)
    assert await views.all(asked) == before
    await check(settings, generator)
    assert await decided(settings) == rules


async def test_emptied_inboxes_are_filled_from_full_topics_and_no_rule_acts_again(
    system: System, generator: Generator, views: Views
) -> None:
    settings, asked = system.settings, questions(generator)
    before, rules = await views.all(asked), await decided(settings)
    consumers = [
        ("reporting", "consumer"),
        ("intervention", "consumer"),
        ("assessment", "all"),
        ("referral", "consumer"),
    ]
    for name in consumers:
        system.roles[name].stop()
    for service in CONSUMERS:
        tables = (*HEARD, *HISTORIES) if service == "reporting" else HEARD
        await query(settings, service, f"TRUNCATE {', '.join(tables)}")
    later = await views.now()
    assert not await views.is_final(later)
    assert await views.all(asked) != before

    system.restart(*consumers)
    await views.until_final(later)
    assert await views.all(asked) == before
    await check(settings, generator)
    assert await decided(settings) == rules


async def test_the_checker_finds_what_is_lost_and_what_did_not_happen(system: System, generator: Generator) -> None:
    lost = Generator(system.settings)
    lost.families, lost.posts = generator.families, list(generator.posts)
    never_stored = lost.new_post("referral", dict(generator.posts[0].event, id="never-stored"))
    never_stored.answer = generator.posts[0].answer
    with pytest.raises(AssertionError, match="never-stored"):
        await check(system.settings, lost)

    other_end = Generator(system.settings)
    other_end.posts = generator.posts
    (family, story), *others = generator.families
    other_end.families = [(family, STORIES[STORIES.index(story) - 1]), *others]
    with pytest.raises(AssertionError, match=family.case_id):
        await check(system.settings, other_end)
