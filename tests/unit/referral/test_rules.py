"""Eligibility as values."""

from dataclasses import replace
from datetime import date

import pytest

from services.referral.commands import ReceiveReferral
from services.referral.rules import DEFAULTS, eligible
from services.referral.values import Subject
from shared.kernel.civil import birthday_months
from shared.kernel.requests import members
from tests.unit.referral.build import INFANT, UNBORN

RECEIVED = date(2025, 3, 3)


def infant(born_on: date) -> Subject:
    return Subject(infant_id=INFANT, unborn=False, born_on=born_on, age_days=(RECEIVED - born_on).days)


unborn = Subject(infant_id=UNBORN, unborn=True, edd=date(2025, 6, 1), age_days=-90)


@pytest.mark.parametrize(
    ("born_on", "months", "reached"),
    [
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 1, 31), 1, date(2024, 3, 1)),
        (date(2024, 11, 30), 3, date(2025, 3, 1)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2022, 3, 3), 36, date(2025, 3, 3)),
    ],
)
def test_completed_months_are_counted_by_the_calendar(born_on: date, months: int, reached: date) -> None:
    assert birthday_months(born_on, months) == reached


def test_aged_two_and_under_means_before_the_third_birthday() -> None:
    assert eligible((infant(date(2022, 3, 4)),), RECEIVED)
    assert not eligible((infant(date(2022, 3, 3)),), RECEIVED)


@pytest.mark.parametrize("months", [24, 36, 48, 60])
def test_a_team_sets_its_own_age_window(months: int) -> None:
    team = replace(DEFAULTS, max_age_months_exclusive=months)
    birthday = date(2025 - months // 12, 3, 3)
    assert not eligible((infant(birthday),), RECEIVED, team)
    assert eligible((infant(birthday.replace(day=4)),), RECEIVED, team)


def test_an_unborn_infant_is_eligible_where_the_team_works_antenatally() -> None:
    assert eligible((unborn,), RECEIVED)
    assert not eligible((unborn,), RECEIVED, replace(DEFAULTS, accepts_antenatal=False))


def test_one_infant_within_the_window_carries_the_case() -> None:
    assert eligible((infant(date(2020, 1, 1)), unborn), RECEIVED)


def test_no_diagnosis_can_stand_in_the_way_of_a_referral() -> None:
    asked = {name for cls in (ReceiveReferral, Subject) for name in members(cls)}
    assert not [name for name in asked if "diagnos" in name]
