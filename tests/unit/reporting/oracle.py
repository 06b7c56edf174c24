"""The definitions of domain 6.6 said a second time, slowly, from what was recorded by an instant. No code in common."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar

from services.reporting import heard_assessment, heard_intervention, heard_referral
from services.reporting.heard import Fact
from shared.kernel.history import effective
from tests.unit.reporting.oracle_days import dated_columns, family_columns
from tests.unit.reporting.oracle_facts import told_columns, worked_columns
from tests.unit.reporting.oracle_owed import owed_columns

E = TypeVar("E")


def believed_at(facts: Iterable[Fact], instant: datetime) -> dict[str, Any] | None:
    """What was believed about a case at an instant of the known axis, column by column; None before its first event."""
    known = [fact for fact in facts if fact.recorded_at <= instant]
    if not known:
        return None
    return _columns(known, [fact for stream in _streams(known) for fact in effective(stream)])


def _streams(known: Sequence[Fact]) -> list[list[Fact]]:
    ordered = sorted(known, key=lambda fact: fact.stream)
    return [list(stream) for _, stream in groupby(ordered, key=lambda fact: fact.stream)]


def _first(days: Iterable[date]) -> date | None:
    return next(iter(sorted(days)), None)


def _columns(known: Sequence[Fact], standing: Sequence[Any]) -> dict[str, Any]:
    def said(cls: type[E]) -> list[E]:
        return [fact.event for fact in standing if isinstance(fact.event, cls)]

    referrals = said(heard_referral.ReferralReceived)
    sessions = said(heard_intervention.SessionHeld)
    contacts = [each for each in sessions if each.attend_status in "56" and each.modality in ("01", "02", "04", "11")]
    attended = [each.held_on for each in contacts]
    starts = [each.on for each in said(heard_assessment.AssessmentStarted)]
    completions = said(heard_assessment.AssessmentCompleted)
    assigned = said(heard_intervention.ProgrammeAssigned)
    programmes = sorted((each.assigned_on, each.tier) for each in assigned)
    programme_on = programmes[0][0] if programmes else None
    treatments = [each.held_on for each in sessions if each.is_treatment]
    accepted = sorted((each.decided_on, each.offer_tier) for each in said(heard_referral.ReferralAccepted))
    declined = sorted(each.decided_on for each in said(heard_referral.ReferralDeclined))
    duplicates = sorted(each.on for each in said(heard_referral.ReferralLinkedDuplicate))
    decisions = sorted(
        [(day, "accepted") for day, _ in accepted]
        + [(day, "declined") for day in declined]
        + [(day, "duplicate") for day in duplicates]
    )
    decided_on, decision = decisions[0] if decisions else (None, None)
    withdrawn_on = _first(each.on for each in said(heard_referral.ReferralWithdrawn))
    openings = [fact.version for fact in standing if isinstance(fact.event, heard_intervention.EpisodeOpened)]
    closings = [fact for fact in standing if isinstance(fact.event, heard_intervention.Discharged)]
    reopenings = [fact.version for fact in standing if isinstance(fact.event, heard_intervention.EpisodeReopened)]
    undone = [
        fact for fact in closings
        if any(version > fact.version for version in reopenings)
        or (fact.event.reason == "administrative_error" and any(version > fact.version for version in openings))
    ]  # fmt: skip
    discharges = sorted((fact.event.discharged_on, fact.event.reason) for fact in closings if fact not in undone)
    discharged_on, discharge_reason = discharges[0] if discharges else (None, None)
    ends = [(day, by) for day, by in [
        (_first(declined), "declined"),
        (_first(duplicates), "duplicate"),
        (withdrawn_on, "withdrawn"),
        (discharged_on, "discharged"),
    ] if day is not None]  # fmt: skip
    closed_on = _first(day for day, _ in ends)
    programme_versions = [f.version for f in standing if isinstance(f.event, heard_intervention.ProgrammeAssigned)]
    completed = [
        fact.event.on for fact in standing
        if isinstance(fact.event, heard_intervention.ProgrammeCompleted)
        and all(fact.version > version for version in programme_versions)
    ]  # fmt: skip
    return {
        "team_id": known[0].team_id,
        "tier": accepted[0][1] if decision == "accepted" else programmes[0][1] if programmes else None,
        "received_on": _first(each.received_on for each in referrals),
        "decided_on": decided_on,
        "decision": decision,
        "withdrawn_on": withdrawn_on,
        "first_contact_on": _first(attended + starts),
        "first_attended_on": _first(attended),
        "assessment_started_on": _first(starts + [each.held_on for each in contacts if each.kind == "assessment"]),
        "assessed_on": _first(each.completed_on for each in completions),
        "assessed_programme_on": _first(e.completed_on for e in completions if e.recommendation == "PROGRAMME"),
        "programme_on": programme_on,
        "first_treatment_on": _first(treatments),
        "first_programme_treatment_on": _first(
            day for day in treatments if programme_on is not None and day >= programme_on
        ),
        "discharged_on": discharged_on,
        "discharge_reason": discharge_reason,
        "closed_on": closed_on,
        "closed_by": next((by for day, by in ends if day == closed_on), None),
        "pregnancy_ended_on": _first(each.on for each in said(heard_referral.PregnancyEnded)),
        "programme_completed_on": _first(completed),
        **dated_columns(standing),
        **family_columns(standing),
        **told_columns(standing),
        **worked_columns(standing, undone),
        **owed_columns(standing),
    }
