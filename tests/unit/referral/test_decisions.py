"""What triage may come to beside accepting, and what is said after a discharge: happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.referral.codes import DeclineReason, OfferTier, ReferralSource, Signpost
from services.referral.commands import DeclineReferral, LinkDuplicate, RecordSummarySent
from services.referral.events import DischargeSummarySent, Event, ReferralDeclined, ReferralLinkedDuplicate
from services.referral.triage_codes import SummaryTo, TriageDecision, UniversalServices
from tests.unit.referral.build import (
    RECEIVED_ON,
    TODAY,
    accept,
    accepted,
    decline,
    declined,
    discharged,
    given,
    known,
    receive,
    received,
    withdraw,
    withdrawn,
)

DAY = timedelta(days=1)
link = LinkDuplicate(of_case_id=UUID(int=9), on=date(2025, 3, 5))
linked = ReferralLinkedDuplicate(of_case_id=link.of_case_id, on=link.on)
send = RecordSummarySent(to=SummaryTo.REFERRER, on=date(2025, 5, 2))
sent = DischargeSummarySent(to=send.to, on=send.on)
after_discharge = given.knowing(replace(known, discharged=discharged))


@pytest.mark.parametrize("reason", DeclineReason)
def test_every_reason_to_decline_is_recorded(reason: DeclineReason) -> None:
    given(received).when(replace(decline, reason=reason)).then(replace(declined, reason=reason))


def as_said(command: DeclineReferral) -> ReferralDeclined:
    return replace(
        declined,
        reason=command.reason,
        triage_decision=command.triage_decision,
        signposted_to=command.signposted_to,
        universal_tried_or_insufficient=command.universal_tried_or_insufficient,
    )


@pytest.mark.parametrize("decision", [TriageDecision.SIGNPOSTED, TriageDecision.REDIRECTED_TRANSFER])
def test_a_family_is_pointed_or_handed_to_another_service(decision: TriageDecision) -> None:
    command = replace(
        decline,
        reason=DeclineReason.NEEDS_MET_BY_UNIVERSAL,
        triage_decision=decision,
        signposted_to=(Signpost.HEALTH_VISITING, Signpost.FAMILY_HUB),
        universal_tried_or_insufficient=UniversalServices.NOT_TRIED,
    )
    given(received).when(command).then(as_said(command))


def test_no_capacity_and_a_signpost_are_told_together() -> None:
    command = replace(decline, triage_decision=TriageDecision.SIGNPOSTED, signposted_to=(Signpost.CAMHS,))
    assert command.reason is DeclineReason.CAPACITY_CLOSED
    given(received).when(command).then(as_said(command))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(decline, triage_decision=TriageDecision.SIGNPOSTED), "signpost-needed"),
        (replace(decline, triage_decision=TriageDecision.REDIRECTED_TRANSFER), "signpost-needed"),
        (replace(decline, triage_decision=TriageDecision.ACCEPTED), "not-a-decline"),
        (replace(decline, triage_decision=TriageDecision.MORE_INFORMATION_NEEDED), "not-a-decline"),
        (replace(decline, signposted_to=(Signpost.GP, Signpost.GP)), "duplicate-signpost"),
    ],
)
def test_a_decline_that_says_something_else_is_refused(command: DeclineReferral, code: str) -> None:
    given(received).when(command).then_refused(code)


def test_a_family_is_taken_on_for_consultation_only_with_what_was_tried_before() -> None:
    tried = UniversalServices.TRIED_INSUFFICIENT
    command = replace(accept, offer_tier=OfferTier.CONSULT, universal_tried_or_insufficient=tried)
    given(received).when(command).then(
        replace(accepted, offer_tier=OfferTier.CONSULT, universal_tried_or_insufficient=tried)
    )


def test_a_referral_of_a_family_that_was_referred_already_ends_as_a_duplicate() -> None:
    given(received).when(link).then(linked)


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received, accepted), link, "conflicts-with-record"),
        ((received, linked), replace(link, of_case_id=UUID(int=8)), "conflicts-with-record"),
        ((received, withdrawn), link, "already-withdrawn"),
        ((received,), replace(link, on=RECEIVED_ON - DAY), "decided-before-received"),
        ((received,), replace(link, on=TODAY + DAY), "in-the-future"),
    ],
)
def test_a_duplicate_is_a_decision_as_any_other(history: tuple[Event, ...], command: LinkDuplicate, code: str) -> None:
    given(*history).when(command).then_refused(code)


def test_the_same_duplicate_again_records_nothing() -> None:
    given(received, linked).when(link).then_nothing()


@pytest.mark.parametrize(("command", "code"), [(accept, "conflicts-with-record"), (withdraw, "already-decided")])
def test_a_duplicate_is_the_end(command: object, code: str) -> None:
    given(received, linked).when(command).then_refused(code)  # type: ignore[arg-type]


def test_a_summary_of_the_discharge_was_sent() -> None:
    after_discharge(received, accepted).when(send).then(sent)


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ((received,), send, "not-accepted"),
        ((received, declined), send, "not-accepted"),
        ((received, accepted), replace(send, on=discharged.discharged_on - DAY), "sent-before-discharged"),
        ((received, accepted), replace(send, on=TODAY + DAY), "in-the-future"),
    ],
)
def test_a_summary_of_nothing_is_refused(history: tuple[Event, ...], command: RecordSummarySent, code: str) -> None:
    after_discharge(*history).when(command).then_refused(code)


def test_a_summary_whose_discharge_has_not_arrived_is_to_be_said_again_later() -> None:
    given(received, accepted).when(send).then_refused("not-known-yet")


def test_the_same_summary_again_records_nothing() -> None:
    after_discharge(received, accepted, sent).when(send).then_nothing()


def test_a_consultation_becomes_a_referral_and_stays_linked() -> None:
    consultation = UUID(int=7)
    asked = receive(source=ReferralSource.INTERNAL_CONSULTATION, consultation_id=consultation)
    [said] = given.decider.decide(given.decider.initial, asked, known)
    assert said.consultation_id == consultation  # type: ignore[union-attr]
    given().when(receive(consultation_id=consultation)).then_refused("consultation-id-needs-source")
