"""Rows that rest on a few events each (a session, a measurement, an activity), on the known axis. Pure.

A case is folded as a whole, for everything in it may bear on its milestones. A session's row rests on the two or three
events about this session and on nothing else, so it is made again only when one of these comes: one more session costs
the same whether it is the first or the fiftieth.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from services.reporting.heard import Fact
from shared.kernel.history import Corrected, EventVoided, effective

R = TypeVar("R")


class Version(NamedTuple, Generic[R]):
    """What is believed about one thing from an instant on, until its next version; a row of None: nothing."""

    known_from: datetime
    events: int
    """Place of the event that made it, among those used. Events are only ever added, so the same place at the same
    instant means that the same events came before, and so the same row of one definition."""
    row: R | None


class Span(NamedTuple, Generic[R]):
    """A version with an end, as it stands in the database."""

    known_from: datetime
    known_until: datetime | None
    events: int
    row: R


class Kind(NamedTuple, Generic[R]):
    """What rows are made of which events of one stream."""

    topics: Mapping[type, Callable[[Fact], Iterable[UUID]]]
    """Event class -> the topics that such an event is about; other classes are not used."""
    rows: Callable[[UUID, Sequence[Fact]], Mapping[UUID, R]]
    """A topic and the standing events about it, by version -> its rows by id. Ids of different topics differ."""


_RECORDED = attrgetter("recorded_at", "version")
_VERSION = attrgetter("version")
_AMENDMENTS = frozenset({EventVoided, Corrected})


class Topics(Generic[R]):
    """The rows of one kind from one stream, as far as its events are known; more may be added in any order."""

    __slots__ = ("_by_topic", "_ids", "_kind", "_ordered", "versions")

    def __init__(self, kind: Kind[R]) -> None:
        self._kind = kind
        self.versions: dict[UUID, list[Version[R]]] = {}
        """By id of the row, oldest belief first."""
        self._start()

    def _start(self) -> None:
        self._ordered: list[Fact] = []
        self._by_topic: dict[UUID, list[Fact]] = {}
        self._ids: dict[UUID, set[UUID]] = {}

    def add(self, facts: Iterable[Fact]) -> set[UUID]:
        """Adds events of the stream and gives the ids whose versions may have changed.

        Those recorded after all others cost what they are; anything earlier folds the stream again.
        """
        used = self._kind.topics
        new = [fact for fact in facts if type(fact.event) in used or type(fact.event) in _AMENDMENTS]
        if not new:
            return set()
        distinct = {fact.version: fact for fact in new}
        if len(new) > 1:
            new = sorted(distinct.values(), key=_RECORDED)
        if not self._ordered or _RECORDED(new[0]) > _RECORDED(self._ordered[-1]):
            return self._extend(new)
        distinct.update((fact.version, fact) for fact in self._ordered)
        before = set(self.versions)
        self._start()
        self.versions.clear()
        return before | self._extend(sorted(distinct.values(), key=_RECORDED))

    def _extend(self, later: Sequence[Fact]) -> set[UUID]:
        changed: set[UUID] = set()
        for fact in later:
            self._ordered.append(fact)
            topics = self._amend() if type(fact.event) in _AMENDMENTS else self._take(fact)
            for topic in topics:
                self._believe(topic, fact.recorded_at, changed)
        return changed

    def _take(self, fact: Fact) -> Iterable[UUID]:
        topics = self._kind.topics[type(fact.event)](fact)
        for topic in topics:
            about = self._by_topic.setdefault(topic, [])
            if not about or about[-1].version < fact.version:
                about.append(fact)
            elif fact not in about:
                about[:] = sorted((*about, fact), key=_VERSION)
        return topics

    def _amend(self) -> Iterable[UUID]:
        """After a void or correction every topic of the stream is looked at again."""
        before = set(self._by_topic)
        self._by_topic = {}
        standing: Sequence[Any] = effective(self._ordered)
        for fact in standing:
            self._take(fact)
        return before | set(self._by_topic)

    def _believe(self, topic: UUID, instant: datetime, changed: set[UUID]) -> None:
        rows = self._kind.rows(topic, self._by_topic.get(topic, ()))
        known = self._ids.setdefault(topic, set())
        for item, row in rows.items():
            if self._note(item, instant, row):
                known.add(item)
                changed.add(item)
        if len(known) > len(rows):
            changed.update(item for item in known if item not in rows and self._note(item, instant, None))

    def _note(self, item: UUID, instant: datetime, row: R | None) -> bool:
        """Notes what is believed from an instant on; what one instant says is believed all at once."""
        versions = self.versions.setdefault(item, [])
        if row == (versions[-1].row if versions else None):
            return False
        if versions and versions[-1].known_from == instant:
            versions.pop()
        if row != (versions[-1].row if versions else None):
            versions.append(Version(instant, len(self._ordered), row))
        return True

    def spans(self, item: UUID) -> list[Span[R]]:
        """The rows of one id as they are to stand in the database."""
        versions = self.versions.get(item, [])
        if len(versions) == 1 and versions[0].row is not None:
            return [Span(versions[0].known_from, None, versions[0].events, versions[0].row)]
        ends: list[datetime | None] = [*(each.known_from for each in versions[1:]), None]
        return [
            Span(each.known_from, end, each.events, each.row)
            for each, end in zip(versions, ends, strict=False)  # nothing is left of what one instant said and took back
            if each.row is not None
        ]
