"""What the product answers, in the words of `tests/oracle`, so that the two can be compared as they stand."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from services.reporting.decoding import Decoder
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.flow import flow
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.waits import Summary, waits
from services.reporting.projections import CaseHistory
from shared.settings import Settings
from tests.integration.reporting_kit import EMPTY, Record, deliver, emptied
from tests.oracle.documents import Event, read
from tests.unit.reporting.histories import History
from tests.unit.reporting.team_histories import TeamHistory

Result = TypeVar("Result")
_DATE = re.compile(r'"(20\d\d-\d\d-\d\d)"')
Told = History | TeamHistory
Answer = dict[str, Any]


class Database:
    """One reporting database that stays open over many examples, emptied before each."""

    def __init__(self, run: Callable[[Awaitable[Any]], Any], record: Record) -> None:
        self._run = run
        self._record = record

    def hold(self, histories: Iterable[Told]) -> None:
        """From now on the database holds these histories and nothing else."""

        async def fill() -> None:
            await self._record.projection.execute(EMPTY)
            handler = CaseHistory(Decoder())
            for history in histories:
                await deliver(self._record.projection, history.documents, handler)

        self._run(fill())

    def asked(self, question: Callable[[Record], Awaitable[Result]]) -> Result:
        """The answer to a question about what it holds."""
        return self._run(question(self._record))  # type: ignore[no-any-return]


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    with asyncio.Runner() as runner:
        entered = emptied(settings)
        record = runner.run(_enter(entered))
        try:
            yield Database(lambda awaited: runner.run(_await(awaited)), record)
        finally:
            runner.run(entered.__aexit__(None, None, None))


async def _enter(manager: Any) -> Record:
    return await manager.__aenter__()  # type: ignore[no-any-return]


async def _await(awaited: Awaitable[Result]) -> Result:
    return await awaited


def events_of(histories: Iterable[Told]) -> list[Event]:
    """The same histories as the oracle reads them."""
    return read(document.text for history in histories for document in history.documents)


async def product(record: Record, scope: Scope, first: date, last: date) -> Answer:
    """M1 to M5 by SQL."""
    counted = await caseload(record.reader, scope)
    nhse = await caseload(record.reader, scope, nhse=True)
    flowed = await flow(record.reader, scope, first=first, last=last)
    waited = await waits(record.reader, scope, first=first, last=last)
    return {
        "M1": {**counted.by_stage, "open": counted.open_referrals},
        "M1 nhse": {**nhse.by_stage, "open": nhse.open_referrals},
        "orphans": counted.orphans,
        "M2": {
            name: getattr(counted, name) for name in ("cases", "infants", "caregivers", "relationships", "weighted")
        },
        "M3": {
            "open_at_start": flowed.open_at_start, "new": flowed.new, "closed": flowed.closed,
            "open_at_end": flowed.open_at_end, **flowed.closed_by,
        },
        "M4": {
            name: {
                "completed": _spread(each.completed), "incomplete": _spread(each.incomplete),
                "left_out": each.left_out,
            }
            for name, each in waited.items()
        },
    }  # fmt: skip


def _spread(found: Summary) -> Answer:
    return {
        "n": found.n,
        "max": found.max,
        **{name: _exact(getattr(found, name)) for name in ("median", "p25", "p75", "p90", "p92")},
        "under_28": found.under_four_weeks,
        "within_target": found.within_target,
    }


def _exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def rounded(found: dict[str, Any]) -> Answer:
    """The oracle's exact shares to the four decimals that the product gives."""
    shares = {name: found[name] for name in ("under_28", "within_target")}
    return found | {
        name: None if share is None else round(Decimal(share.numerator) / share.denominator, 4)
        for name, share in shares.items()
    }


def moments(histories: Iterable[Told]) -> list[datetime]:
    return sorted(document.recorded_at for history in histories for document in history.documents)


def days_named(histories: Iterable[Told]) -> list[date]:
    """Every civil date that the data of any event names: where answers change."""
    texts = [document.text for history in histories for document in history.documents]
    return sorted({date.fromisoformat(found) for text in texts for found in _DATE.findall(text)})


def different(product: Answer, oracle: Answer, place: str = "") -> dict[str, tuple[Any, Any]]:
    """Where two answers differ: (what the product says, what the oracle says) by the path of keys."""
    found: dict[str, tuple[Any, Any]] = {}
    for key in product.keys() | oracle.keys():
        here, there = product.get(key), oracle.get(key)
        if isinstance(here, dict) and isinstance(there, dict):
            found |= different(here, there, f"{place}{key} ")
        elif here != there:
            found[f"{place}{key}"] = (here, there)
    return found
