"""Writes what was decided: rule outcomes, then posts and, last of all, the appends, streams in sorted order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from shared.eventstore.envelope import NewEvent
from shared.eventstore.store import ConcurrencyConflict, Connection, append
from shared.kernel.codec import to_json
from shared.kernel.ids import derived_id
from shared.kernel.letter import Letter
from shared.process.answers import Done, NotOfYourTeam, Post, SameIdOtherContent
from shared.process.deadlines import Timer
from shared.process.judge import Verdict

_OUTCOMES = """
INSERT INTO rule_outcomes (rule, cause, case_id, team_id, outcome, code, stream, version, cause_recorded_at)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::timestamptz[]
)
ON CONFLICT (rule, cause) DO UPDATE
SET outcome = excluded.outcome, code = excluded.code, stream = excluded.stream, version = excluded.version,
    at = clock_timestamp()
"""
_SETTLE = """
SELECT settle(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24
)
"""
_LOOK_AGAIN = """
INSERT INTO rechecks (stream, case_id) SELECT * FROM unnest($1::text[], $2::uuid[]) ON CONFLICT DO NOTHING
"""
_ERASE = "SELECT erase_subject($1)"
_RACE_STATES = frozenset({"DY001", "DY010"})
"""SQLSTATEs of `append` (another version) and `settle` (post accepted meanwhile)."""
_OTHER_TEAMS_STREAM, _OTHER_TEAMS_POST = "DY020", "DY021"


class Place(Protocol):
    """A stream and the case under which it is locked; a `Dossier` is one."""

    @property
    def stream(self) -> str:
        """Its name."""

    @property
    def case_id(self) -> UUID:
        """The case, or the key of the team."""


class Growing(Place, Protocol):
    """A stream and what is to be put behind it; a `Dossier` is one."""

    @property
    def stored_version(self) -> int:
        """Its version in the store, 0 for a new stream."""

    @property
    def pending(self) -> Sequence[NewEvent]:
        """The events to come, in order."""

    @property
    def letters(self) -> Mapping[UUID, Sequence[Letter]]:
        """What they call for, by event id."""

    @property
    def team_id(self) -> str | None:
        """The team that carries the case."""

    @property
    def erases(self) -> frozenset[UUID]:
        """The people whose keys go with these events."""


class Race(Exception):
    """Somebody was faster: roll back, load again, decide again."""


async def settle(
    conn: Connection,
    streams: Iterable[Growing],
    verdicts: Sequence[Verdict] = (),
    posts: Sequence[tuple[Post, Done]] = (),
    timers: Sequence[Timer] = (),
) -> None:
    """Writes decisions in the caller's transaction; commit it next, every reader of the store waits for it.

    Args:
        conn: in the transaction that has locked the cases.
        streams: those that have something to be put behind them, and others.
        verdicts: what rules decided.
        posts: what was accepted, with its answer.
        timers: what changes in the timer store.

    Raises:
        Race: a post of the same (source, id) was committed since it was looked up, or somebody appended to a stream
            without locking its case.
        NotOfYourTeam, SameIdOtherContent: one of the streams, or of the posts, is there and hidden from the caller.
    """
    if verdicts:
        await _write_outcomes(conn, verdicts)
    changed = sorted((stream for stream in streams if stream.pending), key=lambda item: item.stream)
    if not posts and not changed and not timers:
        return
    for subject in sorted({subject for stream in changed for subject in stream.erases}):
        await conn.execute(_ERASE, subject)
    alone = len(changed) == 1 and not (posts or timers or changed[0].letters)
    try:
        if alone:  # what a rule says about one case: half the work of the many arrays
            [only] = changed
            await append(conn, only.stream, only.stored_version, only.pending)
            return
        await conn.execute(
            _SETTLE, *_post_columns(posts), *_event_columns(changed), *_timer_columns(timers), _letters(changed)
        )
    except ConcurrencyConflict as error:
        raise Race from error
    except asyncpg.PostgresError as error:
        if error.sqlstate == _OTHER_TEAMS_STREAM or _hidden_row(error):
            raise NotOfYourTeam from error
        if error.sqlstate == _OTHER_TEAMS_POST:
            raise SameIdOtherContent from error
        if error.sqlstate in _RACE_STATES or getattr(error, "constraint_name", "") == "events_stream_version":
            raise Race from error
        raise


def _hidden_row(error: asyncpg.PostgresError) -> bool:
    """Whether a row is in the way that row-level security hides from the caller: a deadline of another team's case."""
    return isinstance(error, asyncpg.InsufficientPrivilegeError) and "row-level security" in str(error)


def _post_columns(posts: Sequence[tuple[Post, Done]]) -> tuple[list[Any], ...]:
    ordered = sorted(posts, key=lambda item: (item[0].source, item[0].id))  # two callers cannot wait for each other
    return (
        [post.source for post, _ in ordered],
        [post.id for post, _ in ordered],
        [post.fingerprint for post, _ in ordered],
        [answer.case_id for _, answer in ordered],
        [post.team_id for post, _ in ordered],
        [answer.status for _, answer in ordered],
        [answer.version for _, answer in ordered],
        [answer.body.decode() for _, answer in ordered],
    )


def _event_columns(changed: Sequence[Growing]) -> tuple[list[Any], ...]:
    events = [event for each in changed for event in each.pending]
    return (
        [each.stream for each in changed],
        [each.stored_version for each in changed],
        [len(each.pending) for each in changed],
        [event.event_id for event in events],
        [event.type for event in events],
        [event.key for event in events],
        [event.case_id for event in events],
        [event.team_id for event in events],
        [event.doc for event in events],
        [event.sealed for event in events],
    )


def _timer_columns(timers: Sequence[Timer]) -> tuple[list[Any], ...]:
    return (
        [timer.stream for timer in timers],
        [timer.name for timer in timers],
        [timer.case_id for timer in timers],
        [timer.team_id for timer in timers],
        [timer.due_at for timer in timers],
    )


def _letters(changed: Sequence[Growing]) -> str | None:
    """The rows of `letters` as JSON; None where nothing calls for one, which is nearly always."""
    rows = [
        {
            "id": derived_id("letter", event_id, letter.kind, letter.to, letter.key),
            "event_id": event_id,
            "case_id": each.case_id,
            "team_id": each.team_id,
            "kind": letter.kind,
            "reader": letter.to,
        }
        for each in changed
        for event_id, letters in each.letters.items()
        for letter in letters
    ]
    return to_json(rows).decode() if rows else None


async def look_again(conn: Connection, dossiers: Sequence[Place]) -> None:
    """Has the deadlines of these cases computed again, in the caller's transaction."""
    if dossiers:
        await conn.execute(
            _LOOK_AGAIN, [dossier.stream for dossier in dossiers], [dossier.case_id for dossier in dossiers]
        )


async def _write_outcomes(conn: Connection, verdicts: Sequence[Verdict]) -> None:
    await conn.execute(
        _OUTCOMES,
        [verdict.rule for verdict in verdicts],
        [verdict.cause for verdict in verdicts],
        [verdict.case_id for verdict in verdicts],
        [verdict.team_id for verdict in verdicts],
        [verdict.outcome for verdict in verdicts],
        [verdict.code for verdict in verdicts],
        [verdict.stream for verdict in verdicts],
        [verdict.version for verdict in verdicts],
        [verdict.cause_recorded_at for verdict in verdicts],
    )
