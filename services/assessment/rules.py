"""Targets of the assessment and what a measure must be about. Pure functions of values."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.assessment.codes import SubjectKind
from services.assessment.commands import RecordMeasure
from services.assessment.heard import Known
from services.assessment.measures import REGISTRY
from services.assessment.values import Relationship
from shared.kernel.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """A team's targets, in days."""

    offer_days: int
    task_days: int


DEFAULTS = Targets(offer_days=28, task_days=7)
"""For a team that configured nothing [B]: an appointment offered within four weeks of acceptance."""


def offer_due_on(decided_on: date, targets: Targets = DEFAULTS) -> date:
    """The civil date by which an accepted family should be offered an assessment (rule P2)."""
    return decided_on + timedelta(days=targets.offer_days)


def task_due_on(day: date, targets: Targets = DEFAULTS) -> date:
    """The civil date by which a person should have looked at a task raised on `day`."""
    return day + timedelta(days=targets.task_days)


def check_relationship(relationship: Relationship, known: Known, field: str) -> None:
    """Refuses a relationship between people who are not of the case, or that names one caregiver twice.

    Raises:
        Rejected: `unknown-infant`, `unknown-caregiver`, `duplicate-caregiver`.
    """
    if relationship.infant_id not in known.infants:
        raise Rejected("unknown-infant", "no infant of this case", field=f"{field}/infant_id")
    if len(set(relationship.caregiver_ids)) != len(relationship.caregiver_ids):
        raise Rejected("duplicate-caregiver", "the same one is named twice", field=f"{field}/caregiver_ids")
    if not known.caregivers.issuperset(relationship.caregiver_ids):
        raise Rejected("unknown-caregiver", "no parent or carer of this case", field=f"{field}/caregiver_ids")


def check_subject(command: RecordMeasure, known: Known) -> None:
    """Refuses a measure about the wrong kind of subject or about nobody of the case (domain 2.4).

    Raises:
        Rejected: `subject-kind-differs`, `relationship-needed`, `subject-needed`, `unknown-infant`,
            `unknown-caregiver`, `safety-item-needed`, `no-safety-item`.
    """
    measure = REGISTRY[command.measure_code]
    if command.subject_kind is not measure.subject:
        raise Rejected("subject-kind-differs", f"it rates a {measure.subject}", field="/subject_kind")
    _check_reference(command, known)
    if measure.safety_item and command.safety_item_flag is None:
        raise Rejected("safety-item-needed", "say whether its safety item scored above 0", field="/safety_item_flag")
    if command.safety_item_flag and not measure.safety_item:
        raise Rejected("no-safety-item", "this measure has no safety item", field="/safety_item_flag")


def _check_reference(command: RecordMeasure, known: Known) -> None:
    if command.subject_kind is SubjectKind.RELATIONSHIP:
        if command.relationship_ref is None or command.subject_ref is not None:
            raise Rejected("relationship-needed", "give relationship_ref and no subject_ref", field="/relationship_ref")
        check_relationship(command.relationship_ref, known, "/relationship_ref")
        return
    if command.subject_ref is None or command.relationship_ref is not None:
        raise Rejected("subject-needed", "give subject_ref and no relationship_ref", field="/subject_ref")
    if command.subject_kind is SubjectKind.INFANT and command.subject_ref not in known.infants:
        raise Rejected("unknown-infant", "no infant of this case", field="/subject_ref")
    if command.subject_kind is SubjectKind.CAREGIVER and command.subject_ref not in known.caregivers:
        raise Rejected("unknown-caregiver", "no parent or carer of this case", field="/subject_ref")


def births_of(command: RecordMeasure, known: Known) -> tuple[date | None, ...]:
    """Dates of birth of the infants whom a measure is about; of a caregiver's measure all infants of the case."""
    if command.relationship_ref is not None:
        infants = [command.relationship_ref.infant_id]
    elif command.subject_kind is SubjectKind.INFANT and command.subject_ref is not None:
        infants = [command.subject_ref]
    else:
        infants = sorted(known.infants)
    return tuple(known.born_on.get(infant) for infant in infants)


def is_member(reference: UUID, known: Known) -> bool:
    """Whether somebody is an infant or caregiver of the case."""
    return reference in known.infants or reference in known.caregivers
