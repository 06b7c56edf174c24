"""What is said about families: request data by type of event, with everything valid, to be changed by keyword."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

Document = dict[str, Any]


def new_id() -> str:
    """An opaque id, as a clinical system gives its infants, caregivers and sessions."""
    return str(uuid4())


def infant(**changes: Any) -> Document:
    """A born infant."""
    return {"infant_id": new_id(), "unborn": False, "born_on": "2024-11-20"} | changes


def unborn(edd: str) -> Document:
    """An unborn infant."""
    return {"infant_id": new_id(), "unborn": True, "edd": edd}


def caregiver(role: str = "mother", **changes: Any) -> Document:
    """A parent or carer; the mother is the primary one."""
    return {"caregiver_id": new_id(), "role": role, "has_pr": "yes", "primary": role == "mother"} | changes


def referral(subjects: Sequence[Document], caregivers: Sequence[Document], **changes: Any) -> Document:
    """ReferralReceived."""
    return {
        "received_on": "2025-03-03",
        "source": "health_visitor",
        "channel": "api",
        "priority": "3",
        "subjects": list(subjects),
        "caregivers": list(caregivers),
        "concerns": [{"code": "bonding_difficulty", "risk_status": "CURRENT"}],
        "consent_to_referral": "agreed",
    } | changes


def acceptance(decided_on: str = "2025-03-05", **changes: Any) -> Document:
    """ReferralAccepted."""
    return {
        "decided_on": decided_on,
        "offer_tier": "SPECIALIST",
        "priority": "3",
        "decision_by": "triage_clinician",
    } | changes


def relationship(baby: Document, *caregivers: Document) -> Document:
    """A dyad or a triad."""
    return {"infant_id": baby["infant_id"], "caregiver_ids": [each["caregiver_id"] for each in caregivers]}


def phq_9(of: Document, completed_on: str, total: int, timepoint: str) -> Document:
    """MeasureRecorded: PHQ-9 by the caregiver about herself, its safety item at 0."""
    return {
        "measure_code": "PHQ-9",
        "subject_kind": "CAREGIVER",
        "subject_ref": of["caregiver_id"],
        "rater": "self",
        "completed_on": completed_on,
        "total": total,
        "safety_item_flag": False,
        "timepoint": timepoint,
    }


def completion(completed_on: str, focus: Sequence[Document], **changes: Any) -> Document:
    """AssessmentCompleted, recommending a programme, nothing measured."""
    return {
        "completed_on": completed_on,
        "focus_relationships": list(focus),
        "need_level": "SPECIALIST",
        "severity": 3,
        "recommendation": "PROGRAMME",
        "contacts_used": 2,
        "reason_not_measured": "brief_contact",
    } | changes


def programme(assigned_on: str, focus: Sequence[Document], **changes: Any) -> Document:
    """ProgrammeAssigned: eight sessions of video interaction guidance."""
    return {
        "assigned_on": assigned_on,
        "tier": "SPECIALIST",
        "components": [{"component_code": "VIG", "kind": "EVIDENCE_BASED", "planned_sessions": 8, "frequency_days": 7}],
        "focus_relationships": list(focus),
        "lead_practitioner_id": str(UUID(int=4)),
    } | changes


def session(held_on: str, infants: Sequence[Document], caregivers: Sequence[Document], **changes: Any) -> Document:
    """SessionHeld: treatment face to face."""
    return {
        "session_id": new_id(),
        "held_on": held_on,
        "duration_min": 55,
        "kind": "therapy_dyadic",
        "component_code": "VIG",
        "modality": "01",
        "setting": "home",
        "attend_status": "5",
        "infants_present": [each["infant_id"] for each in infants],
        "caregivers_present": [each["caregiver_id"] for each in caregivers],
        "practitioners": [{"id": str(UUID(int=4)), "discipline": "parent_infant_psychotherapist"}],
        "is_treatment": True,
    } | changes


def missed(on: str, **changes: Any) -> Document:
    """SessionNotHeld: cancelled by the family."""
    return {
        "session_id": new_id(),
        "on": on,
        "attend_status": "2",
        "by": "family",
        "reason": "infant_ill",
        "rebook": True,
    } | changes


def discharge(discharged_on: str, **changes: Any) -> Document:
    """Discharged, as planned."""
    return {
        "discharged_on": discharged_on,
        "reason": "planned_completed",
        "planned": True,
        "destination": ["health_visiting"],
    } | changes
