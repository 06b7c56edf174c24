"""Each event as one sentence in plain words, as a nurse would say it, without a person in it. Pure."""

from collections.abc import Callable
from datetime import date
from typing import Any

from services.reporting import heard_assessment as assessment
from services.reporting import heard_common as common
from services.reporting import heard_intervention as intervention
from services.reporting import heard_referral as referral
from services.reporting import heard_team as team
from shared.kernel.civil import civil_date
from shared.kernel.history import Corrected, EventVoided

_ABBREVIATIONS = frozenset({"GP", "CAMHS", "IMH", "HV", "MH", "NHS", "CHI", "ODS", "VIG", "GBO"})


def words(code: str) -> str:
    """A code as words: `health_visitor` -> `health visitor`, `CAMHS` as it is."""
    return " ".join(part if part in _ABBREVIATIONS else part.lower() for part in code.replace("_", " ").split())


def day(on: date | None) -> str:
    """A date as people write it: 3 March 2025; nothing for none."""
    return "" if on is None else f"{on.day} {on:%B %Y}"


def describe(event: Any) -> str:
    """One sentence without a person in it."""
    if isinstance(event, Corrected):
        return f"Corrected to: {describe(event.data)}"
    return _SENTENCES[type(event)](event)


_PRIORITIES = {"1": "emergency", "2": "urgent", "3": "routine", "4": "very urgent"}
_DECISIONS = {
    "declined": "Referral declined",
    "signposted": "Family pointed to another service",
    "redirected_transfer": "Referral handed to another service",
}
_ATTENDANCE = {
    "2": "cancelled by the family",
    "3": "the baby was not brought",
    "4": "cancelled by the team",
    "7": "the family came too late to be seen",
}
_IDENTIFIERS = {"nhs": "NHS number", "chi": "CHI number", "health_and_care": "Health and Care number"}
_ACTIVITIES = {
    "training": "Training given",
    "consultation": "Consultation given",
    "supervision": "Supervision given",
    "system_advice": "Advice given to system leaders or commissioners",
}
_STEPS = {"SPECIALIST": "up to specialist", "TARGETED": "down to targeted"}


def _because(text: str, code: str) -> str:
    return f"{text}: {words(code)}" if code else text


def _by(text: str, code: str) -> str:
    return f"{text} by {words(code)}" if code else text


def _until(text: str, on: date | None) -> str:
    return f"{text} by {day(on)}" if on is not None else text


def _identifier(event: referral.IdentifierRecorded) -> str:
    said = f"{_IDENTIFIERS.get(event.kind, 'National number')} recorded"
    return said if event.quality in ("", "none", "valid") else f"{said}, to be checked: {words(event.quality)}"


_REFERRAL: dict[type, Callable[[Any], str]] = {
    referral.ReferralReceived: lambda event: f"Referral received from {words(event.source) or 'an unnamed source'}",
    referral.CaseReferenceLinked: lambda _: "The sender's own reference was linked",
    referral.ReferralAcknowledged: lambda _: "The referrer was told that the referral has arrived",
    referral.ReferralInfoRequested: lambda event: _until("More information asked for", event.due_on),
    referral.ReferralInfoProvided: lambda _: "The information that was asked for came",
    referral.ReferralHeldUntilBirth: lambda _: "Decision waits until the baby is born",
    referral.ReferralAccepted: lambda event: f"Referral accepted, {words(event.offer_tier)} offer",
    referral.ReferralDeclined: lambda event: _because(
        _DECISIONS.get(event.triage_decision, "Referral declined"), event.reason
    ),
    referral.ReferralWithdrawn: lambda event: f"Referral withdrawn by {words(event.by)}",
    referral.ReferralLinkedDuplicate: lambda _: (
        "Closed: the family had been referred before, and that referral goes on"
    ),
    referral.ReferralPriorityChanged: lambda event: _because(
        "Priority changed", _PRIORITIES.get(event.priority, event.priority)
    ),
    referral.FamilyMemberLinked: lambda event: _because("A parent or carer now cares for the baby", event.role),
    referral.LinkEnded: lambda _: "A parent or carer no longer cares for the baby",
    referral.InfantBorn: lambda _: "Baby born",
    referral.PregnancyEnded: lambda _: "The pregnancy ended; no letters or messages go out any more",
    referral.InfantIdentityReplaced: lambda _: "The baby has a new identity; links to former parents or carers ended",
    referral.ConsentRecorded: lambda event: _because("Consent given", event.scope),
    referral.ConsentWithdrawn: lambda event: _because("Consent withdrawn or refused", event.scope),
    referral.SafeguardingFlagsChanged: lambda _: "Safeguarding information changed",
    referral.IdentifierRecorded: _identifier,
    referral.PersonDetailsRecorded: lambda _: "Personal details added or put right",
    referral.DischargeSummarySent: lambda event: f"Summary sent to {words(event.to) or 'the referrer'}",
    referral.SubjectErased: lambda _: "A person's details were erased for good",
    referral.AccessDenied: lambda _: "Somebody was barred from this record",
    referral.AccessDenialLifted: lambda _: "Somebody is no longer barred from this record",
    referral.BreakGlassOpened: lambda event: _because(
        "Record opened by somebody outside the case, to be reviewed", event.reason
    ),
}
_ASSESSMENT: dict[type, Callable[[Any], str]] = {
    assessment.AssessmentRequested: lambda event: f"Assessment to be offered by {day(event.due_on)}",
    assessment.AssessmentOffered: lambda event: (
        "Assessment offered" if event.appt_on is None else f"Assessment offered for {day(event.appt_on)}"
    ),
    assessment.AssessmentStarted: lambda _: "Assessment started",
    assessment.MeasureRecorded: lambda event: f"Measure completed: {event.measure_code}",
    assessment.ObservationRecorded: lambda _: "The baby was observed",
    assessment.ReassessmentRequested: lambda event: f"The family is to be assessed once more by {day(event.due_on)}",
    assessment.SafetyConcernRaised: lambda _: "Safety concern raised",
    assessment.AssessmentCompleted: lambda event: (
        f"Assessment completed, recommendation: {words(event.recommendation)}"
    ),
    assessment.AssessmentAbandoned: lambda _: "Assessment ended without a result",
}
_INTERVENTION: dict[type, Callable[[Any], str]] = {
    intervention.EpisodeOpened: lambda _: "Episode opened",
    intervention.ProgrammeAssigned: lambda event: f"Programme assigned, {words(event.tier)}",
    intervention.ProgrammeRevised: lambda event: _because("Programme changed", event.reason),
    intervention.TierChanged: lambda event: f"Stepped {_STEPS.get(event.to_tier, 'to ' + words(event.to_tier))} work",
    intervention.LeadPractitionerChanged: lambda event: _because(
        "Another practitioner now leads the work", event.reason
    ),
    intervention.GoalRated: lambda event: f"Goal rated {event.value} of 10",
    intervention.SessionScheduled: lambda event: f"Session booked for {day(civil_date(event.at))}",
    intervention.SessionHeld: lambda event: f"Session held: {words(event.kind)}",
    intervention.SessionNotHeld: lambda event: (
        f"Session not held: {_ATTENDANCE.get(event.attend_status, 'no reason given')}"
    ),
    intervention.EpisodePaused: lambda event: _because("Work paused", event.reason),
    intervention.EpisodeResumed: lambda _: "Work resumed",
    intervention.ActiveMonitoringStarted: lambda event: _by("Active monitoring started", event.by),
    intervention.ActiveMonitoringEnded: lambda event: _by("Active monitoring ended", event.by),
    intervention.TreatmentDeclined: lambda event: _by("Treatment declined", event.by),
    intervention.ProgrammeCompleted: lambda _: "Programme completed, the ending begins",
    intervention.Discharged: lambda event: f"Discharged: {words(event.reason)}",
    intervention.EpisodeReopened: lambda _: "Discharge undone: the case is open again",
    intervention.FollowUpRecorded: lambda event: _because("Followed up after the discharge", event.kind),
}
_TEAM: dict[type, Callable[[Any], str]] = {
    team.TeamConfigured: lambda event: f"Team settings: version {event.config_version}",
    team.PractitionerJoined: lambda event: _because("A practitioner joined the team", event.discipline),
    team.PractitionerChanged: lambda _: "A practitioner's part in the team changed",
    team.PractitionerAbsent: lambda event: (
        "A practitioner is away" if event.until_on is None else f"A practitioner is away until {day(event.until_on)}"
    ),
    team.PractitionerReturned: lambda _: "A practitioner is back",
    team.PractitionerLeft: lambda _: "A practitioner left the team",
    team.SystemActivityRecorded: lambda event: (
        f"{_ACTIVITIES.get(event.kind, words(event.kind).capitalize())}: {event.minutes} minutes"
    ),
    team.ConsultationBecameReferral: lambda _: "A consultation became a referral",
    team.SupervisionPlanned: lambda _: "Supervision planned as a series",
    team.CapacityDeclared: lambda event: (
        f"{event.new_case_slots} new families can start in the week of {day(event.week)}"
    ),
    team.LocalityReachDeclared: lambda event: f"{event.births} babies born in the locality in {event.year}",
}
_COMMON: dict[type, Callable[[Any], str]] = {
    EventVoided: lambda event: f"Taken back: {words(event.reason)}",
    common.TaskRaised: lambda event: _until(_because("Task", event.kind), event.due_on),
    common.TaskDone: lambda _: "Task done",
    common.TargetBreached: lambda event: f"Not done by {day(event.due_on)}: {words(event.target_code)}",
    common.SubjectErasureAcknowledged: lambda event: f"Erasure carried out by the {words(event.service)} service",
}
_SENTENCES = _REFERRAL | _ASSESSMENT | _INTERVENTION | _TEAM | _COMMON
