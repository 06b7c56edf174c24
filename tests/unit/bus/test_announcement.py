"""Which announcements a consumer that lies behind remembers."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from shared.bus.announcement import Announcement, thinned
from shared.bus.steward import REMEMBERED

START = datetime(2025, 3, 3, tzinfo=UTC)
EVERY = timedelta(seconds=0.1)


def said(number: int) -> Announcement:
    """The announcement of a busy relay: ten a second, each one record further."""
    return Announcement(
        store="referral", complete_to=START + number * EVERY, topic_id=UUID(int=1), next_offsets=(number,)
    )


def remembered(count: int) -> list[Announcement]:
    """What is left of so many announcements of which none was reached."""
    waiting: list[Announcement] = []
    for number in range(count):
        waiting = thinned([*waiting, said(number)], REMEMBERED)
    return waiting


def test_until_there_are_too_many_all_are_kept() -> None:
    assert remembered(REMEMBERED - 1) == [said(number) for number in range(REMEMBERED - 1)]


@pytest.mark.parametrize("count", [REMEMBERED, REMEMBERED + 1, 5_000, 36_000])
def test_the_oldest_and_the_newest_stay_and_the_others_are_spread_evenly(count: int) -> None:
    waiting = remembered(count)
    assert waiting[0] == said(0)
    assert waiting[-1] == said(count - 1)
    assert len(waiting) < REMEMBERED
    gaps = [after.complete_to - before.complete_to for before, after in pairwise(waiting)]
    assert min(gaps) > timedelta(0)
    assert max(gaps) <= max(count * EVERY / 100, 2 * EVERY)


@pytest.mark.parametrize("lag_s", [30, 90, 600, 3600])
def test_a_consumer_that_stays_behind_goes_on_reaching_announcements(lag_s: int) -> None:
    behind = 10 * lag_s
    waiting: list[Announcement] = []
    reached = -1
    for number in range(3 * behind):
        waiting = thinned([*waiting, said(number)], REMEMBERED)
        while len(waiting) > 1 and waiting[0].next_offsets[0] <= number - behind:
            reached = waiting.pop(0).next_offsets[0]
        if number > 2 * behind:
            stale = number - behind - reached
            assert stale <= max(behind // 50, 10), f"{stale} announcements below what was applied"


def test_announcements_of_one_instant_are_thinned_too() -> None:
    assert thinned([said(7)] * 10, 10) == [said(7), said(7)]
