"""All events of one case -> what we believed about it, and when: the rows of `case_history`. Pure.

Each stream is taken by version with its voids and corrections applied; what comes from different streams is combined
only by rules in which order does not matter (`milestones`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from services.reporting.additions import add
from services.reporting.case_row import CaseRow
from services.reporting.heard import Fact
from services.reporting.milestones import Case
from shared.kernel.history import Corrected, EventVoided, effective

DEFINITION = 7
"""Number of what `fold` makes of events, raised with every change of it: rows of another number are stale.

1: the foundation. 2: pauses, endings, duplicates, reopenings, abandoned assessments, dated links, steps of tier and
complexity, births. 3: who referred and why, decisions and endings in full, leads, plans; contacts, scores and work.
4: what is owed by the team's targets. 5: the first listed measure and indirect activity.
6: what is planned of each component; steps up and down. 7: moves of babies; the series of supervision."""


class CaseVersion(NamedTuple):
    """A row from the instant on at which we came to believe it."""

    known_from: datetime
    events: int
    """How many events were known at `known_from`. Events are only ever added, so the same number at the same
    instant means the same events, and so the same row of one definition."""
    row: CaseRow


_RECORDED = attrgetter("recorded_at", "stream", "version")
_AMENDMENTS = frozenset({EventVoided, Corrected})


def fold(facts: Iterable[Fact]) -> list[CaseVersion]:
    """The rows of one case, oldest belief first; each holds until the next one's `known_from`.

    Args:
        facts: the events of the case from every store, in any order, with any duplicates.
    """
    folded = Fold()
    folded.add(facts)
    return folded.versions


class Fold:
    """The rows of one case, folded as far as its events are known; more may be added in any order."""

    __slots__ = ("_case", "_ordered", "versions")

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._ordered: list[Fact] = []
        self._case = Case()
        self.versions: list[CaseVersion] = []
        """The rows, oldest belief first."""

    def add(self, facts: Iterable[Fact]) -> None:
        """Adds events. Those recorded after all others cost what they are; anything earlier folds the case again."""
        distinct = {(fact.stream, fact.version): fact for fact in facts}
        new = sorted(distinct.values(), key=_RECORDED)
        if self._ordered and new and new[0].recorded_at <= self._ordered[-1].recorded_at:
            distinct.update(((fact.stream, fact.version), fact) for fact in self._ordered)
            new = sorted(distinct.values(), key=_RECORDED)
            self._start()
        self._extend(new)

    def _extend(self, later: Sequence[Fact]) -> None:
        first = len(self._ordered)
        self._ordered.extend(later)
        amended = changed = False
        for number, fact in enumerate(later, start=1):
            amended = amended or type(fact.event) in _AMENDMENTS
            changed = (not amended and add(self._case, fact)) or changed
            if number < len(later) and later[number].recorded_at == fact.recorded_at:
                continue  # what one instant says is believed all at once
            if amended:
                self._case = _standing(self._ordered[: first + number])
            if amended or changed or not self.versions:
                self._believe(fact.recorded_at, first + number)
            amended = changed = False

    def _believe(self, instant: datetime, events: int) -> None:
        row = self._case.row()
        if not self.versions or row != self.versions[-1].row:
            self.versions.append(CaseVersion(instant, events, row))


def _standing(known: Sequence[Fact]) -> "Case":
    """The case after `known`, with voids and corrections applied stream by stream."""
    case = Case()
    by_stream = sorted(known, key=lambda fact: (fact.store, fact.stream, fact.version))
    for _, stream in groupby(by_stream, key=lambda fact: (fact.store, fact.stream)):
        history = list(stream)
        case.teams.update(fact.team_id for fact in history)
        for fact in effective(history):
            add(case, fact)
    return case
