"""Measures at one point in time, as the registry of domain 2.4 has them."""

from datetime import date
from typing import Any

from deploy.local.network.chance import Chance
from deploy.local.network.paths import Befalls
from deploy.local.network.telling import Telling

MEASURES: dict[str, tuple[str, str, int, int, int, int]] = {
    "EPDS": ("CAREGIVER", "self", 8, 19, -6, 1),
    "CORE-10": ("CAREGIVER", "self", 9, 26, -7, 1),
    "MORS-SF-WARMTH": ("RELATIONSHIP", "caregiver", 12, 26, 5, 1),
    "PIR-GAS": ("RELATIONSHIP", "clinician", 35, 70, 12, 1),
    "GAD-7": ("CAREGIVER", "self", 6, 17, -5, 1),
    "PHQ-9": ("CAREGIVER", "self", 7, 20, -6, 1),
    "SWEMWBS": ("CAREGIVER", "self", 14, 24, 4, 1),
    "ASQ-SE-2": ("INFANT", "caregiver", 6, 30, -4, 5),
    "CARE-INDEX-SYNCHRONY": ("RELATIONSHIP", "observer", 3, 9, 3, 1),
}
"""Subject, rater, lowest and highest total at the start, typical change by the end, all in steps; the step."""
ALWAYS = ("EPDS", "CORE-10")
ASKED_OF_SAFETY = frozenset({"EPDS", "PHQ-9"})


def in_use(team_id: str) -> tuple[str, ...]:
    """The measures of a team: each uses its own set (statement S17)."""
    others = [code for code in MEASURES if code not in ALWAYS]
    chance = Chance(1, "measures", team_id)
    return (*ALWAYS, *chance.some(others, chance.between(2, 4)))


def measured(telling: Telling, day: date, timepoint: str) -> tuple[str, ...]:
    """The team's measures at one point in time; a safety item above zero is followed by a concern at once.

    Gives the codes of those that were taken.
    """
    chance, family = telling.chance, telling.family
    carers, present, focus = family.carers(day), family.present(day), family.focus(day)
    taken: list[str] = []
    for code in in_use(telling.team.team_id):
        subject, rater, low, high, change, step = MEASURES[code]
        if (code not in ALWAYS and chance.of(0.35)) or (subject == "INFANT" and not present):
            continue
        total = chance.between(low, high) + (change if timepoint == "final" else 0)
        alarming = telling.has(Befalls.CONCERN) and code == "EPDS" and timepoint == "baseline"
        carer = str(carers[0].caregiver_id)
        data: dict[str, Any] = {
            "measure_code": code,
            "subject_kind": subject,
            "rater": rater,
            "completed_on": day.isoformat(),
            "total": str(total * step),
            "timepoint": timepoint,
        }
        if code in ASKED_OF_SAFETY:
            data["safety_item_flag"] = alarming
        match subject:
            case "RELATIONSHIP":
                data["relationship_ref"] = focus[0]
            case "INFANT":
                data["subject_ref"] = present[0]
            case _:
                data["subject_ref"] = carer
        telling.diary.say("MeasureRecorded", data, on=day, key=f"{code}-{timepoint}", late=True)
        taken.append(code)
        if alarming:
            _concern(telling, day, carer)
    return tuple(taken)


def _concern(telling: Telling, day: date, carer: str) -> None:
    concern = {
        "raised_on": day.isoformat(),
        "kind": "self_harm_or_suicide",
        "action": "safety_plan",
        "by_when": day.isoformat(),
        "subject_ref": carer,
    }
    telling.diary.say("SafetyConcernRaised", concern, on=day, late=True)
