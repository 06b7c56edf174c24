"""Eligibility as values."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from services.referral.case import decider
from services.referral.events import ReferralReceived
from services.referral.rules import Miss, misses
from services.referral.team_settings import Eligibility, IndicatorRule, TeamSettings
from services.referral.triage_codes import IndicatorDomain
from services.referral.values import Indicator, Subject
from shared.kernel.civil import birthday_months
from shared.kernel.errors import Rejected
from shared.kernel.requests import event_of
from tests.unit.referral.build import INFANT, UNBORN, accept, known, receive, received

RECEIVED = date(2025, 3, 3)
DEFAULTS = Eligibility()
LANARKSHIRE = (
    IndicatorRule(indicators=5, domains=3),
    IndicatorRule(indicators=4, domains=4),
    IndicatorRule(indicators=3, domains=5),
)
"""Domain 2.1 (R7)."""


def of(rules: Eligibility, **changes: Any) -> Eligibility:
    values = {name: getattr(rules, name) for name in rules.__dataclass_fields__}
    return Eligibility(**{**values, **changes})


def infant(born_on: date) -> Subject:
    return Subject(infant_id=INFANT, unborn=False, born_on=born_on, age_days=(RECEIVED - born_on).days)


def referral(*subjects: Subject, **changes: Any) -> ReferralReceived:
    assert isinstance(received, ReferralReceived)
    return replace(received, subjects=subjects or received.subjects, **changes)


def counts(*numbers: int) -> tuple[Indicator, ...]:
    return tuple(Indicator(domain=domain, count=count) for domain, count in zip(IndicatorDomain, numbers, strict=False))


unborn = Subject(infant_id=UNBORN, unborn=True, edd=date(2025, 6, 1), age_days=-90)
WINDOW = (Miss.NO_INFANT_WITHIN_WINDOW,)


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
    assert misses(referral(infant(date(2022, 3, 4))), DEFAULTS) == ()
    assert misses(referral(infant(date(2022, 3, 3))), DEFAULTS) == WINDOW


@pytest.mark.parametrize("months", [24, 36, 48, 60])
def test_a_team_sets_its_own_age_window(months: int) -> None:
    team = of(DEFAULTS, max_age_months_exclusive=months)
    birthday = date(2025 - months // 12, 3, 3)
    assert misses(referral(infant(birthday)), team) == WINDOW
    assert misses(referral(infant(birthday.replace(day=4))), team) == ()


def test_an_unborn_infant_is_eligible_where_the_team_works_antenatally() -> None:
    assert misses(referral(unborn), DEFAULTS) == ()
    assert misses(referral(unborn), of(DEFAULTS, accepts_antenatal=False)) == WINDOW


def test_an_infant_referred_unborn_is_eligible_everywhere_once_born_and_nowhere_after_a_loss() -> None:
    from_birth = of(DEFAULTS, accepts_antenatal=False)
    assert misses(referral(unborn), from_birth, born_since={UNBORN}) == ()
    assert misses(referral(unborn), DEFAULTS, lost={UNBORN}) == WINDOW


def test_one_infant_within_the_window_carries_the_case() -> None:
    assert misses(referral(infant(date(2020, 1, 1)), unborn), DEFAULTS) == ()


def test_a_team_may_take_families_of_its_area_only() -> None:
    here = of(DEFAULTS, localities=("E08000035", "E08000036"))
    assert misses(referral(), here) == ()
    assert misses(referral(locality="E08000012"), here) == (Miss.OUTSIDE_AREA,)
    assert misses(referral(locality=None), here) == (Miss.LOCALITY_UNKNOWN,)
    assert misses(referral(locality=None), DEFAULTS) == ()


@pytest.mark.parametrize(
    ("numbers", "met"),
    [
        ((5, 5, 5), True),
        ((5, 5, 4), False),
        ((4, 4, 4, 4), True),
        ((4, 4, 4, 3), False),
        ((3, 3, 3, 3, 3), True),
        ((3, 3, 3, 3, 2), False),
        ((50, 50), False),
        ((), False),
    ],
)
def test_any_one_of_the_k_of_n_rules_suffices(numbers: tuple[int, ...], met: bool) -> None:
    team = of(DEFAULTS, indicator_rules=LANARKSHIRE)
    found = misses(referral(indicators=counts(*numbers)), team)
    assert found == (() if met else (Miss.INDICATORS_NOT_MET,))


def test_without_indicator_rules_nobody_is_asked_for_indicators() -> None:
    assert misses(referral(indicators=()), DEFAULTS) == ()


DIAGNOSES = st.lists(st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?", fullmatch=True), max_size=20).map(tuple)
TEAMS = st.builds(
    Eligibility,
    max_age_months_exclusive=st.sampled_from([24, 36, 48, 60]),
    accepts_antenatal=st.booleans(),
    localities=st.sampled_from([(), ("E08000035",), ("E08000012",)]),
    indicator_rules=st.sampled_from([(), LANARKSHIRE]),
)
SUBJECTS = st.lists(
    st.one_of(st.dates(date(2019, 1, 1), RECEIVED).map(infant), st.just(unborn)), min_size=1, max_size=1
).map(tuple)


@examples(SUBJECTS, TEAMS, st.lists(st.integers(0, 6), max_size=5), DIAGNOSES, DIAGNOSES)
def test_adding_or_removing_any_diagnosis_never_changes_eligibility(
    subjects: tuple[Subject, ...],
    team: Eligibility,
    numbers: list[int],
    before: tuple[str, ...],
    after: tuple[str, ...],
) -> None:
    one = referral(*subjects, indicators=counts(*numbers), diagnoses=before)
    assert misses(one, team) == misses(replace(one, diagnoses=after), team)


@examples(TEAMS, DIAGNOSES, DIAGNOSES)
def test_adding_or_removing_any_diagnosis_never_changes_what_is_received_or_decided(
    team: Eligibility, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    theirs = replace(known, team=TeamSettings(version="theirs-1", eligibility=team))

    def told(diagnoses: tuple[str, ...]) -> tuple[Any, ...]:
        [said] = decider.decide(decider.initial, receive(diagnoses=diagnoses), theirs)
        try:
            decided: Any = decider.decide(decider.fold([said]), accept, theirs)
        except Rejected as refusal:
            decided = refusal.code
        assert isinstance(said, ReferralReceived)
        return replace(said, diagnoses=()), decided

    assert told(before) == told(after)


def test_the_version_of_the_teams_rules_is_stamped_on_receipt_and_decision() -> None:
    theirs = replace(known, team=TeamSettings(version="theirs-7"))
    [said] = decider.decide(decider.initial, receive(), theirs)
    [decided] = decider.decide(decider.fold([said]), accept, theirs)
    assert (said.eligibility_rule_version, decided.eligibility_rule_version) == ("theirs-7", "theirs-7")  # type: ignore[union-attr]


def test_an_infant_as_received_says_all_that_the_sender_said() -> None:
    assert isinstance(received, ReferralReceived)
    assert event_of(Subject, received.subjects[0]) == received.subjects[0]
