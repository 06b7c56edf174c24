"""Who belongs to a case on a day, who is concerned by it, and who may see it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intervention.events import SubjectErasureAcknowledged
from services.intervention.heard import (
    AccessDenialLifted,
    AccessDenied,
    BreakGlassOpened,
    FamilyMemberLinked,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
)
from services.intervention.known import Known
from services.intervention.relations import carers, denied, erases, glass, oversight, people
from services.intervention.values import Relationship
from shared.kernel.oversight import Oversight
from tests.unit.intervention.build import (
    COLLEAGUE,
    FATHER,
    INFANT,
    LEAD,
    MOTHER,
    STRANGER,
    TWIN,
    acceptance,
    assign,
    assigned,
    given,
    handed_over,
    heard,
    held,
    hold,
    joined,
    opened,
    received,
)

DAY = timedelta(days=1)
CHANGED_ON = date(2025, 4, 10)
FOSTER, NEW_ID = UUID(int=10), UUID(int=11)


def after(*news: Any) -> Known:
    return heard(referral=(received, acceptance, *news))


moved = after(
    *(LinkEnded(caregiver_id=MOTHER, infant_id=infant, to_on=CHANGED_ON) for infant in (INFANT, TWIN)),
    FamilyMemberLinked(caregiver_id=FOSTER, infant_id=INFANT, from_on=CHANGED_ON),
)


def test_a_foster_carer_belongs_to_the_case_from_the_placement_on_and_the_mother_no_longer() -> None:
    family = moved.family
    assert family.caregivers_on(CHANGED_ON - DAY) == {MOTHER, FATHER}
    assert family.caregivers_on(CHANGED_ON) == {FATHER, FOSTER}
    assert people(given.decider.initial, moved) == {INFANT, TWIN, MOTHER, FATHER, FOSTER}


def test_a_session_is_held_with_those_who_belonged_to_the_case_on_its_day() -> None:
    told = given.knowing(moved)
    told(opened).when(hold).then_refused("unknown-caregiver")
    told(opened).when(replace(hold, caregivers_present=(FOSTER,))).then(replace(held, caregivers_present=(FOSTER,)))
    before = replace(hold, held_on=CHANGED_ON - DAY, started_at=None)
    told(opened).when(before).then(replace(held, held_on=before.held_on, started_at=None))
    early = replace(before, caregivers_present=(FOSTER,))
    told(opened).when(early).then_refused("unknown-caregiver")


def test_a_programme_is_about_those_who_belong_to_the_case_on_its_day() -> None:
    told = given.knowing(moved)
    told(opened).when(assign).then_refused("unknown-caregiver")
    pair = (Relationship(infant_id=INFANT, caregiver_ids=(FOSTER,)),)
    told(opened).when(replace(assign, focus_relationships=pair)).then(replace(assigned, focus_relationships=pair))


def test_care_that_passes_on_and_comes_back_counts_again() -> None:
    back_on = CHANGED_ON + 30 * DAY
    told = after(
        LinkEnded(caregiver_id=MOTHER, infant_id=INFANT, to_on=CHANGED_ON),
        LinkEnded(caregiver_id=MOTHER, infant_id=TWIN, to_on=CHANGED_ON),
        FamilyMemberLinked(caregiver_id=MOTHER, infant_id=INFANT, from_on=back_on),
    )
    assert MOTHER not in told.family.caregivers_on(back_on - DAY)
    assert MOTHER in told.family.caregivers_on(back_on)


def test_of_two_words_about_one_day_the_last_counts() -> None:
    end = [LinkEnded(caregiver_id=FOSTER, infant_id=INFANT, to_on=CHANGED_ON)]
    begin = [FamilyMemberLinked(caregiver_id=FOSTER, infant_id=INFANT, from_on=CHANGED_ON)]
    assert FOSTER in after(*end, *begin).family.caregivers_on(CHANGED_ON)
    assert FOSTER not in after(*begin, *end).family.caregivers_on(CHANGED_ON)


def test_whoever_still_cares_for_one_twin_belongs_to_the_case() -> None:
    told = after(LinkEnded(caregiver_id=MOTHER, infant_id=INFANT, to_on=CHANGED_ON))
    assert MOTHER in told.family.caregivers_on(CHANGED_ON + DAY)


def test_p10_after_an_adoption_the_infant_goes_by_another_id_and_former_carers_have_no_part() -> None:
    told = after(
        InfantBorn(infant_id=INFANT, born_on=date(2025, 3, 1)),
        InfantIdentityReplaced(infant_id=INFANT, new_infant_id=NEW_ID, on=CHANGED_ON),
        LinkEnded(caregiver_id=MOTHER, infant_id=TWIN, to_on=CHANGED_ON),
        FamilyMemberLinked(caregiver_id=FOSTER, infant_id=NEW_ID, from_on=CHANGED_ON),
    )
    family = told.family
    assert family.infants_on(CHANGED_ON - DAY) == {INFANT, TWIN}
    assert family.infants_on(CHANGED_ON) == {NEW_ID, TWIN}
    assert family.caregivers_on(CHANGED_ON) == {FATHER, FOSTER}
    assert family.born_on[NEW_ID] == date(2025, 3, 1)
    assert family.everybody == {INFANT, NEW_ID, TWIN, MOTHER, FATHER, FOSTER}
    assert family.people == {NEW_ID, TWIN, MOTHER, FATHER, FOSTER}  # the parents are those of the twin too
    given.knowing(told)(opened).when(hold).then_refused("unknown-infant")


def test_the_lead_and_those_who_held_sessions_are_assigned_to_the_case() -> None:
    fold, known = given.decider.fold, heard()
    assert carers(fold((opened,)), known) == frozenset()
    assert carers(fold((opened, assigned)), known) == {LEAD}
    assert carers(fold((opened, assigned, handed_over)), known) == {COLLEAGUE}
    other = replace(held, practitioners=(replace(held.practitioners[0], id=STRANGER),))
    assert carers(fold((opened, assigned, other)), known) == {LEAD, STRANGER}


def test_supervisors_and_triage_rota_come_from_the_team() -> None:
    assert oversight(heard()) == Oversight()
    team = (replace(joined, practitioner_id=COLLEAGUE), replace(joined, supervisor_id=COLLEAGUE, triage_rota=True))
    told = oversight(heard(team=team))
    assert (dict(told.supervisor_of), told.triage_rota) == ({LEAD: COLLEAGUE}, frozenset({LEAD}))


def test_a_denial_holds_until_it_is_lifted_for_each_person_on_whose_account_it_was_made() -> None:
    state = given.decider.initial
    for_mother = AccessDenied(subject_ref=MOTHER, actor_id="p-17")
    for_infant = AccessDenied(subject_ref=INFANT, actor_id="p-17")
    lifted = AccessDenialLifted(subject_ref=MOTHER, actor_id="p-17")
    assert denied(state, after(for_mother)) == {"p-17"}
    assert denied(state, after(for_mother, lifted)) == frozenset()
    assert denied(state, after(for_mother, for_infant, lifted)) == {"p-17"}
    assert denied(state, after(for_mother, lifted, for_mother)) == {"p-17"}


def test_broken_glass_stays_open_until_its_instant() -> None:
    until = datetime(2025, 9, 1, 18, 0, tzinfo=UTC)
    opened_glass = BreakGlassOpened(actor_id="p-17", until=until)
    assert glass(given.decider.initial, after(opened_glass)) == (("p-17", until),)


@pytest.mark.parametrize("event", [opened, held])
def test_only_an_acknowledged_erasure_destroys_a_key(event: Any) -> None:
    assert erases(event) is None
    assert erases(SubjectErasureAcknowledged(subject_ref=MOTHER, service="intervention")) == MOTHER
