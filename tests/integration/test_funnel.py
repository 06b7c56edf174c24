"""How far the families come whose referral was received in a period: by hand, and against the oracle."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from services.reporting.metrics.funnel import STEPS, funnel, of_funnel
from services.reporting.metrics.scope import Scope
from services.reporting.tables import suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import hold, questions, told
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle.funnel import funnel as oracle
from tests.unit.reporting.histories import History, whole_way

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


async def test_each_family_counts_at_every_step_that_it_reached(record: Record) -> None:
    waiting, declined, earlier = History("b"), History("c"), History("d")
    waiting.received("2025-02-01")
    waiting.accepted("2025-02-10")
    declined.received("2025-02-01")
    declined.declined("2025-02-10")
    earlier.received("2024-12-31")
    for history in (whole_way("a"), waiting, declined, earlier):
        await deliver(record.projection, history.documents)
    found = await funnel(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert list(found.reached) == list(STEPS)
    assert (found.reached["received"], found.reached["accepted"], found.reached["treated"]) == (3, 2, 1)
    assert found.share("accepted") == Decimal("0.6667")
    [table] = of_funnel(found)
    assert {row[0]: row[1] for row in suppressed(table).rows}["Treatment begun"] == "*"


async def test_nobody_received_is_no_share(record: Record) -> None:
    found = await funnel(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert set(found.reached.values()) == {0}
    assert found.share("treated") is None


async def test_the_steps_of_a_funnel_end_with_its_date(record: Record) -> None:
    with pytest.raises(ValueError, match="period"):
        await funnel(record.reader, Scope(at=FIRST), first=FIRST, last=LAST)


@pytest.mark.parametrize("seed", range(6))
async def test_sql_agrees_with_the_oracle_on_any_record(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 8)
    await hold(record, histories)
    for question in questions(random, histories):
        found = await funnel(record.reader, question.scope, first=question.first, last=question.last)
        worked_out = dict.fromkeys(STEPS, 0) | oracle(*question.asked)
        assert found.reached == worked_out, (seed, question.scope)
