"""The checker: what was acknowledged against stores, topics, inboxes, rules' effects and views."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import httpx
import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.settings import STORES, Settings
from shared.testing.bus import query, until
from shared.testing.tokens import bearer
from tests.chaos.kit_generator import Generator, Post
from tests.e2e.clinic import HEARS, STRUCTURED

SETTLED_WITHIN_S = 120.0
CONSUMERS = {**HEARS, "reporting": STORES}
"""Service (and name of its consumer) to the stores that it hears and that all of must be in its inbox."""

FIRST_SENT = "first sent"
LAST_SENT = "last sent"

Key = tuple[str, int, bytes]
"""Stream, version, leaf hash: what an event is known by."""

_STORED = "SELECT stream, version, leaf_hash FROM events"
_HEARD = "SELECT stream, version, leaf_hash FROM inbox WHERE consumer = $1 AND store = $2 AND NOT waiting"
_WAITING = "SELECT stream, version FROM inbox WHERE waiting"
_HELD = "SELECT kind, error FROM held"
_OPEN_RULES = "SELECT rule, outcome, code FROM rule_outcomes WHERE outcome IN ('waiting', 'parked')"
_POSTED = """
SELECT event_id::text, doc ->> 'externalid' FROM events WHERE doc ->> 'externalid' IS NOT NULL ORDER BY position
"""
_OF_RULES = "SELECT doc ->> 'rule', doc ->> 'causationid', type FROM events WHERE doc ->> 'rule' IS NOT NULL"
_OF_CASE = "SELECT type FROM events WHERE case_id = $1::uuid ORDER BY stream, version"


async def stored(settings: Settings, store: str) -> set[Key]:
    """Every event of a store."""
    return {tuple(row) for row in await query(settings, store, _STORED)}


async def heard(settings: Settings, service: str, store: str) -> set[Key]:
    """Every event of a store that a service has heard and applied."""
    return {tuple(row) for row in await query(settings, service, _HEARD, service, store)}


async def settled(settings: Settings) -> None:
    """Returns once nothing is on its way any more: every consumer has every event, and no rule has anything to say."""

    async def quiet() -> bool:
        before = {store: await stored(settings, store) for store in STORES}
        for service, stores in CONSUMERS.items():
            for store in stores:
                if await heard(settings, service, store) != before[store]:
                    return False
        # A rule's events are committed with its cause's row in the inbox: had one acted since, it would show now.
        return {store: await stored(settings, store) for store in STORES} == before

    await until(quiet, "every consumer to have heard every event", within_s=SETTLED_WITHIN_S)


async def in_topic(settings: Settings, store: str) -> list[Key]:
    """Every record of a store's topic, partition by partition; the hash is that of the bytes."""
    kafka = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap)
    await kafka.start()
    try:
        parts = [TopicPartition(settings.topic(store), number) for number in range(settings.partitions)]
        ends = await kafka.end_offsets(parts)
        records: list[Key] = []
        for part in parts:
            kafka.assign([part])
            kafka.seek(part, 0)
            while await kafka.position(part) < ends[part]:
                for batch in (await kafka.getmany(timeout_ms=500)).values():
                    records.extend(_key(record) for record in batch)
        return records
    finally:
        await kafka.stop()


def _key(record: Any) -> Key:
    members = orjson.loads(record.value)
    return members["stream"], members["streamversion"], hashlib.sha256(b"\x00" + record.value).digest()


async def check(settings: Settings, generator: Generator, *, in_order_at: str = FIRST_SENT) -> None:
    """Everything that was promised, about everything that was posted.

    Args:
        settings: of the system.
        generator: all that was ever posted to it.
        in_order_at: a topic has the versions of a stream in order, by when each was sent first; LAST_SENT where topics
            were deleted while their relay was sending. What it had in hand then begins the new log, until it notices
            and sends everything again in order.

    Raises:
        AssertionError: something acknowledged is lost, twice in effect, or seen differently somewhere.
    """
    await settled(settings)
    for store in STORES:
        await _posts_are_stored_once(settings, store, generator.posts)
        await _topic_has_it(settings, store, in_order_at=in_order_at)
        await _rules_acted_once(settings, store)
    for service in CONSUMERS:
        troubles = [await query(settings, service, sql) for sql in (_HELD, _WAITING)]
        assert troubles == [[], []], f"{service} holds back or waits: {troubles}"
    for family, story in generator.families:
        for store, names in story.ends.items():
            rows = await query(settings, store, _OF_CASE, family.case_id)
            said = tuple(row["type"].split(".")[1] for row in rows)
            assert said == tuple(names), f"{store}, case {family.case_id}: {said} instead of {names}"
    await _views_have_it(settings, generator)


async def _posts_are_stored_once(settings: Settings, store: str, posts: Sequence[Post]) -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for event_id, post_id in await query(settings, store, _POSTED):
        found[post_id].append(event_id)
    acknowledged = {post.id: post.event_ids for post in posts if post.store == store and post.answer}
    wrong = {
        post_id: (found.get(post_id), acknowledged.get(post_id))
        for post_id in found.keys() | acknowledged.keys()
        if found.get(post_id) != acknowledged.get(post_id)
    }
    assert not wrong, f"{store}: events of a post as (stored, acknowledged): {wrong}"


async def _topic_has_it(settings: Settings, store: str, *, in_order_at: str) -> None:
    records = await in_topic(settings, store)
    differ = set(records) ^ await stored(settings, store)
    assert not differ, f"{store}: only in the topic or only in the store: {differ}"
    told = records if in_order_at == FIRST_SENT else list(reversed(records))
    streams: defaultdict[str, list[int]] = defaultdict(list)
    for stream, version, _ in dict.fromkeys(told):
        streams[stream].append(version)
    for stream, versions in streams.items():
        wanted = sorted(versions, reverse=in_order_at == LAST_SENT)
        assert versions == wanted, f"{stream} in the topic, each version as {in_order_at}: {versions}"


async def _rules_acted_once(settings: Settings, store: str) -> None:
    effects = Counter(tuple(row) for row in await query(settings, store, _OF_RULES))
    assert set(effects.values()) <= {1}, f"{store}: said twice by a rule: {effects.most_common(3)}"
    undecided = await query(settings, store, _OPEN_RULES)
    assert undecided == [], f"{store}: {undecided}"


async def _views_have_it(settings: Settings, generator: Generator) -> None:
    async with httpx.AsyncClient(base_url=settings.url("reporting"), timeout=30, headers=bearer(settings)) as client:
        for family, story in generator.families:
            case = (await client.get(f"/cases/{family.case_id}")).json()["case"]
            assert (case["stage"], case["closed_by"]) == ("closed", story.closed_by), f"view: {case}"
        period = {"team": generator.team, "at": "2025-12-31", "from": "2025-01-01"}
        flow = (await client.get("/flow", params=period)).json()
        closed = Counter(story.closed_by for _, story in generator.families)
        assert (flow["open_at_start"], flow["new"], flow["open_at_end"]) == (0, len(generator.families), 0), f"{flow}"
        assert Counter(flow["closed_by"]) == closed, f"{flow}"


async def said_again(settings: Settings, posts: Sequence[Post]) -> None:
    """Posts everything once more: each gets its first answer, byte for byte, and nothing is stored."""
    before = {store: await stored(settings, store) for store in STORES}
    async with httpx.AsyncClient(timeout=30, headers=bearer(settings)) as client:
        for post in posts:
            answer = await client.post(
                f"{settings.url(post.store)}/events",
                content=orjson.dumps(post.event),
                headers={"content-type": STRUCTURED},
            )
            assert (answer.content, answer.headers.get("idempotent-replay")) == (post.answer, "true"), answer.text
    # A first answer costs nothing: the stores are as they were.
    assert {store: await stored(settings, store) for store in STORES} == before
