"""Pauses, monitoring, what was declined, the ending and the follow-up: each happens, is refused, stays quiet."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.intervention.codes import DischargeReason, OutcomeBand, Stage
from services.intervention.commands import Command
from services.intervention.course_codes import (
    DeclinedBy,
    FollowUpKind,
    FollowUpOutcome,
    MonitoringBy,
    PauseReason,
    Phase,
)
from services.intervention.rule_commands import OpenEpisode
from tests.unit.intervention.build import (
    OPENED_ON,
    TODAY,
    assigned,
    complete,
    completed,
    decline,
    declined,
    discharge,
    discharged,
    error,
    follow_up,
    followed_up,
    given,
    held,
    opened,
    pause,
    paused,
    rated,
    reopen,
    reopened,
    resume,
    resumed,
    session,
    unwatch,
    unwatched,
    watch,
    watched,
)

DAY = timedelta(days=1)
ENDED = (opened, assigned, held, discharged)
CASES: list[tuple[tuple[Any, ...], Any, Any]] = [
    ((opened,), pause, paused),
    ((opened, paused), resume, resumed),
    ((opened,), watch, watched),
    ((opened, watched), unwatch, unwatched),
    ((opened,), decline, declined),
    ((opened, assigned), complete, completed),
    (ENDED, reopen, reopened),
    (ENDED, follow_up, followed_up),
]


def moved(command: Any, day: date) -> Any:
    """The same on another day."""
    return replace(command, **{"from_on" if hasattr(command, "from_on") else "on": day})


@pytest.mark.parametrize(("events", "command", "event"), CASES)
def test_it_happens(events: tuple[Any, ...], command: Command, event: Any) -> None:
    given(*events).when(command).then(event)


@pytest.mark.parametrize(("events", "command", "event"), CASES)
def test_the_same_again_records_nothing(events: tuple[Any, ...], command: Command, event: Any) -> None:
    given(*events, event).when(command).then_nothing()


@pytest.mark.parametrize(("events", "command", "_event"), CASES)
def test_nothing_of_it_lies_ahead(events: tuple[Any, ...], command: Any, _event: Any) -> None:
    given(*events).when(moved(command, TODAY + DAY)).then_refused("in-the-future")


@pytest.mark.parametrize("command", [pause, watch, decline])
def test_nothing_of_it_comes_before_the_episode_or_after_the_discharge(command: Any) -> None:
    given(opened).when(moved(command, OPENED_ON - DAY)).then_refused("before-episode")
    given(*ENDED).when(moved(command, discharged.discharged_on + DAY)).then_refused("after-discharge")


@pytest.mark.parametrize("command", [pause, watch, decline])
def test_what_was_before_the_discharge_may_be_recorded_after_it(command: Any) -> None:
    assert given.decider.decide(given.decider.fold(ENDED), command, given.known)


@pytest.mark.parametrize(
    ("events", "command"),
    [
        ((opened, paused), replace(pause, reason=PauseReason.SERVICE)),
        ((opened, watched), replace(watch, by=MonitoringBy.PATIENT)),
        ((opened, watched, unwatched), replace(unwatch, by=MonitoringBy.CLINICIAN)),
        ((opened, declined), replace(decline, by=DeclinedBy.LOCAL_AUTHORITY)),
        ((opened, assigned, completed), replace(complete, on=complete.on - DAY)),
        ((*ENDED, followed_up), replace(follow_up, outcomes=(FollowUpOutcome.NOT_REACHED,))),
    ],
)
def test_another_answer_to_the_same_question_is_refused(events: tuple[Any, ...], command: Command) -> None:
    given(*events).when(command).then_refused("conflicts-with-record")


@pytest.mark.parametrize(
    ("begin", "begun", "end", "ended", "what"),
    [(pause, paused, resume, resumed, "paused"), (watch, watched, unwatch, unwatched, "monitored")],
)
def test_a_spell_begins_and_ends_in_turn(begin: Any, begun: Any, end: Any, ended: Any, what: str) -> None:
    twice, never = f"already-{what}", f"not-{what}"
    later = end.on + DAY
    given(opened).when(end).then_refused(never)
    given(opened, begun).when(moved(begin, later)).then_refused(twice)
    given(opened, begun, ended).when(moved(end, later)).then_refused(never)
    given(opened, begun, ended).when(moved(begin, end.on - DAY)).then_refused(twice)
    given(opened, begun, ended).when(moved(begin, end.on)).then(moved(begun, end.on))
    given(opened, begun).when(moved(end, (begin.from_on if begin is pause else begin.on) - DAY)).then_refused(never)


def test_a_paused_episode_says_so_and_goes_on_where_it_was() -> None:
    fold = given.decider.fold
    assert fold((opened, assigned, held, paused)).phase is Phase.PAUSED
    assert fold((opened, assigned, held, paused, resumed)).phase is Phase.ACTIVE


def test_a_family_may_be_seen_while_the_work_rests() -> None:
    during = replace(held, held_on=paused.from_on, started_at=None)
    assert given.decider.fold((opened, assigned, paused, during)).phase is Phase.PAUSED
    given.decider.check(given.decider.fold((opened, assigned, paused, during)))


def test_a_programme_that_was_never_assigned_cannot_be_completed() -> None:
    given(opened).when(complete).then_refused("programme-not-assigned")
    given(opened, assigned).when(replace(complete, on=assigned.assigned_on - DAY)).then_refused("before-programme")
    assert given.decider.fold((opened, assigned, held, completed)).phase is Phase.ENDING


@pytest.mark.parametrize("reason", list(DischargeReason))
def test_every_reason_ends_a_case_from_every_phase(reason: DischargeReason) -> None:
    last = replace(held, held_on=pause.from_on, started_at=None)
    for events, stage, sessions in [
        ((opened,), Stage.ASSESSED, 0),
        ((opened, assigned), Stage.PROGRAMME, 0),
        ((opened, assigned, last), Stage.SESSIONS, 1),
        ((opened, assigned, last, paused), Stage.SESSIONS, 1),
        ((opened, assigned, last, completed), Stage.SESSIONS, 1),
    ]:
        expected = replace(discharged, reason=reason, stage_at_discharge=stage, sessions_held=sessions)
        given(*events).when(replace(discharge, reason=reason)).then(expected)


def test_a_discharge_comes_after_whatever_changed_before_it() -> None:
    given(opened, paused).when(replace(discharge, discharged_on=paused.from_on - DAY)).then_refused("after-discharge")


def test_a_discharge_is_undone_within_five_days_and_no_later() -> None:
    day = discharged.discharged_on
    given(*ENDED).when(replace(reopen, on=day)).then(replace(reopened, on=day))
    given(*ENDED).when(replace(reopen, on=day + 5 * DAY)).then(replace(reopened, on=day + 5 * DAY))
    given(*ENDED).when(replace(reopen, on=day + 6 * DAY)).then_refused("reopened-too-late")
    given(*ENDED).when(replace(reopen, on=day - DAY)).then_refused("reopened-before-discharge")
    given(opened).when(reopen).then_refused("not-discharged")


def test_a_reopened_case_goes_on_and_can_be_discharged_and_reopened_again() -> None:
    state = given.decider.fold((*ENDED, reopened))
    assert (state.phase, state.discharge) == (Phase.ACTIVE, None)
    other = replace(discharge, reason=DischargeReason.MOVED_AREA, discharged_on=reopen.on)
    closed = replace(discharged, reason=other.reason, discharged_on=reopen.on)
    given(*ENDED, reopened).when(other).then(closed)
    given(*ENDED, reopened, closed).when(reopen).then(reopened)


def test_a_reopening_by_a_new_acceptance_stands_beside_the_other() -> None:
    given(opened, error).when(OpenEpisode(on=OPENED_ON)).then(opened)
    given(*ENDED, reopened).when(OpenEpisode(on=OPENED_ON)).then_nothing()


def test_a_follow_up_comes_after_the_discharge_and_keeps_the_case_closed() -> None:
    given(opened).when(follow_up).then_refused("not-discharged")
    early = replace(follow_up, on=discharged.discharged_on - DAY)
    given(*ENDED).when(early).then_refused("follow-up-before-discharge")
    other = replace(follow_up, kind=FollowUpKind.VISIT)
    given(*ENDED, followed_up).when(other).then(replace(followed_up, kind=FollowUpKind.VISIT))
    assert given.decider.fold((*ENDED, followed_up)).phase is Phase.DISCHARGED


def test_the_ratings_of_a_goal_make_an_outcome() -> None:
    first = session(1, assigned.assigned_on)
    second = session(2, held.held_on)
    better = replace(rated, value=6)
    expected = replace(discharged, outcome_band=OutcomeBand.IMPROVED, sessions_held=2)
    given(opened, assigned, first, second, better).when(discharge).then(expected)
    little = replace(rated, value=5)
    kept = replace(expected, outcome_band=OutcomeBand.MAINTAINED)
    given(opened, assigned, first, second, little).when(discharge).then(kept)
