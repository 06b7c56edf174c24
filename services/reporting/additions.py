"""Each heard event to what it adds to its case. Pure; every addition commutes with every other."""

from collections.abc import Callable, Iterable
from datetime import date
from operator import itemgetter
from typing import Any

from services.reporting import heard_assessment as assessment
from services.reporting import heard_intervention as intervention
from services.reporting import heard_referral as referral
from services.reporting.circumstances import Receipt
from services.reporting.course import ASSIGNED, Lead, Step, direction
from services.reporting.family import MOVES, LinkChange, Replacement
from services.reporting.heard import Fact
from services.reporting.heard_common import FocusRelationship
from services.reporting.milestones import Case, Closing, Decision, Discharge, Pause, earliest
from services.reporting.scores import GOAL_MEASURE
from shared.kernel.civil import civil_date

SEEN = frozenset({"5", "6"})
"""Attended: on time, or late but seen (NHS attended-or-did-not-attend code)."""
SPOKEN = frozenset({"01", "02", "04", "11"})
"""Modalities that count as a contact: face to face, telephone, talk type, video."""


def add(case: Case, fact: Any) -> bool:
    """Adds a fact that stands; False if the milestones are certainly the same as before."""
    case.teams.add(fact.team_id)
    owed = case.owed.add(fact)
    addition = _ADD.get(type(fact.event))
    return (addition is not None and addition(case, fact.event, fact) is not False) or owed


def _received(case: Case, event: referral.ReferralReceived, fact: Fact) -> None:
    receipt = Receipt(event.received_on, fact.team_id, fact.version, civil_date(fact.recorded_at), event)
    case.circumstances.received(receipt)
    family = case.family
    for infant in event.subjects:
        family.infants.add(infant.infant_id)
        family.born(infant.infant_id, infant.born_on)
        family.expected(infant.infant_id, infant.edd)
        family.carried(infant.infant_id, infant.gestation_weeks_at_birth)
    family.caregivers.update(caregiver.caregiver_id for caregiver in event.caregivers)
    family.changed()


def _accepted(case: Case, event: referral.ReferralAccepted, fact: Fact) -> None:
    triage = "accepted_consultation_only" if event.offer_tier == "CONSULT" else "accepted"
    case.decide(Decision(event.decided_on, "accepted", event.offer_tier, fact.version, triage, None, ()))
    case.circumstances.prioritised(fact.version, event.priority)


def _declined(case: Case, event: referral.ReferralDeclined, fact: Fact) -> None:
    said = (event.triage_decision, event.reason or None, event.signposted_to)
    case.decide(Decision(event.decided_on, "declined", "", fact.version, *said))
    case.close(event.decided_on, Closing.DECLINED)


def _duplicate(case: Case, event: referral.ReferralLinkedDuplicate, fact: Fact) -> None:
    case.decide(Decision(event.on, "duplicate", "", fact.version, "duplicate", None, ()))
    case.close(event.on, Closing.DUPLICATE)


def _withdrawn(case: Case, event: referral.ReferralWithdrawn, fact: Fact) -> None:
    case.withdrew(event.on, fact.version, event.by)
    case.close(event.on, Closing.WITHDRAWN)


def _prioritised(case: Case, event: referral.ReferralPriorityChanged, fact: Fact) -> None:
    case.circumstances.prioritised(fact.version, event.priority)


def _flagged(case: Case, event: referral.SafeguardingFlagsChanged, fact: Fact) -> None:
    case.circumstances.flagged(fact.version, event.flags)


def _numbered(case: Case, event: referral.IdentifierRecorded, fact: Fact) -> None:
    case.circumstances.numbered(fact.version, event.subject_ref, event.kind, event.quality)


def _linked(case: Case, event: referral.FamilyMemberLinked, fact: Fact) -> None:
    change = LinkChange(fact.version, event.infant_id, event.caregiver_id, begins=True, day=event.from_on)
    case.family.changes.add(change)
    case.family.changed()
    case.circumstances.carer(event)


def _link_ended(case: Case, event: referral.LinkEnded, fact: Fact) -> None:
    change = LinkChange(fact.version, event.infant_id, event.caregiver_id, begins=False, day=event.to_on)
    case.family.changes.add(change)
    if event.reason in MOVES:
        case.family.moves.add((event.infant_id, event.to_on))
    case.family.changed()


def _renamed(case: Case, event: referral.InfantIdentityReplaced, fact: Fact) -> None:
    replacement = Replacement(fact.version, event.infant_id, event.new_infant_id, event.on)
    case.family.replacements.add(replacement)
    case.family.changed()


def _born(case: Case, event: referral.InfantBorn, _: Fact) -> None:
    case.family.born(event.infant_id, event.born_on)
    case.family.carried(event.infant_id, event.gestation_weeks)
    case.family.changed()


def _pregnancy_ended(case: Case, event: referral.PregnancyEnded, _: Fact) -> None:
    case.pregnancy_ended_on = earliest(case.pregnancy_ended_on, event.on)


def _assessment_started(case: Case, event: assessment.AssessmentStarted, fact: Fact) -> None:
    case.assessment_started_on = earliest(case.assessment_started_on, event.on)
    case.first_contact_on = earliest(case.first_contact_on, event.on)
    case.starts.add((fact.version, event.on))


def _abandoned(case: Case, event: assessment.AssessmentAbandoned, fact: Fact) -> None:
    case.abandonments.add((fact.version, event.on))


def _assessed(case: Case, event: assessment.AssessmentCompleted, fact: Fact) -> None:
    case.assessed_on = earliest(case.assessed_on, event.completed_on)
    if event.recommendation == "PROGRAMME":
        case.assessed_programme_on = earliest(case.assessed_programme_on, event.completed_on)
    case.complexities.add((event.completed_on, fact.version, len(event.complexity)))
    need = (event.completed_on, fact.version, event.need_level)
    case.needs = min(case.needs or need, need, key=itemgetter(0, 1))
    _focus(case, event.completed_on, event.focus_relationships)


def _programme(case: Case, event: intervention.ProgrammeAssigned, fact: Fact) -> None:
    said = (event.assigned_on, event.tier)
    case.programme = min(case.programme or said, said)
    case.tiers.add((event.assigned_on, fact.version, event.tier))
    case.programme_version = max(case.programme_version, fact.version)
    case.care_plan_agreed_on = earliest(case.care_plan_agreed_on, event.care_plan_agreed_on)
    case.course.revised(fact.version, event.assigned_on, event.components, assigned=True)
    _goals(case, event.goals, event.assigned_on)
    if event.lead_practitioner_id is not None:
        case.course.led(Lead(event.assigned_on, fact.version, event.lead_practitioner_id, ASSIGNED))
    _focus(case, event.assigned_on, event.focus_relationships)


def _revised(case: Case, event: intervention.ProgrammeRevised, fact: Fact) -> None:
    case.course.revised(fact.version, event.on, event.added, event.removed)
    _goals(case, event.goals_added, event.on)


def _goals(case: Case, goals: Iterable[intervention.Goal], day: date | None) -> None:
    """A goal that comes with a rating is scored."""
    if any(goal.baseline is not None for goal in goals):
        case.scored(GOAL_MEASURE, day)


def _rated(case: Case, event: intervention.GoalRated, _: Fact) -> bool:
    return case.scored(GOAL_MEASURE, event.on)


def _measured(case: Case, event: assessment.MeasureRecorded, _: Fact) -> bool:
    return case.scored(event.measure_code, event.completed_on)


def _led(case: Case, event: intervention.LeadPractitionerChanged, fact: Fact) -> None:
    if event.on is not None and event.to_practitioner_id is not None:
        case.course.led(Lead(event.on, fact.version, event.to_practitioner_id, event.reason))


def _monitored(case: Case, event: intervention.ActiveMonitoringStarted, _: Fact) -> None:
    case.active_monitoring_on = earliest(case.active_monitoring_on, event.on)


def _treatment_declined(case: Case, event: intervention.TreatmentDeclined, _: Fact) -> None:
    case.treatment_declined_on = earliest(case.treatment_declined_on, event.on)


def _tier(case: Case, event: intervention.TierChanged, fact: Fact) -> None:
    case.tiers.add((event.on, fact.version, event.to_tier))
    if (way := direction(event.from_tier, event.to_tier)) is not None:
        case.course.stepped(Step(event.on, fact.version, way))


def _session(case: Case, event: intervention.SessionHeld, _: Fact) -> bool:
    """Most sessions change nothing: a case has many, and only the first ones are milestones."""
    day, changed = event.held_on, False
    if event.attend_status in SEEN and event.modality in SPOKEN:
        if case.first_attended_on is None or day < case.first_attended_on:
            case.first_attended_on, changed = day, True
        if event.kind == "assessment":
            case.assessment_started_on = earliest(case.assessment_started_on, day)
            case.assessment_sessions.add(day)
            changed = True
    if event.joint_with and not event.infants_present and not event.caregivers_present:
        changed = changed or case.indirect_on is None or day < case.indirect_on
        case.indirect_on = earliest(case.indirect_on, day)
    if event.is_treatment:
        changed = changed or not _treated_by(case, day)
        case.treatments.add(day)
    return changed


def _treated_by(case: Case, day: date) -> bool:
    """Whether a treatment of the programme, if there is one, is known by that day already."""
    programme_on = date.min if case.programme is None else case.programme[0]
    return any(programme_on <= treated_on <= day for treated_on in case.treatments)


def _paused(case: Case, event: intervention.EpisodePaused, fact: Fact) -> None:
    case.pauses.add(Pause(fact.version, event.from_on, event.reason))


def _resumed(case: Case, event: intervention.EpisodeResumed, fact: Fact) -> None:
    case.resumptions.add((fact.version, event.on))


def _completed(case: Case, event: intervention.ProgrammeCompleted, fact: Fact) -> None:
    case.completions.add((fact.version, event.on))


def _opened(case: Case, _: intervention.EpisodeOpened, fact: Fact) -> None:
    case.opening = max(case.opening, fact.version)


def _reopened(case: Case, _: intervention.EpisodeReopened, fact: Fact) -> None:
    case.reopening = max(case.reopening, fact.version)


def _discharged(case: Case, event: intervention.Discharged, fact: Fact) -> None:
    said = (event.reason, event.planned, event.stage_at_discharge, event.outcome_band)
    case.discharges.add(Discharge(fact.version, event.discharged_on, *said))


def _focus(case: Case, day: date, relationships: Iterable[FocusRelationship]) -> None:
    """Notes the relationships that the work is about from a day on."""
    for each in relationships:
        case.family.focused(each.infant_id, each.caregiver_ids, day)
    case.family.changed()


_ADD: dict[type, Callable[[Case, Any, Fact], bool | None]] = {
    referral.ReferralReceived: _received,
    referral.ReferralAccepted: _accepted,
    referral.ReferralDeclined: _declined,
    referral.ReferralLinkedDuplicate: _duplicate,
    referral.ReferralWithdrawn: _withdrawn,
    referral.ReferralPriorityChanged: _prioritised,
    referral.SafeguardingFlagsChanged: _flagged,
    referral.IdentifierRecorded: _numbered,
    referral.FamilyMemberLinked: _linked,
    referral.LinkEnded: _link_ended,
    referral.InfantIdentityReplaced: _renamed,
    referral.InfantBorn: _born,
    referral.PregnancyEnded: _pregnancy_ended,
    assessment.AssessmentStarted: _assessment_started,
    assessment.AssessmentAbandoned: _abandoned,
    assessment.AssessmentCompleted: _assessed,
    assessment.MeasureRecorded: _measured,
    intervention.ProgrammeAssigned: _programme,
    intervention.ProgrammeRevised: _revised,
    intervention.GoalRated: _rated,
    intervention.LeadPractitionerChanged: _led,
    intervention.ActiveMonitoringStarted: _monitored,
    intervention.TreatmentDeclined: _treatment_declined,
    intervention.TierChanged: _tier,
    intervention.SessionHeld: _session,
    intervention.EpisodePaused: _paused,
    intervention.EpisodeResumed: _resumed,
    intervention.ProgrammeCompleted: _completed,
    intervention.EpisodeOpened: _opened,
    intervention.EpisodeReopened: _reopened,
    intervention.Discharged: _discharged,
}
"""Events without a place here (a task, a booking, an erasure) change no milestone: they are in the timeline only."""
