"""Invariants between the episode's events: what `decide` must keep and an amended history must still satisfy."""

from datetime import date
from uuid import UUID

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
    held = [session.session_id for session in state.held]
    not_held = [session.session_id for session in state.not_held]
    if not set(held).isdisjoint(not_held):
        raise Rejected("session-held-and-not-held", "a session is held or not held, once", field="/session_id")
    answers: tuple[list[UUID], ...] = (
        held,
        not_held,
        [session.session_id for session in state.scheduled],
        [task.task_id for task in state.tasks],
        [done.task_id for done in state.done],
    )
    if len(state.programmes) > 1 or any(len(set(said)) < len(said) for said in answers):
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
