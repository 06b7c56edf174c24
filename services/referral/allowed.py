"""What may be on record but not be said now: checks that rest on the moment, the team or what was heard. Pure."""

from uuid import UUID

from services.referral import family, pathway
from services.referral.access import denials, erased
from services.referral.events import (
    AccessDenialLifted,
    AccessDenied,
    ConsentRecorded,
    ConsentWithdrawn,
    DischargeSummarySent,
    Event,
    FamilyMemberLinked,
    IdentifierRecorded,
    PersonDetailsRecorded,
    ReferralAccepted,
    ReferralHeldUntilBirth,
    ReferralInfoProvided,
    ReferralInfoRequested,
    ReferralPriorityChanged,
    ReferralReceived,
    ReferralWithdrawn,
    TaskDone,
)
from services.referral.heard import Known
from services.referral.state import State
from shared.kernel.errors import NotYetKnown, Rejected


def allow(state: State, wanted: Event, known: Known) -> None:
    """Refuses what the record would bear and the moment does not.

    Raises:
        Rejected: with the rule.
        NotYetKnown: a summary of a discharge that has not arrived here.
    """
    if not state.received:
        if not isinstance(wanted, ReferralReceived | TaskDone):
            raise Rejected("case-unknown", "no referral was received for this case")
        return
    match wanted:
        case ReferralWithdrawn():
            _check_withdrawal(state, known)
        case ReferralInfoRequested() | ReferralInfoProvided():
            _check_undecided(state)
        case ReferralHeldUntilBirth():
            _check_hold(state)
        case ReferralPriorityChanged() if state.closed:
            _check_undecided(state)
        case DischargeSummarySent():
            _check_summary(state, wanted, known)
        case AccessDenialLifted() if (wanted.subject_ref, wanted.actor_id) not in denials(state):
            raise Rejected("not-denied", "no denial of the two holds", field="/actor_id")
    _check_people(state, wanted)


def _check_withdrawal(state: State, known: Known) -> None:
    if isinstance(state.decision, ReferralAccepted) and known.discharged is not None:
        raise Rejected("already-discharged", "the case was discharged; there is nothing left to withdraw")


def _check_undecided(state: State) -> None:
    if state.withdrawal is not None:
        raise Rejected("already-withdrawn", "the referral was withdrawn; only a correction reverses that")
    if state.outcomes:
        raise Rejected("already-decided", "another decision is on record; only a correction reverses that")


def _check_hold(state: State) -> None:
    _check_undecided(state)
    if not pathway.still_unborn(state):
        raise Rejected("nobody-unborn", "no infant of the case is still to be born")


def _check_summary(state: State, wanted: DischargeSummarySent, known: Known) -> None:
    if not isinstance(state.decision, ReferralAccepted):
        raise Rejected("not-accepted", "a case that was not accepted is not discharged")
    if known.discharged is None:
        raise NotYetKnown("not-known-yet", "no discharge of this case has arrived here")
    if wanted.on < known.discharged.discharged_on:
        raise Rejected("sent-before-discharged", "earlier than the case was discharged", field="/on")


def _check_people(state: State, wanted: Event) -> None:
    match wanted:
        case PersonDetailsRecorded() | IdentifierRecorded():
            if wanted.subject_ref is not None:
                _check_person(state, wanted.subject_ref, family.people(state), "/subject_ref")
        case AccessDenied():
            _check_person(state, wanted.subject_ref, family.everybody(state), "/subject_ref")
        case ConsentRecorded() | ConsentWithdrawn():
            if wanted.caregiver_id is not None:
                _check_person(state, wanted.caregiver_id, family.caregivers(state), "/caregiver_id")
        case FamilyMemberLinked():
            _check_person(state, wanted.caregiver_id, frozenset({wanted.caregiver_id}), "/caregiver_id")


def _check_person(state: State, person: UUID, known: frozenset[UUID], field: str) -> None:
    if person not in known:
        raise Rejected("unknown-person", "nobody of this case", field=field)
    if person in erased(state):
        raise Rejected("subject-erased", "this person's details were erased for good", field=field)
