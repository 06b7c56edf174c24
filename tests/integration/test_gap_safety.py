"""Promise 3: a view never skips an event that commits late; and nothing appears below what was called complete.

Functions of the store are replaced by copies that pause at a chosen step until the test lets them go; copies with
their steps in a wrong order show that the same trial finds what it looks for.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
import pytest

from shared.eventstore.tail import Tail
from shared.settings import Settings
from tests.integration.store_kit import (
    connected,
    new_stream,
    positions_of,
    relay_tail,
    said,
    say,
    source,
    waits_for_a_lock,
)
from tests.integration.tail_kit import GATE, PAUSE, Findings, Journal, Naive, changed, moved

MARK, NUMBERS, CLOCK = "    -- 1. The mark.", "    -- 2. The numbers.", "    -- 3. The floor and the clock"
APPENDS = {"030_append.sql": (2, "    shared_text := "), "031_append_one.sql": (1, "    first_version := in_expected")}
"""Either way in: how many events make the store take it, and where it has its instant and begins to write."""
BOTH_WAYS = pytest.mark.parametrize("way_in", APPENDS)
AN_HOUR_BACK = ("clock_timestamp()", "clock_timestamp() - interval '1 hour'")
BOUNDS = source("050_tail_bounds.sql")
READ_NEWEST, READ_MARK, GIVE = "    SELECT s.last_value", "    SELECT min(", "    safe := "


@pytest.fixture
async def trial(store: Settings) -> AsyncIterator["Trial"]:
    async with AsyncExitStack() as opened:

        async def conn(role: str) -> asyncpg.Connection:
            return await opened.enter_async_context(connected(store, role))

        relay, follower = await conn("dyad_relay"), await conn("dyad_consumer")
        yield Trial(
            owner=await conn("dyad_owner"),
            slow=await conn("dyad_writer"),
            fast=await conn("dyad_writer"),
            relay=relay,
            gate=await conn("dyad_owner"),
            journals=(Journal(relay_tail(relay)), Journal(Tail(follower))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One slow writer, one fast one, the relay, a follower, and the gate that stops changed functions."""

    owner: asyncpg.Connection
    slow: asyncpg.Connection
    fast: asyncpg.Connection
    relay: asyncpg.Connection
    gate: asyncpg.Connection
    journals: tuple[Journal, Journal]
    """Of the relay, and of a reader that follows its floor."""

    async def poll(self) -> None:
        for journal in self.journals:
            await journal.drain()

    async def worst(self) -> Findings:
        """After everything is committed and read: what either reader has to answer for."""
        await self.poll()
        stored = await positions_of(self.owner)
        findings = [journal.findings(stored) for journal in self.journals]
        return Findings(
            missing=[position for each in findings for position in each.missing],
            doubled=[position for each in findings for position in each.doubled],
            late=[position for each in findings for position in each.late],
        )

    async def run_with_a_paused_append(self, way_in: str, text: str) -> Findings:
        """A slow append pauses where `text` says; meanwhile others append and commit, and both readers read on."""
        await self.owner.execute(text)
        await self.owner.execute(source("030_append.sql").replace("FUNCTION append", "FUNCTION append_fast"))
        await self._fast()
        await self.poll()
        await self.gate.execute(f"SELECT pg_advisory_lock({GATE})")
        slow = asyncio.create_task(say(self.slow, count=APPENDS[way_in][0]))
        await waits_for_a_lock(self.gate, self.slow.get_server_pid())
        # First with nothing above the mark (an announcement may pass the paused append), then with something.
        for _ in range(2):
            await self.poll()
            await self._fast()
        await self.poll()
        await self.gate.execute(f"SELECT pg_advisory_unlock({GATE})")
        await slow
        await self.poll()
        await self._fast()
        return await self.worst()

    async def _fast(self) -> None:
        stream = new_stream()
        new = said(stream)
        await self.fast.fetch(
            "SELECT append_fast($1, 0, ARRAY[$2::uuid], ARRAY['dyad.Said.v1'], ARRAY['k'], ARRAY[NULL::uuid],"
            " ARRAY['team-north'], ARRAY[$3], ARRAY[NULL::bytea])",
            *(stream, new.event_id, new.doc),
        )


async def test_an_append_that_is_held_open_from_outside_is_waited_for_and_never_skipped(trial: Trial) -> None:
    naive = Journal(Naive(trial.relay))
    await say(trial.fast)
    await trial.poll()
    held = trial.slow.transaction()
    await held.start()
    early = await say(trial.slow, count=3)
    late = [(await say(trial.fast)).last_position for _ in range(3)]
    await trial.poll()
    await naive.drain()
    for journal in trial.journals:
        assert len(journal.given) == 1, "nothing above the open append may be given"
    announced = [journal.complete_to for journal in trial.journals]
    assert all(instant is not None and instant < early.recorded_at for instant in announced)

    await held.commit()
    assert (await trial.worst()).none
    assert trial.journals[0].positions[-1] == max(late)
    assert trial.journals[0].complete_to > early.recorded_at  # type: ignore[operator]

    await naive.drain()
    caught = naive.findings(await positions_of(trial.owner))
    assert len(caught.missing) == 3, "the same trial catches a reader that goes by the last position alone"


async def test_a_rolled_back_append_holds_nobody_up(trial: Trial) -> None:
    held = trial.slow.transaction()
    await held.start()
    await say(trial.slow, count=3)
    kept = await say(trial.fast)
    await trial.poll()
    assert trial.journals[0].given == []
    await held.rollback()
    assert (await trial.worst()).none
    assert trial.journals[0].positions == [kept.last_position]


@BOTH_WAYS
@pytest.mark.parametrize("step", [MARK, NUMBERS, CLOCK, "when it writes"])
@pytest.mark.parametrize("clock", ["right", "an hour back"])
async def test_wherever_an_append_pauses_nothing_is_skipped_and_nothing_appears_below_an_announcement(
    trial: Trial, way_in: str, step: str, clock: str
) -> None:
    step = APPENDS[way_in][1] if step == "when it writes" else step
    text = changed(source(way_in), (step, f"{PAUSE}\n{step}"))
    text = text if clock == "right" else changed(text, AN_HOUR_BACK)
    findings = await trial.run_with_a_paused_append(way_in, text)
    assert findings.none
    assert all(journal.complete_to is not None for journal in trial.journals)


@BOTH_WAYS
@pytest.mark.parametrize("clock", ["right", "an hour back"])
async def test_a_clock_and_floor_that_are_read_before_the_numbers_are_caught(
    trial: Trial, way_in: str, clock: str
) -> None:
    early = moved(source(way_in), CLOCK, APPENDS[way_in][1], before=NUMBERS)
    early = early if clock == "right" else changed(early, AN_HOUR_BACK)
    findings = await trial.run_with_a_paused_append(way_in, changed(early, (NUMBERS, f"{PAUSE}\n{NUMBERS}")))
    assert findings.late


@BOTH_WAYS
async def test_without_the_floor_a_clock_that_steps_back_is_caught(trial: Trial, way_in: str) -> None:
    text = changed(source(way_in), (", f.floor + microsecond", ""), AN_HOUR_BACK)
    findings = await trial.run_with_a_paused_append(way_in, changed(text, (NUMBERS, f"{PAUSE}\n{NUMBERS}")))
    assert findings.late


@BOTH_WAYS
async def test_a_mark_that_is_taken_after_the_numbers_is_caught(trial: Trial, way_in: str) -> None:
    after = moved(source(way_in), MARK, NUMBERS, before=CLOCK)
    findings = await trial.run_with_a_paused_append(way_in, changed(after, (MARK, f"{PAUSE}\n{MARK}")))
    assert findings.missing


async def _poll_that_pauses(trial: Trial, text: str) -> Findings:
    """While the relay pauses inside its poll, one append is left open and a later one commits."""
    await say(trial.fast)
    await trial.journals[0].drain()
    await trial.owner.execute(text)
    await trial.gate.execute(f"SELECT pg_advisory_lock({GATE})")
    polling = asyncio.create_task(trial.journals[0].poll())
    await waits_for_a_lock(trial.gate, trial.relay.get_server_pid())
    held = trial.slow.transaction()
    await held.start()
    await say(trial.slow)
    await say(trial.fast)
    await trial.gate.execute(f"SELECT pg_advisory_unlock({GATE})")
    await polling
    await trial.journals[0].drain()
    await held.commit()
    return await trial.worst()


@pytest.mark.parametrize("step", [READ_NEWEST, READ_MARK, GIVE])
async def test_wherever_a_reader_pauses_it_skips_nothing(trial: Trial, step: str) -> None:
    assert (await _poll_that_pauses(trial, changed(BOUNDS, (step, f"    {PAUSE}\n{step}")))).none


async def test_a_reader_that_looks_at_the_marks_before_the_sequence_is_caught(trial: Trial) -> None:
    wrong = moved(BOUNDS, READ_MARK, GIVE, before=READ_NEWEST)
    findings = await _poll_that_pauses(trial, changed(wrong, (READ_NEWEST, f"    {PAUSE}\n{READ_NEWEST}")))
    assert findings.missing


async def test_a_transaction_leaves_one_mark_however_often_it_appends(trial: Trial) -> None:
    async with trial.slow.transaction():
        stream = new_stream()
        for version in range(5):
            await say(trial.slow, stream=stream, expected=version)
        assert await _marks(trial) == 1
    assert await _marks(trial) == 0


async def test_a_mark_that_a_rolled_back_savepoint_took_along_is_taken_again(trial: Trial) -> None:
    held = trial.slow.transaction()
    await held.start()
    savepoint = trial.slow.transaction()
    await savepoint.start()
    await say(trial.slow)
    await savepoint.rollback()
    assert await _marks(trial) == 0
    await say(trial.fast)
    await say(trial.slow)
    assert await _marks(trial) == 1
    await say(trial.fast)
    await trial.poll()
    assert len(trial.journals[0].given) == 1
    await held.commit()
    assert (await trial.worst()).none


async def test_a_setting_left_over_in_a_session_does_not_pass_for_a_mark(trial: Trial) -> None:
    await say(trial.slow)
    await trial.slow.execute("SET dyad.mark = '1'")
    async with trial.slow.transaction():
        await say(trial.slow)
        assert await _marks(trial) == 1


async def _marks(trial: Trial) -> int:
    return int(
        await trial.gate.fetchval(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database() AND classid::bigint >> 16 = 7411"
        )
    )


async def test_marks_of_another_database_hold_nobody_up(trial: Trial, fresh_database: str) -> None:
    stranger = await asyncpg.connect(fresh_database)
    try:
        async with stranger.transaction():
            await stranger.execute("SELECT pg_advisory_xact_lock_shared(7411::bigint << 48)")
            await say(trial.fast)
            await trial.poll()
            assert len(trial.journals[0].given) == 1
    finally:
        await stranger.close()


async def test_a_reader_in_a_transaction_is_refused(trial: Trial) -> None:
    async with trial.relay.transaction():
        with pytest.raises(asyncpg.InterfaceError):
            await relay_tail(trial.relay).poll(1)


async def test_only_the_relay_raises_the_floor_and_followers_follow(trial: Trial) -> None:
    relay, follower = trial.journals
    await say(trial.fast)
    await follower.drain()
    before = follower.complete_to
    assert before is None
    await relay.drain()
    await follower.drain()
    assert follower.complete_to == relay.complete_to
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await trial.fast.execute("SELECT raise_floor()")


async def test_small_portions_are_complete_only_with_the_last_one(trial: Trial) -> None:
    await say(trial.fast, count=5)
    journal = Journal(relay_tail(trial.relay))
    told = []
    while await journal.poll(limit=2):
        told.append(journal.complete_to)
    assert told[:2] == [None, None]
    assert journal.complete_to is not None
    assert journal.findings(await positions_of(trial.owner)).none


async def test_a_tail_that_starts_again_forgets_what_it_was_told(trial: Trial) -> None:
    await say(trial.fast, count=3)
    tail = relay_tail(trial.relay)
    first = (await tail.poll(10)).events[0].position
    tail.reset(first)
    assert tail.position == first
    again = await tail.poll(1)
    assert [event.version for event in again.events] == [2]
    assert again.complete_to is None


async def test_the_floor_keeps_its_pace_when_nothing_is_new(trial: Trial) -> None:
    tail = Tail(trial.relay, raise_floor=True, busy_floor_s=0, idle_floor_s=3600)
    first = (await tail.poll(10)).complete_to
    assert first is not None
    assert (await tail.poll(10)).complete_to == first
    await say(trial.fast)
    assert len((await tail.poll(10)).events) == 1
    assert (await tail.poll(10)).complete_to > first  # type: ignore[operator]
