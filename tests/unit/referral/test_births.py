"""Births and losses (P6, P7), consents and flags: each command happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.referral import access, family
from services.referral.case import decider
from services.referral.codes import Flag
from services.referral.commands import ChangeFlags, EndPregnancy, RecordConsent, WithdrawConsent
from services.referral.events import (
    ConsentRecorded,
    ConsentWithdrawn,
    Event,
    IdentifierRecorded,
    InfantIdentityReplaced,
    PregnancyEnded,
    SafeguardingFlagsChanged,
    SubjectErased,
    TaskDone,
    TaskRaised,
)
from services.referral.family_codes import (
    ConsentBy,
    ConsentScope,
    IdentifierKind,
    IdentifierQuality,
    IdentifierStatus,
)
from services.referral.task_codes import OwnerRole, TaskKind
from services.referral.team_settings import TeamSettings
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of
from tests.unit.referral.build import (
    CARER,
    INFANT,
    MOTHER,
    TODAY,
    UNBORN,
    accept,
    accepted,
    birth,
    decline,
    declined,
    event_for,
    given,
    infant_born,
    known,
    receive,
    received,
    received_unborn,
    tasks_of_birth,
    unborn,
)

DAY = timedelta(days=1)
EDD = date(2025, 6, 1)
only_unborn = event_for(receive(subjects=(unborn,)))
end = EndPregnancy(infant_id=UNBORN, on=date(2025, 4, 2))
ended = event_of(PregnancyEnded, end)
agree = RecordConsent(scope=ConsentScope.MESSAGES, by=ConsentBy.CAREGIVER, caregiver_id=MOTHER, on=date(2025, 4, 2))
agreed = event_of(ConsentRecorded, agree)
object_ = WithdrawConsent(scope=ConsentScope.MESSAGES, by=ConsentBy.CAREGIVER, caregiver_id=MOTHER, on=date(2025, 4, 9))
objected = event_of(ConsentWithdrawn, object_)
flag = ChangeFlags(on=date(2025, 4, 2), flags=(Flag.DVA, Flag.LAC))
flagged = event_of(SafeguardingFlagsChanged, flag)
number = IdentifierRecorded(
    subject_ref=UNBORN, kind=IdentifierKind.NHS, status=None, quality=IdentifierQuality.TEST_RANGE
)


def closing(referral: Event) -> TaskRaised:
    task_id = derived_id("task", TaskKind.OFFER_CLOSING, referral.referral_id, UNBORN)  # type: ignore[union-attr]
    return TaskRaised(
        task_id=task_id,
        kind=TaskKind.OFFER_CLOSING,
        due_on=TODAY + 7 * DAY,
        owner_role=OwnerRole.TRIAGE_CLINICIAN,
        about=UNBORN,
    )


def test_a_birth_has_the_number_traced_after_six_weeks_and_the_record_moved() -> None:
    trace, repoint = tasks_of_birth
    assert (trace.kind, trace.due_on - birth.born_on) == (TaskKind.TRACE_NHS_NUMBER, 42 * DAY)
    assert (repoint.kind, repoint.due_on) == (TaskKind.REPOINT_MHSDS_SUBJECT, TODAY + 7 * DAY)


def test_a_team_that_reports_on_the_caregivers_record_moves_nothing() -> None:
    theirs = replace(known, team=TeamSettings(index_subject="caregiver"))
    given.knowing(theirs)(received_unborn).when(birth).then(infant_born, tasks_of_birth[0])


def test_a_number_that_is_there_already_is_not_traced() -> None:
    given(received_unborn, number).when(birth).then(infant_born, tasks_of_birth[1])


@pytest.mark.parametrize(
    ("quality", "status", "found"),
    [
        (IdentifierQuality.VALID, None, True),
        (IdentifierQuality.NONE, IdentifierStatus.VERIFIED, True),
        (IdentifierQuality.CHECK_DIGIT_FAILED, None, False),
        (IdentifierQuality.REPEATED_DIGITS, IdentifierStatus.IN_PROGRESS, False),
        (IdentifierQuality.NONE, IdentifierStatus.POSTPONED_BABY, False),
    ],
)
def test_only_a_good_number_or_a_verified_one_ends_the_tracing(
    quality: IdentifierQuality, status: IdentifierStatus | None, found: bool
) -> None:
    said = replace(number, quality=quality, status=status)
    assert access.traced(decider.fold([received_unborn, said]), UNBORN) is found


def test_the_end_of_a_pregnancy_offers_to_close_a_referral_that_nobody_decided() -> None:
    given(only_unborn).when(end).then(ended, closing(only_unborn))


def test_a_loss_after_the_acceptance_is_for_the_team_that_works_with_the_family() -> None:
    given(only_unborn, accepted).when(end).then(ended)


def test_the_loss_of_one_twin_does_not_offer_to_close_the_others_case() -> None:
    given(received_unborn).when(end).then(ended)


def test_after_a_loss_nothing_is_sent_by_itself_whatever_is_said_later() -> None:
    assert access.suppressed(decider.fold([received_unborn])) is None
    assert access.suppressed(decider.fold([received_unborn, ended])) == "pregnancy_ended"
    assert access.suppressed(decider.fold([received_unborn, ended, accepted, agreed, flagged])) == "pregnancy_ended"


def test_a_decision_does_what_was_offered_after_a_loss() -> None:
    task = closing(only_unborn)
    done = TaskDone(task_id=task.task_id, on=decline.decided_on)
    given(only_unborn, ended, task).when(decline).then(declined, done)


def test_a_referral_whose_only_pregnancy_ended_is_not_accepted_by_rule() -> None:
    given(only_unborn, ended).when(accept).then_refused("not-eligible")


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received,), end, "unknown-infant"),
        ((received_unborn,), replace(end, infant_id=INFANT), "already-born"),
        ((received_unborn, infant_born), end, "already-born"),
        ((received_unborn, ended), replace(end, on=end.on - DAY), "conflicts-with-record"),
        ((received_unborn,), replace(end, on=EDD - 281 * DAY), "ended-out-of-range"),
        ((received_unborn,), replace(end, on=EDD + 29 * DAY), "ended-out-of-range"),
        ((received_unborn,), replace(end, on=TODAY + DAY), "in-the-future"),
        ((received_unborn, ended), birth, "already-born"),
    ],
)
def test_what_cannot_have_ended_is_refused(history: tuple[Event, ...], command: EndPregnancy, code: str) -> None:
    given(*history).when(command).then_refused(code)


@pytest.mark.parametrize("day", [EDD - 280 * DAY, EDD + 28 * DAY])
def test_a_pregnancy_ends_within_its_time(day: date) -> None:
    given(received_unborn).when(replace(end, on=day)).then(replace(ended, on=day))


def test_the_same_end_again_records_nothing() -> None:
    given(received_unborn, ended).when(end).then_nothing()


@pytest.mark.parametrize("scope", ConsentScope)
def test_consent_is_recorded_for_each_scope_by_itself(scope: ConsentScope) -> None:
    given(received).when(replace(agree, scope=scope)).then(replace(agreed, scope=scope))


def test_a_consent_of_or_by_nobody_of_the_case_is_refused() -> None:
    given(received).when(replace(agree, caregiver_id=CARER)).then_refused("unknown-person")
    given(received).when(replace(object_, caregiver_id=INFANT)).then_refused("unknown-person")
    given(received).when(replace(agree, on=TODAY + DAY)).then_refused("in-the-future")
    given(received).when(replace(object_, on=TODAY + DAY)).then_refused("in-the-future")


def test_the_same_consent_again_records_nothing() -> None:
    given(received, agreed).when(agree).then_nothing()


def test_a_consent_is_withdrawn_also_where_none_is_on_record() -> None:
    given(received, agreed).when(object_).then(objected)
    given(received).when(object_).then(objected)


def test_the_same_withdrawal_again_records_nothing() -> None:
    given(received, agreed, objected).when(object_).then_nothing()


def test_the_latest_day_says_whether_a_consent_holds_not_the_order_of_recording() -> None:
    assert access.withdrawn_consents(decider.fold([received, objected, agreed])) == {ConsentScope.MESSAGES}
    again = replace(agreed, on=objected.on)
    assert access.withdrawn_consents(decider.fold([received, objected, again])) == frozenset()


def test_one_caregivers_no_outweighs_the_others_yes() -> None:
    other = replace(agreed, caregiver_id=UUID(int=30), on=TODAY)
    assert access.withdrawn_consents(decider.fold([received, objected, other])) == {ConsentScope.MESSAGES}


def test_the_flags_that_hold_are_said_whole() -> None:
    given(received).when(flag).then(flagged)
    assert family.flags(decider.fold([received])) == {Flag.PERINATAL_MH_OPEN}
    assert family.flags(decider.fold([received, flagged])) == {Flag.DVA, Flag.LAC}
    earlier = replace(flagged, on=flagged.on - DAY, flags=())
    assert family.flags(decider.fold([received, flagged, earlier])) == {Flag.DVA, Flag.LAC}


def test_flags_that_are_said_twice_or_too_early_are_refused() -> None:
    given(received).when(replace(flag, flags=(Flag.DVA, Flag.DVA))).then_refused("duplicate-flag")
    given(received).when(replace(flag, on=TODAY + DAY)).then_refused("in-the-future")


def test_the_same_flags_again_record_nothing() -> None:
    given(received, flagged).when(flag).then_nothing()


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ((), None),
        ((flagged,), "dva"),
        ((flagged, replace(flagged, on=flagged.on + DAY, flags=())), None),
        ((objected,), "consent_withdrawn"),
        ((replace(objected, scope=ConsentScope.SHARE_WITH_SERVICES),), "consent_withdrawn"),
        ((replace(objected, scope=ConsentScope.RESEARCH),), None),
        ((InfantIdentityReplaced(infant_id=INFANT, new_infant_id=UUID(int=20), on=TODAY),), "identity_replaced"),
        ((SubjectErased(subject_ref=MOTHER),), "erased"),
    ],
)
def test_what_keeps_a_letter_from_leaving_by_itself(events: tuple[Event, ...], why: str | None) -> None:
    assert access.suppressed(decider.fold([received, *events])) == why
