"""Invariants between the episode's events: what `decide` must keep and an amended history must still satisfy."""

from collections import Counter
from datetime import date

from services.intervention.state import State
from shared.kernel.civil import civil_date
from shared.kernel.errors import Rejected


def check(state: State) -> None:
    """Refuses a state that breaks an invariant (domain 6.4).

    Raises:
        Rejected: `episode-not-open`, `already-discharged`, `conflicts-with-record`, `session-held-and-not-held`,
            `session-before-episode`, `session-after-discharge`, `programme-before-episode`,
            `programme-after-discharge`, `discharged-before-episode`, `unknown-task`.
    """
    if state.opened_on is None:
        if state != State():
            raise Rejected("episode-not-open", "everything else rests on the open episode")
        return
    _once(state)
    _sessions(state, state.opened_on)
    _programme(state, state.opened_on)
    discharge = state.discharge
    if discharge is not None and discharge.discharged_on < state.opened_on:
        raise Rejected("discharged-before-episode", "earlier than the episode opened", field="/discharged_on")
    raised = {task.task_id for task in state.tasks}
    if any(done.task_id not in raised for done in state.done):
        raise Rejected("unknown-task", "no such task was raised for this case here", field="/task_id")


def _once(state: State) -> None:
    if len(state.discharges) > 1:
        raise Rejected("already-discharged", "another discharge is on record; only a correction changes it")
    held = Counter(session.session_id for session in state.held)
    not_held = Counter(session.session_id for session in state.not_held)
    if held.keys() & not_held.keys():
        raise Rejected("session-held-and-not-held", "a session is held or not held, once", field="/session_id")
    counts = [
        len(state.programmes),
        *held.values(),
        *not_held.values(),
        *Counter(session.session_id for session in state.scheduled).values(),
        *Counter(task.task_id for task in state.tasks).values(),
        *Counter(done.task_id for done in state.done).values(),
    ]
    if max(counts) > 1:
        raise Rejected("conflicts-with-record", "two different answers to the same question would be on record")


def _sessions(state: State, opened_on: date) -> None:
    days = [
        *((session.held_on, "/held_on") for session in state.held),
        *((session.on, "/on") for session in state.not_held),
        *((civil_date(session.at), "/at") for session in state.scheduled),
    ]
    for day, field in days:
        if day < opened_on:
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
