"""A team's rules: each command happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.intervention.codes import ComponentKind
from services.intervention.team.codes import AgeLimit, Clock
from services.intervention.team.commands import ChangePractitioner, ConfigureTeam, LeaveTeam, NoteAbsence, NoteReturn
from services.intervention.team.values import (
    BandRange,
    CatalogueItem,
    Eligibility,
    MeasureSettings,
    Targets,
)
from tests.unit.intervention_team.build import (
    ANNA,
    BEN,
    CARA,
    DAY,
    JOINED_ON,
    PSYCHOLOGIST,
    STRANGER,
    TODAY,
    TOMORROW,
    anna,
    ben,
    configure,
    configured,
    joining,
    said,
    team,
)

JUNE = date(2025, 6, 2)
change = ChangePractitioner(practitioner_id=BEN, on=JUNE, wte=Decimal("0.6"))
away = NoteAbsence(practitioner_id=BEN, from_on=JUNE, until_on=date(2025, 6, 20))
back = NoteReturn(practitioner_id=BEN, on=date(2025, 6, 16))
leave = LeaveTeam(practitioner_id=BEN, left_on=JUNE)


def test_a_configuration_is_recorded_whole() -> None:
    team().when(configure).then(configured)


def test_the_same_configuration_again_records_nothing() -> None:
    later = replace(configured, config_version="2025-06", effective_on=JUNE)
    team(configured, later).when(configure).then_nothing()


def test_other_content_under_a_version_that_was_used_is_refused() -> None:
    other = replace(configure, eligibility=Eligibility(max_age_months_exclusive=AgeLimit.SECOND_BIRTHDAY))
    team(configured).when(other).then_refused("conflicts-with-record")


def test_the_same_content_under_a_new_version_is_another_configuration() -> None:
    again = replace(configure, config_version="2025-05")
    team(configured).when(again).then(replace(configured, config_version="2025-05"))


def test_what_a_team_leaves_out_is_recorded_as_the_defaults() -> None:
    least = ConfigureTeam(
        config_version="1",
        effective_on=TODAY,
        nation=configure.nation,
        host=configure.host,
        commissioners=0,
    )
    [event] = team.decider.decide(team.decider.initial, least, team.known)
    assert event.eligibility.max_age_months_exclusive == 36  # type: ignore[union-attr]
    assert event.targets == Targets()  # type: ignore[union-attr]
    assert event.clocks == (Clock.LOCAL,)  # type: ignore[union-attr]


def item(**members: Any) -> CatalogueItem:
    given = {"sessions_default": 8, "sessions_min": 4, "sessions_max": 24} | members
    return CatalogueItem(component_code="VIG", kind=ComponentKind.EVIDENCE_BASED, **given)


def measure(*bands: tuple[str, int, int], code: str = "EPDS", change: int | None = None) -> MeasureSettings:
    ranges = tuple(BandRange(code=name, lowest=Decimal(low), highest=Decimal(high)) for name, low, high in bands)
    return MeasureSettings(measure_code=code, bands=ranges, reliable_change=None if change is None else Decimal(change))


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"effective_on": TOMORROW}, "in-the-future"),
        ({"eligibility": Eligibility(localities=("E08000035", "E08000035"))}, "duplicate-locality"),
        ({"clocks": (Clock.LOCAL, Clock.LOCAL)}, "duplicate-clock"),
        ({"catalogue": (item(), item())}, "duplicate-component"),
        ({"catalogue": (item(sessions_default=3),)}, "sessions-out-of-order"),
        ({"catalogue": (item(sessions_default=25),)}, "sessions-out-of-order"),
        ({"catalogue": (item(min_age_months=7, max_age_months=6),)}, "ages-out-of-order"),
        ({"measures": (measure(), measure())}, "duplicate-measure"),
        ({"measures": (measure(code="HOME-GROWN"),)}, "unknown-measure"),
        ({"measures": (measure(("low", 0, 9), ("low", 10, 12)),)}, "duplicate-band"),
        ({"measures": (measure(("low", 9, 8)),)}, "band-out-of-order"),
        ({"measures": (measure(("low", 0, 31)),)}, "band-out-of-range"),
        ({"measures": (measure(("low", 0, 9), code="BPSES"),)}, "band-out-of-range"),
        ({"measures": (measure(("high", 9, 12), ("low", 0, 9)),)}, "bands-overlap"),
        ({"measures": (measure(change=0),)}, "change-out-of-range"),
        ({"measures": (measure(change=31),)}, "change-out-of-range"),
    ],
)
def test_a_configuration_that_contradicts_itself_is_refused(members: dict[str, Any], code: str) -> None:
    team().when(replace(configure, **members)).then_refused(code)


def test_the_narrowest_ranges_that_fit_are_taken() -> None:
    narrow = replace(
        configure,
        effective_on=TODAY,
        catalogue=(item(sessions_min=8, sessions_max=8, min_age_months=6, max_age_months=6),),
        measures=(measure(("low", 0, 0), ("high", 30, 30), change=30),),
    )
    assert len(team.decider.decide(team.decider.initial, narrow, team.known)) == 1


def test_a_configuration_cannot_be_effective_before_the_one_that_it_follows() -> None:
    early = replace(configure, config_version="2", effective_on=configure.effective_on - DAY)
    team(configured).when(early).then_refused("effective-before-former")


def test_a_practitioner_joins() -> None:
    team().when(joining(ANNA, PSYCHOLOGIST)).then(anna)


def test_joining_again_records_nothing() -> None:
    team(anna, ben).when(joining(ANNA, PSYCHOLOGIST)).then_nothing()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"joined_on": TOMORROW}, "in-the-future"),
        ({"competencies": ("vig", "vig")}, "duplicate-competency"),
        ({"supervisor_id": CARA}, "supervises-themselves"),
        ({"supervisor_id": STRANGER}, "unknown-supervisor"),
    ],
)
def test_a_practitioner_who_cannot_have_joined_so_is_refused(members: dict[str, Any], code: str) -> None:
    team(anna).when(joining(CARA, **members)).then_refused(code)


def test_a_practitioner_joins_once() -> None:
    team(anna).when(joining(ANNA, PSYCHOLOGIST, joined_on=JUNE)).then_refused("conflicts-with-record")


def test_what_changes_of_a_practitioner_is_recorded() -> None:
    team(anna, ben).when(change).then(said(change))


def test_the_same_change_again_records_nothing() -> None:
    team(anna, ben, said(change)).when(change).then_nothing()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"on": TOMORROW}, "in-the-future"),
        ({"on": JOINED_ON - DAY}, "before-joining"),
        ({"practitioner_id": STRANGER}, "unknown-practitioner"),
        ({"supervisor_id": BEN}, "supervises-themselves"),
        ({"supervisor_id": STRANGER}, "unknown-supervisor"),
        ({"competencies": ("vig", "vig")}, "duplicate-competency"),
    ],
)
def test_a_change_that_cannot_be_is_refused(members: dict[str, Any], code: str) -> None:
    team(anna, ben).when(replace(change, **members)).then_refused(code)


def test_a_second_change_of_one_day_is_a_correction_and_nothing_else() -> None:
    team(anna, ben, said(change)).when(replace(change, wte=Decimal(1))).then_refused("conflicts-with-record")


def test_an_absence_is_recorded_though_it_lies_ahead() -> None:
    ahead = replace(away, from_on=TOMORROW, until_on=None)
    team(anna, ben).when(ahead).then(said(ahead))


def test_the_same_absence_again_records_nothing() -> None:
    team(anna, ben, said(away)).when(away).then_nothing()


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"practitioner_id": STRANGER}, "unknown-practitioner"),
        ({"until_on": JUNE - DAY}, "until-before-from"),
        ({"from_on": JOINED_ON - DAY}, "before-joining"),
        ({"from_on": JUNE + DAY}, "absence-overlaps"),
        ({"from_on": away.until_on}, "absence-overlaps"),
        ({"from_on": JUNE - DAY, "until_on": None}, "absence-overlaps"),
        ({"until_on": None}, "conflicts-with-record"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(members: dict[str, Any], code: str) -> None:
    team(anna, ben, said(away)).when(replace(away, **members)).then_refused(code)


def test_an_absence_may_follow_on_another() -> None:
    following = replace(away, from_on=date(2025, 6, 21), until_on=None)
    team(anna, ben, said(away)).when(following).then(said(following))


@pytest.mark.parametrize("day", [JUNE, date(2025, 6, 16), date(2025, 6, 21), date(2025, 7, 1)])
def test_a_practitioner_returns_as_planned_earlier_or_later(day: date) -> None:
    came = replace(back, on=day)
    team(anna, ben, said(away)).when(came).then(said(came))


def test_the_same_return_again_records_nothing() -> None:
    team(anna, ben, said(away), said(back)).when(back).then_nothing()


def test_nobody_returns_who_was_not_away() -> None:
    team(anna, ben).when(back).then_refused("not-absent")
    team(anna, ben, said(away)).when(replace(back, on=JUNE - DAY)).then_refused("not-absent")
    team(anna, ben, said(away), said(back)).when(replace(back, on=date(2025, 6, 17))).then_refused("not-absent")
    team(anna, ben, said(away)).when(replace(back, on=TOMORROW)).then_refused("in-the-future")


def test_after_a_return_the_practitioner_can_be_away_again() -> None:
    open_end = said(replace(away, until_on=None))
    again = replace(away, from_on=back.on, until_on=None)
    team(anna, ben, open_end, said(back)).when(again).then_refused("absence-overlaps")
    later = replace(again, from_on=back.on + DAY)
    team(anna, ben, open_end, said(back)).when(later).then(said(later))


def test_a_practitioner_leaves() -> None:
    team(anna, ben).when(leave).then(said(leave))


def test_leaving_again_records_nothing() -> None:
    team(anna, ben, said(leave)).when(leave).then_nothing()


def test_nobody_leaves_who_cannot_have_left() -> None:
    team(anna).when(leave).then_refused("unknown-practitioner")
    team(anna, ben).when(replace(leave, left_on=JOINED_ON - DAY)).then_refused("before-joining")
    team(anna, ben).when(replace(leave, left_on=TOMORROW)).then_refused("in-the-future")
    team(anna, ben, said(leave)).when(replace(leave, left_on=TODAY)).then_refused("conflicts-with-record")
    team(anna, ben, said(away)).when(replace(leave, left_on=JUNE - DAY)).then_refused("after-leaving")


def test_nothing_is_noted_of_a_practitioner_after_leaving() -> None:
    gone = (anna, ben, said(leave))
    team(*gone).when(replace(change, on=JUNE + DAY)).then_refused("after-leaving")
    team(*gone).when(replace(away, from_on=JUNE + DAY)).then_refused("after-leaving")
