"""What may be asked of a team's record of its other work."""

from uuid import UUID

from services.intervention.work.codes import ActivityKind, OrganisationType, Outcome, Question, Sector, Topic
from services.intervention.work.events import (
    AudienceCount,
    BirthCount,
    EveryDays,
    Minutes,
    Practitioners,
    Professions,
    SlotCount,
    Year,
)
from shared.kernel.fields import CivilDate, OnsCode
from shared.kernel.values import value


@value
class RecordActivity:
    """Note training, a consultation, supervision or advice."""

    activity_id: UUID
    kind: ActivityKind
    on: CivilDate
    minutes: Minutes
    audience_count: AudienceCount
    professions: Professions
    host_org_type: OrganisationType
    sector: Sector
    topic: Topic
    question: Question | None = None
    outcome: Outcome | None = None
    practitioners: Practitioners
    series_id: UUID | None = None
    about_case_id: UUID | None = None


@value
class LinkReferral:
    """Note that a consultation became the referral of a case."""

    activity_id: UUID
    case_id: UUID
    on: CivilDate


@value
class PlanSupervision:
    """Plan a series of supervision for a practitioner of the team."""

    series_id: UUID
    practitioner_id: UUID
    minutes: Minutes
    every_days: EveryDays
    from_on: CivilDate
    to_on: CivilDate | None = None


@value
class DeclareCapacity:
    """Say how many new cases can begin in a week."""

    week: CivilDate
    new_case_slots: SlotCount


@value
class DeclareReach:
    """Say how many babies are born in a locality in a year."""

    locality: OnsCode
    year: Year
    births: BirthCount


Command = RecordActivity | LinkReferral | PlanSupervision | DeclareCapacity | DeclareReach

COMMANDS: dict[str, type] = {
    "SystemActivityRecorded": RecordActivity,
    "ConsultationBecameReferral": LinkReferral,
    "SupervisionPlanned": PlanSupervision,
    "CapacityDeclared": DeclareCapacity,
    "LocalityReachDeclared": DeclareReach,
}
"""The command that a posted event type asks for."""
