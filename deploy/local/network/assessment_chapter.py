"""A story's second chapter: offered, started, measured, completed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.local.network.paths import Way
from deploy.local.network.referral_chapter import Telling
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.sessions import Appointment, book, held


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """How an assessment went."""

    offered_on: date
    started_on: date
    completed_on: date


MEASURES = {
    "EPDS": ("CAREGIVER", "self", 8, 19, -6),
    "CORE-10": ("CAREGIVER", "self", 9, 26, -7),
    "MORS-SF-WARMTH": ("RELATIONSHIP", "caregiver", 12, 26, 5),
    "PIR-GAS": ("RELATIONSHIP", "clinician", 35, 70, 12),
}
"""Subject, rater, lowest and highest total at the start, typical change by the end."""

COMPLEXITY = ("caregiver_mental_illness", "caregiver_trauma", "domestic_abuse", "poverty_or_housing", "prematurity")
STRENGTHS = ("warmth", "motivation", "support_network", "help_seeking", "infant_engagement")


def assessment(telling: Telling, accepted_on: date) -> Assessed:
    """From the acceptance to the completed assessment."""
    chance, diary, team = telling.chance, telling.diary, telling.team
    offered_on = working_days_later(accepted_on, chance.between(2, 6))
    started_on = working_day(offered_on + timedelta(days=5 + team.days("offer", chance)))
    diary.say(
        "AssessmentOffered",
        {"offer_on": offered_on.isoformat(), "appt_on": started_on.isoformat()},
        on=offered_on,
        role="administrator",
    )
    first = Appointment(key="assessment-1", kind="assessment", day=started_on, booked_on=offered_on)
    book(telling, first)
    held(telling, first)
    diary.say("AssessmentStarted", {"on": started_on.isoformat()}, on=started_on, late=True)
    completed_on = working_day(started_on + timedelta(days=7 + team.days("assessment", chance)))
    second = Appointment(
        key="assessment-2",
        kind="assessment",
        day=working_day(started_on + timedelta(days=(completed_on - started_on).days // 2)),
        booked_on=started_on,
    )
    book(telling, second)
    held(telling, second)
    measured(telling, second.day, "baseline")
    _completed(telling, completed_on)
    return Assessed(offered_on=offered_on, started_on=started_on, completed_on=completed_on)


def measured(telling: Telling, day: date, timepoint: str) -> None:
    """The team's measures at one point in time; a safety item above zero is followed by a concern at once."""
    chance, diary, family = telling.chance, telling.diary, telling.family
    caregiver = str(family.caregivers[0].caregiver_id)
    for place, (code, (subject, rater, low, high, change)) in enumerate(MEASURES.items()):
        if place > 1 and chance.of(0.4):
            continue
        total = chance.between(low, high) + (change if timepoint == "final" else 0)
        alarming = telling.path.concern and code == "EPDS" and timepoint == "baseline"
        data: dict[str, Any] = {
            "measure_code": code,
            "subject_kind": subject,
            "rater": rater,
            "completed_on": day.isoformat(),
            "total": str(total),
            "timepoint": timepoint,
            "safety_item_flag": alarming,
        }
        data |= {"relationship_ref": family.focus()[0]} if subject == "RELATIONSHIP" else {"subject_ref": caregiver}
        diary.say("MeasureRecorded", data, on=day, key=f"{code}-{timepoint}", late=True)
        if alarming:
            concern = {
                "raised_on": day.isoformat(),
                "kind": "self_harm_or_suicide",
                "action": "safety_plan",
                "by_when": day.isoformat(),
                "subject_ref": caregiver,
            }
            diary.say("SafetyConcernRaised", concern, on=day, late=True)


def _completed(telling: Telling, completed_on: date) -> None:
    chance, path = telling.chance, telling.path
    elsewhere = path.way is Way.RECOMMENDED_ELSEWHERE
    data: dict[str, Any] = {
        "completed_on": completed_on.isoformat(),
        "focus_relationships": telling.family.focus(),
        "need_level": "NONE" if elsewhere else chance.one(("TARGETED", "SPECIALIST")),
        "severity": chance.between(1, 2) if elsewhere else chance.between(2, 4),
        "complexity": [code for code in COMPLEXITY if chance.of(0.15)],
        "strengths": [code for code in STRENGTHS if chance.of(0.3)],
        "recommendation": path.reason if elsewhere else "PROGRAMME",
        "contacts_used": 2,
        "measures_baseline": ["EPDS", "CORE-10"],
    }
    telling.diary.say("AssessmentCompleted", data, on=completed_on)
