"""What the intervention service says of a team's other work. No patient record is needed, no personal data fits in."""

from datetime import date
from typing import Annotated, assert_never
from uuid import UUID

from services.intervention.work.codes import (
    ActivityKind,
    OrganisationType,
    Outcome,
    Profession,
    Question,
    Sector,
    Topic,
)
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate, Interval, Len, OnsCode
from shared.kernel.values import event

Minutes = Annotated[int, Interval(ge=1, le=1440)]
AudienceCount = Annotated[int, Interval(ge=0, le=5000)]
Professions = Annotated[tuple[Profession, ...], Len(1, 19)]
Practitioners = Annotated[tuple[UUID, ...], Len(1, 20)]
EveryDays = Annotated[int, Interval(ge=1, le=366)]
SlotCount = Annotated[int, Interval(ge=0, le=100)]
Year = Annotated[int, Interval(ge=1990, le=2199)]
BirthCount = Annotated[int, Interval(ge=1, le=200_000)]


@event("SystemActivityRecorded", 1)
class SystemActivityRecorded:
    """Training, consultation, supervision or advice was given (statements S7 to S10)."""

    activity_id: UUID
    kind: ActivityKind
    on: CivilDate
    minutes: Minutes
    """Of the activity itself; each practitioner of the team spent as many."""
    audience_count: AudienceCount
    """People outside the activity's givers who took part."""
    professions: Professions
    host_org_type: OrganisationType
    sector: Sector
    topic: Topic
    question: Question | None = None
    outcome: Outcome | None = None
    """Of a consultation, and of nothing else."""
    practitioners: Practitioners
    """Who of the team gave it, under opaque ids."""
    series_id: UUID | None = None
    """The planned series of supervision that it belongs to."""
    about_case_id: UUID | None = None
    """The case that a consultation was about, where the family is known to the team."""


@event("ConsultationBecameReferral", 1)
class ConsultationBecameReferral:
    """The family that a consultation was about was referred; the two stay linked."""

    activity_id: UUID
    case_id: UUID
    on: CivilDate


@event("SupervisionPlanned", 1)
class SupervisionPlanned:
    """A practitioner of the team is to be supervised for `minutes`, every `every_days` days (domain 2.1, M18)."""

    series_id: UUID
    practitioner_id: UUID
    minutes: Minutes
    every_days: EveryDays
    from_on: CivilDate
    to_on: CivilDate | None = None


@event("CapacityDeclared", 1)
class CapacityDeclared:
    """How many new cases the team can begin in the week from Monday `week` (M13)."""

    week: CivilDate
    new_case_slots: SlotCount


@event("LocalityReachDeclared", 1)
class LocalityReachDeclared:
    """How many babies are born in a locality in a year: what reach is measured against (statement S13, M17)."""

    locality: OnsCode
    year: Year
    births: BirthCount


Event = (
    SystemActivityRecorded | ConsultationBecameReferral | SupervisionPlanned | CapacityDeclared | LocalityReachDeclared
)

REGISTRY: Registry[Event] = Registry(
    [SystemActivityRecorded, ConsultationBecameReferral, SupervisionPlanned, CapacityDeclared, LocalityReachDeclared]
)


def occurred(event: Event) -> date | None:
    """When an event was true in the world by its own account; None where only the envelope says."""
    match event:
        case SystemActivityRecorded() | ConsultationBecameReferral():
            return event.on
        case SupervisionPlanned() | CapacityDeclared() | LocalityReachDeclared():
            return None
    assert_never(event)
