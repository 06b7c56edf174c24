"""The process manager: the bus tells which cases have news, the rules decide, the store remembers that they did."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from shared.eventstore.store import Connection
from shared.kernel.civil import Moment
from shared.kernel.ids import utc_now
from shared.process.aggregate import Aggregate
from shared.process.deadlines import changes
from shared.process.judge import Verdict, run_rules
from shared.process.open import open_cases
from shared.process.references import project
from shared.process.settle import Race, look_again, settle
from shared.vault.tombstones import append_all


class ProcessManager:
    """A bus handler; everything that it does for a case is a function of the case's inbox, stream and rule records.

    Args:
        aggregate: the service whose rules run.
        tombstones: file of the erased people, written before a key goes.
    """

    def __init__(self, aggregate: Aggregate[Any, Any, Any, Any], tombstones: Path | None = None) -> None:
        self._aggregate = aggregate
        self._tombstones = tombstones

    async def apply(self, conn: Connection, cases: Sequence[UUID]) -> None:
        """Brings everything about some cases up to date, in the transaction that moves the offsets.

        Every heard event without a rule record is judged, then whatever waits is tried again. Repeating it does
        nothing: each decision, "nothing" included, is a row of `rule_outcomes`.

        Raises:
            asyncpg.SerializationError: somebody appended without locking the case; the batch is to be repeated.
            Exception: whatever a rule's code breaks with; the caller rolls back and parks the case's news.
        """
        opened = await open_cases(conn, self._aggregate, cases, Moment(utc_now()))
        verdicts: list[Verdict] = []
        for case_id, dossier in opened.dossiers.items():
            outcomes = opened.outcomes[case_id]
            verdicts += run_rules(dossier, outcomes, correlation_id=opened.correlation_id, only_waiting=False)
        dossiers = opened.dossiers.values()
        await project(conn, dossiers)
        if self._tombstones is not None:
            append_all(self._tombstones, {subject for dossier in dossiers for subject in dossier.erases}, utc_now())
        timers, broken = changes(dossiers)
        try:
            await look_again(conn, broken)
            await settle(conn, dossiers, verdicts, timers=timers)
        except Race as race:
            raise asyncpg.SerializationError("a stream moved though its case was locked") from race
