"""Writes what was decided: posts, rule outcomes, references, and last of all the appends, streams in sorted order."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.eventstore.store import Connection, append
from shared.process.answers import Done, Post
from shared.process.dossier import Dossier
from shared.process.judge import Verdict

_POSTS = """
INSERT INTO posts (source, id, fingerprint, case_id, status, version, answer)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::uuid[], $5::smallint[], $6::int[], $7::text[])
ON CONFLICT DO NOTHING
"""
_OUTCOMES = """
INSERT INTO rule_outcomes (rule, cause, case_id, outcome, code, stream, version, cause_recorded_at)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::timestamptz[]
)
ON CONFLICT (rule, cause) DO UPDATE
SET outcome = excluded.outcome, code = excluded.code, stream = excluded.stream, version = excluded.version,
    at = clock_timestamp()
"""


class PostRace(Exception):
    """The same post was accepted by somebody else meanwhile: roll back and look it up."""


async def settle(
    conn: Connection,
    dossiers: Iterable[Dossier[Any, Any, Any, Any]],
    verdicts: Sequence[Verdict] = (),
    posts: Sequence[tuple[Post, Done]] = (),
) -> None:
    """Writes decisions in the caller's transaction; commit it next, every reader of the store waits for it.

    Raises:
        PostRace: a post of the same (source, id) was committed since it was looked up.
        ConcurrencyConflict: somebody appended to a stream without locking its case.
    """
    if posts:
        await _write_posts(conn, posts)
    if verdicts:
        await _write_outcomes(conn, verdicts)
    changed = [dossier for dossier in dossiers if dossier.pending]
    for dossier in sorted(changed, key=lambda item: item.stream):
        await append(conn, dossier.stream, dossier.stored_version, dossier.pending)


async def _write_posts(conn: Connection, posts: Sequence[tuple[Post, Done]]) -> None:
    ordered = sorted(posts, key=lambda item: (item[0].source, item[0].id))  # two batches cannot wait for each other
    status = await conn.execute(
        _POSTS,
        [post.source for post, _ in ordered],
        [post.id for post, _ in ordered],
        [post.fingerprint for post, _ in ordered],
        [answer.case_id for _, answer in ordered],
        [answer.status for _, answer in ordered],
        [answer.version for _, answer in ordered],
        [answer.body.decode() for _, answer in ordered],
    )
    if status != f"INSERT 0 {len(ordered)}":
        raise PostRace


async def _write_outcomes(conn: Connection, verdicts: Sequence[Verdict]) -> None:
    await conn.execute(
        _OUTCOMES,
        [verdict.rule for verdict in verdicts],
        [verdict.cause for verdict in verdicts],
        [verdict.case_id for verdict in verdicts],
        [verdict.outcome for verdict in verdicts],
        [verdict.code for verdict in verdicts],
        [verdict.stream for verdict in verdicts],
        [verdict.version for verdict in verdicts],
        [verdict.cause_recorded_at for verdict in verdicts],
    )
