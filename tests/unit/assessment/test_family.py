"""Who is in the case and who cared for whom on a day, as the referral's stream tells it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.assessment.heard import (
    FamilyMemberLinked,
    Infant,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
    PregnancyEnded,
)
from services.assessment.values import Relationship
from tests.unit.assessment.build import (
    FATHER,
    INFANT,
    MOTHER,
    STRANGER,
    TWIN,
    acceptance,
    complete,
    completed,
    given,
    heard,
    measure,
    measured,
    observe,
    observed,
    received,
    started,
)

DAY = timedelta(days=1)
FOSTER, ADOPTED = UUID(int=5), UUID(int=6)
PLACED_ON = date(2025, 3, 20)
placed = FamilyMemberLinked(caregiver_id=FOSTER, infant_id=INFANT, from_on=PLACED_ON)
left = LinkEnded(caregiver_id=MOTHER, infant_id=INFANT, to_on=PLACED_ON)
fostered = heard(received, acceptance, placed, left)
replaced = InfantIdentityReplaced(infant_id=INFANT, new_infant_id=ADOPTED, on=PLACED_ON)


def pair(infant: UUID, *caregivers: UUID) -> Relationship:
    return Relationship(infant_id=infant, caregiver_ids=caregivers)


def test_a_caregiver_who_joined_later_counts_from_that_day_on() -> None:
    with_foster = replace(complete, focus_relationships=(pair(INFANT, FOSTER),))
    given.knowing(fostered)(started).when(with_foster).then(
        replace(completed, focus_relationships=with_foster.focus_relationships)
    )
    early = replace(with_foster, completed_on=PLACED_ON - DAY)
    given.knowing(fostered)(started).when(early).then_refused("not-linked")
    given(started).when(with_foster).then_refused("unknown-caregiver")


def test_a_caregiver_who_left_counts_up_to_the_day_before() -> None:
    given.knowing(fostered)(started).when(complete).then_refused("not-linked")
    before = replace(complete, completed_on=PLACED_ON - DAY)
    given.knowing(fostered)(started).when(before).then(replace(completed, completed_on=before.completed_on))


def test_a_caregiver_may_come_back() -> None:
    back = FamilyMemberLinked(caregiver_id=MOTHER, infant_id=INFANT, from_on=date(2025, 4, 1))
    given.knowing(heard(received, acceptance, left, back))(started).when(complete).then(completed)


def test_who_joined_for_one_twin_does_not_care_for_the_other() -> None:
    command = replace(complete, focus_relationships=(pair(TWIN, FOSTER),))
    given.knowing(fostered)(started).when(command).then_refused("not-linked")


def test_a_late_joiners_own_measure_is_taken_from_the_day_of_joining() -> None:
    own = replace(measure, subject_ref=FOSTER, completed_on=PLACED_ON)
    given.knowing(fostered)(started).when(own).then(replace(measured, subject_ref=FOSTER, completed_on=PLACED_ON))
    given.knowing(fostered)(started).when(replace(own, completed_on=PLACED_ON - DAY)).then_refused("unknown-caregiver")


def test_a_measure_of_a_caregiver_who_left_is_still_taken() -> None:
    given.knowing(fostered)(started).when(replace(measure, completed_on=date(2025, 5, 1))).then(
        replace(measured, completed_on=date(2025, 5, 1))
    )


def test_after_an_adoption_the_infant_goes_by_the_new_id_and_former_links_are_over() -> None:
    parent = FamilyMemberLinked(caregiver_id=FOSTER, infant_id=ADOPTED, from_on=PLACED_ON)
    adopted = heard(received, acceptance, replaced, parent)
    given.knowing(adopted)(started).when(complete).then_refused("infant-id-replaced")
    for caregiver, code in ((MOTHER, "not-linked"), (STRANGER, "unknown-caregiver")):
        command = replace(complete, focus_relationships=(pair(ADOPTED, caregiver),))
        given.knowing(adopted)(started).when(command).then_refused(code)
    command = replace(complete, focus_relationships=(pair(ADOPTED, FOSTER),))
    given.knowing(adopted)(started).when(command).then(
        replace(completed, focus_relationships=command.focus_relationships)
    )
    before = replace(complete, completed_on=PLACED_ON - DAY)
    given.knowing(adopted)(started).when(before).then(replace(completed, completed_on=before.completed_on))


def test_whoever_left_is_one_of_the_people_but_for_those_whom_an_adoption_leaves_no_tie() -> None:
    before = heard(received, acceptance, placed, left).family
    assert before.people == before.everybody == {INFANT, TWIN, MOTHER, FATHER, FOSTER}
    family = heard(received, acceptance, placed, left, replaced).family
    assert family.everybody == {INFANT, TWIN, ADOPTED, MOTHER, FATHER, FOSTER}
    assert family.people == {TWIN, ADOPTED, MOTHER, FATHER}  # the parents are those of the twin too
    alone = replace(received, subjects=(Infant(infant_id=INFANT, born_on=date(2024, 1, 1)),))
    linked = replace(placed, infant_id=ADOPTED)
    assert heard(alone, acceptance, placed, replaced).family.people == {ADOPTED}
    assert heard(alone, acceptance, replaced, linked).family.people == {ADOPTED, FOSTER}
    assert heard().family.people == frozenset()


def test_an_adopted_infant_keeps_its_birthday() -> None:
    born = replace(received, subjects=(Infant(infant_id=INFANT, born_on=date(2024, 1, 1)),))
    assert heard(born, replaced).family.born_on == {INFANT: date(2024, 1, 1), ADOPTED: date(2024, 1, 1)}
    assert heard(received, InfantBorn(infant_id=INFANT, born_on=date(2025, 3, 4)), replaced).family.born_on == {
        INFANT: date(2025, 3, 4),
        ADOPTED: date(2025, 3, 4),
    }


@pytest.mark.parametrize(
    ("lost", "bereaved"), [((), False), ((INFANT,), False), ((INFANT, TWIN), True), ((STRANGER,), False)]
)
def test_a_family_is_bereaved_when_nobody_of_whom_the_case_is_about_is_left(
    lost: tuple[UUID, ...], bereaved: bool
) -> None:
    assert heard(received, *(PregnancyEnded(infant_id=each) for each in lost)).family.bereaved is bereaved


def test_an_observation_of_an_infant_is_recorded_once() -> None:
    given(started).when(observe).then(observed)
    given(started, observed).when(observe).then_nothing()
    given(started, observed).when(replace(observe, on=date(2025, 3, 25))).then_refused("conflicts-with-record")


def test_an_observation_of_nobody_of_the_case_or_of_tomorrow_is_refused() -> None:
    given(started).when(replace(observe, infant_id=MOTHER)).then_refused("unknown-infant")
    given(started).when(replace(observe, on=date(2025, 3, 2))).then_refused("before-referral")
    given(started).when(replace(observe, on=date(2026, 3, 2))).then_refused("in-the-future")
