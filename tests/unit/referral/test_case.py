"""The referral's rules: each command happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.referral.codes import ConcernCode, DecisionRole, DeclineReason, OverrideReason, RiskStatus, WithdrawnBy
from services.referral.commands import Command, LinkCaseReference
from services.referral.events import CaseReferenceLinked, ReferralReceived
from services.referral.heard import Discharged
from services.referral.values import Concern
from tests.unit.referral.build import (
    RECEIVED_ON,
    TODAY,
    accept,
    accepted,
    birth,
    born,
    decline,
    declined,
    given,
    infant_born,
    known,
    receive,
    received,
    received_unborn,
    tasks_of_birth,
    unborn,
    withdraw,
    withdrawn,
)

link = LinkCaseReference(system="north-records", reference_hmac="ab" * 32)
linked = CaseReferenceLinked(system="north-records", reference_hmac="ab" * 32)


def test_receiving_a_referral_opens_the_case_with_the_ages_on_that_day() -> None:
    given().when(receive(subjects=(born, unborn))).then(received_unborn)
    assert isinstance(received_unborn, ReferralReceived)
    assert [subject.age_days for subject in received_unborn.subjects] == [103, -90]


def test_the_age_of_an_unborn_infant_counts_down_to_the_expected_date() -> None:
    # domain 6.7: received 1 March 2025, expected 1 June 2025 -> -92
    before = given().when(receive(received_on=date(2025, 3, 1), subjects=(unborn,)))
    [event] = before.decider.decide(before.decider.initial, before.command, known)  # type: ignore[arg-type]
    assert isinstance(event, ReferralReceived)
    assert event.subjects[0].age_days == -92


def test_receiving_the_same_referral_again_records_nothing() -> None:
    given(received).when(receive()).then_nothing()


def test_receiving_it_again_after_the_rules_moved_on_records_nothing() -> None:
    assert isinstance(received, ReferralReceived)
    given(replace(received, eligibility_rule_version="older-0")).when(receive()).then_nothing()


def test_another_referral_on_the_same_case_is_refused() -> None:
    given(received).when(receive(received_on=date(2025, 3, 2))).then_refused("conflicts-with-record")


concern = Concern(code=ConcernCode.OTHER, risk_status=RiskStatus.CURRENT)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (receive(received_on=TODAY + timedelta(days=1)), "in-the-future"),
        (receive(received_at=datetime(2025, 3, 4, 0, 30, tzinfo=UTC)), "received-at-differs"),
        (receive(caregivers=()), "caregiver-needed"),
        (receive(caregiver_unknown=True), "caregiver-known-and-unknown"),
        (receive(subjects=(born, born)), "duplicate-infant"),
        (receive(caregivers=receive().caregivers * 2), "duplicate-caregiver"),
        (receive(concerns=(concern, concern)), "duplicate-concern"),
        (receive(subjects=(replace(born, born_on=None),)), "birth-date-needed"),
        (receive(subjects=(replace(born, born_on=RECEIVED_ON + timedelta(days=1)),)), "born-after-received"),
        (receive(subjects=(replace(born, born_on=date(2010, 1, 1)),)), "not-an-infant"),
        (receive(subjects=(replace(unborn, edd=None),)), "due-date-needed"),
        (receive(subjects=(replace(unborn, born_on=date(2025, 1, 1)),)), "unborn-with-birth-date"),
        (receive(subjects=(replace(unborn, edd=RECEIVED_ON + timedelta(days=281)),)), "due-date-out-of-range"),
        (receive(subjects=(replace(unborn, edd=RECEIVED_ON - timedelta(days=29)),)), "due-date-out-of-range"),
    ],
)
def test_a_referral_that_contradicts_itself_is_refused(command: Command, code: str) -> None:
    given().when(command).then_refused(code)


def test_a_referral_with_no_caregiver_known_is_received_when_it_says_so() -> None:
    command = receive(caregivers=(), caregiver_unknown=True)
    assert isinstance(received, ReferralReceived)
    given().when(command).then(replace(received, caregivers=(), caregiver_unknown=True))


@pytest.mark.parametrize("command", [accept, decline, withdraw, birth, link])
def test_nothing_is_recorded_of_a_case_that_was_never_received(command: Command) -> None:
    given().when(command).then_refused("case-unknown")


def test_accepting_an_open_referral_records_the_tier_offered() -> None:
    given(received).when(accept).then(accepted)


def test_accepting_the_same_referral_again_records_nothing() -> None:
    given(received, accepted).when(accept).then_nothing()


@pytest.mark.parametrize("command", [replace(accept, decided_on=date(2025, 3, 6)), decline])
def test_an_accepted_referral_takes_no_other_decision(command: Command) -> None:
    given(received, accepted).when(command).then_refused("conflicts-with-record")


def test_a_declined_referral_cannot_be_accepted_later() -> None:
    given(received, declined).when(accept).then_refused("conflicts-with-record")


@pytest.mark.parametrize("command", [accept, decline])
def test_a_withdrawn_referral_takes_no_decision(command: Command) -> None:
    given(received, withdrawn).when(command).then_refused("already-withdrawn")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(accept, decided_on=RECEIVED_ON - timedelta(days=1)), "decided-before-received"),
        (replace(decline, decided_on=RECEIVED_ON - timedelta(days=1)), "decided-before-received"),
        (replace(withdraw, on=RECEIVED_ON - timedelta(days=1)), "withdrawn-before-received"),
        (replace(accept, decided_on=TODAY + timedelta(days=1)), "in-the-future"),
        (replace(decline, decided_on=TODAY + timedelta(days=1)), "in-the-future"),
        (replace(withdraw, on=TODAY + timedelta(days=1)), "in-the-future"),
    ],
)
def test_a_decision_lies_between_receipt_and_today(command: Command, code: str) -> None:
    given(received).when(command).then_refused(code)


def test_decided_on_the_day_of_receipt_is_legal() -> None:
    given(received).when(replace(accept, decided_on=RECEIVED_ON)).then(replace(accepted, decided_on=RECEIVED_ON))


def test_an_infant_outside_the_window_is_not_accepted_without_a_reason() -> None:
    old = receive(subjects=(replace(born, born_on=date(2022, 3, 3)),))
    [too_old] = given.decider.decide(given.decider.initial, old, known)
    given(too_old).when(accept).then_refused("not-eligible")
    override = OverrideReason.CLINICAL_JUDGEMENT
    given(too_old).when(replace(accept, override=override)).then(replace(accepted, override=override))


def test_only_a_clinician_overrides_eligibility() -> None:
    command = replace(accept, override=OverrideReason.TRANSFER_IN, decision_by=DecisionRole.ADMINISTRATOR)
    given(received).when(command).then_refused("override-needs-clinician")


def test_declining_an_open_referral_records_the_reason() -> None:
    given(received).when(decline).then(declined)


def test_declining_the_same_referral_again_records_nothing() -> None:
    given(received, declined).when(decline).then_nothing()


def test_a_second_different_decline_is_refused() -> None:
    other = replace(decline, reason=DeclineReason.OUTSIDE_AREA)
    given(received, declined).when(other).then_refused("conflicts-with-record")


def test_a_referral_is_withdrawn_before_its_decision() -> None:
    given(received).when(withdraw).then(withdrawn)


def test_a_referral_is_withdrawn_after_its_acceptance() -> None:
    given(received, accepted).when(withdraw).then(withdrawn)


def test_withdrawing_the_same_referral_again_records_nothing() -> None:
    given(received, accepted, withdrawn).when(withdraw).then_nothing()


def test_a_different_withdrawal_is_refused() -> None:
    other = replace(withdraw, by=WithdrawnBy.REFERRER)
    given(received, withdrawn).when(other).then_refused("conflicts-with-record")


def test_a_declined_referral_cannot_be_withdrawn() -> None:
    given(received, declined).when(withdraw).then_refused("already-decided")


discharged = replace(known, discharged=Discharged(discharged_on=date(2025, 5, 1), reason="planned_completed"))


def test_a_referral_cannot_be_withdrawn_after_the_discharge() -> None:
    given.knowing(discharged)(received, accepted).when(withdraw).then_refused("already-discharged")


def test_a_withdrawal_said_again_after_the_discharge_it_caused_stays_quiet() -> None:
    given.knowing(discharged)(received, accepted, withdrawn).when(withdraw).then_nothing()


def test_a_referral_awaiting_its_decision_again_can_be_withdrawn_though_its_episode_was_closed() -> None:
    given.knowing(discharged)(received).when(withdraw).then(withdrawn)


def test_the_birth_of_an_infant_referred_unborn_is_recorded() -> None:
    given(received_unborn).when(birth).then(infant_born, *tasks_of_birth)


def test_the_same_birth_again_records_nothing() -> None:
    given(received_unborn, infant_born).when(birth).then_nothing()


def test_another_birth_date_is_refused() -> None:
    other = replace(birth, born_on=date(2025, 5, 21))
    given(received_unborn, infant_born).when(other).then_refused("conflicts-with-record")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(birth, infant_id=born.infant_id), "already-born"),
        (replace(birth, infant_id=receive().caregivers[0].caregiver_id), "unknown-infant"),
        (replace(birth, born_on=TODAY + timedelta(days=1)), "in-the-future"),
        (replace(birth, born_on=date(2024, 12, 1)), "birth-date-out-of-range"),
    ],
)
def test_a_birth_that_cannot_be_is_refused(command: Command, code: str) -> None:
    given(received_unborn).when(command).then_refused(code)


def test_a_reference_is_linked_once_and_a_second_one_of_the_same_system_beside_it() -> None:
    given(received).when(link).then(linked)
    given(received, linked).when(link).then_nothing()
    other = replace(link, reference_hmac="cd" * 32)
    given(received, linked).when(other).then(replace(linked, reference_hmac="cd" * 32))
