"""What a person is asked to look at because of sessions: not brought twice (P5), infant never present (S27)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intervention.codes import NotAttended, NotHeldBy, OwnerRole, TaskKind
from services.intervention.events import SessionNotHeld, TaskDone, TaskRaised
from services.intervention.heard import Infant, PregnancyEnded
from tests.unit.intervention.build import (
    INFANT,
    TODAY,
    acceptance,
    assign,
    assigned,
    complete,
    completed,
    discharge,
    discharged,
    given,
    heard,
    held,
    hold,
    miss,
    not_held,
    opened,
    received,
    session,
    task,
)

WEEK = timedelta(days=7)
DUE = TODAY + WEEK
LEAD = OwnerRole.LEAD_PRACTITIONER
FIRST = date(2025, 5, 6)


def missed(number: int, day: date, status: NotAttended = NotAttended.DID_NOT_ATTEND) -> SessionNotHeld:
    by = NotHeldBy.PROVIDER if status is NotAttended.CANCELLED_BY_PROVIDER else NotHeldBy.FAMILY
    cancelled = None if status in {NotAttended.DID_NOT_ATTEND, NotAttended.LATE_NOT_SEEN} else day
    return replace(
        not_held, session_id=UUID(int=2000 + number), on=day, attend_status=status, by=by, cancelled_on=cancelled
    )


def asked(event: SessionNotHeld) -> Any:
    return replace(
        miss,
        session_id=event.session_id,
        on=event.on,
        attend_status=event.attend_status,
        by=event.by,
        cancelled_on=event.cancelled_on,
    )


one, two, three = missed(1, FIRST), missed(2, FIRST + WEEK), missed(3, FIRST + 2 * WEEK)


def review(event: SessionNotHeld, owner: OwnerRole = LEAD) -> TaskRaised:
    return task(TaskKind.REVIEW_WAS_NOT_BROUGHT, DUE, event.session_id, owner)


def test_a_baby_who_was_not_brought_once_is_no_review() -> None:
    given(opened, assigned).when(asked(one)).then(one)


@pytest.mark.parametrize("status", [NotAttended.DID_NOT_ATTEND, NotAttended.LATE_NOT_SEEN])
def test_a_baby_who_was_not_brought_twice_is_a_review_and_never_a_discharge(status: NotAttended) -> None:
    second = missed(2, FIRST + WEEK, status)
    given(opened, assigned, one).when(asked(second)).then(second, review(second))


def test_before_a_lead_is_named_the_review_is_the_team_leads() -> None:
    given(opened, one).when(asked(two)).then(two, review(two, OwnerRole.TEAM_LEAD))


def test_a_session_held_between_breaks_the_row() -> None:
    between = session(1, FIRST + timedelta(days=3))
    given(opened, assigned, one, between).when(asked(two)).then(two)
    on_the_day = session(1, two.on)
    given(opened, assigned, one, on_the_day).when(asked(two)).then(two)


@pytest.mark.parametrize("status", [NotAttended.CANCELLED_BY_FAMILY, NotAttended.CANCELLED_BY_PROVIDER])
def test_a_cancellation_neither_counts_nor_breaks_the_row(status: NotAttended) -> None:
    cancelled = missed(9, FIRST + timedelta(days=3), status)
    given(opened, assigned, one).when(asked(cancelled)).then(cancelled)
    given(opened, assigned, one, cancelled).when(asked(two)).then(two, review(two))


def test_what_is_recorded_late_counts_where_it_belongs() -> None:
    given(opened, assigned, three).when(asked(two)).then(two, review(two))
    given(opened, assigned, session(1, FIRST + WEEK), three).when(asked(one)).then(one)


def test_while_a_review_is_open_there_is_no_second_and_after_it_there_is() -> None:
    given(opened, assigned, one, two, review(two)).when(asked(three)).then(three)
    done = TaskDone(task_id=review(two).task_id, on=TODAY)
    given(opened, assigned, one, two, review(two), done).when(asked(three)).then(three, review(three))


# an infant who is never there (S27)


def alone(number: int, **changes: Any) -> Any:
    return session(number, held.held_on + number * WEEK, infants_present=(), **changes)


def hold_alone(number: int) -> Any:
    event = alone(number)
    return replace(
        hold, session_id=event.session_id, held_on=event.held_on, started_at=event.started_at, infants_present=()
    )


absent = task(TaskKind.REVIEW_INFANT_ABSENT, DUE, assigned.programme_id, LEAD)


def test_the_fourth_treatment_session_without_the_infant_is_a_review() -> None:
    given(opened, assigned, alone(1), alone(2)).when(hold_alone(3)).then(alone(3))
    given(opened, assigned, alone(1), alone(2), alone(3)).when(hold_alone(4)).then(alone(4), absent)


def test_one_session_with_the_infant_is_enough() -> None:
    given(opened, assigned, held, alone(1), alone(2), alone(3)).when(hold_alone(4)).then(alone(4))


def test_sessions_that_are_no_treatment_do_not_count() -> None:
    talk = [alone(number, is_treatment=False) for number in (1, 2, 3)]
    given(opened, assigned, *talk).when(hold_alone(4)).then(alone(4))


def test_a_programme_that_ends_without_the_infant_ever_present_is_a_review() -> None:
    given(opened, assigned, alone(1)).when(complete).then(completed, absent)
    given(opened, assigned, alone(1)).when(discharge).then(discharged, absent)
    given(opened, assigned, alone(1), completed, absent).when(discharge).then(discharged)


def test_a_programme_that_no_infant_needs_to_attend_is_no_review() -> None:
    emdr = replace(assign.components[0], component_code="EMDR")
    given(opened, replace(assigned, components=(emdr,)), alone(1)).when(complete).then(completed)


def test_before_the_birth_and_after_a_loss_nobody_asks_for_the_infant() -> None:
    unborn = replace(received, subjects=(Infant(infant_id=INFANT, edd=TODAY + WEEK),))
    given.knowing(heard(referral=(unborn, acceptance)))(opened, assigned, alone(1)).when(complete).then(completed)
    lost = PregnancyEnded(infant_id=INFANT, on=date(2025, 5, 1))
    told = heard(referral=(unborn, acceptance, lost))
    given.knowing(told)(opened, assigned, alone(1)).when(complete).then(completed)
