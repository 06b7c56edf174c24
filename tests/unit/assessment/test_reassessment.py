"""A family is assessed again: a second assessment of the case, and which one an act belongs to."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.assessment.case import decider
from services.assessment.codes import ReassessmentReason, Stage
from services.assessment.state import State
from services.assessment.team_settings import Targets, TeamConfigured
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, VoidReason
from shared.kernel.ids import derived_id
from tests.unit.assessment.build import (
    CASE,
    TODAY,
    abandon,
    abandoned,
    acceptance,
    complete,
    completed,
    given,
    heard,
    known,
    offer,
    offered,
    reassess,
    reassessed,
    received,
    requested,
    start,
    started,
)
from tests.unit.trial import Trial

DAY = timedelta(days=1)
ON = reassess.requested_on
first = (requested, offered, started, completed)
second = (*first, reassessed)
offer_again = replace(offer, offer_on=ON, appt_on=ON + DAY)
offered_again = replace(offered, assessment_no=2, offer_on=ON, appt_on=ON + DAY)
start_again = replace(start, on=ON + DAY)
started_again = replace(started, assessment_no=2, on=ON + DAY)
complete_again = replace(complete, completed_on=date(2025, 6, 10))
completed_again = replace(
    completed, assessment_no=2, assessment_id=derived_id("assessment", CASE, 2), completed_on=date(2025, 6, 10)
)


def test_a_family_is_assessed_again_after_the_first_assessment_was_completed() -> None:
    given(*first).when(reassess).then(reassessed)
    given(*second).when(offer_again).then(offered_again)
    given(*second).when(start_again).then(started_again)
    given(*second, started_again).when(complete_again).then(completed_again)


def test_a_family_that_came_back_is_assessed_again_after_the_assessment_was_abandoned() -> None:
    back = replace(reassess, reason=ReassessmentReason.FAMILY_CAME_BACK)
    given(requested, abandoned).when(back).then(replace(reassessed, reason=back.reason))


def test_asking_for_the_same_reassessment_again_records_nothing() -> None:
    given(*second).when(reassess).then_nothing()
    given(*second, started_again, completed_again).when(reassess).then_nothing()


@pytest.mark.parametrize(
    ("events", "command", "code"),
    [
        ((), reassess, "assessment-still-open"),
        ((requested, started), reassess, "assessment-still-open"),
        (first, replace(reassess, requested_on=completed.completed_on), "assessment-still-open"),
        (first, replace(reassess, requested_on=TODAY + DAY), "in-the-future"),
        (second, replace(reassess, reason=ReassessmentReason.NEED_CHANGED), "conflicts-with-record"),
        (second, replace(reassess, requested_on=ON + DAY), "conflicts-with-record"),
    ],
)
def test_a_reassessment_while_one_is_open_is_refused(events: tuple[Any, ...], command: Any, code: str) -> None:
    given(*events).when(command).then_refused(code)


def test_what_was_said_of_the_first_assessment_stays_quiet_when_it_is_repeated_later() -> None:
    for command in (offer, start, complete):
        given(*second, started_again).when(command).then_nothing()


def test_what_happened_in_the_first_assessment_may_be_recorded_during_the_second() -> None:
    given(requested, started, completed, reassessed).when(offer).then(offered)


def test_a_second_assessment_may_be_abandoned_and_a_third_asked_for() -> None:
    given_up = replace(abandoned, assessment_no=2, on=ON + DAY)
    given(*second).when(replace(abandon, on=ON + DAY)).then(given_up)
    third = replace(reassess, requested_on=ON + 2 * DAY)
    given(*second, given_up).when(third).then(
        replace(
            reassessed, assessment_no=3, requested_on=third.requested_on, due_on=third.requested_on + timedelta(days=28)
        )
    )


def test_the_offer_is_due_by_the_teams_own_target_and_its_version_is_stamped() -> None:
    team = TeamConfigured(config_version="north-3", targets=Targets(offer_days=10))
    given.knowing(heard(received, acceptance, team=(team,)))(*first).when(reassess).then(
        replace(reassessed, due_on=ON + timedelta(days=10), targets_version="north-3")
    )


def stages(*events: Any) -> list[Stage | None]:
    state: State = decider.fold(events)
    return [assessment.stage for assessment in state.assessments]


def test_an_assessment_goes_from_offered_over_in_progress_to_completed_or_abandoned() -> None:
    assert stages() == [None]
    assert stages(requested) == stages(requested, offered) == [Stage.OFFERED]
    assert stages(requested, started) == [Stage.IN_PROGRESS]
    assert stages(*first) == [Stage.COMPLETED]
    assert stages(requested, abandoned) == [Stage.ABANDONED]
    assert stages(requested, abandoned, requested) == [Stage.OFFERED]
    assert stages(*second) == [Stage.COMPLETED, Stage.OFFERED]
    assert stages(*second, started_again) == [Stage.COMPLETED, Stage.IN_PROGRESS]


def trial() -> Trial:
    made = Trial(decider, known)
    made.record(*second, started_again)
    return made


def test_neither_the_first_completion_nor_the_request_is_voided_under_a_second_assessment() -> None:
    made = trial()
    for place in (3, 4):
        target = made.history[place].event_id
        assert not made.amend(EventVoided(corrects_event_id=target, reason=VoidReason.ENTERED_IN_ERROR))
    last = made.history[5].event_id
    assert made.amend(EventVoided(corrects_event_id=last, reason=VoidReason.ENTERED_IN_ERROR))
    assert made.amend(EventVoided(corrects_event_id=made.history[4].event_id, reason=VoidReason.ENTERED_IN_ERROR))


@pytest.mark.parametrize(("requested_on", "possible"), [(ON - DAY, True), (ON + DAY, True), (ON + 2 * DAY, False)])
def test_the_day_of_the_request_may_be_corrected_as_long_as_everything_lies_after_it(
    requested_on: date, possible: bool
) -> None:
    made = trial()
    correction = Corrected(
        corrects_event_id=made.history[4].event_id,
        reason=CorrectionReason.ENTERED_IN_ERROR,
        data=replace(reassessed, requested_on=requested_on),
    )
    assert made.amend(correction) is possible


def test_the_first_completion_is_not_corrected_to_a_day_of_the_second_assessment() -> None:
    made = trial()
    correction = Corrected(
        corrects_event_id=made.history[3].event_id,
        reason=CorrectionReason.ENTERED_IN_ERROR,
        data=replace(completed, completed_on=ON),
    )
    assert not made.amend(correction)
