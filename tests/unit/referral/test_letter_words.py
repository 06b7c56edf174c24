"""Letters in words: every code has its own or is deliberately left to a person, and every kind can be written."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.intervention.codes import DischargeReason
from services.referral.aggregate import aggregate
from services.referral.codes import DeclineReason, ReferralSource, Signpost
from services.referral.events import ReferralAccepted, ReferralDeclined, ReferralLinkedDuplicate
from services.referral.heard import Discharged, Known
from services.referral.outbox.message import Means, Message, Undelivered, envelope
from services.referral.outbox.reader import Details, Standing, standing
from services.referral.outbox.rendering import SUBJECTS, Occasion, write
from services.referral.outbox.wording import DECLINED, DISCHARGED, SIGNPOSTS
from services.referral.state import State, evolve
from shared.kernel.civil import Moment

ID = UUID(int=7)
NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
RECEIVED = evolve(State(), aggregate.examples["ReferralReceived"])
DECISIONS = ("ReferralAccepted", "ReferralDeclined", "ReferralLinkedDuplicate")
ADDRESSED = Details(name="Sam Example", email="sam@clinic.example", address=("1 Example Road", "ZZ1 1ZZ"))


def occasion(kind: str, state: State) -> Occasion:
    known = Known(
        moment=Moment(NOON),
        discharged=Discharged(discharged_on=date(2025, 3, 9), reason="moved_area"),
    )
    return Occasion(letter_id=ID, kind=kind, case_id=ID, team_id="team-north", state=state, known=known)


def test_every_reason_to_decline_and_every_signpost_but_other_has_words() -> None:
    assert set(DECLINED) == set(DeclineReason)
    assert set(SIGNPOSTS) == set(Signpost) - {Signpost.OTHER}


def test_a_death_a_loss_a_placement_and_an_error_are_told_by_a_person() -> None:
    by_a_person = {
        "infant_died",
        "pregnancy_ended",
        "caregiver_died",
        "infant_removed_or_placed",
        "administrative_error",
    }
    assert {str(reason) for reason in DischargeReason} - set(DISCHARGED) == by_a_person
    assert set(DISCHARGED) <= {str(reason) for reason in DischargeReason}


@pytest.mark.parametrize("who", Standing)
@pytest.mark.parametrize("means", Means)
@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_letter_can_be_written_to_everybody(kind: str, decision: str, means: Means, who: Standing) -> None:
    message = write(occasion(kind, evolve(RECEIVED, aggregate.examples[decision])), ADDRESSED, who, means)
    assert f"Our reference: {ID}" in message.text
    assert ("1 Example Road" in message.text) is (means is Means.ADDRESS)
    assert "{" not in message.text
    assert "\n\n\n" not in message.text


def test_nobody_but_a_professional_learns_why_a_referral_was_declined() -> None:
    declined = aggregate.examples["ReferralDeclined"]
    assert isinstance(declined, ReferralDeclined)
    state = evolve(RECEIVED, replace(declined, reason=DeclineReason.NO_CONSENT))
    told = {who: write(occasion("decision", state), ADDRESSED, who, Means.EMAIL).text for who in Standing}
    assert [who for who in Standing if DECLINED[DeclineReason.NO_CONSENT] in told[who]] == [Standing.PROFESSIONAL]


def test_a_duplicate_tells_nobody_that_the_family_was_known_already() -> None:
    state = evolve(RECEIVED, aggregate.examples["ReferralLinkedDuplicate"])
    assert isinstance(state.decision, ReferralLinkedDuplicate)
    assert not isinstance(state.decision, ReferralAccepted)
    for who in Standing:
        text = write(occasion("decision", state), ADDRESSED, who, Means.EMAIL).text
        assert [word for word in ("already", "duplicate", str(state.decision.of_case_id)) if word in text] == []


def test_who_referred_decides_how_he_is_written_to() -> None:
    assert standing(ReferralSource.SELF) is Standing.FAMILY
    assert standing(ReferralSource.FAMILY_MEMBER) is Standing.OTHER
    assert standing(ReferralSource.OTHER) is Standing.OTHER
    assert standing(ReferralSource.GP) is Standing.PROFESSIONAL


UNUSABLE = ["not an address", "a@b@c", "a@b\r\nBcc: x@y.example", "@", " ", "a@b, c@d", "sam@clin\u0456c.example"]


def test_an_e_mail_says_when_it_was_written() -> None:
    message = write(occasion("acknowledgement", RECEIVED), ADDRESSED, Standing.PROFESSIONAL, Means.EMAIL)
    mail = envelope(message, "letters@team.example")
    assert (mail["Date"], mail["To"]) == ("Mon, 10 Mar 2025 12:00:00 +0000", "Sam Example <sam@clinic.example>")


@pytest.mark.parametrize("address", UNUSABLE)
def test_an_unusable_address_is_said_so_without_it(address: str) -> None:
    message = Message(letter_id=ID, to_name="Sam", to_email=address, subject="s", text="t", written_at=NOON)
    with pytest.raises(Undelivered) as refused:
        envelope(message, "letters@team.example")
    assert (refused.value.code, refused.value.final, str(refused.value)) == (
        "address-unusable",
        True,
        "address-unusable",
    )
    assert address.strip() == "" or address not in repr(message)
