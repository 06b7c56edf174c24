"""One synthetic event and one request for each name: for the published documents."""

from datetime import date
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
from services.intervention.work.commands import (
    Command,
    DeclareCapacity,
    DeclareReach,
    LinkReferral,
    PlanSupervision,
    RecordActivity,
)
from services.intervention.work.events import (
    CapacityDeclared,
    ConsultationBecameReferral,
    Event,
    LocalityReachDeclared,
    SupervisionPlanned,
    SystemActivityRecorded,
)
from shared.kernel.requests import event_of

_ACTIVITY = UUID("0192f0c4-0000-7000-8000-000000000021")
_CASE = UUID("0192f0c4-0000-7000-8000-00000000000a")
_PRACTITIONER = UUID("0192f0c4-0000-7000-8000-000000000004")

consult = RecordActivity(
    activity_id=_ACTIVITY,
    kind=ActivityKind.CONSULTATION,
    on=date(2025, 2, 24),
    minutes=50,
    audience_count=1,
    professions=(Profession.HEALTH_VISITOR,),
    host_org_type=OrganisationType.NHS_TRUST,
    sector=Sector.PUBLIC,
    topic=Topic.PARENT_INFANT_RELATIONSHIPS,
    question=Question.WHETHER_TO_REFER,
    outcome=Outcome.HELD_BY_REFERRER_WITH_OUR_SUPPORT,
    practitioners=(_PRACTITIONER,),
)
link = LinkReferral(activity_id=_ACTIVITY, case_id=_CASE, on=date(2025, 3, 3))
plan = PlanSupervision(
    series_id=UUID("0192f0c4-0000-7000-8000-000000000022"),
    practitioner_id=_PRACTITIONER,
    minutes=60,
    every_days=14,
    from_on=date(2025, 1, 6),
)
declare_capacity = DeclareCapacity(week=date(2025, 3, 3), new_case_slots=2)
declare_reach = DeclareReach(locality="S12000029", year=2024, births=3120)

REQUESTS: dict[str, Command] = {
    "SystemActivityRecorded": consult,
    "ConsultationBecameReferral": link,
    "SupervisionPlanned": plan,
    "CapacityDeclared": declare_capacity,
    "LocalityReachDeclared": declare_reach,
}
"""For each type that may be posted."""

EXAMPLES: dict[str, Event] = {
    "SystemActivityRecorded": event_of(SystemActivityRecorded, consult),
    "ConsultationBecameReferral": event_of(ConsultationBecameReferral, link),
    "SupervisionPlanned": event_of(SupervisionPlanned, plan),
    "CapacityDeclared": event_of(CapacityDeclared, declare_capacity),
    "LocalityReachDeclared": event_of(LocalityReachDeclared, declare_reach),
}
"""For each name."""
