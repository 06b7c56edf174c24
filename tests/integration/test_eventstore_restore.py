"""Restore: history comes back with its own instants and bytes, only into an empty store or onto its own prefix."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shared.eventstore import restore as restoring
from shared.eventstore.envelope import StoredEvent, complete, leaf_hash
from shared.eventstore.restore import RestoreRefused, RuleRecord, restore
from shared.eventstore.store import read_after
from shared.settings import Settings
from tests.integration.store_kit import connected, new_stream, relay_tail, said, say

START = datetime(2024, 3, 1, 9, 0, 0, 5, tzinfo=UTC)
COMPARED = "rule, cause, outcome, cause_recorded_at, at"


def history(streams: int = 3, events: int = 4) -> list[StoredEvent]:
    """Streams told in turn, with holes between positions as rolled-back appends leave them."""
    names = [new_stream() for _ in range(streams)]
    told = []
    for turn in range(events):
        for number, stream in enumerate(names):
            place = turn * streams + number
            told.append(
                complete(
                    replace(said(stream, turn + 1), sealed=b"sealed" if number == 0 else None),
                    position=10 + 3 * place,
                    stream=stream,
                    version=turn + 1,
                    recorded_at=START + timedelta(hours=place),
                )
            )
    return told


async def _stored(settings: Settings) -> list[StoredEvent]:
    async with connected(settings, "dyad_reader") as conn:
        return await read_after(conn, 0, 10_000)


async def _restore(settings: Settings, events: Sequence[StoredEvent], rules: Sequence[RuleRecord] = ()) -> int:
    async with connected(settings, "dyad_owner") as conn:
        added, total = await restore(conn, events, rules)
    assert total == len(events)
    return added


async def test_history_comes_back_exactly_and_new_appends_go_on_above_it(store: Settings) -> None:
    told = history()
    assert await _restore(store, told) == len(told)
    assert await _stored(store) == told
    async with connected(store) as writer:
        after = await say(writer, stream=told[0].stream, expected=4)
        assert after.last_position > told[-1].position
        assert after.recorded_at > told[-1].recorded_at


async def test_the_tail_gives_restored_history_and_knows_that_it_is_complete(store: Settings) -> None:
    told = history()
    await _restore(store, told)
    async with connected(store, "dyad_relay") as relay:
        polled = await relay_tail(relay).poll(100)
    assert polled.events == told
    assert polled.complete_to is not None
    assert polled.complete_to > told[-1].recorded_at


async def test_the_floor_stands_at_the_highest_restored_instant(store: Settings) -> None:
    told = history()
    await _restore(store, told)
    async with connected(store, "dyad_owner") as owner:
        assert await owner.fetchval("SELECT floor FROM tail_floor") == told[-1].recorded_at


async def test_said_again_it_adds_nothing_and_changes_nothing(store: Settings) -> None:
    told = history()
    await _restore(store, told)
    assert await _restore(store, told) == 0
    assert await _stored(store) == told


@pytest.mark.parametrize("cut", [0, 1, 5, 11])
async def test_cut_off_at_any_batch_it_goes_on_from_there(
    store: Settings, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "BATCH", 1)
    told = history()

    def until_the_cut() -> object:
        yield from told[:cut]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await _restore(store, until_the_cut())  # type: ignore[arg-type]
    assert await _stored(store) == told[:cut]
    assert await _restore(store, told) == len(told) - cut
    assert await _stored(store) == told


async def test_a_longer_history_goes_onto_its_own_prefix(store: Settings) -> None:
    told = history()
    await _restore(store, told[:5])
    assert await _restore(store, told) == len(told) - 5
    assert await _stored(store) == told


def _other_history(told: list[StoredEvent]) -> list[StoredEvent]:
    return history()


def _shorter(told: list[StoredEvent]) -> list[StoredEvent]:
    return told[:-1]


def _without_one_in_the_middle(told: list[StoredEvent]) -> list[StoredEvent]:
    return told[:4] + told[5:]


def _with_one_in_the_middle(told: list[StoredEvent]) -> list[StoredEvent]:
    stream = new_stream()
    between = complete(said(stream), position=told[4].position + 1, stream=stream, version=1, recorded_at=START)
    return [*told[:5], between, *told[5:]]


def _with_other_content(told: list[StoredEvent]) -> list[StoredEvent]:
    doc = told[3].doc.replace('"number":', '"number":9')
    return [*told[:3], replace(told[3], doc=doc, leaf_hash=leaf_hash(doc.encode())), *told[4:]]


def _with_another_instant(told: list[StoredEvent]) -> list[StoredEvent]:
    return [replace(told[0], recorded_at=told[0].recorded_at - timedelta(seconds=1)), *told[1:]]


@pytest.mark.parametrize(
    "changed",
    [
        *(_other_history, _shorter, _without_one_in_the_middle),
        *(_with_one_in_the_middle, _with_other_content, _with_another_instant),
    ],
)
async def test_a_store_that_holds_something_else_is_left_as_it_is(
    store: Settings, changed: Callable[[list[StoredEvent]], list[StoredEvent]]
) -> None:
    told = history()
    await _restore(store, told)
    with pytest.raises(RestoreRefused, match="the store holds something"):
        await _restore(store, changed(told))
    assert await _stored(store) == told


TAMPERED: dict[str, Callable[[StoredEvent], StoredEvent]] = {
    "the leaf of other bytes": lambda e: replace(e, leaf_hash=leaf_hash(b"other")),
    "other bytes under the same leaf": lambda e: replace(e, doc=e.doc.replace("team-north", "team-south")),
    "a column that differs from its member": lambda e: replace(e, team_id="team-south"),
    "another key": lambda e: replace(e, key="other"),
    "another case": lambda e: replace(e, case_id=uuid4()),
    "another id": lambda e: replace(e, event_id=uuid4()),
    "another type": lambda e: replace(e, type="dyad.Other.v1"),
    "another stream": lambda e: replace(e, stream=new_stream(), version=1),
    "a hole in the versions": lambda e: replace(e, version=e.version + 1),
    "an instant other than the document's": lambda e: replace(e, recorded_at=e.recorded_at + timedelta(seconds=1)),
    "a sealed part that the document does not know": lambda e: replace(e, sealed=b"other"),
    "a position below the one before": lambda e: replace(e, position=1),
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_a_row_that_append_could_not_have_written_is_refused(store: Settings, what: str) -> None:
    told = history()
    with pytest.raises(RestoreRefused, match="not a history"):
        await _restore(store, [*told[:7], TAMPERED[what](told[7]), *told[8:]])
    assert await _stored(store) == []


async def test_instants_that_run_backwards_in_a_stream_are_refused(store: Settings) -> None:
    stream = new_stream()
    told = [
        complete(said(stream, n), position=n, stream=stream, version=n, recorded_at=START - timedelta(hours=n))
        for n in (1, 2)
    ]
    with pytest.raises(RestoreRefused, match="not a history"):
        await _restore(store, told)


async def test_an_instant_that_has_not_come_yet_is_refused(store: Settings) -> None:
    stream = new_stream()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(RestoreRefused, match="not a history"):
        await _restore(store, [complete(said(stream), position=1, stream=stream, version=1, recorded_at=tomorrow)])


async def test_a_store_whose_readers_were_told_of_later_instants_is_refused(store: Settings) -> None:
    async with connected(store, "dyad_relay") as relay:
        await relay_tail(relay).poll(1)
    await _gone(store)
    with pytest.raises(RestoreRefused, match="told already"):
        await _restore(store, history())
    assert await _stored(store) == []


async def test_events_that_were_appended_afterwards_refuse_another_restore(store: Settings) -> None:
    told = history()
    await _restore(store, told)
    async with connected(store) as writer:
        await say(writer)
    await _gone(store)
    with pytest.raises(RestoreRefused, match="the store holds something"):
        await _restore(store, told)
    assert len(await _stored(store)) == len(told) + 1


@pytest.mark.parametrize("role", ["dyad_writer", "dyad_relay", "dyad_consumer"])
async def test_while_a_process_of_the_service_is_connected_nothing_is_restored(store: Settings, role: str) -> None:
    async with connected(store, role):
        with pytest.raises(RestoreRefused, match="connected"):
            await _restore(store, history())
    assert await _stored(store) == []


async def _gone(settings: Settings) -> None:
    """Until the server has noticed that connections of the service's processes are closed."""
    async with connected(settings, "dyad_owner") as owner:
        await _until(
            lambda: owner.fetchval(
                "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND usename IN ('dyad_writer', 'dyad_relay', 'dyad_consumer'))"
            )
        )


async def _until(reached: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await reached():
            pass


def _decided(outcome: str, cause: UUID) -> RuleRecord:
    return RuleRecord(
        rule="P2",
        cause=cause,
        case_id=uuid4(),
        team_id="team-north",
        outcome=outcome,
        code="not-known-yet" if outcome == "waiting" else None,
        cause_recorded_at=START,
        at=START + timedelta(seconds=1),
    )


async def test_what_the_rules_decided_comes_back_with_the_history_once(store: Settings) -> None:
    told = history()
    records = [_decided("acted", told[0].event_id), _decided("nothing", told[1].event_id)]
    await _restore(store, told, records)
    await _restore(store, told, records)
    async with connected(store, "dyad_reader") as conn:
        rows = await conn.fetch(
            "SELECT rule, cause, outcome, cause_recorded_at, at FROM rule_outcomes ORDER BY outcome"
        )
    assert [tuple(row) for row in rows] == [(r.rule, r.cause, r.outcome, r.cause_recorded_at, r.at) for r in records]


async def test_another_decision_about_the_same_cause_is_refused(store: Settings) -> None:
    told = history()
    cause = told[0].event_id
    await _restore(store, told, [_decided("acted", cause)])
    with pytest.raises(RestoreRefused, match="something else about the same cause"):
        await _restore(store, told, [_decided("nothing", cause)])
    async with connected(store, "dyad_reader") as conn:
        assert await conn.fetchval("SELECT outcome FROM rule_outcomes") == "acted"


async def test_nothing_to_restore_is_no_trouble(store: Settings) -> None:
    assert await _restore(store, []) == 0
    async with connected(store) as writer:
        assert (await say(writer)).last_position == 1
