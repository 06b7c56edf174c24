"""Invariants between the assessment's events: what `decide` must keep and an amended history must still satisfy."""

from collections import Counter
from typing import Any

from services.assessment.events import MeasureRecorded
from services.assessment.state import State, unanswered
from shared.kernel.errors import Rejected


def check(state: State) -> None:
    """Refuses a state that breaks an invariant (domain 6.4).

    Raises:
        Rejected: `conflicts-with-record`, `safety-concern-needed`, `assessment-abandoned`, `completed-before-started`,
            `offered-after-completed`, `unknown-task`.
    """
    _once(state)
    if unanswered(state):
        raise Rejected(
            "safety-concern-needed",
            "EPDS item 10 or PHQ-9 item 9 scored above 0: raise a safety concern before completing",
        )
    if state.completed_abandoned:
        raise Rejected("assessment-abandoned", "the assessment was closed; it must be requested again first")
    completed = state.completed
    if completed is not None:
        if state.starts and completed.completed_on < state.starts[0].on:
            raise Rejected("completed-before-started", "earlier than the assessment began", field="/completed_on")
        if any(offer.offer_on > completed.completed_on for offer in state.offers):
            raise Rejected("offered-after-completed", "later than the assessment was completed", field="/offer_on")
    raised = {task.task_id for task in state.tasks}
    if any(done.task_id not in raised for done in state.done):
        raise Rejected("unknown-task", "no such task was raised for this case here", field="/task_id")


def measure_key(measure: MeasureRecorded) -> tuple[Any, ...]:
    """What makes a measure the same one: it can have only one result."""
    return (
        measure.measure_code,
        measure.subject_ref,
        measure.relationship_ref,
        measure.rater,
        measure.completed_on,
        measure.timepoint,
    )


def _once(state: State) -> None:
    counts = [
        len(state.starts),
        len(state.completions),
        *Counter(measure_key(measure) for measure in state.measures).values(),
        *Counter(task.task_id for task in state.tasks).values(),
        *Counter(done.task_id for done in state.done).values(),
    ]
    if max(counts) > 1:
        raise Rejected("conflicts-with-record", "two different answers to the same question would be on record")
