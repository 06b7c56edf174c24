"""The facts about one assessment that later rules need, and how each event adds to them. Pure."""

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.assessment.events import (
    AssessmentAbandoned,
    AssessmentCompleted,
    AssessmentOffered,
    AssessmentRequested,
    AssessmentStarted,
    Event,
    MeasureRecorded,
    SafetyConcernRaised,
    TaskDone,
    TaskRaised,
)


@dataclass(frozen=True, slots=True)
class State:
    """Each kind in the order of the stream.

    One start and one completion is what `decide` allows; an amended history may hold more for a moment, which `check`
    then refuses.
    """

    requested: bool = False
    offers: tuple[AssessmentOffered, ...] = ()
    starts: tuple[AssessmentStarted, ...] = ()
    measures: tuple[MeasureRecorded, ...] = ()
    concerns: tuple[SafetyConcernRaised, ...] = ()
    completions: tuple[AssessmentCompleted, ...] = ()
    abandoned: AssessmentAbandoned | None = None
    tasks: tuple[TaskRaised, ...] = ()
    done: tuple[TaskDone, ...] = ()
    flagged_before_completed: tuple[UUID | None, ...] = ()
    """Whose safety item was answered above 0 when the assessment was completed."""
    completed_abandoned: bool = False
    """Completed while it was abandoned."""

    @property
    def completed(self) -> AssessmentCompleted | None:
        """The completion that stands."""
        return self.completions[0] if self.completions else None


def evolve(state: State, event: Event) -> State:
    """The state after one more event; never refuses."""
    match event:
        case AssessmentRequested():
            return replace(state, requested=True, abandoned=None)
        case AssessmentOffered():
            return replace(state, offers=(*state.offers, event))
        case AssessmentStarted():
            return replace(state, starts=(*state.starts, event))
        case MeasureRecorded():
            return replace(state, measures=(*state.measures, event))
        case SafetyConcernRaised():
            return replace(state, concerns=(*state.concerns, event))
        case AssessmentCompleted():
            return replace(
                state,
                completions=(*state.completions, event),
                flagged_before_completed=(
                    *state.flagged_before_completed,
                    *(measure.subject_ref for measure in state.measures if measure.safety_item_flag),
                ),
                completed_abandoned=state.completed_abandoned or state.abandoned is not None,
            )
        case AssessmentAbandoned():
            return replace(state, abandoned=event)
        case TaskRaised():
            return replace(state, tasks=(*state.tasks, event))
        case TaskDone():
            return replace(state, done=(*state.done, event))
    assert_never(event)


def unanswered(state: State) -> bool:
    """Whether the assessment is completed over a safety item without a safety concern about them or the whole family.

    A concern raised after the completion counts too: when the completion is decided there is none yet, and a safety
    item that is corrected later must be answerable (domain 6.4).
    """
    raised = {concern.subject_ref for concern in state.concerns}
    return None not in raised and not raised.issuperset(state.flagged_before_completed)
