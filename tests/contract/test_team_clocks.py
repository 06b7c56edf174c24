"""A team can be shown every clock that it may name in its configuration, and no clock has a name that none can give."""

from services.intervention.team.codes import Clock
from services.reporting.clocks.catalogue import DEFINITIONS, EVERY_CLOCK, is_shown


def test_the_clocks_that_a_team_may_name_are_those_that_are_defined() -> None:
    assert {str(each) for each in Clock} == EVERY_CLOCK


def test_a_team_is_held_to_the_clocks_that_it_names_and_to_the_babys() -> None:
    named = frozenset({str(Clock.LOCAL), str(Clock.SCOTLAND_CAMHS_18_WEEKS)})
    assert [each.code for each in DEFINITIONS if is_shown(each.code, named)] == [
        "local_first_treatment", "team_targets", "first_1001_days", "scotland_camhs_18_weeks",
    ]  # fmt: skip
