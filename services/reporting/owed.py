"""What a case still owes by a team's targets, from its events, as things stand: rules P1, P2 and P9. Pure.

For each target that is not met: its code, and the civil date from which its days count, or by which it is due where the
event itself says so. The services decide the same from their own state (`deadlines.py` of each); a test holds the two
together. Until when a family was last seen is not in it, or every session would change it: see
`services.reporting.wait_alerts`.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from services.reporting import heard_assessment as assessment
from services.reporting import heard_intervention as intervention
from services.reporting import heard_referral as referral
from services.reporting.heard import Fact
from services.reporting.targets import Target

SPOKEN = frozenset({"01", "02", "04", "11"})
"""Modalities that count as a contact: face to face, telephone, talk type, video (domain 3.2)."""
_ERROR = "administrative_error"
_OUTCOMES = (
    referral.ReferralAccepted,
    referral.ReferralDeclined,
    referral.ReferralWithdrawn,
    referral.ReferralLinkedDuplicate,
)
_ENDS = (intervention.EpisodeOpened, intervention.Discharged, intervention.EpisodeReopened)
_ASSESSMENTS = (
    assessment.AssessmentRequested,
    assessment.ReassessmentRequested,
    assessment.AssessmentOffered,
    assessment.AssessmentStarted,
    assessment.AssessmentCompleted,
    assessment.AssessmentAbandoned,
)
_KEPT = frozenset(
    {
        *_OUTCOMES,
        *_ENDS,
        *_ASSESSMENTS,
        referral.ReferralReceived,
        referral.ReferralAcknowledged,
        referral.ReferralInfoRequested,
        referral.ReferralInfoProvided,
        referral.ReferralHeldUntilBirth,
        referral.InfantBorn,
        referral.PregnancyEnded,
        referral.InfantIdentityReplaced,
        assessment.SafetyConcernRaised,
        intervention.ProgrammeAssigned,
        intervention.EpisodePaused,
        intervention.EpisodeResumed,
        intervention.ActiveMonitoringStarted,
        intervention.ActiveMonitoringEnded,
        intervention.TreatmentDeclined,
        intervention.ProgrammeCompleted,
    }
)

Due = tuple[Target, date]
_VERSION = itemgetter(0)


class OwedView(NamedTuple):
    """The columns of a case row that say it; None: nothing is owed."""

    owed_codes: tuple[str, ...] | None
    owed_days: tuple[date, ...] | None


class _Assessment:
    """The latest assessment of a case, the first or a re-assessment."""

    def __init__(self) -> None:
        self.requested_on: date | None = None
        self.due_on: date | None = None
        self.offered = self.started = self.completed = self.abandoned = False


class Owed:
    """The events of a case that a target asks of or is met by. Every addition commutes with every other."""

    __slots__ = ("_ended", "_said", "_spoken", "_treated_on", "_view")

    def __init__(self) -> None:
        self._said: dict[type, list[tuple[int, Any]]] = defaultdict(list)
        self._spoken = False
        self._treated_on: date | None = None
        self._ended = False
        self._view: OwedView | None = None

    def add(self, fact: Fact) -> bool:
        """Adds a fact that stands; False if what is owed is certainly the same as before."""
        event: Any = fact.event
        kind = type(event)
        if kind is intervention.SessionHeld:
            changed = self._session(event)
        else:
            changed = kind in _KEPT or (kind is assessment.MeasureRecorded and event.safety_item_flag)
            if changed:
                insort(self._said[kind], (fact.version, event), key=_VERSION)
        if changed:
            self._view = None
        return changed

    def view(self) -> OwedView:
        """The columns, kept until something is added."""
        if self._view is None:
            found = sorted({*self._of_referral(), *self._of_assessment(), *self._of_episode()})
            codes, days = zip(*found, strict=True) if found else (None, None)
            self._view = OwedView(codes, days)
        return self._view

    def _session(self, event: intervention.SessionHeld) -> bool:
        """Most sessions change nothing: a case has many."""
        ending = self._ended or event.kind == "ending"
        if self._spoken and ending == self._ended and not event.is_treatment:
            return False
        before = (self._spoken, self._treated, self._ended)
        self._spoken = self._spoken or event.modality in SPOKEN
        self._ended = ending
        if event.is_treatment:
            self._treated_on = max(self._treated_on or event.held_on, event.held_on)
        return before != (self._spoken, self._treated, self._ended)

    @property
    def _treated(self) -> bool:
        """Whether the programme has been worked on: a treatment session on or after its day."""
        programme = self._first(intervention.ProgrammeAssigned)
        return self._treated_on is not None and programme is not None and programme.assigned_on <= self._treated_on

    def _all(self, *kinds: type) -> list[Any]:
        """The events of some types of one stream, in the stream's order."""
        if len(kinds) == 1:
            return [event for _, event in self._said.get(kinds[0], ())]
        found = [said for kind in kinds for said in self._said.get(kind, ())]
        return [event for _, event in sorted(found, key=_VERSION)]

    def _first(self, kind: type) -> Any:
        said = self._said.get(kind)
        return said[0][1] if said else None

    def _of_referral(self) -> Iterator[Due]:
        """P1 and P9 of the referral service."""
        received = self._first(referral.ReferralReceived)
        if received is None:
            return
        moot = self._said.get(referral.ReferralWithdrawn) or self._said.get(referral.ReferralLinkedDuplicate)
        if not moot and not self._said.get(referral.ReferralAcknowledged):
            yield Target.ACKNOWLEDGE, received.received_on
        if any(self._said.get(kind) for kind in _OUTCOMES):
            return
        yield Target.DECIDE, self._decidable_from(received)
        enquiry = next(iter(reversed(self._all(referral.ReferralInfoRequested, referral.ReferralInfoProvided))), None)
        if isinstance(enquiry, referral.ReferralInfoRequested) and enquiry.due_on is not None:
            yield Target.INFORMATION, enquiry.due_on

    def _decidable_from(self, received: referral.ReferralReceived) -> date:
        """The day of receipt; if held until birth, the first birth, or until one is known the first expected date."""
        if not self._said.get(referral.ReferralHeldUntilBirth):
            return received.received_on
        lost = {loss.infant_id for loss in self._all(referral.PregnancyEnded)}
        born = [birth.born_on for birth in self._all(referral.InfantBorn)]
        expected = [infant.edd for infant in received.subjects if infant.edd and infant.infant_id not in lost]
        return max(received.received_on, min(born or expected, default=received.received_on))

    def _of_assessment(self) -> Iterator[Due]:
        """P2 and P9 of the assessment service; a safety item is answered whatever became of the referral."""
        concerns = self._all(assessment.SafetyConcernRaised)
        for measure in self._all(assessment.MeasureRecorded):
            if not any(_answers(concern, measure) for concern in concerns):
                yield Target.ANSWER_SAFETY_ITEM, measure.completed_on + timedelta(days=1)
        accepted = self._first(referral.ReferralAccepted)
        ended = self._said.get(referral.ReferralWithdrawn) or self._said.get(referral.ReferralLinkedDuplicate)
        if accepted is None or ended or self._discharged or self._bereaved:
            return
        current = self._assessment()
        if current is None or current.completed or current.abandoned:
            return
        if not current.offered and not current.started and current.due_on is not None:
            yield Target.OFFER_ASSESSMENT, current.due_on
        yield Target.COMPLETE_ASSESSMENT, current.requested_on or accepted.decided_on

    def _assessment(self) -> _Assessment | None:
        """The latest assessment that was asked for; None if nothing asks for one and nothing happened."""
        found: dict[int, _Assessment] = {}
        latest = 1
        for event in self._all(*_ASSESSMENTS):
            number = latest if isinstance(event, assessment.AssessmentRequested) else event.assessment_no
            latest = max(latest, number)
            _told(found.setdefault(number, _Assessment()), event)
        return found.get(latest)

    def _of_episode(self) -> Iterator[Due]:
        """P9 of the intervention service."""
        opened = [event.on for event in self._all(intervention.EpisodeOpened)]
        accepted = self._said.get(referral.ReferralAccepted)
        if not opened or not accepted or self._discharged or self._bereaved:
            return
        if not self._spoken and not self._said.get(assessment.AssessmentStarted):
            yield Target.CONTACT, min(opened)
        programme = self._first(intervention.ProgrammeAssigned)
        through = self._first(intervention.ProgrammeCompleted)
        if programme is None:
            completed = next(iter(reversed(self._all(assessment.AssessmentCompleted))), None)
            if completed is not None and completed.recommendation == "PROGRAMME":
                yield Target.PROGRAMME, completed.completed_on
        elif not self._treated and not self._said.get(intervention.TreatmentDeclined) and through is None:
            yield Target.FIRST_SESSION, programme.assigned_on
        if self._active and programme is not None and through is None:
            yield Target.SILENCE, self._quiet_from(programme.assigned_on)
        if through is not None and not self._ended:
            yield Target.ENDING, through.on

    @property
    def _active(self) -> bool:
        """Whether sessions are expected: treated, not paused, and not watched instead."""
        said = self._said
        paused = len(said.get(intervention.EpisodePaused, ())) > len(said.get(intervention.EpisodeResumed, ()))
        watched = len(said.get(intervention.ActiveMonitoringStarted, ())) > len(
            said.get(intervention.ActiveMonitoringEnded, ())
        )
        return self._treated and not paused and not watched

    def _quiet_from(self, assigned_on: date) -> date:
        """The day on which the work, or its watching, went on last; sessions after it count from theirs."""
        went_on = self._all(intervention.EpisodeResumed, intervention.ActiveMonitoringEnded)
        return max((event.on for event in went_on if event.on is not None), default=assigned_on)

    @property
    def _discharged(self) -> bool:
        """Whether a discharge stands: one that no reopening undid."""
        standing: list[Any] = []
        for event in self._all(*_ENDS) if self._said.get(intervention.Discharged) else ():
            match event:
                case intervention.Discharged():
                    standing.append(event)
                case intervention.EpisodeReopened():
                    standing = standing[1:]
                case _:
                    standing = [each for each in standing if each.reason != _ERROR]
        return bool(standing)

    @property
    def _bereaved(self) -> bool:
        """Whether every pregnancy that the case is about has ended in a loss: nobody is reminded then (rule P7)."""
        if not self._said.get(referral.PregnancyEnded):
            return False
        lost = {loss.infant_id for loss in self._all(referral.PregnancyEnded)}
        replaced = {each.infant_id for each in self._all(referral.InfantIdentityReplaced)}
        named = {each.new_infant_id for each in self._all(referral.InfantIdentityReplaced)}
        infants = {infant.infant_id for event in self._all(referral.ReferralReceived) for infant in event.subjects}
        return lost >= (infants | named) - replaced


def _told(current: _Assessment, event: Any) -> None:
    match event:
        case assessment.AssessmentRequested():
            current.due_on = event.due_on if current.requested_on is None else current.due_on
            current.abandoned = False
        case assessment.ReassessmentRequested():
            if current.requested_on is None:
                current.requested_on, current.due_on = event.requested_on, event.due_on
        case assessment.AssessmentOffered():
            current.offered = True
        case assessment.AssessmentStarted():
            current.started = True
        case assessment.AssessmentCompleted():
            current.completed = True
        case _:
            current.abandoned = True


def _answers(concern: assessment.SafetyConcernRaised, measure: assessment.MeasureRecorded) -> bool:
    """Whether a concern about this person or the whole family was raised on or after the day of a measure."""
    on = concern.raised_on
    return concern.subject_ref in {None, measure.subject_ref} and on is not None and on >= measure.completed_on
