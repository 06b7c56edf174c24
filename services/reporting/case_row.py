"""The columns of `case_history`: what we believed about one case during one period of the known axis. Pure.

Definitions: domain 6.6, "Milestones, precisely"; docs/metrics.md.
"""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.reporting.family import Days, Members
from services.reporting.intervals import Stretch


class CaseRow(NamedTuple):
    """What we believed about one case during one period of the known axis; dates are civil dates, Europe/London."""

    team_id: str
    tier: str | None
    received_on: date | None
    decided_on: date | None
    decision: str | None
    withdrawn_on: date | None
    first_contact_on: date | None
    first_attended_on: date | None
    assessment_started_on: date | None
    assessed_on: date | None
    assessed_programme_on: date | None
    programme_on: date | None
    first_treatment_on: date | None
    first_programme_treatment_on: date | None
    discharged_on: date | None
    discharge_reason: str | None
    closed_on: date | None
    closed_by: str | None
    infants: Members
    caregivers: Members
    relationships: Members
    caregiver_days: Days
    """Of each entry of `caregivers`, when it counts; None: always. So too `relationship_days`."""
    relationship_days: Days
    born_on: tuple[date | None, ...]
    """Of each entry of `infants`. So too `due_on`."""
    due_on: tuple[date | None, ...]
    pregnancy_ended_on: date | None
    programme_completed_on: date | None
    tier_days: tuple[date, ...] | None
    """From each of these days on the tier is that of `tier_steps`, not `tier`; None: it never changed."""
    tier_steps: tuple[str, ...] | None
    complexity_days: tuple[date, ...] | None
    """From each of these days on so many complexities are flagged as `complexity_steps` says; None: never any."""
    complexity_steps: tuple[int, ...] | None
    pauses: tuple[Stretch, ...] | None
    family_pauses: tuple[Stretch, ...] | None
    """Those at the family's request: what a net wait leaves out."""
    abandoned: tuple[Stretch, ...] | None
    """When an abandoned assessment had not begun again."""
    source: str | None
    """Who referred, how it came, and from where (`locality`, an ONS code): of the referral."""
    channel: str | None
    priority: str | None
    """What the referral's stream says last: received, changed or accepted with it."""
    locality: str | None
    concerns: tuple[str, ...]
    risk_current: bool
    """Any concern is CURRENT, not only POTENTIAL."""
    decline_reason: str | None
    """Of the decision that counts, with `triage_decision` and `signposted_to`."""
    triage_decision: str | None
    signposted_to: tuple[str, ...]
    withdrawn_by: str | None
    """Of the first withdrawal."""
    consultation_id: UUID | None
    prior_case_id: UUID | None
    caregiver_roles: tuple[str, ...]
    """Distinct roles in which anybody was ever linked."""
    ethnic_groups: tuple[str, ...]
    """Distinct ones of the babies; where none is said, of their parents and carers."""
    deprivation_decile: int | None
    """1 to 10, 1 the most deprived: the lowest of the babies, else of primary parents or carers."""
    interpreter_language: str | None
    """Any that is needed; of several the first in the alphabet."""
    lead_days: tuple[date, ...] | None
    """From each of these days on `lead_steps` leads the work, for the reason in `lead_reasons`; None: nobody yet."""
    lead_steps: tuple[UUID, ...] | None
    lead_reasons: tuple[str, ...] | None
    """`assigned` with the programme, else why the lead changed."""
    planned_sessions: int
    """Of all components of the programme that was assigned last, as revised."""
    care_plan_agreed_on: date | None
    active_monitoring_on: date | None
    treatment_declined_on: date | None
    outcome_band: str | None
    """Of the discharge that stands, with `stage_at_discharge` and `discharge_planned`."""
    stage_at_discharge: str | None
    discharge_planned: bool | None
    received_recorded_on: date | None
    """Civil date on which the referral was recorded."""
    gestation_weeks: tuple[int | None, ...]
    """At birth, of each entry of `infants`."""
    need_level: str | None
    """Of the first completed assessment."""
    flags: tuple[str, ...]
    """Safeguarding: cp_plan, cin, lac, as the referral's stream says last; any other flag is no business of a count."""
    identifier_failing: bool
    """Of somebody in the case the number that was recorded last cannot be a real one."""
    owed_codes: tuple[str, ...] | None
    """Targets that are not met, as things stand (`services.reporting.targets`); None: nothing is owed."""
    owed_days: tuple[date, ...] | None
    """Of each of them the day from which its days count, or by which it is due."""
    listed_measure_on: date | None
    """The first score of a measure on the national list (`clocks.listed`), goals and their ratings included."""
    indirect_on: date | None
    """The first session with other professionals and nobody of the family: an indirect activity (domain 3.4)."""
    plan_days: tuple[date, ...] | None
    """Each word about a component of the programme, in order: from this day on so many sessions of `plan_components`
    are planned as `plan_sessions` says, None: it was taken out. The last word by a day holds on it."""
    plan_components: tuple[str, ...] | None
    plan_sessions: tuple[int | None, ...] | None
    step_days: tuple[date, ...] | None
    """On each of these days the tier stepped `up` or `down`, as `step_directions` says."""
    step_directions: tuple[str, ...] | None
    moves: tuple[date, ...] | None
    """Days on which a baby of the case went to live with others, one for each baby; None: never."""


STRETCHES = ("caregiver_days", "relationship_days", "pauses", "family_pauses", "abandoned")
"""Columns that hold stretches of days."""
