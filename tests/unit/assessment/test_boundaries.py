"""The last day that still fits, and the first that does not; nothing twice though a void is voided."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.assessment.case import decider
from services.assessment.commands import Command, RequestAssessment
from services.assessment.say import say
from shared.kernel.errors import Rejected
from shared.kernel.history import EventVoided, VoidReason
from tests.unit.assessment.build import (
    ACCEPTED_ON,
    TODAY,
    complete,
    completed,
    concern,
    known,
    measure,
    offer,
    start,
    started,
    withdrawn,
)
from tests.unit.trial import Trial

DAY = timedelta(days=1)


def taken(command: Command, *events: Any, known: Any = known) -> bool:
    try:
        return len(decider.decide(decider.fold(events), command, known)) == 1
    except Rejected:
        return False


@pytest.mark.parametrize(
    ("last", "beyond"),
    [
        (replace(offer, offer_on=ACCEPTED_ON), replace(offer, offer_on=ACCEPTED_ON - DAY)),
        (replace(offer, appt_on=offer.offer_on), replace(offer, appt_on=offer.offer_on - DAY)),
        (replace(start, on=ACCEPTED_ON), replace(start, on=ACCEPTED_ON - DAY)),
        (replace(start, on=TODAY), replace(start, on=TODAY + DAY)),
        (replace(complete, completed_on=TODAY), replace(complete, completed_on=TODAY + DAY)),
        (replace(measure, completed_on=TODAY), replace(measure, completed_on=TODAY + DAY)),
        (replace(concern, by_when=concern.raised_on), replace(concern, by_when=concern.raised_on - DAY)),
    ],
)
def test_of_the_assessment(last: Command, beyond: Command) -> None:
    assert taken(last)
    assert not taken(beyond)


def test_of_the_completion_after_the_start_and_of_an_offer_before_the_completion() -> None:
    assert taken(replace(complete, completed_on=started.on), started)
    assert not taken(replace(complete, completed_on=started.on - DAY), started)
    day = completed.completed_on
    assert taken(replace(offer, offer_on=day, appt_on=day), completed)
    assert not taken(replace(offer, offer_on=day + DAY, appt_on=day + DAY), completed)


def test_of_what_is_dated_on_the_day_of_a_withdrawal() -> None:
    assert withdrawn.withdrawn is not None
    day = withdrawn.withdrawn.on
    assert taken(replace(start, on=day), known=withdrawn)
    assert not taken(replace(start, on=day + DAY), known=withdrawn)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (start, replace(start, on=start.on + DAY)),
        (measure, replace(measure, total=Decimal(3))),
        (complete, replace(complete, contacts_used=9)),
    ],
)
def test_what_was_said_anew_after_a_void_bars_the_void_from_being_voided(first: Command, second: Command) -> None:
    trial = Trial(decider, known)
    assert trial.ask(first)
    assert trial.amend(EventVoided(corrects_event_id=trial.history[0].event_id, reason=VoidReason.ENTERED_IN_ERROR))
    assert trial.ask(second)
    assert not trial.amend(EventVoided(corrects_event_id=trial.history[1].event_id, reason=VoidReason.ENTERED_IN_ERROR))


def test_what_only_a_rule_asks_cannot_be_asked_as_a_correction() -> None:
    with pytest.raises(Rejected, match="not-postable"):
        say(decider.initial, RequestAssessment(due_on=TODAY, targets_version="default-1"), known)
