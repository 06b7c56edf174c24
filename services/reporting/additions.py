"""Each heard event to what it adds to its case. Pure; every addition commutes with every other."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from services.reporting import heard_assessment as assessment
from services.reporting import heard_intervention as intervention
from services.reporting import heard_referral as referral
from services.reporting.family import LinkChange, Replacement
from services.reporting.heard import Fact
from services.reporting.heard_common import FocusRelationship
from services.reporting.milestones import Case, Closing, Discharge, Pause, earliest

SEEN = frozenset({"5", "6"})
"""Attended: on time, or late but seen (NHS attended-or-did-not-attend code)."""
SPOKEN = frozenset({"01", "02", "04", "11"})
"""Modalities that count as a contact: face to face, telephone, talk type, video."""


def add(case: Case, fact: Any) -> bool:
    """Adds a fact that stands; False if the milestones are certainly the same as before."""
    case.teams.add(fact.team_id)
    addition = _ADD.get(type(fact.event))
    return addition is not None and addition(case, fact.event, fact) is not False


def _received(case: Case, event: referral.ReferralReceived, fact: Fact) -> None:
    said = (event.received_on, fact.team_id)
    case.received = min(case.received or said, said)
    family = case.family
    for infant in event.subjects:
        family.infants.add(infant.infant_id)
        family.born(infant.infant_id, infant.born_on)
        family.expected(infant.infant_id, infant.edd)
    family.caregivers.update(caregiver.caregiver_id for caregiver in event.caregivers)
    family.changed()


def _accepted(case: Case, event: referral.ReferralAccepted, _: Fact) -> None:
    case.decide(event.decided_on, "accepted", event.offer_tier)


def _declined(case: Case, event: referral.ReferralDeclined, _: Fact) -> None:
    case.decide(event.decided_on, "declined")
    case.close(event.decided_on, Closing.DECLINED)


def _duplicate(case: Case, event: referral.ReferralLinkedDuplicate, _: Fact) -> None:
    case.decide(event.on, "duplicate")
    case.close(event.on, Closing.DUPLICATE)


def _withdrawn(case: Case, event: referral.ReferralWithdrawn, _: Fact) -> None:
    case.withdrawn_on = earliest(case.withdrawn_on, event.on)
    case.close(event.on, Closing.WITHDRAWN)


def _linked(case: Case, event: referral.FamilyMemberLinked, fact: Fact) -> None:
    change = LinkChange(fact.version, event.infant_id, event.caregiver_id, begins=True, day=event.from_on)
    case.family.changes.add(change)
    case.family.changed()


def _link_ended(case: Case, event: referral.LinkEnded, fact: Fact) -> None:
    change = LinkChange(fact.version, event.infant_id, event.caregiver_id, begins=False, day=event.to_on)
    case.family.changes.add(change)
    case.family.changed()


def _renamed(case: Case, event: referral.InfantIdentityReplaced, fact: Fact) -> None:
    replacement = Replacement(fact.version, event.infant_id, event.new_infant_id, event.on)
    case.family.replacements.add(replacement)
    case.family.changed()


def _born(case: Case, event: referral.InfantBorn, _: Fact) -> None:
    case.family.born(event.infant_id, event.born_on)
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
    _focus(case, event.focus_relationships)


def _programme(case: Case, event: intervention.ProgrammeAssigned, fact: Fact) -> None:
    said = (event.assigned_on, event.tier)
    case.programme = min(case.programme or said, said)
    case.programme_version = max(case.programme_version, fact.version)
    _focus(case, event.focus_relationships)


def _tier(case: Case, event: intervention.TierChanged, fact: Fact) -> None:
    case.tiers.add((event.on, fact.version, event.to_tier))


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
    case.discharges.add(Discharge(fact.version, event.discharged_on, event.reason))


def _focus(case: Case, relationships: Iterable[FocusRelationship]) -> None:
    """Notes the relationships that the work is about."""
    case.family.focus.update((each.infant_id, each.caregiver_ids) for each in relationships)
    case.family.changed()


_ADD: dict[type, Callable[[Case, Any, Fact], bool | None]] = {
    referral.ReferralReceived: _received,
    referral.ReferralAccepted: _accepted,
    referral.ReferralDeclined: _declined,
    referral.ReferralLinkedDuplicate: _duplicate,
    referral.ReferralWithdrawn: _withdrawn,
    referral.FamilyMemberLinked: _linked,
    referral.LinkEnded: _link_ended,
    referral.InfantIdentityReplaced: _renamed,
    referral.InfantBorn: _born,
    referral.PregnancyEnded: _pregnancy_ended,
    assessment.AssessmentStarted: _assessment_started,
    assessment.AssessmentAbandoned: _abandoned,
    assessment.AssessmentCompleted: _assessed,
    intervention.ProgrammeAssigned: _programme,
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
