"""Invariants between the assessment's events: what `decide` must keep and an amended history must still satisfy."""

from collections import Counter
from itertools import pairwise
from typing import Any

from services.assessment.events import MeasureRecorded
from services.assessment.state import Assessment, State, answered
from shared.kernel.errors import Rejected


def check(state: State) -> None:
    """Refuses a state that breaks an invariant (domain 6.4).

    Raises:
        Rejected: `conflicts-with-record`, `safety-concern-needed`, `assessment-abandoned`, `completed-before-started`,
            `offered-after-completed`, `reassessment-needed`, `assessment-still-open`, `before-reassessment`,
            `unknown-task`.
    """
    _once(state)
    if not all(answered(state, measure) for measure in state.flagged_before_completed):
        raise Rejected(
            "safety-concern-needed",
            "EPDS item 10 or PHQ-9 item 9 scored above 0: raise a safety concern before completing",
        )
    for assessment in state.assessments:
        _whole(assessment)
    for before, after in pairwise(state.assessments):
        _follows(before, after)
    raised = {task.task_id for task in state.tasks}
    if any(done.task_id not in raised for done in state.done):
        raise Rejected("unknown-task", "no such task was raised for this case here", field="/task_id")


def _whole(assessment: Assessment) -> None:
    """One assessment by itself."""
    if assessment.no > 1 and not assessment.reassessments:
        raise Rejected("reassessment-needed", "it belongs to a re-assessment that nobody asked for")
    if assessment.abandoned is not None and (
        assessment.completions or (assessment.latest_on or assessment.abandoned.on) > assessment.abandoned.on
    ):
        raise Rejected("assessment-abandoned", "the assessment was closed; it must be requested again first")
    for completed in assessment.completions:
        if assessment.starts and completed.completed_on < assessment.starts[0].on:
            raise Rejected("completed-before-started", "earlier than the assessment began", field="/completed_on")
        if any(offer.offer_on > completed.completed_on for offer in assessment.offers):
            raise Rejected("offered-after-completed", "later than the assessment was completed", field="/offer_on")


def _follows(before: Assessment, after: Assessment) -> None:
    """A re-assessment begins when the one before it is over, and everything of it lies after its request."""
    requested_on = after.reassessments[0].requested_on
    if after.no != before.no + 1 or before.closed_on is None or before.closed_on >= requested_on:
        raise Rejected("assessment-still-open", "the assessment before was not completed or abandoned by then")
    acts = [offer.offer_on for offer in after.offers] + [start.on for start in after.starts]
    acts += [completed.completed_on for completed in after.completions]
    if after.abandoned is not None:
        acts.append(after.abandoned.on)
    if any(day < requested_on for day in acts):
        raise Rejected("before-reassessment", "earlier than the re-assessment was asked for", field="/requested_on")


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
        *(len(kind) for each in state.assessments for kind in (each.starts, each.completions, each.reassessments)),
        *Counter(measure_key(measure) for measure in state.measures).values(),
        *Counter(observation.observation_id for observation in state.observations).values(),
        *Counter(task.task_id for task in state.tasks).values(),
        *Counter(done.task_id for done in state.done).values(),
    ]
    if max(counts, default=0) > 1:
        raise Rejected("conflicts-with-record", "two different answers to the same question would be on record")
