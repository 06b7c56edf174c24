"""Acknowledging, asking, holding until birth, changing the priority: it happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.referral.codes import Priority
from services.referral.commands import AcknowledgeReferral, ChangePriority, HoldUntilBirth, ProvideInfo, RequestInfo
from services.referral.events import (
    Event,
    ReferralAcknowledged,
    ReferralHeldUntilBirth,
    ReferralInfoProvided,
    ReferralInfoRequested,
    ReferralPriorityChanged,
)
from services.referral.triage_codes import AcknowledgementChannel, InformationNeeded, PriorityReason
from tests.unit.referral.build import (
    RECEIVED_ON,
    TODAY,
    accept,
    accepted,
    declined,
    given,
    infant_born,
    known,
    known_from_birth,
    receive,
    received,
    received_unborn,
    unborn,
    withdrawn,
)

DAY = timedelta(days=1)
WHAT = (InformationNeeded.CONSENT, InformationNeeded.LOCALITY)

acknowledge = AcknowledgeReferral(on=date(2025, 3, 4), channel=AcknowledgementChannel.TELEPHONE)
acknowledged = ReferralAcknowledged(on=acknowledge.on, channel=acknowledge.channel)
ask = RequestInfo(on=date(2025, 3, 4), what=WHAT)
asked = ReferralInfoRequested(on=ask.on, what=WHAT, due_on=date(2025, 3, 18))
provide = ProvideInfo(on=date(2025, 3, 6), what=WHAT[:1])
provided = ReferralInfoProvided(on=provide.on, what=provide.what)
hold = HoldUntilBirth(on=date(2025, 3, 5))
held = ReferralHeldUntilBirth(on=hold.on, eligibility_rule_version="default-1")
change = ChangePriority(on=date(2025, 3, 6), priority=Priority.URGENT, reason=PriorityReason.RISK_INCREASED)
changed = ReferralPriorityChanged(on=change.on, priority=change.priority, reason=change.reason)


def test_the_referrer_is_told_of_the_receipt() -> None:
    given(received).when(acknowledge).then(acknowledged)


@pytest.mark.parametrize(
    ("day", "code"),
    [(RECEIVED_ON - DAY, "acknowledged-before-received"), (TODAY + DAY, "in-the-future")],
)
def test_an_acknowledgement_lies_between_receipt_and_today(day: date, code: str) -> None:
    given(received).when(replace(acknowledge, on=day)).then_refused(code)


def test_the_same_acknowledgement_again_records_nothing_and_another_one_stands_beside_it() -> None:
    given(received, acknowledged).when(acknowledge).then_nothing()
    by_letter = replace(acknowledge, channel=AcknowledgementChannel.LETTER)
    given(received, acknowledged).when(by_letter).then(replace(acknowledged, channel=AcknowledgementChannel.LETTER))


def test_a_declined_referrals_receipt_may_still_be_acknowledged() -> None:
    given(received, declined).when(acknowledge).then(acknowledged)


def test_more_information_is_asked_for_by_the_teams_target() -> None:
    given(received).when(ask).then(asked)
    given(received).when(replace(ask, due_on=date(2025, 3, 7))).then(replace(asked, due_on=date(2025, 3, 7)))


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received, asked), replace(ask, on=date(2025, 3, 5)), "info-already-requested"),
        ((received,), replace(ask, on=RECEIVED_ON - DAY), "requested-before-received"),
        ((received,), replace(ask, due_on=date(2025, 3, 3)), "due-before-requested"),
        ((received,), replace(ask, on=TODAY + DAY), "in-the-future"),
        ((received,), replace(ask, what=WHAT + WHAT), "duplicate-information"),
        ((received, accepted), ask, "already-decided"),
        ((received, withdrawn), ask, "already-withdrawn"),
    ],
)
def test_a_request_for_information_that_cannot_be_is_refused(
    history: tuple[Event, ...], command: RequestInfo, code: str
) -> None:
    given(*history).when(command).then_refused(code)


def test_the_same_request_again_records_nothing_even_after_its_answer_or_another_target() -> None:
    given(received, asked).when(ask).then_nothing()
    given(received, asked, provided).when(ask).then_nothing()
    given(received, replace(asked, due_on=date(2025, 3, 11))).when(ask).then_nothing()


def test_what_was_asked_for_arrives() -> None:
    given(received, asked).when(provide).then(provided)


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received,), provide, "no-info-requested"),
        ((received, asked, provided), replace(provide, on=date(2025, 3, 7)), "no-info-requested"),
        ((received, asked), replace(provide, on=date(2025, 3, 3)), "provided-before-requested"),
        ((received, asked), replace(provide, on=TODAY + DAY), "in-the-future"),
        ((received, asked, declined), provide, "already-decided"),
    ],
)
def test_information_that_nobody_waits_for_is_refused(
    history: tuple[Event, ...], command: ProvideInfo, code: str
) -> None:
    given(*history).when(command).then_refused(code)


def test_the_same_information_again_records_nothing() -> None:
    given(received, asked, provided).when(provide).then_nothing()


def test_more_may_be_asked_for_once_the_answer_is_there() -> None:
    again = replace(ask, on=date(2025, 3, 6))
    given(received, asked, provided).when(again).then(replace(asked, on=again.on, due_on=date(2025, 3, 20)))


def test_a_referral_waits_for_a_birth_where_the_team_works_from_birth_on() -> None:
    given.knowing(known_from_birth)(received_unborn).when(hold).then(held)


def test_nobody_is_held_in_a_team_that_takes_unborn_infants() -> None:
    given(received_unborn).when(hold).then_refused("antenatal-accepted")


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received,), hold, "nobody-unborn"),
        ((received_unborn, infant_born), hold, "nobody-unborn"),
        ((received_unborn, declined), hold, "already-decided"),
        ((received_unborn, withdrawn), hold, "already-withdrawn"),
        ((received_unborn,), replace(hold, on=RECEIVED_ON - DAY), "held-before-received"),
        ((received_unborn,), replace(hold, on=TODAY + DAY), "in-the-future"),
        ((received_unborn, held), replace(hold, on=date(2025, 3, 6)), "conflicts-with-record"),
    ],
)
def test_a_hold_for_nobody_or_too_late_is_refused(
    history: tuple[Event, ...], command: HoldUntilBirth, code: str
) -> None:
    given.knowing(known_from_birth)(*history).when(command).then_refused(code)


def test_holding_the_same_referral_again_records_nothing() -> None:
    given.knowing(known_from_birth)(received_unborn, held).when(hold).then_nothing()


def test_a_held_referral_is_accepted_after_the_birth_and_not_before() -> None:
    before = given.knowing(known_from_birth)
    [only_unborn] = before.decider.decide(before.decider.initial, receive(subjects=(unborn,)), known)
    decide = replace(accept, decided_on=date(2025, 6, 2))
    before(only_unborn, held).when(decide).then_refused("not-eligible")
    before(only_unborn, held, infant_born).when(decide).then(replace(accepted, decided_on=decide.decided_on))


def test_a_referral_becomes_more_urgent() -> None:
    given(received).when(change).then(changed)
    given(received, accepted).when(change).then(changed)


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received, declined), change, "already-decided"),
        ((received, withdrawn), change, "already-withdrawn"),
        ((received,), replace(change, on=RECEIVED_ON - DAY), "changed-before-received"),
        ((received,), replace(change, on=TODAY + DAY), "in-the-future"),
    ],
)
def test_the_priority_of_a_closed_referral_does_not_change(
    history: tuple[Event, ...], command: ChangePriority, code: str
) -> None:
    given(*history).when(command).then_refused(code)


def test_the_same_change_of_priority_again_records_nothing() -> None:
    given(received, changed).when(change).then_nothing()


@pytest.mark.parametrize("command", [acknowledge, ask, provide, change])
def test_nothing_is_said_of_a_referral_that_was_never_received(command: object) -> None:
    given().when(command).then_refused("case-unknown")  # type: ignore[arg-type]
