"""What may be asked about sessions."""

from uuid import UUID

from services.intervention.codes import Attended, Modality, NotAttended, NotHeldBy, NotHeldReason, SessionKind, Setting
from services.intervention.values import ComponentCode, DurationMin, Members, Partners, Practitioners
from shared.kernel.fields import CivilDate, Instant
from shared.kernel.values import value


@value
class ScheduleSession:
    """Plan a session."""

    session_id: UUID
    at: Instant
    duration_min: DurationMin
    kind: SessionKind
    modality: Modality
    setting: Setting


@value
class HoldSession:
    """Note that a session took place."""

    session_id: UUID
    held_on: CivilDate
    started_at: Instant | None = None
    duration_min: DurationMin
    kind: SessionKind
    component_code: ComponentCode | None = None
    modality: Modality
    setting: Setting
    attend_status: Attended
    infants_present: Members = ()
    caregivers_present: Members = ()
    practitioners: Practitioners
    interpreter: bool = False
    joint_with: Partners = ()
    is_treatment: bool


@value
class MissSession:
    """Note that a session did not take place."""

    session_id: UUID
    on: CivilDate
    attend_status: NotAttended
    cancelled_on: CivilDate | None = None
    by: NotHeldBy
    reason: NotHeldReason
    rebook: bool
