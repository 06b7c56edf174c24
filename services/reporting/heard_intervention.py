"""What reporting hears of an episode from the intervention service; of each event only the fields used."""

from datetime import date, datetime
from uuid import UUID

from services.reporting.heard_common import FocusRelationship
from shared.kernel.values import heard, heard_value


@heard("EpisodeOpened")
class EpisodeOpened:
    """The episode of care was opened."""

    on: date


@heard_value
class Component:
    """One part of a programme."""

    component_code: str
    planned_sessions: int = 0


@heard_value
class Goal:
    """What the family wants to reach; `baseline` is its rating on the day on which it was set, 0 to 10."""

    goal_id: UUID
    rater: str = ""
    baseline: int | None = None


@heard("ProgrammeAssigned")
class ProgrammeAssigned:
    """The family's programme was put together."""

    assigned_on: date
    tier: str
    components: tuple[Component, ...] = ()
    goals: tuple[Goal, ...] = ()
    lead_practitioner_id: UUID | None = None
    care_plan_agreed_on: date | None = None
    focus_relationships: tuple[FocusRelationship, ...] = ()


@heard("ProgrammeRevised")
class ProgrammeRevised:
    """Parts of the programme were added or taken out."""

    on: date | None = None
    added: tuple[Component, ...] = ()
    removed: tuple[str, ...] = ()
    goals_added: tuple[Goal, ...] = ()
    reason: str = ""


@heard("TierChanged")
class TierChanged:
    """The work became more or less intensive (step up, step down)."""

    on: date
    to_tier: str
    from_tier: str = ""


@heard("LeadPractitionerChanged")
class LeadPractitionerChanged:
    """Another practitioner leads the work."""

    to_practitioner_id: UUID | None = None
    reason: str = ""
    on: date | None = None


@heard("GoalRated")
class GoalRated:
    """The family rated one of its goals."""

    goal_id: UUID
    value: int
    on: date


@heard("SessionScheduled")
class SessionScheduled:
    """A session was booked."""

    session_id: UUID
    at: datetime
    duration_min: int = 0
    kind: str = ""
    modality: str = ""
    setting: str = ""


@heard_value
class Practitioner:
    """One who held a session."""

    id: UUID
    discipline: str = ""


@heard("SessionHeld")
class SessionHeld:
    """A session took place."""

    session_id: UUID
    held_on: date
    duration_min: int = 0
    kind: str
    component_code: str | None = None
    modality: str
    setting: str = ""
    attend_status: str
    infants_present: tuple[UUID, ...] = ()
    caregivers_present: tuple[UUID, ...] = ()
    practitioners: tuple[Practitioner, ...] = ()
    interpreter: bool = False
    joint_with: tuple[str, ...] = ()
    is_treatment: bool


@heard("SessionNotHeld")
class SessionNotHeld:
    """A booked session did not take place."""

    session_id: UUID
    on: date
    attend_status: str
    cancelled_on: date | None = None
    by: str = ""
    reason: str = ""
    rebook: bool | None = None


@heard("EpisodePaused")
class EpisodePaused:
    """The work rests from a day on; the clocks go on."""

    from_on: date
    reason: str = ""


@heard("EpisodeResumed")
class EpisodeResumed:
    """The work goes on."""

    on: date


@heard("ActiveMonitoringStarted")
class ActiveMonitoringStarted:
    """Watching rather than treating, by agreement."""

    by: str = ""
    on: date | None = None


@heard("ActiveMonitoringEnded")
class ActiveMonitoringEnded:
    """The watching ended."""

    on: date | None = None
    by: str = ""


@heard("TreatmentDeclined")
class TreatmentDeclined:
    """The family did not want what was offered."""

    on: date | None = None
    by: str = ""


@heard("ProgrammeCompleted")
class ProgrammeCompleted:
    """The programme is through; the ending begins."""

    on: date


@heard("Discharged")
class Discharged:
    """The case was closed by the intervention service."""

    discharged_on: date
    reason: str = ""
    planned: bool | None = None
    stage_at_discharge: str | None = None
    outcome_band: str | None = None


@heard("EpisodeReopened")
class EpisodeReopened:
    """The case was closed in error and is open again."""

    on: date


@heard("FollowUpRecorded")
class FollowUpRecorded:
    """The family was asked how it is doing, after the end."""

    on: date | None = None
    kind: str = ""


CLASSES: tuple[type, ...] = (
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
)
