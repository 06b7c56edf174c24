"""The last day that still fits, and the first that does not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.referral.case import decider
from services.referral.commands import Command
from shared.kernel.errors import Rejected
from shared.kernel.history import EventVoided, VoidReason
from tests.unit.referral.build import (
    RECEIVED_ON,
    TODAY,
    accept,
    accepted,
    birth,
    born,
    decline,
    given,
    known,
    receive,
    received,
    received_unborn,
    unborn,
    withdraw,
)
from tests.unit.trial import Trial

DAY = timedelta(days=1)
EDD = date(2025, 6, 1)
LATER = replace(known, moment=type(known.moment).of(date(2025, 12, 31)))


def taken(command: Command, *events: Any) -> bool:
    try:
        return len(decider.decide(decider.fold(events), command, LATER)) >= 1
    except Rejected:
        return False


@pytest.mark.parametrize(
    ("last", "beyond"),
    [
        (
            receive(subjects=(replace(born, born_on=RECEIVED_ON),)),
            receive(subjects=(replace(born, born_on=RECEIVED_ON + DAY),)),
        ),
        (
            receive(subjects=(replace(born, born_on=RECEIVED_ON - 3660 * DAY),)),
            receive(subjects=(replace(born, born_on=RECEIVED_ON - 3661 * DAY),)),
        ),
        (
            receive(subjects=(replace(unborn, edd=RECEIVED_ON + 280 * DAY),)),
            receive(subjects=(replace(unborn, edd=RECEIVED_ON + 281 * DAY),)),
        ),
        (
            receive(subjects=(replace(unborn, edd=RECEIVED_ON - 28 * DAY),)),
            receive(subjects=(replace(unborn, edd=RECEIVED_ON - 29 * DAY),)),
        ),
        (
            receive(received_at=datetime(2025, 3, 3, 23, 59, tzinfo=UTC)),
            receive(received_at=datetime(2025, 3, 4, 0, 0, tzinfo=UTC)),
        ),
    ],
)
def test_of_a_referral(last: Command, beyond: Command) -> None:
    assert taken(last)
    assert not taken(beyond)


@pytest.mark.parametrize(
    ("last", "beyond"),
    [
        (replace(birth, born_on=EDD - 140 * DAY), replace(birth, born_on=EDD - 141 * DAY)),
        (replace(birth, born_on=EDD + 28 * DAY), replace(birth, born_on=EDD + 29 * DAY)),
    ],
)
def test_of_a_birth(last: Command, beyond: Command) -> None:
    assert taken(last, received_unborn)
    assert not taken(beyond, received_unborn)


@pytest.mark.parametrize("command", [accept, decline])
def test_a_decision_may_be_made_on_the_day_of_receipt_and_today(command: Any) -> None:
    for day in (RECEIVED_ON, TODAY):
        event: Any = decider.decide(decider.fold([received]), replace(command, decided_on=day), known)[0]
        assert event.decided_on == day


def test_a_referral_may_be_withdrawn_on_the_day_of_receipt_and_today() -> None:
    for day in (RECEIVED_ON, TODAY):
        [event] = decider.decide(decider.fold([received]), replace(withdraw, on=day), known)
        assert event.on == day  # type: ignore[union-attr]


def test_a_referral_may_be_received_and_a_baby_born_today() -> None:
    given().when(receive(received_on=TODAY, received_at=None)).then(
        *decider.decide(decider.initial, receive(received_on=TODAY), known)
    )
    assert decider.decide(decider.fold([received_unborn]), replace(birth, born_on=date(2025, 6, 29)), known)
    due_later = decider.decide(decider.initial, receive(subjects=(replace(unborn, edd=date(2025, 6, 20)),)), known)
    assert decider.decide(decider.fold(due_later), replace(birth, born_on=TODAY), known)


def test_a_case_cannot_begin_twice_though_a_void_is_voided() -> None:
    trial = Trial(decider, known)
    trial.record(received)
    assert trial.amend(EventVoided(corrects_event_id=trial.history[0].event_id, reason=VoidReason.WRONG_CASE))
    assert trial.ask(receive(received_on=date(2025, 3, 10)))
    assert not trial.amend(EventVoided(corrects_event_id=trial.history[1].event_id, reason=VoidReason.WRONG_CASE))
    trial.record(accepted)
    assert len(trial.state().received) == 1
