"""The facts about a case's assessments that later rules need, and how each event adds to them. Pure."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.assessment.codes import Stage
from services.assessment.events import (
    AssessmentAbandoned,
    AssessmentCompleted,
    AssessmentOffered,
    AssessmentRequested,
    AssessmentStarted,
    Event,
    MeasureRecorded,
    ObservationRecorded,
    ReassessmentRequested,
    SafetyConcernRaised,
    SubjectErasureAcknowledged,
    TargetBreached,
    TaskDone,
    TaskRaised,
)


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment of the case, the first or a re-assessment; each kind in the order of the stream.

    One start and one end is what `decide` allows; an amended history may hold more for a moment, which `check` then
    refuses.
    """

    no: int = 1
    requested: AssessmentRequested | None = None
    """The first assessment's, by rule P2; said again: the latest."""
    reassessments: tuple[ReassessmentRequested, ...] = ()
    """What asked for it, if it is not the first."""
    offers: tuple[AssessmentOffered, ...] = ()
    starts: tuple[AssessmentStarted, ...] = ()
    completions: tuple[AssessmentCompleted, ...] = ()
    abandoned: AssessmentAbandoned | None = None
    """None again once it was requested anew."""

    @property
    def stage(self) -> Stage | None:
        """Where it stands (domain 6.4); None while nothing asks for it and nothing happened."""
        if self.completions:
            return Stage.COMPLETED
        if self.abandoned is not None:
            return Stage.ABANDONED
        if self.starts:
            return Stage.IN_PROGRESS
        return Stage.OFFERED if self.requested or self.reassessments or self.offers else None

    @property
    def closed_on(self) -> date | None:
        """Civil date of its completion or abandonment; None while it is open."""
        if self.completions:
            return self.completions[0].completed_on
        return self.abandoned.on if self.abandoned is not None else None

    @property
    def due_on(self) -> date | None:
        """Civil date by which an offer is due."""
        if self.reassessments:
            return self.reassessments[0].due_on
        return self.requested.due_on if self.requested is not None else None

    @property
    def latest_on(self) -> date | None:
        """Civil date of the latest offer or start."""
        days = [offer.offer_on for offer in self.offers] + [start.on for start in self.starts]
        return max(days, default=None)


@dataclass(frozen=True, slots=True)
class State:
    """A case's assessments by number, and what is recorded of the case as a whole in the order of the stream."""

    assessments: tuple[Assessment, ...] = (Assessment(),)
    measures: tuple[MeasureRecorded, ...] = ()
    observations: tuple[ObservationRecorded, ...] = ()
    safety_concerns: tuple[SafetyConcernRaised, ...] = ()
    flagged_before_completed: tuple[MeasureRecorded, ...] = ()
    """Measures whose safety item was answered above 0, on record when an assessment was completed."""
    tasks: tuple[TaskRaised, ...] = ()
    done: tuple[TaskDone, ...] = ()
    breaches: tuple[TargetBreached, ...] = ()
    erased: frozenset[UUID] = field(default_factory=frozenset)
    """Whose keys this service has destroyed."""

    @property
    def current(self) -> Assessment:
        """The latest assessment."""
        return self.assessments[-1]

    def assessment(self, no: int) -> Assessment:
        """The assessment of a number; an empty one if nothing is on record of it."""
        return next((item for item in self.assessments if item.no == no), Assessment(no=no))


def evolve(state: State, event: Event) -> State:
    """The state after one more event; never refuses."""
    match event:
        case AssessmentRequested():
            return _put(state, replace(state.current, requested=event, abandoned=None))
        case ReassessmentRequested():
            assessment = state.assessment(event.assessment_no)
            return _put(state, replace(assessment, reassessments=(*assessment.reassessments, event)))
        case AssessmentOffered() | AssessmentStarted() | AssessmentCompleted() | AssessmentAbandoned():
            return _acted(state, event)
        case MeasureRecorded() | ObservationRecorded() | SafetyConcernRaised():
            return _found(state, event)
        case TaskRaised() | TaskDone() | TargetBreached():
            return _noted(state, event)
        case SubjectErasureAcknowledged():
            return replace(state, erased=state.erased | {event.subject_ref})
    assert_never(event)


def _found(state: State, event: MeasureRecorded | ObservationRecorded | SafetyConcernRaised) -> State:
    match event:
        case MeasureRecorded():
            return replace(state, measures=(*state.measures, event))
        case ObservationRecorded():
            return replace(state, observations=(*state.observations, event))
        case SafetyConcernRaised():
            return replace(state, safety_concerns=(*state.safety_concerns, event))
    assert_never(event)


def _noted(state: State, event: TaskRaised | TaskDone | TargetBreached) -> State:
    match event:
        case TaskRaised():
            return replace(state, tasks=(*state.tasks, event))
        case TaskDone():
            return replace(state, done=(*state.done, event))
        case TargetBreached():
            return replace(state, breaches=(*state.breaches, event))
    assert_never(event)


def _acted(
    state: State, event: AssessmentOffered | AssessmentStarted | AssessmentCompleted | AssessmentAbandoned
) -> State:
    assessment = state.assessment(event.assessment_no)
    match event:
        case AssessmentOffered():
            return _put(state, replace(assessment, offers=(*assessment.offers, event)))
        case AssessmentStarted():
            return _put(state, replace(assessment, starts=(*assessment.starts, event)))
        case AssessmentAbandoned():
            return _put(state, replace(assessment, abandoned=event))
        case AssessmentCompleted():
            flagged = tuple(measure for measure in state.measures if measure.safety_item_flag)
            state = replace(state, flagged_before_completed=(*state.flagged_before_completed, *flagged))
            return _put(state, replace(assessment, completions=(*assessment.completions, event)))
    assert_never(event)


def _put(state: State, assessment: Assessment) -> State:
    others = [item for item in state.assessments if item.no != assessment.no]
    return replace(state, assessments=tuple(sorted((*others, assessment), key=lambda item: item.no)))


def answered(state: State, measure: MeasureRecorded) -> bool:
    """Whether a safety concern about this person or the whole family was raised on or after the day of a measure.

    A concern recorded after the completion counts too: when the completion is decided there is none yet, and a safety
    item that is corrected later must be answerable (domain 6.4).
    """
    return any(
        concern.subject_ref in {None, measure.subject_ref} and concern.raised_on >= measure.completed_on
        for concern in state.safety_concerns
    )
