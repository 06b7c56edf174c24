"""Events of the programme: what the family is given, by whom, at which tier, towards which goals."""

from typing import Annotated
from uuid import UUID

from services.intervention.codes import AgreedBy, Tier
from services.intervention.course_codes import LeadReason, ProgrammeWarning, RevisionReason, TierReason
from services.intervention.values import (
    ComponentCodes,
    Components,
    ComponentsAdded,
    GoalRating,
    Goals,
    Relationships,
)
from shared.kernel.fields import CivilDate, Len, Version
from shared.kernel.values import event


@event("ProgrammeAssigned", 1)
class ProgrammeAssigned:
    """The family has its own programme: components from the team's catalogue, goals, a lead practitioner."""

    programme_id: UUID
    assigned_on: CivilDate
    tier: Tier
    components: Components
    focus_relationships: Relationships
    goals: Goals = ()
    lead_practitioner_id: UUID
    care_plan_agreed_on: CivilDate | None = None
    agreed_by: Annotated[tuple[AgreedBy, ...], Len(0, 4)] = ()
    catalogue_version: Version
    warnings: Annotated[tuple[ProgrammeWarning, ...], Len(0, 1)] = ()


@event("ProgrammeRevised", 1)
class ProgrammeRevised:
    """Components were added or taken out, goals added (statement S23); what was given before stays on record."""

    on: CivilDate
    added: ComponentsAdded = ()
    removed: ComponentCodes = ()
    goals_added: Goals = ()
    reason: RevisionReason
    catalogue_version: Version
    warnings: Annotated[tuple[ProgrammeWarning, ...], Len(0, 1)] = ()


@event("TierChanged", 1)
class TierChanged:
    """A step up (to SPECIALIST) or down (to TARGETED) (statement S12)."""

    from_tier: Tier
    to_tier: Tier
    on: CivilDate
    reason: TierReason


@event("LeadPractitionerChanged", 1)
class LeadPractitionerChanged:
    """Another practitioner leads the work; babies and parents need few of these (statement S42, M16)."""

    from_practitioner_id: UUID
    to_practitioner_id: UUID
    on: CivilDate
    reason: LeadReason


@event("GoalRated", 1)
class GoalRated:
    """How near a goal is: 0 not met, 10 met, by the goal's rater."""

    goal_id: UUID
    on: CivilDate
    value: GoalRating
