"""Who cares for whom: each command happens, is refused, stays quiet; and what that makes of the days."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.referral import family
from services.referral.case import decider
from services.referral.codes import CaregiverRole, ParentalResponsibility
from services.referral.commands import EndLink, LinkMember, RecordDetails, ReplaceIdentity
from services.referral.events import Event, FamilyMemberLinked, InfantIdentityReplaced, LinkEnded
from services.referral.family import Link
from services.referral.family_codes import LinkEndReason
from services.referral.state import State
from services.referral.task_codes import OwnerRole, TaskKind
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of
from tests.unit.referral.build import (
    CARER,
    INFANT,
    MOTHER,
    RECEIVED_ON,
    TODAY,
    UNBORN,
    born,
    event_for,
    given,
    infant_born,
    receive,
    received,
    received_unborn,
    unborn,
)

DAY = timedelta(days=1)
PLACED = date(2025, 4, 1)
NEW = UUID(int=20)

foster = LinkMember(
    caregiver_id=CARER,
    infant_id=INFANT,
    role=CaregiverRole.FOSTER_CARER,
    has_pr=ParentalResponsibility.NO,
    primary=False,
    from_on=PLACED,
)
fostered = event_of(FamilyMemberLinked, foster)
leave = EndLink(caregiver_id=MOTHER, infant_id=INFANT, to_on=PLACED, reason=LinkEndReason.PLACEMENT_CHANGE)
left = event_of(LinkEnded, leave)
adopt = ReplaceIdentity(infant_id=INFANT, new_infant_id=NEW, on=date(2025, 6, 2))
adopted = event_of(InfantIdentityReplaced, adopt)


def after(*events: Event) -> State:
    return decider.fold(events)


def pairs(state: State, day: date) -> set[tuple[UUID, UUID]]:
    return {(link.infant_id, link.caregiver_id) for link in family.links(state) if link.on(day)}


def test_the_caregivers_of_the_referral_care_for_all_its_infants_from_receipt() -> None:
    state = after(received_unborn)
    assert pairs(state, RECEIVED_ON) == {(INFANT, MOTHER), (UNBORN, MOTHER)}
    assert pairs(state, RECEIVED_ON - DAY) == set()


def test_a_carer_joins_the_case() -> None:
    given(received).when(foster).then(fostered)
    assert family.caregivers(after(received, fostered)) == {MOTHER, CARER}


def test_a_placement_changes_and_the_history_is_kept() -> None:
    primary = replace(fostered, primary=True)
    given(received, left).when(replace(foster, primary=True)).then(primary)
    state = after(received, left, primary)
    assert pairs(state, PLACED - DAY) == {(INFANT, MOTHER)}
    assert pairs(state, PLACED) == {(INFANT, CARER)}
    assert family.links(state)[0] == Link(
        caregiver_id=MOTHER,
        infant_id=INFANT,
        role=CaregiverRole.MOTHER,
        has_pr=ParentalResponsibility.YES,
        primary=True,
        from_on=RECEIVED_ON,
        to_on=PLACED,
        ended=LinkEndReason.PLACEMENT_CHANGE,
    )


def test_a_link_told_anew_replaces_what_was_from_that_day_on() -> None:
    responsible = replace(foster, has_pr=ParentalResponsibility.YES, from_on=date(2025, 5, 1))
    given(received, fostered).when(responsible).then(event_of(FamilyMemberLinked, responsible))
    links = family.links(after(received, fostered, event_of(FamilyMemberLinked, responsible)))
    assert [(link.has_pr, link.from_on, link.to_on) for link in links if link.caregiver_id == CARER] == [
        (ParentalResponsibility.NO, PLACED, date(2025, 5, 1)),
        (ParentalResponsibility.YES, date(2025, 5, 1), None),
    ]


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received,), replace(foster, infant_id=UNBORN), "unknown-infant"),
        ((received,), replace(foster, caregiver_id=INFANT), "caregiver-is-infant"),
        ((received,), replace(foster, primary=True), "several-primary"),
        ((received,), replace(foster, from_on=TODAY + DAY), "in-the-future"),
        ((received, fostered), replace(foster, from_on=PLACED + DAY), "already-linked"),
        (
            (received, fostered),
            replace(foster, has_pr=ParentalResponsibility.YES, from_on=PLACED - DAY),
            "link-out-of-order",
        ),
        ((received, left), replace(foster, caregiver_id=MOTHER, from_on=PLACED - DAY), "link-out-of-order"),
    ],
)
def test_a_link_that_cannot_be_is_refused(history: tuple[Event, ...], command: LinkMember, code: str) -> None:
    given(*history).when(command).then_refused(code)


def test_two_primary_caregivers_may_follow_each_other_but_not_share_a_day() -> None:
    primary = replace(foster, primary=True)
    given(received, left).when(replace(primary, from_on=PLACED - DAY)).then_refused("several-primary")
    given(received, left).when(primary).then(replace(fostered, primary=True))


def test_a_referral_names_one_primary_caregiver_at_most() -> None:
    [mother] = receive().caregivers
    both = (mother, replace(mother, caregiver_id=CARER))
    given().when(receive(caregivers=both)).then_refused("several-primary")


def test_the_same_link_again_records_nothing() -> None:
    given(received, fostered).when(foster).then_nothing()


def test_somebody_no_longer_cares_for_an_infant() -> None:
    given(received).when(leave).then(left)


@pytest.mark.parametrize("reason", LinkEndReason)
def test_every_reason_for_an_end_is_recorded(reason: LinkEndReason) -> None:
    given(received).when(replace(leave, reason=reason)).then(replace(left, reason=reason))


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received,), replace(leave, caregiver_id=CARER), "not-linked"),
        ((received, left), replace(leave, to_on=PLACED + DAY), "not-linked"),
        ((received,), replace(leave, infant_id=UNBORN), "unknown-infant"),
        ((received,), replace(leave, to_on=RECEIVED_ON - DAY), "ended-before-linked"),
        ((received,), replace(leave, to_on=TODAY + DAY), "in-the-future"),
    ],
)
def test_the_end_of_nothing_is_refused(history: tuple[Event, ...], command: EndLink, code: str) -> None:
    given(*history).when(command).then_refused(code)


def test_the_same_end_again_records_nothing() -> None:
    given(received, left).when(leave).then_nothing()


def test_who_left_may_come_back_on_the_same_day_and_leave_again() -> None:
    back = replace(fostered, caregiver_id=MOTHER)
    given(received, left).when(replace(foster, caregiver_id=MOTHER)).then(back)
    given(received, left, back).when(leave).then(left)


def test_an_adopted_infant_goes_by_another_id_and_former_links_end() -> None:
    review = decider.decide(after(received), adopt, given.known)[1]
    given(received).when(adopt).then(adopted, review)
    state = after(received, adopted)
    assert pairs(state, adopt.on - DAY) == {(INFANT, MOTHER)}
    assert pairs(state, adopt.on) == set()
    assert family.infants(state) == {NEW}


def test_after_an_adoption_the_former_name_and_family_are_no_longer_shown_but_still_known() -> None:
    state = after(received, adopted)
    assert family.people(state) == {NEW}
    assert family.everybody(state) == {INFANT, NEW, MOTHER}
    given(received, adopted).when(RecordDetails(subject_ref=INFANT, on=TODAY)).then_refused("unknown-person")


def test_who_still_cares_for_an_adopted_infants_twin_stays() -> None:
    assert family.people(after(received_unborn, adopted)) == {NEW, UNBORN, MOTHER}


def test_who_left_for_another_reason_stays_part_of_the_case() -> None:
    assert family.people(after(received, left)) == {INFANT, MOTHER}


def test_a_person_looks_at_what_an_adoption_may_disclose() -> None:
    [_, task] = decider.decide(after(received), adopt, given.known)
    assert task.kind is TaskKind.REVIEW_DISCLOSURE  # type: ignore[union-attr]
    assert task.owner_role is OwnerRole.DPO  # type: ignore[union-attr]
    assert task.about == NEW  # type: ignore[union-attr]
    assert task.task_id == derived_id("task", task.kind, received.referral_id, NEW)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received,), replace(adopt, infant_id=UNBORN), "unknown-infant"),
        ((received,), replace(adopt, new_infant_id=MOTHER), "identity-in-use"),
        ((received,), replace(adopt, new_infant_id=INFANT), "identity-in-use"),
        ((received_unborn,), replace(adopt, infant_id=UNBORN), "not-born-yet"),
        ((received,), replace(adopt, on=RECEIVED_ON - DAY), "replaced-too-early"),
        ((received,), replace(adopt, on=TODAY + DAY), "in-the-future"),
        ((received, adopted), replace(adopt, new_infant_id=UUID(int=21)), "conflicts-with-record"),
        ((received, adopted), replace(foster, from_on=adopt.on), "unknown-infant"),
    ],
)
def test_an_identity_that_cannot_be_is_refused(history: tuple[Event, ...], command: object, code: str) -> None:
    given(*history).when(command).then_refused(code)  # type: ignore[arg-type]


def test_the_same_identity_again_records_nothing() -> None:
    given(received, adopted).when(adopt).then_nothing()


def test_an_adopted_infant_has_new_parents_and_may_be_given_an_id_once_more() -> None:
    parent = replace(foster, infant_id=NEW, role=CaregiverRole.ADOPTIVE_PARENT, primary=True, from_on=adopt.on)
    given(received, adopted).when(parent).then(event_of(FamilyMemberLinked, parent))
    again = replace(adopt, infant_id=NEW, new_infant_id=UUID(int=21))
    state = after(received, adopted, event_of(InfantIdentityReplaced, again))
    assert family.infants(state) == {UUID(int=21)}
    assert family.names(state) == {INFANT: UUID(int=21)}


def test_an_infant_born_in_care_may_be_adopted() -> None:
    twin = replace(adopt, infant_id=UNBORN)
    assert decider.decide(after(received_unborn, infant_born), twin, given.known)


def test_twins_have_their_own_links() -> None:
    twins = event_for(receive(subjects=(born, unborn)))
    state = after(twins, left)
    assert pairs(state, TODAY) == {(UNBORN, MOTHER)}
