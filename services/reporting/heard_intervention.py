"""What reporting hears of an episode from the intervention service; of each event only the fields used."""

from datetime import date, datetime
from uuid import UUID

from services.reporting.heard_common import FocusRelationship
from shared.kernel.values import heard, heard_value


@heard("EpisodeOpened")
class EpisodeOpened:
    """The episode of care was opened."""

    on: date


@heard("ProgrammeAssigned")
class ProgrammeAssigned:
    """The family's programme was put together."""

    assigned_on: date
    tier: str
    lead_practitioner_id: UUID | None = None
    focus_relationships: tuple[FocusRelationship, ...] = ()


@heard("ProgrammeRevised")
class ProgrammeRevised:
    """Parts of the programme were added or taken out."""

    on: date | None = None
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

    value: int | None = None
    on: date | None = None


@heard("SessionScheduled")
class SessionScheduled:
    """A session was booked."""

    at: datetime


@heard_value
class Practitioner:
    """One who held a session."""

    id: UUID


@heard("SessionHeld")
class SessionHeld:
    """A session took place."""

    held_on: date
    kind: str
    modality: str
    attend_status: str
    is_treatment: bool
    practitioners: tuple[Practitioner, ...] = ()


@heard("SessionNotHeld")
class SessionNotHeld:
    """A booked session did not take place."""

    on: date
    attend_status: str


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
