"""What the intervention service asks of itself, rule by rule (domain 6.5)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intervention.codes import DischargeReason, OutcomeBand, Stage, TaskKind
from services.intervention.commands import Command
from services.intervention.events import Discharged, EpisodeOpened, TaskDone
from services.intervention.heard import (
    AssessmentStarted,
    ReferralWithdrawn,
)
from services.intervention.policy import (
    RULES,
    follow_assessment,
    follow_reopening,
    follow_void,
    follow_withdrawal,
    open_episode,
)
from services.intervention.rule_commands import (
    CloseAfterVoidedAcceptance,
    CloseAfterWithdrawal,
    DischargeAfterAssessment,
    FollowReopening,
    MoveOpening,
    OpenEpisode,
    RaiseProgrammeTask,
    ReviewAssessment,
    ReviewReferralVoid,
)
from shared.kernel.history import EventVoided, Recorded, VoidReason
from tests.unit.intervention.build import (
    CAUSE,
    OPENED_ON,
    acceptance,
    assigned,
    completion,
    discharged,
    error,
    given,
    heard,
    held,
    known,
    opened,
    received,
    session,
    signposted,
    task,
)
from tests.unit.trial import recorded

ON = date(2025, 4, 14)
withdrawn = ReferralWithdrawn(on=date(2025, 4, 1))
SAID_ON = date(2025, 1, 1)


def cause(event: Any, version: int, store: str = "referral") -> Recorded[Any]:
    return recorded(event, version, store=store)


void = EventVoided(corrects_event_id=UUID(int=1), reason=VoidReason.ENTERED_IN_ERROR)


def closed(reason: DischargeReason, on: date, *, planned: bool = False, stage: Stage = Stage.ASSESSED) -> Discharged:
    return Discharged(
        discharged_on=on,
        reason=reason,
        planned=planned,
        stage_at_discharge=stage,
        outcome_band=OutcomeBand.NOT_MEASURED,
        sessions_held=0,
    )


def test_each_rule_listens_to_what_it_names() -> None:
    assert {(rule.name, *sorted(rule.causes)) for rule in RULES} == {
        ("P2", "ReferralAccepted"),
        ("P2-corrected", "ReferralAcceptedCorrected"),
        ("P3", "AssessmentCompleted", "AssessmentCompletedCorrected"),
        ("P3-reopened", "ReferralAccepted"),
        ("P4", "ReferralWithdrawn"),
        ("P7", "PregnancyEnded"),
        ("erasure", "SubjectErased"),
        ("voided-acceptance", "EventVoided"),
    }


def test_p2_an_acceptance_opens_the_episode_on_the_day_of_the_decision() -> None:
    assert open_episode(cause(acceptance, 2), known) == (OpenEpisode(on=OPENED_ON),)
    given().when(OpenEpisode(on=OPENED_ON)).then(opened)
    given(opened, held).when(OpenEpisode(on=OPENED_ON)).then_nothing()


def test_p2_a_new_acceptance_reopens_what_a_voided_one_had_closed_and_nothing_else() -> None:
    again = OpenEpisode(on=date(2025, 3, 20))
    given(opened, error).when(again).then(EpisodeOpened(on=date(2025, 3, 20)))
    given(opened, held, discharged).when(again).then_nothing()


def test_p2_the_earliest_decision_opens_the_episode() -> None:
    earlier = EpisodeOpened(on=date(2025, 3, 1))
    given(opened).when(OpenEpisode(on=earlier.on)).then(earlier)
    given(opened).when(MoveOpening(on=earlier.on)).then(earlier)
    given(opened).when(MoveOpening(on=date(2025, 3, 9))).then_nothing()
    given(opened, error).when(MoveOpening(on=earlier.on)).then_nothing()
    given().when(MoveOpening(on=earlier.on)).then_nothing()


def test_p3_a_recommended_programme_is_a_task_due_in_two_weeks() -> None:
    said = cause(completion, 3, "assessment")
    review = ReviewAssessment(on=SAID_ON, cause=said.event_id, programme=True)
    assert follow_assessment(said, known) == (review, RaiseProgrammeTask(on=ON, cause=said.event_id))
    raised = task(TaskKind.ASSIGN_PROGRAMME, date(2025, 4, 28))
    given(opened).when(RaiseProgrammeTask(on=ON, cause=CAUSE)).then(raised)
    other_cause = RaiseProgrammeTask(on=ON, cause=UUID(int=56))
    given(opened, raised).when(other_cause).then_nothing()
    given(opened, assigned).when(other_cause).then_nothing()
    given(opened, discharged).when(other_cause).then_nothing()


def test_p3_a_task_that_is_done_can_be_raised_again_by_another_cause() -> None:
    raised = task(TaskKind.ASSIGN_PROGRAMME, date(2025, 4, 28))
    done = TaskDone(task_id=raised.task_id, on=ON)
    again = task(TaskKind.ASSIGN_PROGRAMME, date(2025, 4, 28), cause=UUID(int=56))
    given(opened, raised, done).when(RaiseProgrammeTask(on=ON, cause=UUID(int=56))).then(again)


@pytest.mark.parametrize("recommendation", ["SIGNPOST", "NO_FURTHER", "CONSULTATION"])
def test_p3_any_other_recommendation_discharges_the_case_as_assessed(recommendation: str) -> None:
    said = cause(replace(completion, recommendation=recommendation), 3, "assessment")
    told = heard(assessment=(said.event,))
    review = ReviewAssessment(on=SAID_ON, cause=said.event_id, programme=False)
    assert follow_assessment(said, told) == (review, DischargeAfterAssessment(on=ON, cause=said.event_id))
    expected = closed(DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT, ON, planned=True)
    given.knowing(told)(opened).when(DischargeAfterAssessment(on=ON, cause=CAUSE)).then(expected)


def test_p3_the_discharge_is_not_before_the_last_session() -> None:
    last = session(1, date(2025, 4, 20), is_treatment=False)
    expected = closed(DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT, last.held_on, planned=True)
    told = heard(assessment=(signposted,))
    asked = DischargeAfterAssessment(on=ON, cause=CAUSE)
    given.knowing(told)(opened, last).when(asked).then(replace(expected, sessions_held=1))


def test_p3_a_case_that_is_closed_stays_as_it_is() -> None:
    given(opened, held, discharged).when(DischargeAfterAssessment(on=ON, cause=CAUSE)).then_nothing()


def test_p3_a_programme_that_runs_is_not_ended_by_a_rule() -> None:
    review = task(TaskKind.REVIEW_ASSESSMENT_RESULT, date(2025, 4, 21))
    given(opened, assigned).when(DischargeAfterAssessment(on=ON, cause=CAUSE)).then(review)


def test_p3_what_the_assessment_said_while_the_episode_was_closed_in_error_is_followed_when_it_reopens() -> None:
    said = cause(acceptance, 4)
    command = FollowReopening(on=ON, cause=said.event_id, programme=True)
    assert follow_reopening(said, known) == (command,)
    assert follow_reopening(said, heard(assessment=())) == ()
    raised = task(TaskKind.ASSIGN_PROGRAMME, date(2025, 4, 28), cause=said.event_id)
    given(opened, error, opened).when(command).then(raised)
    given(opened).when(command).then_nothing()
    expected = closed(DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT, ON, planned=True)
    told = heard(assessment=(signposted,))
    given.knowing(told)(opened, error, opened).when(replace(command, programme=False)).then(expected)


WAITING: list[Command] = [
    RaiseProgrammeTask(on=ON, cause=CAUSE),
    DischargeAfterAssessment(on=ON, cause=CAUSE),
    CloseAfterWithdrawal(on=withdrawn.on),
]


@pytest.mark.parametrize("command", WAITING)
def test_what_rests_on_an_open_episode_waits_for_it(command: Command) -> None:
    given().when(command).then_refused("not-known-yet")


def test_p3_of_a_completion_that_no_longer_stands_asks_for_nothing() -> None:
    assert follow_assessment(cause(completion, 3, "assessment"), heard(assessment=())) == ()


def test_p4_a_withdrawal_after_the_acceptance_closes_the_case() -> None:
    told = heard(referral=(received, acceptance, withdrawn))
    assert follow_withdrawal(cause(withdrawn, 3), told) == (CloseAfterWithdrawal(on=withdrawn.on),)
    expected = closed(DischargeReason.FAMILY_WITHDREW, withdrawn.on, stage=Stage.REFERRED)
    known = heard(referral=(received, acceptance, withdrawn), assessment=())
    given.knowing(known)(opened).when(CloseAfterWithdrawal(on=withdrawn.on)).then(expected)


def test_p4_with_no_acceptance_at_a_lower_version_nothing_happens() -> None:
    assert follow_withdrawal(cause(withdrawn, 2), heard(referral=(received, withdrawn))) == ()
    later = heard(referral=(received, withdrawn, acceptance))
    assert follow_withdrawal(cause(withdrawn, 2), later) == ()


def test_p4_the_discharge_is_not_before_programme_or_last_session() -> None:
    expected = closed(DischargeReason.FAMILY_WITHDREW, held.held_on, stage=Stage.SESSIONS)
    asked = CloseAfterWithdrawal(on=withdrawn.on)
    given(opened, assigned, held).when(asked).then(replace(expected, sessions_held=1))
    expected = closed(DischargeReason.FAMILY_WITHDREW, assigned.assigned_on, stage=Stage.PROGRAMME)
    given(opened, assigned).when(asked).then(expected)


def test_p4_a_discharge_that_stands_is_not_said_twice() -> None:
    given(opened, held, discharged).when(CloseAfterWithdrawal(on=withdrawn.on)).then_nothing()


def test_a_voided_acceptance_closes_an_episode_without_contacts_as_an_administrative_error() -> None:
    said = cause(void, 3)
    told = heard(referral=(received,))
    command = CloseAfterVoidedAcceptance(on=SAID_ON, cause=said.event_id)
    assert follow_void(said, told) == (command,)
    expected = closed(DischargeReason.ADMINISTRATIVE_ERROR, OPENED_ON)
    given(opened).when(command).then(expected)
    expected = closed(DischargeReason.ADMINISTRATIVE_ERROR, assigned.assigned_on, stage=Stage.PROGRAMME)
    given(opened, assigned).when(command).then(expected)


def test_a_voided_acceptance_after_a_contact_is_a_task_for_a_person() -> None:
    command = CloseAfterVoidedAcceptance(on=ON, cause=CAUSE)
    review = task(TaskKind.REVIEW_VOIDED_ACCEPTANCE, ON + timedelta(days=7))
    given(opened, held).when(command).then(review)
    started = heard(referral=(received,), assessment=(AssessmentStarted(on=OPENED_ON),))
    given.knowing(started)(opened).when(command).then(review)


@pytest.mark.parametrize("events", [(), (opened, held, discharged)])
def test_a_voided_acceptance_means_nothing_to_a_case_that_never_opened_or_is_closed(events: tuple[Any, ...]) -> None:
    given(*events).when(CloseAfterVoidedAcceptance(on=ON, cause=CAUSE)).then_nothing()


REVIEW = ReviewReferralVoid(on=ON, cause=CAUSE, withdrawn=False)
DUE = ON + timedelta(days=7)


def test_an_acceptance_brought_back_after_the_episode_was_closed_is_a_task_for_a_person() -> None:
    said = cause(void, 4)
    assert follow_void(said, known) == (replace(REVIEW, on=SAID_ON, cause=said.event_id),)
    given(opened, error).when(REVIEW).then(task(TaskKind.REVIEW_RESTORED_ACCEPTANCE, DUE))


def test_a_withdrawal_taken_back_after_it_closed_the_case_is_a_task_for_a_person() -> None:
    gone = closed(DischargeReason.FAMILY_WITHDREW, withdrawn.on)
    given(opened, gone).when(REVIEW).then(task(TaskKind.REVIEW_VOIDED_WITHDRAWAL, DUE))
    given(opened, gone).when(replace(REVIEW, withdrawn=True)).then_nothing()


@pytest.mark.parametrize("events", [(), (opened,), (opened, held, discharged)])
def test_any_other_void_of_the_referral_means_nothing(events: tuple[Any, ...]) -> None:
    given(*events).when(REVIEW).then_nothing()


def test_another_void_raises_no_second_task_while_the_first_is_open() -> None:
    raised = task(TaskKind.REVIEW_RESTORED_ACCEPTANCE, DUE)
    given(opened, error, raised).when(replace(REVIEW, cause=UUID(int=56))).then_nothing()
    done = TaskDone(task_id=raised.task_id, on=ON)
    given(opened, error, raised, done).when(REVIEW).then_nothing()


ended = closed(DischargeReason.NO_FURTHER_NEED_AFTER_ASSESSMENT, ON, planned=True)


@pytest.mark.parametrize(
    ("events", "programme", "review"),
    [
        ((opened, ended), None, True),
        ((opened, ended), True, True),
        ((opened, ended), False, False),
        ((opened, assigned), None, True),
        ((opened, assigned), False, True),
        ((opened, assigned), True, False),
        ((opened,), None, False),
        ((), None, False),
        ((opened, assigned, held, discharged), False, False),
    ],
)
def test_a_person_looks_at_what_rests_on_an_assessment_that_changed(
    events: tuple[Any, ...], programme: bool | None, review: bool
) -> None:
    command = ReviewAssessment(on=ON, cause=CAUSE, programme=programme)
    if review:
        given(*events).when(command).then(task(TaskKind.REVIEW_ASSESSMENT_RESULT, DUE))
    else:
        given(*events).when(command).then_nothing()


def test_a_void_in_the_assessment_is_about_the_assessment() -> None:
    said = cause(void, 4, "assessment")
    assert follow_void(said, heard(assessment=())) == (
        ReviewAssessment(on=SAID_ON, cause=said.event_id, programme=None),
    )
    assert follow_void(said, heard(assessment=(signposted,)))[0].programme is False  # type: ignore[union-attr]
