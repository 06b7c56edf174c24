"""What the options of `dyad simulate` come to."""

from datetime import date, timedelta

from deploy.local.network import simulating
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now


def test_without_a_last_day_all_of_the_history_is_over() -> None:
    before = civil_date(utc_now())
    chosen = simulating.of(teams=1, years=1, seed=7, families=75, last_day=None).last_day
    assert before - timedelta(days=1) <= chosen < civil_date(utc_now())


def test_a_last_day_that_is_given_is_taken() -> None:
    day = date(2026, 11, 20)
    assert simulating.of(teams=1, years=1, seed=7, families=75, last_day=day).last_day == day
