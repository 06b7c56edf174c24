"""By when something must have happened (P1, P9), and what is said when it has not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.referral.case import decider
from services.referral.commands import BreachTarget
from services.referral.deadlines import deadlines
from services.referral.events import Event, PregnancyEnded, TargetBreached
from services.referral.heard import Known
from services.referral.task_codes import OwnerRole, TargetCode
from services.referral.team_settings import Targets, TeamSettings
from shared.kernel.civil import Moment, end_of
from shared.kernel.requests import event_of
from tests.unit.referral.build import (
    UNBORN,
    accepted,
    declined,
    event_for,
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
from tests.unit.referral.test_decisions import linked
from tests.unit.referral.test_enquiries import acknowledged, asked, held, provided

DAY = timedelta(days=1)
late = BreachTarget(target_code=TargetCode.ACKNOWLEDGE, due_on=date(2025, 3, 4), owner_role=OwnerRole.ADMINISTRATOR)
undecided = BreachTarget(target_code=TargetCode.DECIDE, due_on=date(2025, 3, 17), owner_role=OwnerRole.TRIAGE_CLINICIAN)
unanswered = BreachTarget(
    target_code=TargetCode.INFORMATION, due_on=date(2025, 3, 18), owner_role=OwnerRole.ADMINISTRATOR
)
only_unborn = event_for(receive(subjects=(unborn,)))


def due(*history: Event, knowing: Known = known) -> dict[str, date]:
    found = {}
    for item in deadlines(decider.fold(history), knowing):
        assert isinstance(item.command, BreachTarget)
        assert item.due_at == end_of(item.command.due_on)
        found[item.name] = item.command.due_on
    return found


def at(moment: datetime) -> Any:
    return given.knowing(replace(known, moment=Moment(moment)))


def test_nothing_is_due_of_a_case_that_was_never_received() -> None:
    assert due() == {}


def test_a_referral_is_acknowledged_within_a_working_day_and_decided_within_two_weeks() -> None:
    assert due(received) == {"P1": date(2025, 3, 4), "P9-decide": date(2025, 3, 17)}


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2025, 3, 7), date(2025, 3, 10)),
        (date(2025, 4, 17), date(2025, 4, 22)),
        (date(2025, 5, 3), date(2025, 5, 6)),
    ],
)
def test_working_days_leave_out_weekends_and_bank_holidays(received_on: date, due_on: date) -> None:
    assert due(event_for(receive(received_on=received_on)))["P1"] == due_on


def test_a_team_sets_its_own_targets() -> None:
    theirs = TeamSettings(targets=Targets(acknowledge_working_days=3, decide_days=21))
    assert due(received, knowing=replace(known, team=theirs)) == {
        "P1": date(2025, 3, 6),
        "P9-decide": date(2025, 3, 24),
    }


def test_only_telling_the_referrer_meets_the_first_target_not_a_decision() -> None:
    assert "P1" not in due(received, acknowledged)
    assert set(due(received, declined)) == {"P1"}
    assert set(due(received, accepted)) == {"P1"}


def test_who_withdrew_or_is_looked_after_in_another_case_is_not_waited_for() -> None:
    assert due(received, withdrawn) == {}
    assert due(received, linked) == {}


def test_what_was_asked_for_is_due_until_it_arrives_or_the_referral_is_decided() -> None:
    assert due(received, acknowledged, asked) == {"P9-decide": date(2025, 3, 17), "P9-information": date(2025, 3, 18)}
    assert due(received, acknowledged, asked, provided) == {"P9-decide": date(2025, 3, 17)}
    assert due(received, acknowledged, asked, declined) == {}


def test_a_held_referral_is_to_be_decided_after_the_birth_and_never_forgotten() -> None:
    at_birth = known_from_birth
    history = (only_unborn, acknowledged, held)
    assert due(*history, knowing=at_birth) == {"P9-decide": unborn.edd + 14 * DAY}  # type: ignore[operator]
    assert due(*history, infant_born, knowing=at_birth) == {"P9-decide": date(2025, 6, 3)}
    ended = PregnancyEnded(infant_id=UNBORN, on=date(2025, 4, 2))
    assert due(*history, ended, knowing=at_birth) == {"P9-decide": date(2025, 3, 17)}


@pytest.mark.parametrize("command", [late, undecided, unanswered])
def test_a_target_that_was_missed_is_said_once(command: BreachTarget) -> None:
    breached = event_of(TargetBreached, command)
    at(end_of(command.due_on))(received, asked).when(command).then(breached)
    at(end_of(command.due_on))(received, asked, breached).when(command).then_nothing()


def test_a_target_is_not_missed_while_its_day_lasts() -> None:
    at(datetime(2025, 3, 4, 23, 59, 59, tzinfo=UTC))(received).when(late).then_nothing()
    at(datetime(2025, 3, 5, 0, 0, tzinfo=UTC))(received).when(late).then(event_of(TargetBreached, late))


def test_a_target_that_was_met_in_the_last_moment_is_not_missed() -> None:
    given(received, acknowledged).when(late).then_nothing()
    given(received, accepted).when(undecided).then_nothing()
    given().when(late).then_nothing()


def test_a_target_that_was_missed_is_due_no_more_and_moves_with_the_receipt() -> None:
    breached = event_of(TargetBreached, late)
    assert "P1" not in due(received, breached)
    corrected = event_for(receive(received_on=date(2025, 3, 5)))
    assert due(corrected, breached)["P1"] == date(2025, 3, 6)


def test_the_day_of_a_target_ends_at_midnight_in_london() -> None:
    [first, *_] = deadlines(decider.fold([event_for(receive(received_on=date(2025, 6, 2)))]), known)
    assert first.due_at == datetime(2025, 6, 3, 23, 0, tzinfo=UTC)


def test_received_in_the_past_it_is_due_in_the_past() -> None:
    assert all(item.due_at < known.moment.now for item in deadlines(decider.fold([received_unborn]), known))
