"""Details, numbers, denials, break-glass, tasks, erasure: each command happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.referral import access, commands, events
from services.referral.aggregate import aggregate
from services.referral.case import decider, say
from services.referral.commands import (
    AskForCorrection,
    AskForSummary,
    BreachTarget,
    BreakGlass,
    Command,
    DenyAccess,
    EraseSubject,
    FinishTask,
    LiftDenial,
    RecordDetails,
    RecordIdentifier,
    TakeBackSummary,
)
from services.referral.events import (
    AccessDenialLifted,
    AccessDenied,
    BreakGlassOpened,
    Event,
    IdentifierRecorded,
    PersonDetailsRecorded,
    SubjectErased,
    SubjectErasureAcknowledged,
    TaskDone,
    TaskRaised,
)
from services.referral.family_codes import (
    BreakGlassReason,
    DenialReason,
    IdentifierKind,
    IdentifierQuality,
    IdentifierStatus,
)
from services.referral.task_codes import OwnerRole, Service, TargetCode, TaskKind
from shared.kernel.errors import Rejected
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of
from tests.unit.referral.build import (
    CARER,
    INFANT,
    MOTHER,
    TODAY,
    UNBORN,
    given,
    infant_born,
    known,
    receive,
    received,
    received_unborn,
    tasks_of_birth,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WHO = "p-1042"
NOW = known.moment.now

tell = RecordDetails(subject_ref=MOTHER, on=TODAY)
told = PersonDetailsRecorded(subject_ref=MOTHER, on=TODAY)
number = RecordIdentifier(subject_ref=UNBORN, kind=IdentifierKind.NHS, quality=IdentifierQuality.VALID)
numbered = event_of(IdentifierRecorded, number)
deny = DenyAccess(subject_ref=MOTHER, actor_id=WHO, on=TODAY - DAY, reason=DenialReason.RELATIVE)
denied = event_of(AccessDenied, deny)
lift = LiftDenial(subject_ref=MOTHER, actor_id=WHO, on=TODAY)
lifted = event_of(AccessDenialLifted, lift)
glass = BreakGlass(actor_id=WHO, reason=BreakGlassReason.EMERGENCY, opened_at=NOW - HOUR, until=NOW + 3 * HOUR)
broken = event_of(BreakGlassOpened, glass)
erase = EraseSubject(subject_ref=MOTHER)
erased = SubjectErased(subject_ref=MOTHER)
acknowledged = SubjectErasureAcknowledged(subject_ref=MOTHER, service=Service.REFERRAL)
finish = FinishTask(task_id=tasks_of_birth[1].task_id, on=TODAY)


def test_details_of_a_person_or_the_referrer_came() -> None:
    given(received).when(tell).then(told)
    given(received).when(replace(tell, subject_ref=None)).then(replace(told, subject_ref=None))


def test_details_of_a_stranger_are_refused() -> None:
    given(received).when(replace(tell, subject_ref=CARER)).then_refused("unknown-person")
    given(received).when(replace(tell, on=TODAY + DAY)).then_refused("in-the-future")
    given().when(tell).then_refused("case-unknown")


def test_the_same_entry_again_records_nothing_and_another_one_of_the_day_does() -> None:
    given(received, told).when(tell).then_nothing()
    second = UUID(int=40)
    given(received, told).when(replace(tell, entry_id=second)).then(replace(told, entry_id=second))


def test_a_good_number_does_the_task_of_tracing_it() -> None:
    done = TaskDone(task_id=tasks_of_birth[0].task_id, on=TODAY)
    given(received_unborn, infant_born, *tasks_of_birth).when(number).then(numbered, done)


def test_a_failing_number_leaves_the_task_open() -> None:
    bad = replace(number, quality=IdentifierQuality.CHECK_DIGIT_FAILED)
    given(received_unborn, infant_born, *tasks_of_birth).when(bad).then(event_of(IdentifierRecorded, bad))


def test_a_number_of_a_stranger_is_refused() -> None:
    given(received).when(number).then_refused("unknown-person")


def test_the_same_finding_again_records_nothing_and_what_is_found_later_does() -> None:
    postponed = replace(number, quality=IdentifierQuality.NONE, status=IdentifierStatus.POSTPONED_BABY)
    given(received_unborn, numbered).when(number).then_nothing()
    given(received_unborn, numbered).when(postponed).then(event_of(IdentifierRecorded, postponed))
    given(received_unborn, numbered, event_of(IdentifierRecorded, postponed)).when(number).then(numbered)


def test_somebody_is_kept_from_reading_the_case() -> None:
    given(received).when(deny).then(denied)
    assert access.denied(decider.fold([received, denied])) == {WHO}


def test_a_denial_about_a_stranger_is_refused() -> None:
    given(received).when(replace(deny, subject_ref=CARER)).then_refused("unknown-person")
    given(received).when(replace(deny, on=TODAY + DAY)).then_refused("in-the-future")


def test_the_same_denial_again_records_nothing() -> None:
    given(received, denied).when(deny).then_nothing()


def test_a_denial_is_lifted() -> None:
    given(received, denied).when(lift).then(lifted)
    assert access.denied(decider.fold([received, denied, lifted])) == frozenset()


def test_what_was_not_denied_is_not_lifted() -> None:
    given(received).when(lift).then_refused("not-denied")
    given(received, denied).when(replace(lift, actor_id="p-1043")).then_refused("not-denied")
    given(received, denied).when(replace(lift, on=TODAY + DAY)).then_refused("in-the-future")


def test_the_same_lifting_again_records_nothing() -> None:
    given(received, denied, lifted).when(lift).then_nothing()


def test_a_denial_of_one_day_may_be_lifted_and_said_again() -> None:
    same_day = replace(lifted, on=denied.on)
    given(received, denied, same_day).when(deny).then(denied)
    assert access.denied(decider.fold([received, denied, same_day, denied])) == {WHO}


def test_a_denial_for_one_person_holds_though_another_persons_is_lifted() -> None:
    other = replace(denied, subject_ref=INFANT)
    assert access.denied(decider.fold([received, denied, other, lifted])) == {WHO}


def review(opened: BreakGlassOpened) -> TaskRaised:
    referral = received.referral_id  # type: ignore[union-attr]
    about = derived_id("glass", referral, opened.actor_id, opened.opened_at.isoformat())
    return TaskRaised(
        task_id=derived_id("task", TaskKind.REVIEW_BREAK_GLASS, referral, about),
        kind=TaskKind.REVIEW_BREAK_GLASS,
        due_on=TODAY + 7 * DAY,
        owner_role=OwnerRole.TEAM_LEAD,
        about=about,
    )


def test_breaking_the_glass_opens_the_case_for_hours_and_has_it_looked_at() -> None:
    given(received).when(glass).then(broken, review(broken))
    assert access.glass(decider.fold([received, broken])) == ((WHO, glass.until),)


def test_the_glass_is_broken_for_eight_hours_at_most() -> None:
    longest = replace(glass, until=glass.opened_at + 8 * HOUR)
    opened = event_of(BreakGlassOpened, longest)
    given(received).when(longest).then(opened, review(opened))
    longer = replace(longest, until=longest.until + timedelta(seconds=1))
    given(received).when(longer).then_refused("opened-too-long")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(glass, opened_at=NOW + timedelta(seconds=1)), "in-the-future"),
        (replace(glass, until=glass.opened_at), "until-before-opened"),
    ],
)
def test_glass_that_was_not_broken_in_time_is_refused(command: BreakGlass, code: str) -> None:
    given(received).when(command).then_refused(code)


def test_the_same_glass_again_records_nothing() -> None:
    given(received, broken, review(broken)).when(glass).then_nothing()


def test_a_task_is_done() -> None:
    given(received_unborn, infant_born, *tasks_of_birth).when(finish).then(TaskDone(task_id=finish.task_id, on=TODAY))


def test_a_task_that_was_never_raised_is_not_done() -> None:
    given(received_unborn).when(finish).then_refused("unknown-task")
    history = (received_unborn, infant_born, *tasks_of_birth)
    given(*history).when(replace(finish, on=TODAY + DAY)).then_refused("in-the-future")


def test_the_same_task_done_again_records_nothing_and_on_another_day_is_refused() -> None:
    done = TaskDone(task_id=finish.task_id, on=TODAY)
    history = (received_unborn, infant_born, *tasks_of_birth, done)
    given(*history).when(finish).then_nothing()
    given(*history).when(replace(finish, on=TODAY - DAY)).then_refused("conflicts-with-record")


def test_somebody_is_erased_in_any_state_also_where_nothing_else_is_known() -> None:
    given(received).when(erase).then(erased, acknowledged)
    given().when(erase).then(erased, acknowledged)
    assert decider.decide(decider.fold([erased, acknowledged]), receive(), known) == (received,)


def test_an_erasure_that_was_only_half_said_is_completed() -> None:
    given(received, erased).when(erase).then(acknowledged)


def test_the_same_erasure_again_records_nothing() -> None:
    given(received, erased, acknowledged).when(erase).then_nothing()


def test_this_service_destroys_its_key_with_its_own_acknowledgement_only() -> None:
    assert aggregate.erases(acknowledged) == MOTHER
    assert aggregate.erases(replace(acknowledged, service=Service.INTERVENTION)) is None
    assert aggregate.erases(erased) is None


@pytest.mark.parametrize("command", [tell, replace(number, subject_ref=MOTHER), deny])
def test_nothing_new_is_recorded_of_somebody_who_was_erased(command: Command) -> None:
    given(received, erased, acknowledged).when(command).then_refused("subject-erased")


RULED = (
    erase,
    BreachTarget(target_code=TargetCode.DECIDE, due_on=TODAY, owner_role=OwnerRole.TRIAGE_CLINICIAN),
    AskForSummary(discharge=UUID(int=50)),
    AskForCorrection(cause=UUID(int=50)),
    TakeBackSummary(on=TODAY),
)


@pytest.mark.parametrize("command", RULED)
def test_what_the_service_asks_of_itself_is_no_shape_of_a_correction(command: Command) -> None:
    assert type(command) not in commands.COMMANDS.values()
    with pytest.raises(Rejected, match="not-postable"):
        say(decider.fold([received]), command, known)


def test_every_event_says_when_it_happened_or_leaves_it_to_the_envelope() -> None:
    without = {name for name, event in events.EXAMPLES.items() if events.occurred(event) is None}
    assert without == {
        "CaseReferenceLinked",
        "IdentifierRecorded",
        "SubjectErased",
        "SubjectErasureAcknowledged",
        "TaskRaised",
        "TargetBreached",
    }
    opened: Event = replace(broken, opened_at=datetime(2025, 5, 2, 17, 30, tzinfo=UTC))
    assert events.occurred(opened) == datetime(2025, 5, 2, 17, 30, tzinfo=UTC)
