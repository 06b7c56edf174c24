"""Heard events -> rows of `case_history` and of the tables beside it, inside the transaction of events and offsets."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.reporting.case_row import STRETCHES, CaseRow
from services.reporting.contacts import CONTACTS, ContactRow
from services.reporting.decoding import Decoder
from services.reporting.fold import DEFINITION, CaseVersion, Fold
from services.reporting.heard import Fact
from services.reporting.hints import tell
from services.reporting.keyed import CONTACT_TABLE, SCORE_TABLE, Kept, bring_up_to_date
from services.reporting.scores import GOALS, MEASURES, ScoreRow
from services.reporting.team_work import WORK_TABLE, TeamWork
from services.reporting.topics import Topics
from shared.eventstore.store import Connection

CONSUMER = "reporting"
"""Name under which the bus keeps this projection's inbox, offsets and held items."""
TABLES = ("case_history", CONTACT_TABLE.name, SCORE_TABLE.name, WORK_TABLE.name)
"""What follows from the events alone, and is made anew as a whole (`services.reporting.rebuild`)."""

_KNOWN = """
SELECT heard.case_id, heard.hashes, believed.since, believed.events, believed.stale
FROM (SELECT case_id, array_agg(leaf_hash) AS hashes FROM inbox
      WHERE consumer = $1 AND case_id = ANY($2::uuid[]) AND NOT waiting GROUP BY case_id) AS heard
LEFT JOIN (SELECT case_id, array_agg(lower(known) ORDER BY known) AS since, array_agg(events ORDER BY known) AS events,
                  bool_or(definition <> $3) AS stale
           FROM case_history WHERE case_id = ANY($2::uuid[]) GROUP BY case_id) AS believed USING (case_id)
"""
_DOCUMENTS = """
SELECT case_id, doc FROM inbox
WHERE consumer = $1 AND case_id = ANY($2::uuid[]) AND NOT waiting AND leaf_hash = ANY($3::bytea[])
"""
_BEGIN = "SELECT begin_projection($1)"
_WRITE = "SELECT write_case_history($1, $2, $3, $4, $5, $6)"

Believed = Sequence[tuple[datetime, int]]
"""Of each row of a case that is there: the instant from which it holds, and how many events it rests on."""


@dataclass(slots=True)
class Folded:
    """A case as it was folded last. Whether it may be used is decided by the hashes, so it can never be stale."""

    fold: Fold = field(default_factory=Fold)
    contacts: Kept[ContactRow] = field(default_factory=lambda: Kept({"intervention": Topics(CONTACTS)}))
    scores: Kept[ScoreRow] = field(
        default_factory=lambda: Kept({"assessment": Topics(MEASURES), "intervention": Topics(GOALS)})
    )
    hashes: set[bytes] = field(default_factory=set)
    """Leaf hashes of the documents that it was folded from."""

    def add(self, facts: Sequence[Fact]) -> None:
        """Folds further."""
        self.fold.add(facts)
        self.contacts.add(facts)
        self.scores.add(facts)


class CaseHistory:
    """The bus handler of reporting: folds every touched case and writes what differs.

    The caller holds the rows of these cases locked, so that two consumers with different partitions of one case
    never overwrite each other. What the inbox says a case consists of is read anew every time; memory only saves
    decoding and folding again what was folded before from the very same documents.

    Args:
        decoder: with the documents that the consumer has just checked.
        size: how many cases to remember; a case with 30 events takes about 40 kB.
    """

    def __init__(self, decoder: Decoder, size: int = 5_000) -> None:
        self._decoder = decoder
        self._size = size
        self._folded: OrderedDict[UUID, Folded] = OrderedDict()
        self.work = TeamWork(CONSUMER, decoder)

    async def apply(self, conn: Connection, cases: Sequence[UUID]) -> None:
        """Brings the rows of `cases` up to date with the inbox.

        Of what is no case but a team only its work has rows; its configuration and people are read where needed.

        Raises:
            UnknownEventType, ValueError, KeyError: a stored document cannot be decoded.
        """
        await conn.execute(_BEGIN, cases)
        teams = await self.fold(conn, cases)
        await tell(conn, [each for each in cases if each not in self._decoder.teams], teams)

    async def fold(self, conn: Connection, cases: Sequence[UUID]) -> Sequence[str]:
        """The same for whatever tables the connection's names mean, and nobody is told; gives the teams among them.

        Raises: what `apply` raises.
        """
        await self._apply(conn, [case_id for case_id in cases if case_id not in self._decoder.teams])
        teams = self._decoder.teams  # after the cases: some documents are decoded there for the first time
        touched = [teams[each] for each in cases if each in teams]
        await self.work.apply(conn, touched)
        return touched

    async def _apply(self, conn: Connection, wanted: Sequence[UUID]) -> None:
        if not wanted:
            return
        known = await conn.fetch(_KNOWN, CONSUMER, wanted, DEFINITION)
        heard = {row["case_id"]: set(row["hashes"]) for row in known}
        before = {case_id: self._usable(case_id, hashes) for case_id, hashes in heard.items()}
        facts = await self._facts(conn, {case_id: heard[case_id] - before[case_id].hashes for case_id in heard})
        changes = _Changes()
        touched: dict[UUID, Folded] = {}
        stale_ones: list[UUID] = []
        for case_id, _, since, events, stale in known:
            if case_id in self._decoder.teams:
                continue  # its events were decoded here for the first time
            folded = touched[case_id] = before[case_id]
            folded.add(facts[case_id])
            folded.hashes = heard[case_id]
            believed = list(zip(since or (), events or (), strict=True))
            changes.compare(case_id, believed, folded.fold.versions, stale=stale)
            if stale:
                stale_ones.append(case_id)
            self._remember(case_id, folded)
        await changes.write(conn)
        contacts = {case_id: folded.contacts for case_id, folded in touched.items()}
        await bring_up_to_date(conn, CONTACT_TABLE, contacts, stale_ones)
        scores = {case_id: folded.scores for case_id, folded in touched.items()}
        await bring_up_to_date(conn, SCORE_TABLE, scores, stale_ones)

    def _usable(self, case_id: UUID, hashes: set[bytes]) -> Folded:
        """What is remembered of a case if all of it is in the inbox, else nothing: a rolled back batch left it behind.

        It is taken out of memory until it has been folded further without an error.
        """
        folded = self._folded.pop(case_id, None)
        return folded if folded is not None and folded.hashes <= hashes else Folded()

    def _remember(self, case_id: UUID, folded: Folded) -> None:
        self._folded[case_id] = folded
        if len(self._folded) > self._size:
            self._folded.popitem(last=False)

    async def _facts(self, conn: Connection, wanted: Mapping[UUID, set[bytes]]) -> dict[UUID, list[Fact]]:
        """The events with these hashes; only documents that the decoder does not remember are fetched."""
        facts: dict[UUID, list[Fact]] = {case_id: [] for case_id in wanted}
        missing: list[tuple[UUID, bytes]] = []
        for case_id, hashes in wanted.items():
            for leaf_hash in hashes:
                fact = self._decoder.known(leaf_hash)
                if fact is None:
                    missing.append((case_id, leaf_hash))
                else:
                    facts[case_id].append(fact)
        if missing:
            cases, hashes_ = zip(*missing, strict=True)
            for case_id, doc in await conn.fetch(_DOCUMENTS, CONSUMER, sorted(set(cases)), hashes_):
                facts[case_id].append(self._decoder.fact(doc.encode()))
        return facts


class _Changes:
    """What has to be deleted, closed and inserted, for many cases at once."""

    def __init__(self) -> None:
        self.deletes: list[tuple[UUID, datetime]] = []
        self.closes: list[tuple[UUID, datetime, datetime]] = []
        self.inserts: list[tuple[Any, ...]] = []

    def compare(
        self, case_id: UUID, believed: Believed, versions: Sequence[CaseVersion], *, stale: bool | None
    ) -> None:
        """Keeps the rows up to the first instant at which more was known than the rows that are there say.

        Stale ones, of another definition, are not kept at all.
        """
        same = 0
        for (known_from, events), version in zip(believed, () if stale else versions, strict=False):
            if known_from != version.known_from or events != version.events:
                break
            same += 1
        if same == len(believed) == len(versions):
            return
        if same < len(believed):
            self.deletes.append((case_id, believed[same][0]))
        if same:
            until = versions[same].known_from if same < len(versions) else None
            self.closes.append((case_id, versions[same - 1].known_from, until))  # type: ignore[arg-type]
        self.inserts += stored_rows(case_id, versions, same)

    async def write(self, conn: Connection) -> None:
        """One call, or none when nothing differs."""
        if self.deletes or self.closes or self.inserts:
            deleted, deleted_since = _columns(self.deletes, 2)
            closed, closed_since, closed_until = _columns(self.closes, 3)
            await conn.fetchval(_WRITE, deleted, deleted_since, closed, closed_since, closed_until, self.inserts)


def stored_rows(case_id: UUID, versions: Sequence[CaseVersion], first: int = 0) -> Iterator[tuple[Any, ...]]:
    """The rows of a case from its version `first` on, as `case_history` holds them."""
    ends: Iterable[datetime | None] = [*(each.known_from for each in versions[first + 1 :]), None]
    for version, end in zip(versions[first:], ends, strict=False):
        row = columns(version.row)
        known = asyncpg.Range(version.known_from, end)
        yield (case_id, known, version.events, *row[:_BEFORE], DEFINITION, *row[_BEFORE:])


_BEFORE = CaseRow._fields.index("source")
"""Columns of a row that stand before the number of its definition."""
_STRETCHES = tuple(CaseRow._fields.index(name) for name in STRETCHES)


def columns(row: CaseRow) -> Sequence[Any]:
    """A row as the database takes it: stretches of days as ranges."""
    found = [index for index in _STRETCHES if row[index] is not None]
    if not found:
        return row
    values: list[Any] = list(row)
    for index in found:
        values[index] = [asyncpg.Range(*stretch) for stretch in values[index]]
    return values


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width
