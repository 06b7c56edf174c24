"""The second saying of what stands around the pathway, and of sessions, scores and work. No code in common."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.reporting import heard_assessment, heard_intervention, heard_referral, heard_team
from services.reporting.heard import Fact
from shared.kernel.history import effective

LONDON = ZoneInfo("Europe/London")


def _of(standing: Sequence[Any], *classes: type) -> list[Any]:
    """Facts of these classes, in order of version."""
    return sorted((fact for fact in standing if isinstance(fact.event, classes)), key=lambda fact: fact.version)


def _last(said: Iterable[Any]) -> Any:
    found = list(said)
    return found[-1] if found else None


def told_columns(standing: Sequence[Any]) -> dict[str, Any]:
    """What the referral's stream tells."""
    receipts = _of(standing, heard_referral.ReferralReceived)
    first = next(iter(sorted(receipts, key=lambda fact: (fact.event.received_on, fact.version))), None)
    event = first.event if first else heard_referral.ReferralReceived(received_on=date.min)
    infants = [infant for fact in receipts for infant in fact.event.subjects]
    carers = [carer for fact in receipts for carer in fact.event.caregivers]
    carers += [fact.event for fact in _of(standing, heard_referral.FamilyMemberLinked)]
    urgent = (
        heard_referral.ReferralReceived, heard_referral.ReferralPriorityChanged, heard_referral.ReferralAccepted,
    )  # fmt: skip
    flagged = _last(_of(standing, heard_referral.ReferralReceived, heard_referral.SafeguardingFlagsChanged))
    numbers = {
        (fact.event.subject_ref, fact.event.kind): fact.event.quality
        for fact in _of(standing, heard_referral.IdentifierRecorded)
    }
    return {
        "source": event.source or None,
        "channel": event.channel or None,
        "priority": _last(fact.event.priority for fact in _of(standing, *urgent) if fact.event.priority),
        "locality": event.locality,
        "concerns": tuple(sorted({concern.code for concern in event.concerns})),
        "risk_current": "CURRENT" in {concern.risk_status for concern in event.concerns},
        "consultation_id": event.consultation_id,
        "prior_case_id": event.prior_case_id,
        "caregiver_roles": tuple(sorted({carer.role for carer in carers} - {""})),
        "ethnic_groups": _groups(infants) or _groups(carers),
        "deprivation_decile": _lowest(infants) or _lowest(carer for carer in carers if carer.primary),
        "interpreter_language": next(
            iter(sorted(each.interpreter_language for each in [*infants, *carers] if each.interpreter_language)), None
        ),
        "received_recorded_on": first.recorded_at.astimezone(LONDON).date() if first else None,
        "flags": tuple(f for f in ("cin", "cp_plan", "lac") if flagged and f in flagged.event.flags),
        "identifier_failing": not {"check_digit_failed", "repeated_digits", "malformed"}.isdisjoint(numbers.values()),
        **_decided(standing),
        "gestation_weeks": _gestations(standing, infants),
        "moves": _moves(standing),
    }


def _groups(people: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({each.ethnic_group for each in people if each.ethnic_group}))


def _lowest(people: Iterable[Any]) -> int | None:
    return next(iter(sorted(each.deprivation_decile for each in people if each.deprivation_decile)), None)


def _decided(standing: Sequence[Any]) -> dict[str, Any]:
    decisions: list[Any] = []
    for fact in standing:
        match fact.event:
            case heard_referral.ReferralAccepted(decided_on=day, offer_tier=tier):
                triage = "accepted_consultation_only" if tier == "CONSULT" else "accepted"
                decisions.append(((day, "accepted", tier, fact.version), (triage, None, ())))
            case heard_referral.ReferralDeclined(decided_on=day) as event:
                said = (event.triage_decision, event.reason or None, event.signposted_to)
                decisions.append(((day, "declined", "", fact.version), said))
            case heard_referral.ReferralLinkedDuplicate(on=day):
                decisions.append(((day, "duplicate", "", fact.version), ("duplicate", None, ())))
    triage, reason, signposts = min(decisions)[1] if decisions else (None, None, ())  # type: ignore[assignment]
    withdrawals = [(f.event.on, f.version, f.event.by) for f in _of(standing, heard_referral.ReferralWithdrawn)]
    return {
        "triage_decision": triage,
        "decline_reason": reason,
        "signposted_to": signposts,
        "withdrawn_by": min(withdrawals)[2] if withdrawals else None,
    }


def _names(standing: Sequence[Any]) -> dict[UUID, UUID]:
    """Each id that a baby has laid down, to the last one."""
    names: dict[UUID, UUID] = {}
    for fact in _of(standing, heard_referral.InfantIdentityReplaced):
        names = {old: fact.event.new_infant_id if new == fact.event.infant_id else new for old, new in names.items()}
        names[fact.event.infant_id] = fact.event.new_infant_id
    return names


def _moves(standing: Sequence[Any]) -> tuple[date, ...] | None:
    names, ends = _names(standing), [fact.event for fact in _of(standing, heard_referral.LinkEnded)]
    went = [end for end in ends if end.reason in ("placement_change", "adoption")]
    return tuple(sorted(day for _, day in {(names.get(e.infant_id, e.infant_id), e.to_on) for e in went})) or None


def _gestations(standing: Sequence[Any], infants: Sequence[Any]) -> tuple[int | None, ...]:
    names = _names(standing)
    said = [(each.infant_id, each.gestation_weeks_at_birth) for each in infants]
    said += [(f.event.infant_id, f.event.gestation_weeks) for f in _of(standing, heard_referral.InfantBorn)]
    ids = sorted({names.get(each.infant_id, each.infant_id) for each in infants})
    return tuple(
        min((weeks for who, weeks in said if names.get(who, who) == each and weeks), default=None) for each in ids
    )


def worked_columns(standing: Sequence[Any], undone: Sequence[Any]) -> dict[str, Any]:
    """What the other two streams tell."""
    programmes = _of(standing, heard_intervention.ProgrammeAssigned)
    leads = [(f.event.assigned_on, f.version, f.event.lead_practitioner_id, "assigned") for f in programmes]
    changes = _of(standing, heard_intervention.LeadPractitionerChanged)
    leads += [(f.event.on, f.version, f.event.to_practitioner_id, f.event.reason) for f in changes]
    leads = sorted(lead for lead in leads if lead[2])
    discharges = [fact for fact in _of(standing, heard_intervention.Discharged) if fact not in undone]
    ended = next(iter(sorted(discharges, key=lambda f: (f.event.discharged_on, f.event.reason, f.version))), None)
    assessed = _of(standing, heard_assessment.AssessmentCompleted)
    about = [f.event for f in _of(standing, heard_intervention.SessionHeld) if f.event.joint_with]

    def first(cls: type, name: str) -> Any:
        return next(iter(sorted(d for f in _of(standing, cls) if (d := getattr(f.event, name)))), None)

    return {
        "lead_days": tuple(lead[0] for lead in leads) or None,
        "lead_steps": tuple(lead[2] for lead in leads) or None,
        "lead_reasons": tuple(lead[3] for lead in leads) or None,
        "planned_sessions": _planned(standing),
        **_plan_columns(standing),
        **_step_columns(standing),
        "care_plan_agreed_on": first(heard_intervention.ProgrammeAssigned, "care_plan_agreed_on"),
        "active_monitoring_on": first(heard_intervention.ActiveMonitoringStarted, "on"),
        "treatment_declined_on": first(heard_intervention.TreatmentDeclined, "on"),
        "outcome_band": ended and ended.event.outcome_band,
        "stage_at_discharge": ended and ended.event.stage_at_discharge,
        "discharge_planned": ended and ended.event.planned,
        "need_level": next(
            (f.event.need_level for f in sorted(assessed, key=lambda f: (f.event.completed_on, f.version))), None
        ),
        "listed_measure_on": min(_listed_days(standing), default=None),
        "indirect_on": min((e.held_on for e in about if not (e.infants_present or e.caregivers_present)), default=None),
    }


def _listed_days(standing: Sequence[Any]) -> Iterable[date]:
    """Days of scores that the national list knows: goals with a rating, their later ratings, and seven measures."""
    for fact in standing:
        match fact.event:
            case heard_assessment.MeasureRecorded(measure_code=code, completed_on=day):
                if code in ("BPSES", "CORE-10", "GAD-7", "GBO", "PHQ-9", "SDQ-2-4", "SWEMWBS"):
                    yield day
            case heard_intervention.GoalRated(on=day):
                yield day
            case heard_intervention.ProgrammeAssigned(assigned_on=day, goals=goals):
                yield from [day for goal in goals if goal.baseline is not None]
            case heard_intervention.ProgrammeRevised(on=date() as day, goals_added=goals):
                yield from [day for goal in goals if goal.baseline is not None]


def _planned(standing: Sequence[Any]) -> int:
    parts: dict[str, int] = {}
    for fact in _of(standing, heard_intervention.ProgrammeAssigned, heard_intervention.ProgrammeRevised):
        match fact.event:
            case heard_intervention.ProgrammeAssigned(components=components):
                parts = {each.component_code: each.planned_sessions for each in components}
            case heard_intervention.ProgrammeRevised(added=added, removed=removed):
                parts = {code: number for code, number in parts.items() if code not in removed}
                parts |= {each.component_code: each.planned_sessions for each in added}
    return sum(parts.values())


Rows = dict[UUID, dict[str, Any]]
"""Columns by id of the row."""


def rows_at(facts: Sequence[Fact], instant: Any, rows: Callable[[Sequence[Any]], Rows]) -> Rows:
    """What was believed of one stream at an instant."""
    return rows(effective([fact for fact in facts if fact.recorded_at <= instant]))


def contacts_of(standing: Sequence[Any]) -> Rows:
    """Of an episode's stream: one row per session, in the words that matter most."""
    found: Rows = {}
    for fact in _of(standing, heard_intervention.SessionScheduled):
        day = fact.event.at.astimezone(LONDON).date()
        booked_on = fact.recorded_at.astimezone(LONDON).date()
        found[fact.event.session_id] = {"status": "booked", "day": day, "booked_recorded_on": booked_on}
    for fact in _of(standing, heard_intervention.SessionHeld, heard_intervention.SessionNotHeld):
        event = fact.event
        row = found.setdefault(event.session_id, {"booked_recorded_on": None})
        held = isinstance(event, heard_intervention.SessionHeld)
        row["status"] = "held" if held else "not_held"
        row["day"] = event.held_on if held else event.on
        row["attend_status"] = event.attend_status
        row["recorded_on"] = fact.recorded_at.astimezone(LONDON).date()
    return found


def scores_of(standing: Sequence[Any]) -> Rows:
    """Of either stream: one row per measurement and rating; of first ratings by goal and day."""
    found: Rows = {}
    raters: dict[UUID, str] = {}
    brought = _of(standing, heard_intervention.ProgrammeAssigned, heard_intervention.ProgrammeRevised)
    for fact in brought:
        assigned = isinstance(fact.event, heard_intervention.ProgrammeAssigned)
        raters |= {goal.goal_id: goal.rater for goal in (fact.event.goals if assigned else fact.event.goals_added)}
    for fact in _of(standing, heard_assessment.MeasureRecorded):
        found[fact.event_id] = {
            "measure_code": fact.event.measure_code, "completed_on": fact.event.completed_on,
            "total": fact.event.total, "rater": fact.event.rater,
        }  # fmt: skip
    for fact in _of(standing, heard_intervention.GoalRated):
        found[fact.event_id] = {
            "measure_code": "GBO", "completed_on": fact.event.on, "total": fact.event.value,
            "rater": raters.get(fact.event.goal_id, ""),
        }  # fmt: skip
    return found


def work_of(standing: Sequence[Any]) -> Rows:
    """Of a team's stream of work: one row per activity."""
    found: Rows = {}
    for fact in _of(standing, heard_team.SystemActivityRecorded):
        found[fact.event.activity_id] = {
            "kind": fact.event.kind, "day": fact.event.on, "minutes": fact.event.minutes, "became_case_id": None,
            "series_id": fact.event.series_id,
        }  # fmt: skip
    for fact in _of(standing, heard_team.ConsultationBecameReferral):
        if fact.event.activity_id in found:
            found[fact.event.activity_id]["became_case_id"] = fact.event.case_id
    return found


def _plan_columns(standing: Sequence[Any]) -> dict[str, Any]:
    words: list[tuple[date, str, int | None]] = []
    for fact in _of(standing, heard_intervention.ProgrammeAssigned, heard_intervention.ProgrammeRevised):
        match fact.event:
            case heard_intervention.ProgrammeAssigned(assigned_on=day, components=components):
                words += [(day, each.component_code, each.planned_sessions) for each in components]
            case heard_intervention.ProgrammeRevised(on=day, added=added, removed=removed):
                words += [(day or date.min, code, None) for code in removed]
                words += [(day or date.min, each.component_code, each.planned_sessions) for each in added]
    names = ("plan_days", "plan_components", "plan_sessions")
    return {name: tuple(word[place] for word in words) or None for place, name in enumerate(names)}


def _step_columns(standing: Sequence[Any]) -> dict[str, Any]:
    order = {"CONSULT": 1, "TARGETED": 2, "SPECIALIST": 3}
    steps = []
    for fact in _of(standing, heard_intervention.TierChanged):
        one, other = order.get(fact.event.from_tier), order.get(fact.event.to_tier)
        if one and other and one != other:
            steps.append((fact.event.on, fact.version, "up" if other > one else "down"))
    steps.sort()
    return {
        "step_days": tuple(step[0] for step in steps) or None,
        "step_directions": tuple(step[2] for step in steps) or None,
    }
