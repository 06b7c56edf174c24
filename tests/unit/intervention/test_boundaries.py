"""The last day that still fits, and the first that does not; nothing twice though a void is voided."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.intervention.case import decider, say
from services.intervention.commands import Command
from services.intervention.rule_commands import OpenEpisode
from shared.kernel.errors import Rejected
from shared.kernel.history import EventVoided, VoidReason
from tests.unit.intervention.build import (
    OPENED_ON,
    TODAY,
    assign,
    assigned,
    at,
    completion,
    discharge,
    discharged,
    held,
    hold,
    known,
    miss,
    opened,
    schedule,
)
from tests.unit.trial import Trial

DAY = timedelta(days=1)
NOW = known.moment.now


def taken(command: Command, *events: Any) -> bool:
    try:
        return len(decider.decide(decider.fold((opened, *events)), command, known)) == 1
    except Rejected:
        return False


today = replace(hold, held_on=TODAY)


@pytest.mark.parametrize(
    ("last", "beyond"),
    [
        (
            replace(assign, assigned_on=completion.completed_on),
            replace(assign, assigned_on=completion.completed_on - DAY),
        ),
        (replace(assign, assigned_on=TODAY), replace(assign, assigned_on=TODAY + DAY)),
        (replace(assign, care_plan_agreed_on=TODAY), replace(assign, care_plan_agreed_on=TODAY + DAY)),
        (replace(schedule, at=at(OPENED_ON)), replace(schedule, at=at(OPENED_ON - DAY))),
        (replace(today, started_at=None), replace(hold, held_on=TODAY + DAY, started_at=None)),
        (replace(today, started_at=NOW), replace(today, started_at=NOW + timedelta(microseconds=1))),
        (replace(miss, cancelled_on=miss.on), replace(miss, cancelled_on=miss.on + DAY)),
        (
            replace(miss, on=TODAY + 9 * DAY, cancelled_on=TODAY),
            replace(miss, on=TODAY + 9 * DAY, cancelled_on=TODAY + DAY),
        ),
        (replace(miss, on=OPENED_ON, cancelled_on=None), replace(miss, on=OPENED_ON - DAY, cancelled_on=None)),
        (replace(discharge, discharged_on=OPENED_ON), replace(discharge, discharged_on=OPENED_ON - DAY)),
        (replace(discharge, discharged_on=TODAY), replace(discharge, discharged_on=TODAY + DAY)),
    ],
)
def test_of_an_open_episode(last: Command, beyond: Command) -> None:
    assert taken(last)
    assert not taken(beyond)


def test_of_a_session_missed_without_notice() -> None:
    missed = replace(miss, attend_status="3", cancelled_on=None)  # type: ignore[arg-type]
    assert taken(replace(missed, on=TODAY))


def test_of_a_discharge_after_programme_and_last_session() -> None:
    assert taken(replace(discharge, discharged_on=held.held_on), held)
    assert not taken(replace(discharge, discharged_on=held.held_on - DAY), held)
    assert taken(replace(discharge, discharged_on=assigned.assigned_on), assigned)
    assert not taken(replace(discharge, discharged_on=assigned.assigned_on - DAY), assigned)


def test_of_what_is_recorded_after_the_discharge() -> None:
    day = discharged.discharged_on
    assert taken(replace(schedule, at=at(day)), discharged)
    assert not taken(replace(schedule, at=at(day + DAY)), discharged)
    assert taken(replace(assign, assigned_on=day), discharged)
    assert not taken(replace(assign, assigned_on=day + DAY), discharged)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (assign, replace(assign, goals=())),
        (schedule, replace(schedule, at=schedule.at + DAY)),
        (hold, replace(hold, duration_min=9)),
        (miss, replace(miss, rebook=False)),
        (hold, replace(miss, session_id=hold.session_id)),
        (discharge, replace(discharge, planned=False)),
    ],
)
def test_what_was_said_anew_after_a_void_bars_the_void_from_being_voided(first: Command, second: Command) -> None:
    trial = Trial(decider, known)
    trial.record(opened)
    assert trial.ask(first)
    assert trial.amend(EventVoided(corrects_event_id=trial.history[1].event_id, reason=VoidReason.ENTERED_IN_ERROR))
    assert trial.ask(second)
    assert not trial.amend(EventVoided(corrects_event_id=trial.history[2].event_id, reason=VoidReason.ENTERED_IN_ERROR))


def test_what_only_a_rule_asks_cannot_be_asked_as_a_correction() -> None:
    with pytest.raises(Rejected, match="not-postable"):
        say(decider.initial, OpenEpisode(on=TODAY), known)
