"""Invariants between the episode's events: what `decide` must keep and an amended history must still satisfy."""

from collections.abc import Sequence
from datetime import date, timedelta

from services.intervention.changes import check_changes
from services.intervention.state import State
from shared.kernel.civil import civil_date
from shared.kernel.errors import Rejected

REOPEN_DAYS = 5
"""Civil days after a discharge within which it may be undone as an error (domain 6.3)."""
_NOTHING = State()


def check(state: State) -> None:
    """Refuses a state that breaks an invariant (domain 6.4).

    Raises:
        Rejected: `episode-not-open`, `already-discharged`, `conflicts-with-record`, `session-held-and-not-held`,
            `session-before-episode`, `session-after-discharge`, `programme-before-episode`,
            `programme-after-discharge`, `discharged-before-episode`, `unknown-task`, `not-discharged`,
            `reopened-too-late`, `reopened-before-discharge`, `before-episode`, `after-discharge`, `already-paused`,
            `not-paused`, `already-monitored`, `not-monitored`, and those of `changes.check_changes`.
    """
    if state.opened_on is None:
        if any(getattr(state, name) != getattr(_NOTHING, name) for name in State.__slots__ if name != "erased"):
            raise Rejected("episode-not-open", "everything else rests on the open episode")
        return
    _once(state)
    _sessions(state, state.opened_on)
    _programme(state, state.opened_on)
    _course(state, state.opened_on)
    _closing(state, state.opened_on)
    if state.programmes:
        check_changes(state, state.programmes[0])
    elif state.revisions or state.tiers or state.leads or state.ratings or state.completions:
        raise Rejected("programme-not-assigned", "there is no programme yet")
    raised = {task.task_id for task in state.tasks}
    if any(done.task_id not in raised for done in state.done):
        raise Rejected("unknown-task", "no such task was raised for this case here", field="/task_id")


def _once(state: State) -> None:
    if len(state.discharges) > 1:
        raise Rejected("already-discharged", "another discharge is on record; only a correction changes it")
    held = [session.session_id for session in state.held]
    not_held = [session.session_id for session in state.not_held]
    if not set(held).isdisjoint(not_held):
        raise Rejected("session-held-and-not-held", "a session is held or not held, once", field="/session_id")
    answers: tuple[Sequence[object], ...] = (
        held,
        not_held,
        [session.session_id for session in state.scheduled],
        [task.task_id for task in state.tasks],
        [done.task_id for done in state.done],
        [(rating.goal_id, rating.on) for rating in state.ratings],
        [declined.on for declined in state.declined],
        [(follow_up.on, follow_up.kind) for follow_up in state.follow_ups],
        [pause.from_on for pause in state.pauses],
        [resumed.on for resumed in state.resumptions],
        [(breach.target_code, breach.due_on) for breach in state.breaches],
    )
    twice = any(len(said) > 1 and len(set(said)) < len(said) for said in answers)
    if len(state.programmes) > 1 or len(state.completions) > 1 or twice:
        raise Rejected("conflicts-with-record", "two different answers to the same question would be on record")


def _sessions(state: State, opened_on: date) -> None:
    earliest_at = min((session.at for session in state.scheduled), default=None)
    earliest = {
        "/held_on": min((session.held_on for session in state.held), default=None),
        "/on": min((session.on for session in state.not_held), default=None),
        "/at": None if earliest_at is None else civil_date(earliest_at),
    }
    for field, day in earliest.items():
        if day is not None and day < opened_on:
            raise Rejected("session-before-episode", "earlier than the episode opened", field=field)
    discharge, last = state.discharge, state.last_held_on
    if discharge is not None and last is not None and last > discharge.discharged_on:
        raise Rejected("session-after-discharge", "later than the case was discharged", field="/held_on")


def _programme(state: State, opened_on: date) -> None:
    for programme in state.programmes:
        if programme.assigned_on < opened_on:
            raise Rejected("programme-before-episode", "earlier than the episode opened", field="/assigned_on")
        discharge = state.discharge
        if discharge is not None and programme.assigned_on > discharge.discharged_on:
            raise Rejected("programme-after-discharge", "later than the case was discharged", field="/assigned_on")


def _course(state: State, opened_on: date) -> None:
    days = state.change_days
    if not days:
        return
    if min(days) < opened_on:
        raise Rejected("before-episode", "earlier than the episode opened")
    if state.discharge is not None and max(days) > state.discharge.discharged_on:
        raise Rejected("after-discharge", "later than the case was discharged")
    paused, resumed = [item.from_on for item in state.pauses], [item.on for item in state.resumptions]
    check_spells(paused, resumed, "already-paused", "not-paused")
    watched, ended = [item.on for item in state.monitoring], [item.on for item in state.monitoring_ended]
    check_spells(watched, ended, "already-monitored", "not-monitored")


def check_spells(begun: list[date], ended: list[date], twice: str, never: str) -> None:
    """Refuses spells that overlap, or that end before they begin; the last one may still run.

    Args:
        begun: civil dates on which spells begin, in the order of the stream.
        ended: civil dates on which they end, likewise; one may end and the next begin on the same day.
        twice: code of the refusal when one begins within another.
        never: code of the refusal when none is there to end.
    """
    if len(ended) > len(begun) or any(end < start for start, end in zip(begun, ended, strict=False)):
        raise Rejected(never, "nothing that could end is on record before that day")
    if len(begun) > len(ended) + 1 or any(start < end for end, start in zip(ended, begun[1:], strict=False)):
        raise Rejected(twice, "one that had not ended is on record on that day")


def _closing(state: State, opened_on: date) -> None:
    discharge = state.discharge
    if discharge is not None and discharge.discharged_on < opened_on:
        raise Rejected("discharged-before-episode", "earlier than the episode opened", field="/discharged_on")
    if len(state.undone) != len(state.reopenings):
        raise Rejected("not-discharged", "there is no discharge to undo")
    for reopening, undone in zip(state.reopenings, state.undone, strict=True):
        if reopening.on < undone.discharged_on:
            raise Rejected("reopened-before-discharge", "earlier than the case was discharged", field="/on")
        if reopening.on > undone.discharged_on + timedelta(days=REOPEN_DAYS):
            raise Rejected("reopened-too-late", "more than five days after it; a new referral begins anew", field="/on")
