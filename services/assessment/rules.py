"""Which assessment a date belongs to, dates against the referral, and what a measure must be about. Pure."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.assessment.commands import RecordMeasure
from services.assessment.known import Known
from services.assessment.measure_codes import SubjectKind
from services.assessment.measures import REGISTRY
from services.assessment.state import State
from services.assessment.values import RatedRelationship, Relationship
from shared.kernel.errors import Rejected


def number_on(state: State, day: date) -> int:
    """The number of the assessment to which an act of a civil date belongs: the latest one asked for by then."""
    return max(
        (item.no for item in state.assessments if any(r.requested_on <= day for r in item.reassessments)), default=1
    )


def number_after(state: State, requested_on: date) -> int:
    """The number of a re-assessment asked for on a civil date: one more than the assessments that were over by then."""
    return 1 + sum(1 for item in state.assessments if item.closed_on is not None and item.closed_on < requested_on)


def check_act(day: date, known: Known, field: str) -> None:
    """Refuses an act of the assessment outside the time between the acceptance, today and a withdrawal.

    Raises:
        Rejected: `before-acceptance`, `in-the-future`, `after-withdrawal`, or why there is no acceptance.
        NotYetKnown: no acceptance has arrived.
    """
    if day < known.accepted().event.decided_on:
        raise Rejected("before-acceptance", "earlier than the referral was accepted", field=field)
    check_not_in_future(day, known, field)
    if known.withdrawn is not None and day > known.withdrawn.on:
        raise Rejected("after-withdrawal", "later than the referral was withdrawn", field=field)


def check_finding(day: date, known: Known, field: str) -> None:
    """Refuses a finding from before the referral; it may be older than the acceptance.

    Raises:
        Rejected: `before-referral`, `in-the-future`, or why there is no acceptance.
        NotYetKnown: no acceptance has arrived.
    """
    known.accepted()
    if known.family.received is not None and day < known.family.received.received_on:
        raise Rejected("before-referral", "earlier than the referral was received", field=field)
    check_not_in_future(day, known, field)


def check_not_in_future(day: date, known: Known, field: str) -> None:
    """Refuses a date after today.

    Raises:
        Rejected: `in-the-future`.
    """
    if day > known.moment.today:
        raise Rejected("in-the-future", "the date lies in the future", field=field)


def check_infant(infant: UUID, known: Known, day: date, field: str) -> None:
    """Refuses an infant who is not of the case, or went by another id on that day.

    Raises:
        Rejected: `unknown-infant`, `infant-id-replaced`.
    """
    if infant not in known.family.infants:
        raise Rejected("unknown-infant", "no infant of this case", field=field)
    if known.family.replaced(infant, day):
        raise Rejected("infant-id-replaced", "the infant goes by another id from that day on", field=field)


def check_relationship(relationship: Relationship | RatedRelationship, known: Known, day: date, field: str) -> None:
    """Refuses a relationship between people who did not belong together on a civil date.

    Raises:
        Rejected: `unknown-infant`, `infant-id-replaced`, `unknown-caregiver`, `duplicate-caregiver`, `not-linked`.
    """
    check_infant(relationship.infant_id, known, day, f"{field}/infant_id")
    if len(set(relationship.caregiver_ids)) != len(relationship.caregiver_ids):
        raise Rejected("duplicate-caregiver", "the same one is named twice", field=f"{field}/caregiver_ids")
    if not known.family.caregivers.issuperset(relationship.caregiver_ids):
        raise Rejected("unknown-caregiver", "no parent or carer of this case", field=f"{field}/caregiver_ids")
    if not all(known.family.cares(relationship.infant_id, each, day) for each in relationship.caregiver_ids):
        raise Rejected("not-linked", "did not care for this infant on that day", field=f"{field}/caregiver_ids")


def check_distinct(keys: Sequence[object], field: str) -> None:
    """Refuses the same relationship said twice.

    Raises:
        Rejected: `duplicate-relationship`.
    """
    if len(set(keys)) != len(keys):
        raise Rejected("duplicate-relationship", "the same relationship is named twice", field=field)


def pair(relationship: Relationship | RatedRelationship) -> tuple[UUID, frozenset[UUID]]:
    """What makes a relationship the same one: the order of its caregivers does not."""
    return relationship.infant_id, frozenset(relationship.caregiver_ids)


def check_subject(command: RecordMeasure, known: Known) -> None:
    """Refuses a measure about the wrong kind of subject, by the wrong rater or about nobody of the case (domain 2.4).

    Raises:
        Rejected: `subject-kind-differs`, `rater-differs`, `relationship-needed`, `subject-needed`,
            `safety-item-needed`, `no-safety-item`, or as `check_relationship`.
    """
    measure = REGISTRY[command.measure_code]
    if command.subject_kind is not measure.subject:
        raise Rejected("subject-kind-differs", f"it rates a {measure.subject}", field="/subject_kind")
    if command.rater not in measure.raters:
        raise Rejected("rater-differs", f"it is rated by: {', '.join(measure.raters)}", field="/rater")
    _check_reference(command, known)
    if measure.safety_item and command.safety_item_flag is None:
        raise Rejected("safety-item-needed", "say whether its safety item scored above 0", field="/safety_item_flag")
    if command.safety_item_flag and not measure.safety_item:
        raise Rejected("no-safety-item", "this measure has no safety item", field="/safety_item_flag")


def _check_reference(command: RecordMeasure, known: Known) -> None:
    day = command.completed_on
    if command.subject_kind is SubjectKind.RELATIONSHIP:
        if command.relationship_ref is None or command.subject_ref is not None:
            raise Rejected("relationship-needed", "give relationship_ref and no subject_ref", field="/relationship_ref")
        check_relationship(command.relationship_ref, known, day, "/relationship_ref")
        return
    if command.subject_ref is None or command.relationship_ref is not None:
        raise Rejected("subject-needed", "give subject_ref and no relationship_ref", field="/subject_ref")
    if command.subject_kind is SubjectKind.INFANT:
        check_infant(command.subject_ref, known, day, "/subject_ref")
    if command.subject_kind is SubjectKind.CAREGIVER and not known.family.is_caregiver(command.subject_ref, day):
        raise Rejected("unknown-caregiver", "no parent or carer of this case by that day", field="/subject_ref")


def births_of(command: RecordMeasure, known: Known) -> tuple[date | None, ...]:
    """Dates of birth of the infants whom a measure is about; of a caregiver's measure all infants of the case."""
    if command.relationship_ref is not None:
        infants = [command.relationship_ref.infant_id]
    elif command.subject_kind is SubjectKind.INFANT and command.subject_ref is not None:
        infants = [command.subject_ref]
    else:
        infants = sorted(known.family.infants)
    return tuple(known.family.born_on.get(infant) for infant in infants)
