"""Rules that follow when time has passed: not before, once, though delivered, looked at and killed again."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from shared.kernel.civil import civil_date, end_of
from shared.testing.bus import query
from shared.testing.tokens import bearer
from tests.e2e.clinic import Clinic
from tests.e2e.conftest import CLIENT_TIMEOUT_S, Installed
from tests.e2e.rule_kills import killed_while_ringing
from tests.e2e.rule_kit import HEARERS, deliver_again, side_by_side
from tests.e2e.rule_time import TABLE, Timed, pass_time
from tests.e2e.story import Story, begun

EVERY = pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.sentence)
LONG_AGO = date(2024, 3, 4)
MADE_AGAIN = (
    "TRUNCATE timers",
    """INSERT INTO rechecks (stream, case_id)
       SELECT stream, case_id FROM events WHERE version = 1 AND case_id IS NOT NULL ON CONFLICT DO NOTHING""",
)
"""The timers are a projection: emptied, they are made again from what is on record."""
Counts = dict[str, int]
"""Sentence to how often it was said."""


@pytest.fixture(scope="module")
def office(installed: Installed) -> Iterator[Clinic]:
    """A clinical system for all families of this module."""
    with httpx.Client(timeout=CLIENT_TIMEOUT_S, headers=bearer(installed.settings)) as client:
        yield Clinic(installed.settings, client)


@pytest.fixture(scope="module")
def today() -> date:
    """The civil date on which everything is said."""
    return civil_date(datetime.now(UTC))


def _told(office: Clinic, day: date) -> dict[str, Story]:
    def tell(rule: Timed) -> tuple[str, Story]:
        story = begun(office)
        rule.tell(story, day)
        return rule.sentence, story

    return dict(side_by_side(tell, TABLE))


def _said(told: dict[str, Story]) -> Counts:
    return {rule.sentence: rule.said(told[rule.sentence]) for rule in TABLE}


@pytest.fixture(scope="module")
def told(office: Clinic, today: date) -> dict[str, Story]:
    """A family for each rule, of which all is said today."""
    return _told(office, today)


@pytest.fixture(scope="module")
def rung(installed: Installed, told: dict[str, Story], today: date) -> tuple[Counts, Counts]:
    """How often it was said a second before the day was over, and when it was; the days in their order."""
    before, after = Counts(), Counts()
    for day in sorted({rule.due(today) for rule in TABLE}):
        due = [rule for rule in TABLE if rule.due(today) == day]
        for counts, instant in ((before, end_of(day) - timedelta(seconds=1)), (after, end_of(day))):
            for service in {rule.service for rule in due}:
                asyncio.run(pass_time(installed.settings, service, instant))
            counts.update({rule.sentence: rule.said(told[rule.sentence]) for rule in due})
    return before, after


@pytest.fixture(scope="module")
def again(installed: Installed, told: dict[str, Story], rung: tuple[Counts, Counts], today: date) -> Counts:
    """How often after all was delivered once more, as if never heard, the timers made again, and much time passed."""
    del rung  # it has rung
    asyncio.run(deliver_again(installed.settings, forgetting=True))
    for service in HEARERS:
        for statement in MADE_AGAIN:
            asyncio.run(query(installed.settings, service, statement))
        asyncio.run(pass_time(installed.settings, service, end_of(today) + timedelta(days=400)))
    return _said(told)


@pytest.fixture(scope="module")
def crashed(installed: Installed, office: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Counts:
    """How often of families of long ago, by the product's own runners, killed inside their transaction and after it."""
    told = _told(office, LONG_AGO)

    def all_said() -> set[str]:
        return {rule.service for rule in TABLE if not rule.said(told[rule.sentence])}

    asyncio.run(killed_while_ringing(installed, all_said, tmp_path_factory.mktemp("killed")))
    return _said(told)


@EVERY
def test_a_deadline_rings_when_its_day_is_over_and_not_before(rung: tuple[Counts, Counts], rule: Timed) -> None:
    assert [counts[rule.sentence] for counts in rung] == [0, 1]


@EVERY
def test_a_deadline_rings_once_whatever_is_delivered_and_looked_at_again(again: Counts, rule: Timed) -> None:
    assert again[rule.sentence] == 1


@EVERY
def test_a_deadline_rings_once_though_its_runner_is_killed_in_the_middle(crashed: Counts, rule: Timed) -> None:
    assert crashed[rule.sentence] == 1
