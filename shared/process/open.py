"""From locked rows to dossiers: one statement for any number of cases."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import orjson

from shared.eventstore.envelope import recorded
from shared.eventstore.store import Connection
from shared.kernel.civil import Moment
from shared.kernel.codec import Registry, UnknownEventType
from shared.kernel.history import Recorded
from shared.process.aggregate import Aggregate
from shared.process.answers import Done, Post
from shared.process.dossier import Dossier
from shared.process.teams import Head, configurations

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")
K = TypeVar("K")

DECODED = 20_000
"""Documents that stay decoded, some 60 MB: a request reads its case whole, and decoding was a third of its cost."""
_OPEN = """
SELECT kind, case_id, store, stream, version, event_id, name, doc, at FROM open_cases($1, $2, $3, $4, $5, $6, $7, $8)
"""


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What a rule has decided about one causing event."""

    outcome: str
    """`acted`, `nothing`, `waiting`, `parked` or `discarded`."""
    code: str | None


@dataclass(slots=True)
class OpenCases:
    """Locked cases, with what was decided about them before."""

    dossiers: dict[UUID, Dossier[Any, Any, Any, Any]]
    outcomes: dict[UUID, dict[tuple[str, UUID], RuleOutcome]]
    """By case, then by (rule, cause)."""
    answered: dict[tuple[str, str], tuple[bytes, Done]]
    """By (source, id): fingerprint and first answer of posts that were accepted before."""
    docs: dict[UUID, str]
    """Heard documents by event id."""
    teams: Mapping[str, tuple[Recorded[Any], ...]]
    """Configuration of the teams concerned, by team: the events of `team-<team id>` that stand."""
    restored_to: datetime | None
    """At or below it no deadline rings: UTC instant, None where nothing was ever restored."""
    erased: frozenset[UUID] = frozenset()
    """Those of the subjects asked about that were erased."""

    def correlation_id(self, event_id: UUID) -> UUID:
        """The correlation id of a heard event."""
        return UUID(orjson.loads(self.docs[event_id])["correlationid"])


@dataclass(slots=True)
class _Rows:
    """What the statement gave about one case."""

    history: list[Recorded[Any]] = field(default_factory=list)
    heard: dict[str, list[Recorded[Any]]] = field(default_factory=dict)
    outcomes: dict[tuple[str, UUID], RuleOutcome] = field(default_factory=dict)
    timers: dict[str, datetime] = field(default_factory=dict)
    first_doc: str | None = None
    unreadable: UnknownEventType | None = None


async def open_cases(
    conn: Connection,
    aggregate: Aggregate[S, C, E, K],
    case_ids: Sequence[UUID],
    moment: Moment,
    *,
    posts: Sequence[Post] = (),
    subjects: Collection[UUID] = (),
    owners: Mapping[UUID, str] | None = None,
    teams: Collection[str] = (),
    lock: bool = True,
) -> OpenCases:
    """Locks cases and reads all that decisions about them rest on; looks up posts.

    Args:
        conn: in a READ COMMITTED transaction that has locked no case yet.
        aggregate: the service; its store is the name of its consumer.
        case_ids: any order; the keys of teams where the aggregate is keyed by team.
        moment: the clock of the decisions to come.
        posts: to be looked up by (source, id).
        subjects: any ids; which of them are those of erased people is looked up.
        owners: the team of each key, where the aggregate is keyed by team.
        teams: further teams whose configuration is wanted: those of cases that begin now.
        lock: False to look only: nothing may be decided on it.

    A case whose own stream holds an event that this code does not know (it was written by a newer one) can be opened,
    but nothing is decided about it.
    """
    names = case_ids if owners is None else [owners[case_id] for case_id in case_ids]
    streams = {aggregate.stream(name): case_id for name, case_id in zip(names, case_ids, strict=True)}
    records = await conn.fetch(
        _OPEN,
        aggregate.store,
        list(case_ids),
        list(streams),
        list(teams if owners is None else {*teams, *owners.values()}),
        [post.source for post in posts],
        [post.id for post in posts],
        list(subjects),
        lock,
    )
    rows = {case_id: _Rows() for case_id in case_ids}
    answered: dict[tuple[str, str], tuple[bytes, Done]] = {}
    erased: set[UUID] = set()
    heads: list[Head] = []
    restored_to: datetime | None = None
    for record in records:
        match record[0]:
            case "erased":
                erased.add(record[5])
            case "post":
                answered[record[2], record[3]] = _answer(record)
            case "team":
                heads.append(Head(record[6], record[4], record[8]))
            case "floor":
                restored_to = record[8]
            case "own":
                _sort_in(aggregate, rows[streams[record[3]]], record)
            case _:
                _sort_in(aggregate, rows[record[1]], record)
    opened = OpenCases(
        dossiers={},
        outcomes={case_id: found.outcomes for case_id, found in rows.items()},
        answered=answered,
        docs={record[5]: record[7] for record in records if record[0] == "heard"},
        teams=await configurations(conn, aggregate, heads),
        restored_to=restored_to,
        erased=frozenset(erased),
    )
    for case_id, found in rows.items():
        owner = None if owners is None else owners[case_id]
        opened.dossiers[case_id] = _dossier(aggregate, case_id, moment, found, opened=opened, owner=owner)
    return opened


@lru_cache(maxsize=DECODED)
def _fact(registry: Registry[Any], store: str, stream: str, doc: str) -> Recorded[Any] | None:
    """A document decoded once: its text never changes, and what it says is immutable."""
    return recorded(registry, store, stream, doc)


def _answer(record: asyncpg.Record) -> tuple[bytes, Done]:
    status, _, body = record[7].partition(" ")
    answer = Done(
        status=int(status), version=record[4], case_id=UUID(int=record[1].int), body=body.encode(), replayed=True
    )
    return bytes.fromhex(record[6]), answer


def _sort_in(aggregate: Aggregate[Any, Any, Any, Any], rows: _Rows, record: asyncpg.Record) -> None:
    kind, _, store, stream, _, event_id, name, doc, at = record
    if kind == "rule":
        rows.outcomes[name, event_id] = RuleOutcome(doc, stream)
        return
    if kind == "timer":
        rows.timers[name] = at
        return
    rows.first_doc = rows.first_doc or doc
    if kind == "own":
        try:
            said = _fact(aggregate.registry, aggregate.store, stream, doc)
        except UnknownEventType as error:
            rows.unreadable = error
            return
        if said is not None:
            rows.history.append(said)
    elif aggregate.heard is not None:
        try:
            heard = _fact(aggregate.heard, store, stream, doc)
        except UnknownEventType:
            return  # the consumer holds it and the watermark; it is folded after the upgrade
        if heard is not None:
            rows.heard.setdefault(store, []).append(heard)


def _dossier(
    aggregate: Aggregate[S, C, E, K],
    case_id: UUID,
    moment: Moment,
    rows: _Rows,
    *,
    opened: OpenCases,
    owner: str | None,
) -> Dossier[S, C, E, K]:
    team_id = owner
    if owner is None and rows.first_doc is not None:
        team_id = str(orjson.loads(rows.first_doc)["teamid"])
    return Dossier(
        aggregate,
        case_id,
        moment,
        history=rows.history,
        heard=rows.heard,
        team_id=team_id,
        unreadable=rows.unreadable,
        teams=opened.teams,
        timers=rows.timers,
        restored_to=opened.restored_to,
    )
