"""The episode's rules: each command happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intervention.codes import (
    ComponentKind,
    Modality,
    NotAttended,
    NotHeldBy,
    NotHeldReason,
    SessionKind,
    TaskKind,
)
from services.intervention.commands import Command, FinishTask
from services.intervention.events import TaskDone
from services.intervention.heard import ReferralDeclined, ReferralWithdrawn
from services.intervention.values import Component
from tests.unit.intervention.build import (
    FATHER,
    INFANT,
    OPENED_ON,
    STRANGER,
    TODAY,
    TWIN,
    acceptance,
    assign,
    assigned,
    at,
    discharge,
    discharged,
    dyad,
    given,
    heard,
    held,
    hold,
    miss,
    not_held,
    opened,
    received,
    schedule,
    scheduled,
    signposted,
    task,
)

EVERY = [assign, schedule, hold, miss, discharge]
TOMORROW = TODAY + timedelta(days=1)


@pytest.mark.parametrize("command", EVERY)
def test_before_the_episode_is_open_it_is_not_yet_known(command: Command) -> None:
    given().when(command).then_refused("not-known-yet")
    given.knowing(heard(referral=()))().when(command).then_refused("not-known-yet")


@pytest.mark.parametrize("command", EVERY)
def test_nothing_is_given_to_a_family_that_was_not_accepted(command: Command) -> None:
    declined = heard(referral=(received, ReferralDeclined(decided_on=OPENED_ON)))
    given.knowing(declined)().when(command).then_refused("referral-declined")
    gone = heard(referral=(received, ReferralWithdrawn(on=OPENED_ON)))
    given.knowing(gone)().when(command).then_refused("referral-withdrawn")


def test_a_programme_is_assigned_after_the_assessment_recommended_one() -> None:
    given(opened).when(assign).then(assigned)


def test_assigning_the_same_programme_again_records_nothing() -> None:
    given(opened, assigned).when(assign).then_nothing()


def test_another_programme_is_refused() -> None:
    given(opened, assigned).when(replace(assign, goals=())).then_refused("conflicts-with-record")


def test_a_programme_waits_for_the_assessment() -> None:
    given.knowing(heard(assessment=()))(opened).when(assign).then_refused("not-known-yet")


def test_a_programme_that_the_assessment_does_not_recommend_is_refused() -> None:
    given.knowing(heard(assessment=(signposted,)))(opened).when(assign).then_refused("programme-not-recommended")


def test_assigning_the_programme_does_the_task_that_asked_for_it() -> None:
    raised = task(TaskKind.ASSIGN_PROGRAMME, date(2025, 4, 28))
    done = TaskDone(task_id=raised.task_id, on=assign.assigned_on)
    given(opened, raised).when(assign).then(assigned, done)


[vig] = assign.components


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(assign, assigned_on=date(2025, 4, 13)), "assigned-before-assessed"),
        (replace(assign, assigned_on=TOMORROW), "in-the-future"),
        (replace(assign, care_plan_agreed_on=TOMORROW), "in-the-future"),
        (replace(assign, components=(replace(vig, component_code="NO-SUCH"),)), "component-not-in-catalogue"),
        (
            replace(assign, components=(replace(vig, kind=ComponentKind.PROFESSIONAL_PRACTICE),)),
            "kind-differs-from-catalogue",
        ),
        (replace(assign, components=(vig, vig)), "duplicate-component"),
        (replace(assign, focus_relationships=(replace(dyad, infant_id=STRANGER),)), "unknown-infant"),
        (replace(assign, focus_relationships=(replace(dyad, caregiver_ids=(STRANGER,)),)), "unknown-caregiver"),
        (
            replace(assign, focus_relationships=(replace(dyad, caregiver_ids=(FATHER, FATHER)),)),
            "duplicate-caregiver",
        ),
        (replace(assign, goals=assign.goals * 2), "duplicate-goal"),
    ],
)
def test_a_programme_that_cannot_be_is_refused(command: Command, code: str) -> None:
    given(opened).when(command).then_refused(code)


def test_a_programme_may_be_composed_of_several_components() -> None:
    components = (
        vig,
        Component(
            component_code="INFANT-MASSAGE",
            kind=ComponentKind.PROFESSIONAL_PRACTICE,
            planned_sessions=4,
            frequency_days=14,
        ),
    )
    given(opened).when(replace(assign, components=components)).then(replace(assigned, components=components))


def test_a_session_is_scheduled_also_ahead() -> None:
    given(opened).when(schedule).then(scheduled)
    ahead = at(TODAY + timedelta(days=30))
    given(opened).when(replace(schedule, at=ahead)).then(replace(scheduled, at=ahead))


def test_scheduling_the_same_session_again_records_nothing_and_another_time_is_refused() -> None:
    given(opened, scheduled).when(schedule).then_nothing()
    later = replace(schedule, at=schedule.at + timedelta(days=7))
    given(opened, scheduled).when(later).then_refused("conflicts-with-record")


def test_no_session_is_scheduled_before_the_episode_or_after_the_discharge() -> None:
    given(opened).when(replace(schedule, at=at(OPENED_ON - timedelta(days=1)))).then_refused("session-before-episode")
    after = replace(schedule, at=at(discharged.discharged_on + timedelta(days=1)))
    given(opened, held, discharged).when(after).then_refused("session-after-discharge")


def test_a_session_is_held() -> None:
    given(opened, assigned, scheduled).when(hold).then(held)


def test_a_session_may_be_held_that_nobody_scheduled_and_before_any_programme() -> None:
    given(opened).when(hold).then(held)


def test_the_same_session_again_records_nothing() -> None:
    given(opened, held).when(hold).then_nothing()


def test_the_same_session_with_other_content_is_refused() -> None:
    given(opened, held).when(replace(hold, duration_min=50)).then_refused("conflicts-with-record")


def test_a_session_held_cannot_be_a_session_not_held() -> None:
    missed = replace(miss, session_id=hold.session_id)
    given(opened, held).when(missed).then_refused("session-held-and-not-held")
    given(opened, replace(not_held, session_id=hold.session_id)).when(hold).then_refused("session-held-and-not-held")


def test_a_session_of_long_ago_is_recorded_today_if_the_episode_was_open() -> None:
    on_the_day = replace(hold, held_on=OPENED_ON, started_at=None)
    given(opened).when(on_the_day).then(replace(held, held_on=OPENED_ON, started_at=None))
    before = replace(hold, held_on=OPENED_ON - timedelta(days=1), started_at=None)
    given(opened).when(before).then_refused("session-before-episode")


def test_a_session_recorded_after_the_discharge_may_lie_on_its_day_and_no_later() -> None:
    closed = replace(discharged, sessions_held=0)
    last = replace(hold, held_on=closed.discharged_on, started_at=None)
    given(opened, closed).when(last).then(replace(held, held_on=closed.discharged_on, started_at=None))
    late = replace(last, held_on=closed.discharged_on + timedelta(days=1))
    given(opened, closed).when(late).then_refused("session-after-discharge")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(hold, held_on=TOMORROW, started_at=None), "in-the-future"),
        (replace(hold, held_on=TODAY, started_at=datetime(2025, 9, 1, 12, 1, tzinfo=UTC)), "in-the-future"),
        (replace(hold, started_at=datetime(2025, 4, 29, 23, 30, tzinfo=UTC)), "started-at-differs"),
        (replace(hold, component_code="NO-SUCH"), "component-not-in-catalogue"),
        (replace(hold, infants_present=(INFANT, STRANGER)), "unknown-infant"),
        (replace(hold, caregivers_present=(STRANGER,)), "unknown-caregiver"),
        (replace(hold, infants_present=(INFANT, INFANT)), "duplicate-infant"),
        (replace(hold, caregivers_present=(FATHER, FATHER)), "duplicate-caregiver"),
    ],
)
def test_a_session_that_cannot_be_is_refused(command: Command, code: str) -> None:
    given(opened).when(command).then_refused(code)


def test_a_parent_may_be_seen_alone_and_twins_together() -> None:
    alone = replace(hold, infants_present=(), kind=SessionKind.CAREGIVER_ONLY)
    given(opened).when(alone).then(replace(held, infants_present=(), kind=SessionKind.CAREGIVER_ONLY))
    twins = replace(hold, infants_present=(INFANT, TWIN))
    given(opened).when(twins).then(replace(held, infants_present=(INFANT, TWIN)))


def test_a_session_not_held_is_recorded_once() -> None:
    given(opened).when(miss).then(not_held)
    given(opened, not_held).when(miss).then_nothing()
    given(opened, not_held).when(replace(miss, rebook=False)).then_refused("conflicts-with-record")


provider: dict[str, Any] = {
    "attend_status": NotAttended.CANCELLED_BY_PROVIDER,
    "reason": NotHeldReason.PRACTITIONER_ABSENT,
}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(miss, by=NotHeldBy.PROVIDER), "by-differs-from-attend-status"),
        (replace(miss, **provider), "by-differs-from-attend-status"),
        (replace(miss, attend_status=NotAttended.DID_NOT_ATTEND, on=TOMORROW, cancelled_on=None), "in-the-future"),
        (replace(miss, on=TODAY + timedelta(days=9), cancelled_on=TOMORROW), "cancelled-in-the-future"),
        (replace(miss, cancelled_on=miss.on + timedelta(days=1)), "cancelled-after-session"),
        (replace(miss, on=OPENED_ON - timedelta(days=1), cancelled_on=None), "session-before-episode"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(command: Command, code: str) -> None:
    given(opened).when(command).then_refused(code)


def test_a_session_ahead_can_be_cancelled_today() -> None:
    ahead = replace(miss, on=TODAY + timedelta(days=7), cancelled_on=TODAY)
    given(opened).when(ahead).then(replace(not_held, on=TODAY + timedelta(days=7), cancelled_on=TODAY))
    by_us = replace(ahead, by=NotHeldBy.PROVIDER, **provider)
    [event] = given.decider.decide(given.decider.fold((opened,)), by_us, given.known)
    assert event.attend_status == "4"  # type: ignore[union-attr]


def test_a_text_message_is_a_session_but_no_contact() -> None:
    message = replace(hold, modality=Modality.TEXT_ASYNC)
    given(opened).when(message).then(replace(held, modality=Modality.TEXT_ASYNC))


def test_a_task_is_done_once_and_only_if_it_was_raised() -> None:
    raised = task(TaskKind.REVIEW_ASSESSMENT_RESULT, date(2025, 4, 28))
    finish = FinishTask(task_id=raised.task_id, on=date(2025, 4, 20))
    given(opened, raised).when(finish).then(TaskDone(task_id=raised.task_id, on=finish.on))
    given(opened).when(finish).then_refused("unknown-task")
    given(opened, raised).when(replace(finish, on=TOMORROW)).then_refused("in-the-future")
    given(opened, raised).when(replace(finish, task_id=UUID(int=3))).then_refused("unknown-task")


def test_what_is_known_names_the_case() -> None:
    assert heard().case_id == str(UUID(int=77))
    assert acceptance.decided_on == OPENED_ON
