"""What a case owes by its team's targets, said a second time from what stands: plain questions, no code in common."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any


def owed_columns(standing: Sequence[Any]) -> dict[str, Any]:
    """The two columns, from the facts that stand after voids and corrections."""
    said = _Said(standing)
    found = sorted({*_of_referral(said), *_of_assessment(said), *_of_episode(said)})
    return {
        "owed_codes": tuple(code for code, _ in found) or None,
        "owed_days": tuple(day for _, day in found) or None,
    }


class _Said:
    def __init__(self, standing: Sequence[Any]) -> None:
        self._ordered = sorted(standing, key=lambda fact: (fact.stream, fact.version))

    def __call__(self, *names: str) -> list[Any]:
        return [fact.event for fact in self._ordered if type(fact.event).__name__ in names]

    def discharged(self) -> bool:
        left: list[Any] = []
        for event in self("EpisodeOpened", "Discharged", "EpisodeReopened"):
            if type(event).__name__ == "Discharged":
                left = [*left, event]
            elif type(event).__name__ == "EpisodeReopened":
                left = left[1:]
            else:
                left = [each for each in left if each.reason != "administrative_error"]
        return left != []

    def bereaved(self) -> bool:
        lost = [each.infant_id for each in self("PregnancyEnded")]
        renamed = self("InfantIdentityReplaced")
        infants = [infant.infant_id for each in self("ReferralReceived") for infant in each.subjects]
        infants += [each.new_infant_id for each in renamed]
        here = [each for each in infants if each not in [one.infant_id for one in renamed]]
        return lost != [] and all(infant in lost for infant in here)


def _of_referral(said: _Said) -> list[tuple[str, date]]:
    if not said("ReferralReceived"):
        return []
    received, found = said("ReferralReceived")[0], []
    if not said("ReferralAcknowledged", "ReferralWithdrawn", "ReferralLinkedDuplicate"):
        found.append(("acknowledge", received.received_on))
    if said("ReferralAccepted", "ReferralDeclined", "ReferralWithdrawn", "ReferralLinkedDuplicate"):
        return found
    since = received.received_on
    if said("ReferralHeldUntilBirth"):
        lost = [each.infant_id for each in said("PregnancyEnded")]
        days = [each.born_on for each in said("InfantBorn")]
        days = days or [each.edd for each in received.subjects if each.edd and each.infant_id not in lost]
        since = max([since, min(days)]) if days else since
    found.append(("decide", since))
    asked = said("ReferralInfoRequested", "ReferralInfoProvided")[-1:]
    open_ones = [each for each in asked if type(each).__name__ == "ReferralInfoRequested" and each.due_on]
    return [*found, *(("information", each.due_on) for each in open_ones)]


def _of_assessment(said: _Said) -> list[tuple[str, date]]:
    found = [
        ("answer_safety_item", measure.completed_on + timedelta(1))
        for measure in said("MeasureRecorded")
        if measure.safety_item_flag
        and not [
            each
            for each in said("SafetyConcernRaised")
            if each.subject_ref in (None, measure.subject_ref)
            and each.raised_on is not None
            and each.raised_on >= measure.completed_on
        ]
    ]
    if not said("ReferralAccepted") or said("ReferralWithdrawn", "ReferralLinkedDuplicate"):
        return found
    if said.discharged() or said.bereaved():
        return found
    names = ("AssessmentOffered", "AssessmentStarted", "AssessmentCompleted", "AssessmentAbandoned")
    last = max([1, *(each.assessment_no for each in said("ReassessmentRequested", *names))])
    story: list[Any] = []
    latest = 1
    for event in said("AssessmentRequested", "ReassessmentRequested", *names):
        latest = max(latest, getattr(event, "assessment_no", latest))
        if getattr(event, "assessment_no", latest) == last:
            story.append(event)
    kinds = [type(event).__name__ for event in story]
    asked = [event for event in story if type(event).__name__ == "ReassessmentRequested"][:1]
    turns = [each for each in kinds if each in ("AssessmentAbandoned", "AssessmentRequested")]
    given_up = turns[-1:] == ["AssessmentAbandoned"]
    if not kinds or "AssessmentCompleted" in kinds or given_up:
        return found
    requests = asked or [event for event in story if type(event).__name__ == "AssessmentRequested"][-1:]
    if requests and "AssessmentOffered" not in kinds and "AssessmentStarted" not in kinds:
        found.append(("offer_assessment", requests[0].due_on))
    since = asked[0].requested_on if asked else said("ReferralAccepted")[0].decided_on
    return [*found, ("complete_assessment", since)]


def _of_episode(said: _Said) -> list[tuple[str, date]]:
    opened, sessions = said("EpisodeOpened"), said("SessionHeld")
    if not opened or not said("ReferralAccepted") or said.discharged() or said.bereaved():
        return []
    found, completions = [], said("ProgrammeCompleted")
    if not said("AssessmentStarted") and not [each for each in sessions if each.modality in ("01", "02", "04", "11")]:
        found.append(("contact", min(each.on for each in opened)))
    programmes = said("ProgrammeAssigned")
    if not programmes:
        for last in said("AssessmentCompleted")[-1:]:
            found += [("programme", last.completed_on)] if last.recommendation == "PROGRAMME" else []
    else:
        since = programmes[0].assigned_on
        treated = [each for each in sessions if each.is_treatment and each.held_on >= since]
        if not treated and not completions and not said("TreatmentDeclined"):
            found.append(("first_session", since))
        resting = len(said("EpisodePaused")) > len(said("EpisodeResumed"))
        watched = len(said("ActiveMonitoringStarted")) > len(said("ActiveMonitoringEnded"))
        if treated and not completions and not resting and not watched:
            went_on = [each.on for each in said("EpisodeResumed", "ActiveMonitoringEnded") if each.on]
            found.append(("silence", max(went_on) if went_on else since))
    if completions and not [each for each in sessions if each.kind == "ending"]:
        found.append(("ending", completions[0].on))
    return found
