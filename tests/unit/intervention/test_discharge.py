"""The discharge: what is computed of it, and from where to where it reaches."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.intervention.codes import (
    DischargeReason,
    SessionKind,
    Stage,
)
from services.intervention.commands import Command
from tests.unit.intervention.build import (
    OPENED_ON,
    TODAY,
    assign,
    assigned,
    discharge,
    discharged,
    given,
    heard,
    held,
    opened,
    received,
    session,
)

TOMORROW = TODAY + timedelta(days=1)


def test_a_case_is_discharged_with_what_is_computed_of_it() -> None:
    given(opened, assigned, held).when(discharge).then(discharged)


def test_the_same_discharge_again_records_nothing() -> None:
    given(opened, assigned, held, discharged).when(discharge).then_nothing()


def test_the_same_discharge_again_after_a_session_recorded_late_records_nothing() -> None:
    given(opened, held, discharged, session(1, date(2025, 5, 1))).when(discharge).then_nothing()


def test_a_second_different_discharge_is_refused() -> None:
    other = replace(discharge, reason=DischargeReason.MOVED_AREA)
    given(opened, held, discharged).when(other).then_refused("already-discharged")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(discharge, discharged_on=TOMORROW), "in-the-future"),
        (replace(discharge, discharged_on=held.held_on - timedelta(days=1)), "discharged-before-last-session"),
        (replace(discharge, discharged_on=OPENED_ON - timedelta(days=1)), "discharged-before-last-session"),
    ],
)
def test_a_discharge_lies_between_the_last_session_and_today(command: Command, code: str) -> None:
    given(opened, held).when(command).then_refused(code)


def test_a_discharge_lies_after_the_opening_and_the_programme() -> None:
    early = replace(discharge, discharged_on=OPENED_ON - timedelta(days=1))
    given(opened).when(early).then_refused("discharged-before-episode")
    early = replace(discharge, discharged_on=assign.assigned_on - timedelta(days=1))
    given(opened, assigned).when(early).then_refused("discharged-before-programme")


assessment_session = replace(held, kind=SessionKind.ASSESSMENT, is_treatment=False)


@pytest.mark.parametrize(
    ("events", "assessed", "stage"),
    [
        ((opened,), False, Stage.REFERRED),
        ((opened, assessment_session), False, Stage.REFERRED),
        ((opened, assessment_session), True, Stage.ASSESSED),
        ((opened, assessment_session, assigned), True, Stage.PROGRAMME),
        ((opened, assigned, held), True, Stage.SESSIONS),
    ],
)
def test_a_discharge_is_legal_from_every_state_after_acceptance(
    events: tuple[object, ...], assessed: bool, stage: Stage
) -> None:
    known = heard() if assessed else heard(assessment=())
    sessions = sum(event in {held, assessment_session} for event in events)
    expected = replace(discharged, stage_at_discharge=stage, sessions_held=sessions)
    given.knowing(known)(*events).when(discharge).then(expected)  # type: ignore[arg-type]


def test_a_case_can_be_closed_though_its_acceptance_was_voided() -> None:
    known = heard(referral=(received,))
    given.knowing(known)(opened, assigned, held).when(discharge).then(discharged)
    given.knowing(known)(opened).when(assign).then_refused("not-known-yet")
