"""What the intervention service says of a case. Names and versions stand on the wire for ever.

They are declared by topic: `programme_events`, `session_events`, `course_events`, `task_events`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import assert_never

from services.intervention import examples
from services.intervention.course_events import (
    ActiveMonitoringEnded,
    ActiveMonitoringStarted,
    Discharged,
    EpisodeOpened,
    EpisodePaused,
    EpisodeReopened,
    EpisodeResumed,
    FollowUpRecorded,
    ProgrammeCompleted,
    TreatmentDeclined,
)
from services.intervention.programme_events import (
    GoalRated,
    LeadPractitionerChanged,
    ProgrammeAssigned,
    ProgrammeRevised,
    TierChanged,
)
from services.intervention.session_events import SessionHeld, SessionNotHeld, SessionScheduled
from services.intervention.task_events import SubjectErasureAcknowledged, TargetBreached, TaskDone, TaskRaised
from shared.kernel.codec import Registry
from shared.kernel.values import event_name

Event = (
    EpisodeOpened
    | ProgrammeAssigned
    | ProgrammeRevised
    | TierChanged
    | LeadPractitionerChanged
    | GoalRated
    | SessionScheduled
    | SessionHeld
    | SessionNotHeld
    | EpisodePaused
    | EpisodeResumed
    | ActiveMonitoringStarted
    | ActiveMonitoringEnded
    | TreatmentDeclined
    | ProgrammeCompleted
    | Discharged
    | EpisodeReopened
    | FollowUpRecorded
    | TargetBreached
    | TaskRaised
    | TaskDone
    | SubjectErasureAcknowledged
)
_CLASSES: tuple[type, ...] = (
    EpisodeOpened,
    ProgrammeAssigned,
    ProgrammeRevised,
    TierChanged,
    LeadPractitionerChanged,
    GoalRated,
    SessionScheduled,
    SessionHeld,
    SessionNotHeld,
    EpisodePaused,
    EpisodeResumed,
    ActiveMonitoringStarted,
    ActiveMonitoringEnded,
    TreatmentDeclined,
    ProgrammeCompleted,
    Discharged,
    EpisodeReopened,
    FollowUpRecorded,
    TargetBreached,
    TaskRaised,
    TaskDone,
    SubjectErasureAcknowledged,
)

COMPUTED: dict[str, frozenset[str]] = {
    "ProgrammeAssigned": frozenset({"catalogue_version", "warnings"}),
    "ProgrammeRevised": frozenset({"catalogue_version", "warnings"}),
    "Discharged": frozenset({"stage_at_discharge", "outcome_band", "sessions_held"}),
}
"""Members of an event that only the service fills in."""

REGISTRY: Registry[Event] = Registry(_CLASSES)

_EXAMPLES: tuple[Event, ...] = examples.ALL
EXAMPLES: Mapping[str, Event] = {event_name(item): item for item in _EXAMPLES}
"""One synthetic event for each name."""


def occurred(event: Event) -> date | datetime | None:
    """When an event was true in the world by its own account; None where only the envelope says."""
    match event:
        case ProgrammeAssigned():
            return event.assigned_on
        case SessionHeld():
            return event.started_at or event.held_on
        case Discharged():
            return event.discharged_on
        case SessionNotHeld():
            return event.cancelled_on or event.on
        case EpisodePaused():
            return event.from_on
        case SessionScheduled() | TaskRaised() | TargetBreached() | SubjectErasureAcknowledged():
            return None
        case (
            EpisodeOpened()
            | ProgrammeRevised()
            | TierChanged()
            | LeadPractitionerChanged()
            | GoalRated()
            | EpisodeResumed()
            | ActiveMonitoringStarted()
            | ActiveMonitoringEnded()
            | TreatmentDeclined()
            | ProgrammeCompleted()
            | EpisodeReopened()
            | FollowUpRecorded()
            | TaskDone()
        ):
            return event.on
    assert_never(event)


__all__ = [
    "COMPUTED",
    "EXAMPLES",
    "REGISTRY",
    "ActiveMonitoringEnded",
    "ActiveMonitoringStarted",
    "Discharged",
    "EpisodeOpened",
    "EpisodePaused",
    "EpisodeReopened",
    "EpisodeResumed",
    "Event",
    "FollowUpRecorded",
    "GoalRated",
    "LeadPractitionerChanged",
    "ProgrammeAssigned",
    "ProgrammeCompleted",
    "ProgrammeRevised",
    "SessionHeld",
    "SessionNotHeld",
    "SessionScheduled",
    "SubjectErasureAcknowledged",
    "TargetBreached",
    "TaskDone",
    "TaskRaised",
    "TierChanged",
    "TreatmentDeclined",
    "occurred",
]
