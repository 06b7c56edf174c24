"""Taking events in: once, in order of version per stream, whatever order and repetition Kafka brings."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.announcement import Announcement
from shared.bus.batch import Batch, Reading, apply_batch
from shared.bus.held import NotHeld, discard, list_held, retry
from shared.bus.inbox import Arrival, Stream, examine, sort_out
from shared.bus.offsets import Fenced, Move, Offset, stored
from shared.bus.record import Heard, Place
from shared.bus.settle import settle, settle_unknown
from shared.bus.watermark import NEVER, State, complete_to, raise_watermarks, state_of, watermark
from shared.settings import Settings
from shared.testing.bus import MADE, Seeing, decodes, migrated, query, seen, settings_of, until
from shared.testing.platform import Platform, new_namespace, remove_namespace

SERVICE = "reporting"
TOPIC = "dyad.referral"
LOG = uuid4()
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def event(
    case_id: UUID, version: int, *, filling: str = "", kind: str = "dyad.Made.v1", store: str = "referral"
) -> Heard:
    """An event as it comes over Kafka; the same arguments give the same content."""
    doc = f'{{"version":{version},"filling":"{filling}"}}'.encode()
    leaf = hashlib.sha256(b"\x00" + doc).digest()
    same = UUID(bytes=hashlib.sha256(doc + case_id.bytes).digest()[:16])
    at = START + timedelta(minutes=version)
    return Heard(store, f"{store}-{case_id}", version, case_id, same, leaf, kind, at, doc, Place(TOPIC, 0, 0))


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """One database for this module; each test reads as a consumer of its own."""
    namespace = new_namespace()
    made_of = settings_of(platform.environment(namespace))
    asyncio.run(migrated(made_of, SERVICE))
    yield made_of
    remove_namespace(platform, namespace)


@pytest.fixture
async def reader(settings: Settings) -> AsyncIterator["Reader"]:
    conn = await asyncpg.connect(settings.dsn(SERVICE, "dyad_consumer"))
    yield Reader(settings, conn, f"viewer-{uuid4().hex[:8]}")
    await conn.close()


@dataclass(frozen=True)
class Reader:
    """A consumer without Kafka: batches are handed to it."""

    settings: Settings
    conn: asyncpg.Connection
    name: str

    async def at(self, topic_id: UUID = LOG) -> Offset:
        return (await stored(self.conn, self.name, [(TOPIC, 0)], {TOPIC: topic_id}))[TOPIC, 0]

    async def hears(self, *events: Heard, before: Offset | None = None, breaks_on: str | None = None) -> None:
        before = before or await self.at()
        moves = [Move((TOPIC, 0), before, before.next_offset + len(events))]
        reading = Reading(consumer=self.name, handler=Seeing(self.name, break_on=breaks_on), decodes=decodes)
        arrivals = [examine(decodes, each) for each in events]
        await apply_batch(self.conn, reading, Batch(moves=moves, arrivals=arrivals))

    async def sees(self) -> dict[UUID, int]:
        return await seen(self.settings, SERVICE, self.name)

    async def rows(self, columns: str, table: str) -> list[tuple[object, ...]]:
        sql = f"SELECT {columns} FROM {table} WHERE consumer = $1"
        return [tuple(row) for row in await query(self.settings, SERVICE, sql, self.name)]

    async def settles(self, *, breaks_on: str | None = None, knows: str = MADE) -> None:
        def know(kind: str, document: bytes) -> None:
            decodes(MADE if kind == knows else kind, document)

        reading = Reading(consumer=self.name, handler=Seeing(self.name, break_on=breaks_on), decodes=know)
        await settle(self.conn, reading)
        await settle_unknown(self.conn, reading)

    async def holds_below(self, store: str = "referral") -> datetime | None:
        return (await state_of(self.conn, self.name, rules=False)).below.get(store)


@given(order=st.permutations([1, 2, 3, 4, 5, 1, 3, 5]), cut=st.integers(0, 8))
def test_any_order_with_any_repetition_ends_in_the_same_stream(order: list[int], cut: int) -> None:
    case_id = UUID(int=1)
    key = ("referral", f"referral-{case_id}")
    stream, kept = Stream(), list[Heard]()
    for part in (order[:cut], order[cut:]):
        result = sort_out({key: stream}, [Arrival(event(case_id, version)) for version in part])
        kept += result.new
        assert result.held == []
    assert stream.head == 5
    assert stream.head_at == event(case_id, 5).recorded_at
    assert sorted(each.version for each in kept) == [1, 2, 3, 4, 5]
    assert stream.present == {}


async def test_a_gap_makes_its_stream_wait_and_nothing_else(reader: Reader) -> None:
    one, other = uuid4(), uuid4()
    await reader.hears(event(one, 1), event(one, 3), event(other, 1), event(one, 1, store="assessment"))
    assert await reader.sees() == {one: 2, other: 1}
    await reader.hears(event(one, 2))
    assert await reader.sees() == {one: 4, other: 1}


async def test_the_same_event_again_changes_nothing(reader: Reader) -> None:
    case_id = uuid4()
    await reader.hears(event(case_id, 1), event(case_id, 1), event(case_id, 2))
    await reader.hears(event(case_id, 2), event(case_id, 1))
    assert await reader.rows("case_id, events, touched", "seen") == [(case_id, 2, 1)]


async def test_the_same_version_with_other_content_raises_the_alarm_and_changes_no_view(reader: Reader) -> None:
    case_id = uuid4()
    await reader.hears(event(case_id, 1), event(case_id, 2))
    forged = event(case_id, 1, filling="forged")
    await reader.hears(forged, forged, event(case_id, 3))
    assert await reader.rows("kind, version, state", "held") == [("content-differs", 1, "held")]
    assert await reader.sees() == {case_id: 3}


async def test_a_second_content_is_noticed_while_the_first_waits_or_is_parked(reader: Reader) -> None:
    waits, parked = uuid4(), uuid4()
    await reader.hears(event(waits, 2), event(parked, 1, filling="poison"), breaks_on="poison")
    await reader.hears(event(waits, 2, filling="b"), event(parked, 1, filling="b"))
    assert sorted(await reader.rows("kind, case_id", "held"), key=str) == sorted(
        [("poison", parked), ("content-differs", waits), ("content-differs", parked)], key=str
    )


async def test_a_zombie_cannot_write(reader: Reader) -> None:
    case_id, before = uuid4(), await reader.at()
    await reader.hears(event(case_id, 1))
    with pytest.raises(Fenced):
        await reader.hears(event(uuid4(), 1), before=before)
    with pytest.raises(Fenced):
        await reader.hears(event(uuid4(), 1), before=Offset(uuid4(), 1))
    assert await reader.sees() == {case_id: 1}


async def test_a_topic_made_again_is_read_from_its_beginning(reader: Reader) -> None:
    await reader.hears(event(uuid4(), 1))
    assert await reader.at() == Offset(LOG, 1)
    other = uuid4()
    assert await reader.at(other) == Offset(other, 0)


async def test_an_emptied_inbox_forgets_offsets_and_watermarks(reader: Reader) -> None:
    case_id = uuid4()
    await reader.hears(event(case_id, 1))
    await raise_watermarks(reader.conn, reader.name, {"referral": START})
    await query(reader.settings, SERVICE, "TRUNCATE inbox")
    for table in ("watermarks", "consumer_offsets", "stream_heads"):
        assert await reader.rows("1", table) == []
    await reader.hears(event(case_id, 1))
    assert await reader.sees() == {case_id: 1}


async def test_a_poison_event_parks_its_case_only(reader: Reader) -> None:
    bad, good = uuid4(), uuid4()
    poison = event(bad, 2, filling="poison")
    await reader.hears(event(bad, 1), event(good, 1))
    await reader.hears(poison, event(good, 2), event(bad, 3), event(bad, 1, store="assessment"), breaks_on="poison")
    assert await reader.sees() == {good: 2, bad: 1}
    held = await reader.rows("kind, store, version", "held")
    assert sorted(held) == [("poison", "assessment", 1), ("poison", "referral", 2), ("poison", "referral", 3)]
    assert await reader.at() == Offset(LOG, 6)


async def test_what_is_parked_can_be_tried_again_once_the_code_is_mended(reader: Reader) -> None:
    case_id = uuid4()
    await reader.hears(event(case_id, 1), event(case_id, 2, filling="poison"), breaks_on="poison")
    await reader.hears(event(case_id, 3), breaks_on="poison")
    for item in await list_held(reader.conn, reader.name):
        await retry(reader.conn, item.id, "ada", "mended in 1.2")
    await reader.settles(breaks_on="poison")
    assert {item.state for item in await list_held(reader.conn, reader.name)} == {"held"}
    for item in await list_held(reader.conn, reader.name):
        await retry(reader.conn, item.id, "ada", "mended in 1.3")
    await reader.settles()
    assert await reader.sees() == {case_id: 3}
    decided = await list_held(reader.conn, reader.name, everything=True)
    assert [(item.version, item.state, item.reason) for item in decided] == [
        (1, "applied", "mended in 1.2"), (2, "applied", "mended in 1.3"),
    ]  # fmt: skip


async def test_a_discarded_event_leaves_no_gap_also_after_a_refill(reader: Reader) -> None:
    case_id = uuid4()
    events = [event(case_id, 1), event(case_id, 2, filling="poison"), event(case_id, 3)]
    await reader.hears(events[0])
    await reader.hears(events[1], breaks_on="poison")
    await reader.hears(events[2], breaks_on="poison")
    assert await reader.sees() == {case_id: 1}
    [item] = await list_held(reader.conn, reader.name)
    await discard(reader.conn, item.id, "ada", "entered by a broken client")
    await reader.settles(breaks_on="poison")
    assert await reader.sees() == {case_id: 2}
    assert await reader.holds_below() is None
    await query(reader.settings, SERVICE, "TRUNCATE inbox")
    await reader.hears(*events, breaks_on="poison")
    assert await reader.sees() == {case_id: 2}
    assert await list_held(reader.conn, reader.name) == []


async def test_discarding_a_second_content_keeps_the_first(reader: Reader) -> None:
    case_id = uuid4()
    first, second = event(case_id, 1), event(case_id, 1, filling="forged")
    await reader.hears(first, second)
    [item] = await list_held(reader.conn, reader.name)
    await discard(reader.conn, item.id, "ada", "a forged record")
    await query(reader.settings, SERVICE, "TRUNCATE inbox")
    await reader.hears(second, first)
    assert await reader.sees() == {case_id: 1}
    assert await reader.rows("event_id", "inbox") == [(first.event_id,)]
    assert await list_held(reader.conn, reader.name) == []


async def test_a_decision_needs_a_name_a_reason_and_something_undecided(reader: Reader) -> None:
    await reader.hears(event(uuid4(), 1, filling="poison"), breaks_on="poison")
    [item] = await list_held(reader.conn, reader.name)
    with pytest.raises(ValueError, match="reason"):
        await discard(reader.conn, item.id, "ada", " ")
    await discard(reader.conn, item.id, "ada", "a test record")
    with pytest.raises(NotHeld):
        await retry(reader.conn, item.id, "ada", "changed my mind")


async def test_an_event_of_unknown_type_is_kept_and_folded_after_the_upgrade(reader: Reader) -> None:
    case_id = uuid4()
    await reader.hears(event(case_id, 1), event(case_id, 2, kind="dyad.Made.v2"), event(case_id, 3))
    assert await reader.sees() == {case_id: 2}
    assert await reader.holds_below() == event(case_id, 2).recorded_at
    await reader.settles()
    assert await reader.sees() == {case_id: 2}
    await reader.settles(knows="dyad.Made.v2")
    assert await reader.sees() == {case_id: 3}
    assert await reader.holds_below() is None


async def test_what_cannot_be_decoded_is_parked_and_the_partition_goes_on(reader: Reader) -> None:
    broken, other = uuid4(), uuid4()
    await reader.hears(event(broken, 1)._replace(value=b"{"), event(other, 1))
    assert await reader.sees() == {other: 1}
    assert await reader.rows("kind, case_id", "held") == [("undecodable", broken)]


async def test_a_stream_that_waits_for_what_nobody_has_seen_holds_the_watermark_at_its_head(reader: Reader) -> None:
    case_id = uuid4()
    await reader.hears(event(case_id, 1), event(case_id, 3))
    assert await reader.holds_below() == event(case_id, 1).recorded_at + timedelta(microseconds=1)
    other = uuid4()
    await reader.hears(event(other, 2))
    assert await reader.holds_below() == NEVER


async def test_a_stream_that_waits_for_its_parked_event_holds_the_watermark_below_that(reader: Reader) -> None:
    case_id = uuid4()
    await reader.hears(event(case_id, 1))
    await reader.hears(event(case_id, 2, filling="poison"), breaks_on="poison")
    await reader.hears(event(case_id, 3))
    assert await reader.holds_below() == event(case_id, 2).recorded_at


def announced(minute: int, topic_id: UUID, *offsets: int) -> Announcement:
    at = START + timedelta(minutes=minute)
    return Announcement(store="referral", complete_to=at, topic_id=topic_id, next_offsets=offsets)


@pytest.mark.parametrize(
    ("offsets", "minute"),
    [((5, 7), 20), ((5, 6), 10), ((4, 7), None), ((9, 9), 20)],
    ids=["at the newest", "one short of the newest", "short of both", "beyond"],
)
def test_a_store_is_complete_up_to_the_last_announcement_that_was_reached(
    offsets: tuple[int, int], minute: int | None
) -> None:
    state = State(offsets={(TOPIC, number): Offset(LOG, offset) for number, offset in enumerate(offsets)})
    said = [announced(10, LOG, 5, 5), announced(20, LOG, 5, 7), announced(30, uuid4(), 0, 0)]
    expected = {} if minute is None else {"referral": START + timedelta(minutes=minute)}
    assert complete_to(state, {"referral": TOPIC}, said) == expected


def test_nothing_is_complete_while_a_partition_was_never_read() -> None:
    state = State(offsets={(TOPIC, 0): Offset(LOG, 5)})
    assert complete_to(state, {"referral": TOPIC}, [announced(10, LOG, 5, 0)]) == {}


@pytest.mark.parametrize("by_rule", [False, True], ids=["held event", "waiting or parked rule"])
def test_what_is_undecided_holds_the_watermark_just_below_itself(by_rule: bool) -> None:
    held_at = START + timedelta(minutes=3)
    state = State(offsets={(TOPIC, 0): Offset(LOG, 5)})
    if by_rule:
        state.below_all = held_at
    else:
        state.below["referral"] = held_at
    instants = complete_to(state, {"referral": TOPIC}, [announced(10, LOG, 5)])
    assert instants == {"referral": held_at - timedelta(microseconds=1)}
    state.below["referral"] = NEVER
    assert complete_to(state, {"referral": TOPIC}, [announced(10, LOG, 5)]) == {}


async def test_a_watermark_is_never_lowered_and_needs_every_store(reader: Reader) -> None:
    later = START + timedelta(hours=1)
    await raise_watermarks(reader.conn, reader.name, {"referral": later})
    await raise_watermarks(reader.conn, reader.name, {"referral": START})
    assert await watermark(reader.conn, reader.name, ["referral"]) == later
    assert await watermark(reader.conn, reader.name, ["referral", "assessment"]) is None
    await raise_watermarks(reader.conn, reader.name, {"assessment": START})
    assert await watermark(reader.conn, reader.name, ["referral", "assessment"]) == START


async def test_two_members_that_hold_the_two_halves_of_a_case_lose_no_wake_up(reader: Reader) -> None:
    """Both transactions are open at once; the second to lock the case sees what the first has committed."""
    case_id, url = uuid4(), reader.settings.dsn(SERVICE, "dyad_owner")
    gate = await asyncpg.connect(url)
    await reader.hears(event(uuid4(), 1))
    members = [await asyncpg.connect(reader.settings.dsn(SERVICE, "dyad_consumer")) for _ in range(2)]
    reading = Reading(consumer=reader.name, handler=Seeing(reader.name), decodes=decodes)
    halves = [(event(case_id, 1), 1), (event(case_id, 1, store="assessment"), 2)]
    async with gate.transaction():
        await gate.execute("LOCK TABLE seen IN ACCESS EXCLUSIVE MODE")  # the first member stops before its commit
        tasks = []
        for (half, partition), conn in zip(halves, members, strict=True):
            at = (await stored(conn, reader.name, [(TOPIC, partition)], {TOPIC: LOG}))[TOPIC, partition]
            batch = Batch(moves=[Move((TOPIC, partition), at, 1)], arrivals=[Arrival(half)])
            tasks.append(asyncio.create_task(apply_batch(conn, reading, batch)))
        await until(lambda: _blocked(gate, members), "both members inside their transactions")
    await asyncio.gather(*tasks)
    assert (await reader.sees())[case_id] == 2
    for conn in (gate, *members):
        await conn.close()


async def _blocked(gate: asyncpg.Connection, members: list[asyncpg.Connection]) -> bool:
    pids = [conn.get_server_pid() for conn in members]
    sql = "SELECT count(DISTINCT pid) FROM pg_locks WHERE pid = ANY ($1::integer[]) AND NOT granted"
    return bool(await gate.fetchval(sql, pids) == len(pids))
