"""What happens while a family is worked with: sessions, bookings, rests, steps, plans and moves."""

from datetime import UTC, datetime, time
from typing import Any

from tests.unit.reporting.histories import identity
from tests.unit.reporting.teller import LONDON, Teller

COMPONENTS = ["PIP", "VIG", "NBO"]
PRACTITIONERS = [str(identity("practitioner", number)) for number in range(3)]
DISCIPLINES = ["clinical_psychologist", "health_visitor", "family_support_worker"]


def held(teller: Teller) -> None:
    session(teller, "therapy_dyadic", treatment=teller.chance(80))


def booked(teller: Teller) -> None:
    """A session is booked, and then held, missed, or not heard of again."""
    session_id, said = _session_id(teller), teller.day
    teller.later(20)
    day, teller.day = teller.day, min(said, teller.day)
    hour = teller.random.choice([time(0, 30), time(9)])
    at = datetime.combine(day, hour, LONDON).astimezone(UTC)
    teller.tell("intervention", "SessionScheduled", {
        "session_id": session_id, "at": at.isoformat().replace("+00:00", "Z"), "duration_min": 60,
        "kind": "therapy_dyadic", "modality": "01", "setting": "home",
    })  # fmt: skip
    teller.day = day
    ending = teller.random.choice(["held", "held", "missed", "nothing"])
    if ending == "held":
        session(teller, "therapy_dyadic", treatment=teller.chance(80), session_id=session_id, within=1)
    elif ending == "missed":
        missed(teller, session_id=session_id, within=1)


def consulted(teller: Teller) -> None:
    """Other professionals talk about the family, nobody of it is there."""
    session(teller, "joint_visit", treatment=False, joint_with=["health_visitor"])


def session(
    teller: Teller, kind: str, *, treatment: bool, session_id: str = "", within: int = 20,
    joint_with: list[str] | None = None,
) -> None:  # fmt: skip
    random, history = teller.random, teller.history
    away = joint_with is not None
    teller.tell("intervention", "SessionHeld", {
        "session_id": session_id or _session_id(teller), "held_on": teller.later(within),
        "duration_min": random.choice([30, 50, 90]), "kind": kind, "component_code": random.choice([None, *COMPONENTS]),
        "modality": random.choice(["01", "01", "02", "11", "05"]), "setting": "home",
        "attend_status": random.choice(["5", "6"]),
        "infants_present": [] if away else random.choice([[], [history.baby()]]),
        "caregivers_present": [] if away else [history.carer()], "interpreter": teller.chance(20),
        "joint_with": joint_with or [],
        "practitioners": [
            {"id": PRACTITIONERS[each], "discipline": DISCIPLINES[each]} for each in range(random.randrange(1, 3))
        ],
        "is_treatment": treatment,
    })  # fmt: skip


def missed(teller: Teller, *, session_id: str = "", within: int = 20) -> None:
    status = teller.random.choice(["2", "3", "3", "4", "7"])
    day = teller.later(within)
    data: dict[str, Any] = {
        "session_id": session_id or _session_id(teller), "on": day, "attend_status": status,
        "by": "provider" if status == "4" else "family",
        "reason": "practitioner_absent" if status == "4" else "no_notice", "rebook": teller.chance(50),
    }  # fmt: skip
    if status in "24":
        data["cancelled_on"] = teller.random.choice([None, day])
    teller.tell("intervention", "SessionNotHeld", data)


def _session_id(teller: Teller) -> str:
    return str(identity(teller.history.case, "session", len(teller.said)))


def paused(teller: Teller) -> None:
    reason = teller.random.choice(["family", "service", "infant_hospital"])
    teller.tell("intervention", "EpisodePaused", {"from_on": teller.later(), "reason": reason})
    if teller.chance(70):
        teller.tell("intervention", "EpisodeResumed", {"on": teller.later()})


def stepped(teller: Teller) -> None:
    tiers = ["TARGETED", "SPECIALIST"]
    step = {"from_tier": teller.random.choice(tiers), "to_tier": teller.random.choice(tiers)}
    teller.tell("intervention", "TierChanged", {"on": teller.later(), "reason": "other"} | step)


def moved(teller: Teller) -> None:
    """A foster carer comes, or the first caregiver goes."""
    infant = teller.history.baby()
    if teller.chance(50):
        data = {"infant_id": infant, "caregiver_id": teller.history.carer(3), "from_on": teller.later()}
        extra = {"role": "foster_carer", "has_pr": "no", "primary": False}
        teller.tell("referral", "FamilyMemberLinked", data | extra)
    else:
        data = {"infant_id": infant, "caregiver_id": teller.history.carer(), "to_on": teller.later()}
        teller.tell("referral", "LinkEnded", data | {"reason": "placement_change"})


def led(teller: Teller) -> None:
    leads = [PRACTITIONERS[0], PRACTITIONERS[1]]
    data = {"from_practitioner_id": leads[0], "to_practitioner_id": teller.random.choice(leads), "on": teller.later()}
    reason = teller.random.choice(["absence", "leave", "left"])
    teller.tell("intervention", "LeadPractitionerChanged", data | {"reason": reason})


def rated(teller: Teller) -> None:
    rated = {"goal_id": str(identity(teller.history.case, "goal")), "value": teller.random.randrange(11)}
    teller.tell("intervention", "GoalRated", rated | {"on": teller.later()})


def revised(teller: Teller) -> None:
    """Components come and go, and a goal is added."""
    added = {"component_code": teller.random.choice(COMPONENTS), "planned_sessions": teller.random.randrange(1, 9)}
    goal = {"goal_id": str(identity(teller.history.case, "another goal")), "domain": "calm", "rater": "caregiver"}
    teller.tell("intervention", "ProgrammeRevised", {
        "on": teller.later(), "added": teller.random.choice([[], [added]]), "reason": "clinical_review",
        "removed": teller.random.choice([[], [COMPONENTS[0]], COMPONENTS[1:]]),
        "goals_added": teller.random.choice([[], [goal | {"baseline": teller.random.choice([None, 4])}]]),
    })  # fmt: skip


def monitored(teller: Teller) -> None:
    """Watching rather than treating, for a time or for good."""
    teller.tell("intervention", "ActiveMonitoringStarted", {"on": teller.later(), "by": "clinician"})
    if teller.chance(60):
        teller.tell("intervention", "ActiveMonitoringEnded", {"on": teller.later(), "by": "patient"})


def not_wanted(teller: Teller) -> None:
    teller.tell("intervention", "TreatmentDeclined", {"on": teller.later(), "by": "family"})


def prioritised(teller: Teller) -> None:
    data = {"priority": teller.random.choice(["1", "2", "3"]), "on": teller.later(), "reason": "changed"}
    teller.tell("referral", "ReferralPriorityChanged", data)


def numbered(teller: Teller) -> None:
    """A national number is checked, and found good or not."""
    quality = teller.random.choice(["valid", "check_digit_failed", "unchecked"])
    data = {"subject_ref": teller.history.baby(), "kind": "nhs", "quality": quality}
    teller.tell("referral", "IdentifierRecorded", data)


def adopted(teller: Teller) -> None:
    """The first baby goes by another id from a day on."""
    new = str(identity(teller.history.family or teller.history.case, "infant", "adopted"))
    data = {"infant_id": teller.history.baby(), "new_infant_id": new, "on": teller.later()}
    teller.tell("referral", "InfantIdentityReplaced", data)


HAPPENINGS = [
    *[held] * 6, booked, booked, missed, missed, paused, stepped, moved, led, rated, revised, consulted, monitored,
    not_wanted, prioritised, numbered,
]  # fmt: skip
"""What may happen next, the frequent several times."""
