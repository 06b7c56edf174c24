"""Rules about other news: duplicates (P4), the end of a pregnancy (P7), erasure, re-assessment."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intervention.codes import DischargeReason, OutcomeBand, Stage, TaskKind
from services.intervention.events import SubjectErasureAcknowledged, TaskDone
from services.intervention.heard import AssessmentStarted, PregnancyEnded, ReferralLinkedDuplicate, SubjectErased
from services.intervention.policy import follow_assessment, follow_erasure, follow_loss, open_episode
from services.intervention.rule_commands import (
    AcknowledgeErasure,
    CloseAfterWithdrawal,
    DecideClosing,
    DischargeAfterAssessment,
)
from tests.unit.intervention.build import (
    CAUSE,
    acceptance,
    assigned,
    completion,
    discharge,
    discharged,
    given,
    heard,
    held,
    hold,
    known,
    opened,
    received,
    score,
    task,
)
from tests.unit.intervention.test_policy import DUE, cause, closed, withdrawn

duplicate = ReferralLinkedDuplicate(on=date(2025, 4, 2))


def test_a_duplicate_that_was_never_accepted_has_no_sessions() -> None:
    told = given.knowing(heard(referral=(received, duplicate)))
    told().when(hold).then_refused("referral-duplicate")


lost = PregnancyEnded(infant_id=UUID(int=1), on=date(2025, 4, 3))


def test_p7_the_end_of_a_pregnancy_offers_the_decision_to_close_and_closes_nothing() -> None:
    said = cause(lost, 3)
    command = DecideClosing(on=lost.on, cause=said.event_id)
    assert follow_loss(said, heard(referral=(received, acceptance, lost))) == (command,)
    asked = task(TaskKind.DECIDE_CLOSING, lost.on + timedelta(days=7), cause=said.event_id)
    given(opened).when(command).then(asked)
    given(opened, held, discharged).when(command).then_nothing()
    given().when(command).then_refused("not-known-yet")


def test_p7_before_the_acceptance_is_for_the_referral_service() -> None:
    assert follow_loss(cause(lost, 2), heard(referral=(received, lost))) == ()
    assert follow_loss(cause(lost, 2), heard(referral=(received, lost, acceptance))) == ()


def test_a_discharge_does_the_tasks_that_it_leaves_nothing_to_do_about() -> None:
    closing, review = task(TaskKind.DECIDE_CLOSING, DUE), task(TaskKind.REVIEW_WAS_NOT_BROUGHT, DUE)
    done = TaskDone(task_id=closing.task_id, on=discharge.discharged_on)
    expected = replace(discharged, sessions_held=0, stage_at_discharge=Stage.ASSESSED)
    given(opened, closing, review).when(discharge).then(expected, done)
    gone = closed(DischargeReason.FAMILY_WITHDREW, withdrawn.on)
    given(opened, closing).when(CloseAfterWithdrawal(on=withdrawn.on)).then(gone, replace(done, on=withdrawn.on))


@pytest.mark.parametrize("events", [(), (opened,), (opened, assigned, held, discharged)])
def test_an_erasure_is_acknowledged_once_in_every_state_and_changes_nothing_else(events: tuple[Any, ...]) -> None:
    subject = UUID(int=3)
    said = cause(SubjectErased(subject_ref=subject), 9)
    command = AcknowledgeErasure(subject_ref=subject)
    assert follow_erasure(said, known) == (command,)
    acknowledged = SubjectErasureAcknowledged(subject_ref=subject, service="intervention")
    given(*events).when(command).then(acknowledged)
    before, after = given.decider.fold(events), given.decider.fold((*events, acknowledged))
    assert replace(after, erased=()) == before
    given.decider.check(after)


def test_p3_a_reassessment_speaks_for_itself() -> None:
    again = replace(completion, completed_on=date(2025, 7, 1), recommendation="NO_FURTHER")
    told = heard(assessment=(completion, again))
    said = cause(again, 2, "assessment")
    assert follow_assessment(said, told)[1] == DischargeAfterAssessment(on=again.completed_on, cause=said.event_id)
    review = task(TaskKind.REVIEW_ASSESSMENT_RESULT, again.completed_on + timedelta(days=7))
    given.knowing(told)(opened, assigned).when(DischargeAfterAssessment(on=again.completed_on, cause=CAUSE)).then(
        review
    )


def test_the_start_of_the_assessment_is_a_contact_for_the_outcome() -> None:
    scores = (score("PHQ-9", 20, date(2025, 3, 17)), score("PHQ-9", 8, date(2025, 4, 29)))
    told = heard(assessment=(AssessmentStarted(on=date(2025, 3, 17)), *scores, completion))
    asked = CloseAfterWithdrawal(on=date(2025, 5, 1))
    expected = closed(DischargeReason.FAMILY_WITHDREW, date(2025, 5, 1), stage=Stage.SESSIONS)
    measured = replace(expected, sessions_held=1, outcome_band=OutcomeBand.IMPROVED)
    given.knowing(told)(opened, held).when(asked).then(measured)


def test_p2_an_acceptance_that_no_longer_stands_opens_nothing() -> None:
    assert open_episode(cause(acceptance, 2), heard(referral=(received,))) == ()
