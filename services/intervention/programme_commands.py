"""What may be asked about the programme."""

from typing import Annotated
from uuid import UUID

from services.intervention.codes import AgreedBy, Tier
from services.intervention.course_codes import LeadReason, RevisionReason, TierReason
from services.intervention.values import ComponentCodes, Components, ComponentsAdded, GoalRating, Goals, Relationships
from shared.kernel.fields import CivilDate, Len
from shared.kernel.values import value


@value
class AssignProgramme:
    """Give the family its programme; `programme_id` is derived from the case unless given."""

    programme_id: UUID | None = None
    assigned_on: CivilDate
    tier: Tier
    components: Components
    focus_relationships: Relationships
    goals: Goals = ()
    lead_practitioner_id: UUID
    care_plan_agreed_on: CivilDate | None = None
    agreed_by: Annotated[tuple[AgreedBy, ...], Len(0, 4)] = ()


@value
class ReviseProgramme:
    """Add components or goals to the programme, take components out."""

    on: CivilDate
    added: ComponentsAdded = ()
    removed: ComponentCodes = ()
    goals_added: Goals = ()
    reason: RevisionReason


@value
class ChangeTier:
    """Step the family up or down."""

    from_tier: Tier
    to_tier: Tier
    on: CivilDate
    reason: TierReason


@value
class ChangeLead:
    """Hand the case over to another practitioner."""

    from_practitioner_id: UUID
    to_practitioner_id: UUID
    on: CivilDate
    reason: LeadReason


@value
class RateGoal:
    """Note how near a goal is."""

    goal_id: UUID
    on: CivilDate
    value: GoalRating
