"""Events of sessions: planned, held, not held."""

from uuid import UUID

from services.intervention.codes import Attended, Modality, NotAttended, NotHeldBy, NotHeldReason, SessionKind, Setting
from services.intervention.values import ComponentCode, DurationMin, Members, Partners, Practitioners
from shared.kernel.fields import CivilDate, Instant
from shared.kernel.values import event


@event("SessionScheduled", 1)
class SessionScheduled:
    """A session is planned for `at`."""

    session_id: UUID
    at: Instant
    duration_min: DurationMin
    kind: SessionKind
    modality: Modality
    setting: Setting


@event("SessionHeld", 1)
class SessionHeld:
    """A session took place. Whether it was treatment is the practitioner's word, not the kind's."""

    session_id: UUID
    held_on: CivilDate
    started_at: Instant | None = None
    duration_min: DurationMin
    kind: SessionKind
    component_code: ComponentCode | None = None
    modality: Modality
    setting: Setting
    attend_status: Attended
    infants_present: Members
    caregivers_present: Members
    practitioners: Practitioners
    interpreter: bool = False
    joint_with: Partners = ()
    is_treatment: bool


@event("SessionNotHeld", 1)
class SessionNotHeld:
    """A session did not take place; a baby is not brought rather than does not attend."""

    session_id: UUID
    on: CivilDate
    attend_status: NotAttended
    cancelled_on: CivilDate | None = None
    by: NotHeldBy
    reason: NotHeldReason
    rebook: bool
