"""What the assessment service asks of itself, rule by rule (domain 6.5)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.assessment.codes import OwnerRole, TaskKind
from services.assessment.commands import (
    CloseAfterVoidedAcceptance,
    FinishTask,
    MoveRequest,
    RequestAssessment,
    ReviewRestoredAcceptance,
)
from services.assessment.events import TaskDone, TaskRaised
from services.assessment.heard import PregnancyEnded, ReferralAccepted
from services.assessment.policy import RULES, follow_correction, follow_void, request_assessment
from services.assessment.team_settings import Targets, TeamConfigured
from shared.kernel.history import EventVoided, Recorded, VoidReason
from shared.kernel.ids import derived_id
from tests.unit.assessment.build import (
    ACCEPTED_ON,
    INFANT,
    TWIN,
    abandon,
    abandoned,
    acceptance,
    closed_in_error,
    completed,
    given,
    heard,
    known,
    measured,
    offer,
    offered,
    received,
    requested,
    started,
)
from tests.unit.trial import recorded

accepted = recorded(acceptance, 2, store="referral")
void: Recorded[Any] = recorded(
    EventVoided(corrects_event_id=accepted.event_id, reason=VoidReason.ENTERED_IN_ERROR), 3, store="referral"
)
VOIDED_ON = date(2025, 1, 1)
request = RequestAssessment(due_on=ACCEPTED_ON + timedelta(days=28), targets_version="default-1")
close = CloseAfterVoidedAcceptance(on=closed_in_error.on, cause=void.event_id)
review = ReviewRestoredAcceptance(on=closed_in_error.on, cause=void.event_id)


def task(kind: TaskKind) -> TaskRaised:
    return TaskRaised(
        task_id=derived_id("task", "assessment", kind, void.event_id),
        kind=kind,
        due_on=closed_in_error.on + timedelta(days=7),
        owner_role=OwnerRole.TEAM_LEAD,
        about=void.event_id,
    )


def test_each_rule_listens_to_what_it_names() -> None:
    assert {(rule.name, *sorted(rule.causes)) for rule in RULES} == {
        ("P2", "ReferralAccepted"),
        ("corrected-acceptance", "ReferralAcceptedCorrected"),
        ("erasure", "SubjectErased"),
        ("voided-acceptance", "EventVoided"),
    }


def test_p2_an_acceptance_asks_for_an_assessment_within_four_weeks() -> None:
    assert request_assessment(accepted, known) == (request,)
    given().when(request).then(requested)


def test_p2_of_an_acceptance_that_no_longer_stands_asks_for_nothing() -> None:
    assert request_assessment(accepted, heard(received)) == ()


def test_p2_asks_once() -> None:
    given(requested, started).when(request).then_nothing()


def test_p2_asks_again_when_the_referral_is_accepted_anew_after_a_void() -> None:
    given(requested, closed_in_error).when(request).then(requested)


def test_p2_asks_by_the_teams_own_target_and_stamps_its_version() -> None:
    team = TeamConfigured(config_version="north-3", targets=Targets(offer_days=10))
    own = heard(received, acceptance, team=(team,))
    wanted = RequestAssessment(due_on=ACCEPTED_ON + timedelta(days=10), targets_version="north-3")
    assert request_assessment(accepted, own) == (wanted,)
    given.knowing(own)().when(wanted).then(replace(requested, due_on=wanted.due_on, targets_version="north-3"))


def test_p7_after_a_loss_nothing_is_asked_for_automatically() -> None:
    lost = heard(received, acceptance, PregnancyEnded(infant_id=INFANT), PregnancyEnded(infant_id=TWIN))
    assert request_assessment(accepted, lost) == follow_correction(accepted, lost) == ()
    one = heard(received, acceptance, PregnancyEnded(infant_id=TWIN))
    assert request_assessment(accepted, one) == (request,)


def test_p7_a_person_may_still_offer_and_end_an_assessment_after_a_loss() -> None:
    lost = heard(received, acceptance, PregnancyEnded(infant_id=INFANT), PregnancyEnded(infant_id=TWIN))
    given.knowing(lost)(requested).when(offer).then(offered)
    given.knowing(lost)(requested).when(abandon).then(abandoned)


move = MoveRequest(due_on=ACCEPTED_ON + timedelta(days=29), targets_version="default-1")
moved = replace(requested, due_on=move.due_on)


def test_a_corrected_acceptance_moves_the_day_by_which_an_offer_is_due() -> None:
    later = heard(received, ReferralAccepted(decided_on=ACCEPTED_ON + timedelta(days=1)))
    assert follow_correction(accepted, later) == (move,)
    given(requested).when(move).then(moved)
    given(requested, moved).when(move).then_nothing()


def test_a_corrected_acceptance_moves_nothing_that_was_acted_on_or_never_asked_for() -> None:
    for history in ((), (requested, offered), (requested, started), (requested, completed), (requested, abandoned)):
        given(*history).when(move).then_nothing()
    assert follow_correction(accepted, heard(received)) == ()


def test_a_voided_acceptance_closes_an_assessment_without_contacts_as_an_administrative_error() -> None:
    assert follow_void(void, heard(received)) == (CloseAfterVoidedAcceptance(on=VOIDED_ON, cause=void.event_id),)
    given(requested).when(close).then(closed_in_error)


def test_a_voided_acceptance_after_a_contact_is_a_task_for_a_person() -> None:
    for contact in (started, measured, completed):
        given(requested, contact).when(close).then(task(TaskKind.REVIEW_VOIDED_ACCEPTANCE))


def test_a_voided_acceptance_of_a_case_that_never_came_here_means_nothing() -> None:
    given().when(close).then_nothing()


def test_a_void_while_the_acceptance_stands_means_nothing_to_an_open_assessment() -> None:
    assert follow_void(void, known) == (ReviewRestoredAcceptance(on=VOIDED_ON, cause=void.event_id),)
    given(requested).when(review).then_nothing()


def test_an_acceptance_brought_back_after_the_assessment_was_closed_is_a_task_for_a_person() -> None:
    given(requested, closed_in_error).when(review).then(task(TaskKind.REVIEW_RESTORED_ACCEPTANCE))


def test_an_assessment_that_a_person_ended_is_not_looked_at_again_after_a_void() -> None:
    given(requested, abandoned).when(review).then_nothing()
    given(requested, abandoned).when(close).then_nothing()


def test_another_void_raises_no_second_task_while_the_first_is_open() -> None:
    raised = task(TaskKind.REVIEW_VOIDED_ACCEPTANCE)
    given(requested, started, raised).when(replace(close, cause=accepted.event_id)).then_nothing()
    done = TaskDone(task_id=raised.task_id, on=date(2025, 4, 1))
    given(requested, started, raised, done).when(close).then_nothing()


def test_a_person_does_the_task_once() -> None:
    raised = task(TaskKind.REVIEW_VOIDED_ACCEPTANCE)
    done = TaskDone(task_id=raised.task_id, on=date(2025, 4, 1))
    finish = FinishTask(task_id=raised.task_id, on=done.on)
    given(requested, started, raised).when(finish).then(done)
    given(requested, started, raised, done).when(finish).then_nothing()
    given(requested, started, raised, done).when(replace(finish, on=date(2025, 4, 2))).then_refused(
        "conflicts-with-record"
    )
