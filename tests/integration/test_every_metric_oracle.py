"""Every metric against the oracle: random records, questions, filters and instants, in real PostgreSQL."""

import os
from collections.abc import Iterator
from random import Random

import pytest

from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import Question, hold, questions, told
from tests.integration.comparisons import COMPARISONS
from tests.integration.oracle_kit import different
from tests.integration.reporting_kit import Record, emptied, migrated

SOAK_EXAMPLES = int(os.environ.get("DYAD_EXAMPLES", "1000"))
"""Records of one soak run."""
CASES = 8


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


async def compared(record: Record, seed: int) -> int:
    """Makes up one record, asks everything about it of both, and says how many answers agreed."""
    random = Random(seed)
    histories = told(random, CASES)
    await hold(record, histories)
    agreed = 0
    for question in questions(random, histories):
        agreed += await same(record, question, seed)
    return agreed


async def same(record: Record, question: Question, seed: int) -> int:
    for name, comparison in COMPARISONS.items():
        answered = await comparison.answered(record, question)
        wrong = different(answered, comparison.worked_out(question))
        assert wrong == {}, (seed, name, question.scope, question.first, question.last)
    return len(COMPARISONS)


@pytest.mark.parametrize("seed", range(6))
async def test_every_metric_agrees_with_the_oracle(database: Settings, seed: int) -> None:
    async with emptied(database) as record:
        assert await compared(record, seed) > 0


@pytest.mark.soak
async def test_every_metric_agrees_with_the_oracle_on_thousands_of_records(database: Settings) -> None:
    async with emptied(database) as record:
        for seed in range(1_000_000, 1_000_000 + SOAK_EXAMPLES):
            await compared(record, seed)
