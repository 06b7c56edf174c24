"""Whole pathways that could have happened, told late, back-dated, corrected and taken back: food for the oracles.

Unlike `strategies.generated_histories`, which says anything in any order, these follow the order of the services:
referral, decision, assessment, programme, sessions, discharge. What is disordered is when each was recorded.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.unit.reporting.happenings import (
    COMPONENTS,
    DISCIPLINES,
    HAPPENINGS,
    PRACTITIONERS,
    adopted,
    held,
    session,
)
from tests.unit.reporting.histories import History, identity
from tests.unit.reporting.teller import Teller

__all__ = ["DISCIPLINES", "PRACTITIONERS", "pathway", "pathways"]

SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)
"""The days of 2025 on which the clocks change."""
SOURCES = ["GP", "health_visitor", "midwife", "self", "internal_consultation"]
CONCERNS = ["bonding_difficulty", "birth_trauma", "antenatal_ambivalence"]
REASONS = ["outside_age", "capacity_closed", "needs_met_by_universal"]
COMPLEXITY = ["caregiver_trauma", "multiple_birth", "interpreter_needed"]
MEASURES = [
    ("PHQ-9", "CAREGIVER", "self", 0, 27), ("MORS-SF-WARMTH", "RELATIONSHIP", "caregiver", 0, 35),
    ("EPDS", "CAREGIVER", "self", 0, 30), ("DC05-AXIS2-A", "RELATIONSHIP", "clinician", 1, 4),
]  # fmt: skip
"""Code, subject, rater, lowest and highest total: one that NHS England lists, and three that it does not."""


def pathway(
    random: Random, case: str = "a", team: str = "team-north", family: str = "", start: date | None = None
) -> History:
    """One case, as far as it came.

    Args:
        random: decides everything else.
        case: its name.
        team: whose case it is.
        family: whose people it is about, if other cases are about the same.
        start: when it was received; without it some weeks before the clocks change.
    """
    begun = start or random.choice([SPRING, AUTUMN]) - timedelta(days=random.randrange(60))
    teller = Teller(random, History(case=case, team=team, family=family), begun)
    steps = [_referral, _decision, _assessment, _programme, _sessions, _ending]
    for step in steps[: random.choice([1, 2, 3, 4, 5, 6, 6, 6, 6])]:
        if not step(teller):
            break
    for _ in range(random.choice([0, 0, 1, 2, 4])):
        teller.amend()
    return teller.history


@st.composite
def pathways(draw: st.DrawFn, case: str = "a", team: str = "team-north") -> History:
    """`pathway` for hypothesis, which can make a failing one smaller."""
    return pathway(draw(st.randoms(use_true_random=False)), case, team)


def _referral(teller: Teller) -> bool:
    random, history = teller.random, teller.history
    infants, caregivers = random.choice([1, 2]), random.choice([1, 2])
    teller.infants = infants
    unborn = teller.chance(30)
    due = teller.day + timedelta(days=random.randrange(10, 200))
    born = teller.day - timedelta(days=random.choice([0, random.randrange(1100), random.randrange(1100)]))
    subject: dict[str, Any] = {"unborn": True, "edd": due.isoformat(), "age_days": -(due - teller.day).days}
    if not unborn:
        age = (teller.day - born).days
        subject = {"unborn": False, "born_on": born.isoformat(), "age_days": age}
        subject |= {"gestation_weeks_at_birth": random.choice([30, 38, None])}
    risk = random.choice(["CURRENT", "POTENTIAL"])
    concerns = [{"code": code, "risk_status": risk} for code in CONCERNS[: random.randrange(1, 4)]]
    teller.tell("referral", "ReferralReceived", {
        "referral_id": str(history.case_id), "received_on": teller.day.isoformat(), "source": random.choice(SOURCES),
        "channel": "web_form", "priority": random.choice(["1", "3"]), "locality": random.choice(["E07000223", None]),
        "subjects": [{"infant_id": history.baby(each + 1)} | subject | _group(random) for each in range(infants)],
        "caregivers": [_carer(random, history.carer(each + 1), each == 0) for each in range(caregivers)],
        "concerns": concerns, "flags": random.choice([[], ["cin"]]), "consent_to_referral": "agreed",
        "eligibility_rule_version": "default-1",
        "consultation_id": random.choice([None, None, str(identity(history.team, "activity", random.randrange(9)))]),
    })  # fmt: skip
    if unborn and teller.chance(60):
        teller.later()
        for each in range(infants):
            teller.tell("referral", "InfantBorn", {
                "infant_id": history.baby(each + 1), "born_on": teller.day.isoformat(), "source": "staff",
                "gestation_weeks": random.choice([None, 36, 40]),
            })  # fmt: skip
    elif unborn and teller.chance(20):
        teller.tell("referral", "PregnancyEnded", {"infant_id": history.baby(), "on": teller.later()})
    return True


def _group(random: Random) -> dict[str, Any]:
    """Coded and optional, for M10."""
    return {
        "ethnic_group": random.choice(["asian", "white", None, None]),
        "deprivation_decile": random.choice([1, 5, None, None]),
        "interpreter_language": random.choice(["pl", None, None]),
    }  # fmt: skip


def _carer(random: Random, caregiver_id: str, primary: bool) -> dict[str, Any]:
    role = random.choice(["mother", "father", "foster_carer"])
    return {"caregiver_id": caregiver_id, "primary": primary, "role": role, "has_pr": "yes"} | _group(random)


def _decision(teller: Teller) -> bool:
    random = teller.random
    day = teller.later(20)
    outcome = random.choice(["accepted"] * 6 + ["declined", "duplicate", "withdrawn"])
    if outcome == "accepted":
        tier = random.choice(["TARGETED", "SPECIALIST", "CONSULT"])
        teller.tell("referral", "ReferralAccepted", {
            "decided_on": day, "offer_tier": tier, "priority": random.choice(["2", "3"]), "decision_by": "lead",
            "eligibility_rule_version": "default-1",
        })  # fmt: skip
        teller.tell("intervention", "EpisodeOpened", {"on": day})
        if teller.chance(10):
            withdrawal = {"on": teller.later(), "by": "family", "reason": "changed_mind"}
            teller.tell("referral", "ReferralWithdrawn", withdrawal)
            _discharge(teller, "family_withdrew")
            return False
    elif outcome == "declined":
        teller.tell("referral", "ReferralDeclined", {
            "decided_on": day, "reason": random.choice(REASONS), "signposted_to": random.choice([[], ["GP"]]),
            "triage_decision": random.choice(["declined", "signposted"]),
        })  # fmt: skip
    elif outcome == "duplicate":
        other = str(identity("case", "another"))
        teller.tell("referral", "ReferralLinkedDuplicate", {"of_case_id": other, "on": day})
    else:
        withdrawal = {"on": day, "by": random.choice(["family", "referrer"]), "reason": "no_longer_needed"}
        teller.tell("referral", "ReferralWithdrawn", withdrawal)
    return outcome == "accepted"


def _assessment(teller: Teller) -> bool:
    random, history = teller.random, teller.history
    if teller.chance(60):
        teller.tell("assessment", "AssessmentStarted", {"on": teller.later(), "practitioners": PRACTITIONERS[:1]})
    if teller.chance(50):
        session(teller, "assessment", treatment=teller.chance(30))
    if teller.chance(10):
        teller.tell("assessment", "AssessmentAbandoned", {"on": teller.later(), "reason": "not_engaged"})
        if teller.chance(50):
            return False
        teller.tell("assessment", "AssessmentStarted", {"on": teller.later(), "practitioners": PRACTITIONERS[:1]})
    _measured(teller, "baseline")
    recommendation = random.choice(["PROGRAMME", "PROGRAMME", "PROGRAMME", "SIGNPOST"])
    teller.tell("assessment", "AssessmentCompleted", {
        "assessment_id": str(identity(history.case, "assessment", len(teller.said))), "completed_on": teller.later(),
        "recommendation": recommendation, "focus_relationships": history.focus(random.randrange(1, teller.infants + 1)),
        "need_level": "TARGETED", "complexity": COMPLEXITY[: random.randrange(3)], "contacts_used": 1,
    })  # fmt: skip
    if recommendation != "PROGRAMME":
        _discharge(teller, "no_further_need_after_assessment")
    return recommendation == "PROGRAMME"


def _programme(teller: Teller) -> bool:
    random, history = teller.random, teller.history
    components = [
        {"component_code": code, "kind": "EVIDENCE_BASED", "planned_sessions": random.randrange(1, 9),
         "frequency_days": 7}
        for code in COMPONENTS[: random.randrange(1, 3)]
    ]  # fmt: skip
    goal = {"goal_id": str(identity(history.case, "goal")), "domain": "strength", "rater": "joint"}
    teller.tell("intervention", "ProgrammeAssigned", {
        "programme_id": str(identity(history.case, "programme")), "assigned_on": teller.later(),
        "tier": random.choice(["TARGETED", "SPECIALIST"]), "components": components, "catalogue_version": "default-1",
        "focus_relationships": history.focus(), "goals": [goal | {"baseline": random.choice([None, 2, 5])}],
        "lead_practitioner_id": PRACTITIONERS[0], "care_plan_agreed_on": random.choice([None, teller.day.isoformat()]),
        "agreed_by": [],
    })  # fmt: skip
    return True


def _sessions(teller: Teller) -> bool:
    for _ in range(teller.random.randrange(9)):
        teller.random.choice(HAPPENINGS)(teller)
    if teller.chance(3):
        adopted(teller)
    return True


def _ending(teller: Teller) -> bool:
    if teller.chance(60):
        teller.tell("intervention", "ProgrammeCompleted", {"on": teller.later()})
    if teller.chance(20):
        _programme(teller)
        held(teller)
    _measured(teller, "final")
    if teller.chance(60):
        _discharge(teller, teller.random.choice(["planned_completed", "moved_area", "administrative_error"]))
        if teller.chance(50):
            teller.tell("intervention", "EpisodeReopened", {"on": teller.later(5), "reason": "entered_in_error"})
            if teller.chance(50):
                _discharge(teller, "planned_completed")
    return True


def _measured(teller: Teller, timepoint: str) -> None:
    history = teller.history
    for code, kind, rater, lowest, highest in MEASURES:
        if teller.chance(60):
            about = {"subject_ref": history.carer()}
            if kind == "RELATIONSHIP":
                about = {"relationship_ref": {"infant_id": history.baby(), "caregiver_ids": [history.carer()]}}  # type: ignore[dict-item]
            teller.tell("assessment", "MeasureRecorded", {
                "measure_code": code, "measure_version": "default-1", "subject_kind": kind, "rater": rater,
                "completed_on": teller.later(), "total": teller.random.randrange(lowest, highest + 3), "subscales": {},
                "safety_item_flag": False, "timepoint": timepoint, **about,
            })  # fmt: skip


def _discharge(teller: Teller, reason: str) -> None:
    teller.tell("intervention", "Discharged", {
        "discharged_on": teller.later(), "reason": reason, "planned": reason == "planned_completed",
        "stage_at_discharge": "SESSIONS", "destination": [], "outcome_band": "not_measured", "sessions_held": 0,
    })  # fmt: skip
