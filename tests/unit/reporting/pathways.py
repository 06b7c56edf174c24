"""Whole pathways that could have happened, told late, back-dated, corrected and taken back: food for the oracles.

Unlike `strategies.generated_histories`, which says anything in any order, these follow the order of the services:
referral, decision, assessment, programme, sessions, discharge. What is disordered is when each was recorded.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.unit.reporting.histories import History, identity

LONDON = ZoneInfo("Europe/London")
SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)
"""The days of 2025 on which the clocks change."""
SOURCES = ["GP", "health_visitor", "midwife", "self", "internal_consultation"]
CONCERNS = ["bonding_difficulty", "birth_trauma", "antenatal_ambivalence"]
REASONS = ["outside_age", "capacity_closed", "needs_met_by_universal"]
COMPLEXITY = ["caregiver_trauma", "multiple_birth", "interpreter_needed"]
COMPONENTS = ["PIP", "VIG", "NBO"]
MEASURES = [("PHQ-9", "CAREGIVER", "self", 0, 27), ("MORS-SF-WARMTH", "RELATIONSHIP", "caregiver", 0, 35)]
PRACTITIONERS = [str(identity("practitioner", number)) for number in range(3)]
DISCIPLINES = ["clinical_psychologist", "health_visitor", "family_support_worker"]

Said = tuple[str, str, UUID, dict[str, Any]]
"""Store, name, id and data of an event that may be amended later."""


@dataclass
class Teller:
    """Says what happened on a day, and records it then or later: never before what its stream already holds."""

    random: Random
    history: History
    day: date
    recorded: dict[str, datetime] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    infants: int = 1

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def later(self, most: int = 40) -> str:
        """Lets days pass, often none; one time in twenty the next thing is dated before the last."""
        self.day += timedelta(days=-self.random.randrange(1, 12) if self.chance(5) else self.random.randrange(most))
        return self.day.isoformat()

    def tell(self, store: str, name: str, data: dict[str, Any]) -> UUID:
        event_id = self.history.say(store, name, data, at=self._instant(store))
        self.said.append((store, name, event_id, data))
        return event_id

    def _instant(self, store: str) -> datetime:
        """At any hour, midnight and the hour of the clock change included; mostly the same day, else weeks later."""
        delay = self.random.choice([0, 0, 0, 1, 9, 45])
        hour = self.random.choice([time(0, 30), time(1, 30), time(10), time(23, 30)])
        at = datetime.combine(self.day + timedelta(days=delay), hour, LONDON).astimezone(UTC)
        self.recorded[store] = max(at, self.recorded.get(store, at))
        return self.recorded[store]

    def amend(self) -> None:
        """Takes something back, or corrects its date, some days after the last word; amendments are amended too."""
        store, name, event_id, data = self.random.choice(self.said)
        self.day += timedelta(days=self.random.randrange(4))
        if name != "EventVoided" and self.chance(50):
            dated = next((key for key in DATES if key in data), None)
            if dated is not None:
                moved = date.fromisoformat(data[dated]) + timedelta(days=self.random.randrange(-20, 21))
                new = data | {dated: moved.isoformat()}
                wrapped = {"corrects_event_id": str(event_id), "reason": "entered_in_error", "data": new}
                corrected = self.history.say(store, f"{name}Corrected", wrapped, at=self._instant(store))
                self.said.append((store, name, corrected, new))
                return
        self.tell(store, "EventVoided", {"corrects_event_id": str(event_id), "reason": "entered_in_error"})


DATES = [
    "received_on", "decided_on", "completed_on", "assigned_on", "held_on", "discharged_on", "from_on", "to_on", "on",
    "born_on",
]  # fmt: skip


def pathway(random: Random, case: str = "a", team: str = "team-north") -> History:
    """One case, as far as it came."""
    start = random.choice([SPRING, AUTUMN]) - timedelta(days=random.randrange(60))
    teller = Teller(random, History(case=case, team=team), start)
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
    born = teller.day - timedelta(days=random.randrange(1100))
    subject = {"unborn": True, "edd": due.isoformat(), "age_days": -(due - teller.day).days}
    if not unborn:
        age = (teller.day - born).days
        subject = {"unborn": False, "born_on": born.isoformat(), "age_days": age, "gestation_weeks_at_birth": 38}
    carer = {
        "role": random.choice(["mother", "father", "foster_carer"]), "has_pr": "yes",
        "ethnic_group": random.choice(["asian", "white", None]), "deprivation_decile": random.choice([1, 5, None]),
        "interpreter_language": random.choice(["pl", None]),
    }  # fmt: skip
    risk = random.choice(["CURRENT", "POTENTIAL"])
    concerns = [{"code": code, "risk_status": risk} for code in CONCERNS[: random.randrange(1, 4)]]
    teller.tell("referral", "ReferralReceived", {
        "referral_id": str(history.case_id), "received_on": teller.day.isoformat(), "source": random.choice(SOURCES),
        "channel": "web_form", "priority": random.choice(["1", "3"]), "locality": random.choice(["E07000223", None]),
        "subjects": [{"infant_id": history.baby(each + 1)} | subject for each in range(infants)],
        "caregivers": [
            {"caregiver_id": history.carer(each + 1), "primary": each == 0} | carer for each in range(caregivers)
        ],
        "concerns": concerns, "flags": random.choice([[], ["cin"]]), "consent_to_referral": "agreed",
        "eligibility_rule_version": "default-1",
    })  # fmt: skip
    if unborn and teller.chance(60):
        teller.later()
        for each in range(infants):
            fact = {"infant_id": history.baby(each + 1), "born_on": teller.day.isoformat(), "source": "staff"}
            teller.tell("referral", "InfantBorn", fact)
    elif unborn and teller.chance(20):
        teller.tell("referral", "PregnancyEnded", {"infant_id": history.baby(), "on": teller.later()})
    return True


def _decision(teller: Teller) -> bool:
    random = teller.random
    day = teller.later(20)
    outcome = random.choice(["accepted"] * 6 + ["declined", "duplicate", "withdrawn"])
    if outcome == "accepted":
        tier = random.choice(["TARGETED", "SPECIALIST", "CONSULT"])
        teller.tell("referral", "ReferralAccepted", {
            "decided_on": day, "offer_tier": tier, "priority": "3", "decision_by": "lead",
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
        _session(teller, "assessment", treatment=teller.chance(30))
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
    happenings = [_held] * 6 + [_missed, _missed, _paused, _stepped, _moved, _led, _rated]
    for _ in range(teller.random.randrange(7)):
        teller.random.choice(happenings)(teller)
    return True


def _held(teller: Teller) -> None:
    _session(teller, "therapy_dyadic", treatment=teller.chance(80))


def _paused(teller: Teller) -> None:
    reason = teller.random.choice(["family", "service", "infant_hospital"])
    teller.tell("intervention", "EpisodePaused", {"from_on": teller.later(), "reason": reason})
    if teller.chance(70):
        teller.tell("intervention", "EpisodeResumed", {"on": teller.later()})


def _stepped(teller: Teller) -> None:
    step = {"from_tier": "TARGETED", "to_tier": teller.random.choice(["TARGETED", "SPECIALIST"])}
    teller.tell("intervention", "TierChanged", {"on": teller.later(), "reason": "other"} | step)


def _moved(teller: Teller) -> None:
    """A foster carer comes, or the first caregiver goes."""
    infant = teller.history.baby()
    if teller.chance(50):
        data = {"infant_id": infant, "caregiver_id": teller.history.carer(3), "from_on": teller.later()}
        extra = {"role": "foster_carer", "has_pr": "no", "primary": False}
        teller.tell("referral", "FamilyMemberLinked", data | extra)
    else:
        data = {"infant_id": infant, "caregiver_id": teller.history.carer(), "to_on": teller.later()}
        teller.tell("referral", "LinkEnded", data | {"reason": "placement_change"})


def _led(teller: Teller) -> None:
    data = {"from_practitioner_id": PRACTITIONERS[0], "to_practitioner_id": PRACTITIONERS[1], "on": teller.later()}
    reason = teller.random.choice(["absence", "leave", "left"])
    teller.tell("intervention", "LeadPractitionerChanged", data | {"reason": reason})


def _rated(teller: Teller) -> None:
    rated = {"goal_id": str(identity(teller.history.case, "goal")), "value": teller.random.randrange(11)}
    teller.tell("intervention", "GoalRated", rated | {"on": teller.later()})


def _ending(teller: Teller) -> bool:
    if teller.chance(60):
        teller.tell("intervention", "ProgrammeCompleted", {"on": teller.later()})
    if teller.chance(20):
        _programme(teller)
        _held(teller)
    _measured(teller, "final")
    if teller.chance(70):
        _discharge(teller, teller.random.choice(["planned_completed", "moved_area", "administrative_error"]))
        if teller.chance(50):
            teller.tell("intervention", "EpisodeReopened", {"on": teller.later(5), "reason": "entered_in_error"})
            if teller.chance(50):
                _discharge(teller, "planned_completed")
    return True


def _session(teller: Teller, kind: str, *, treatment: bool) -> None:
    random, history = teller.random, teller.history
    teller.tell("intervention", "SessionHeld", {
        "session_id": str(identity(history.case, "session", len(teller.said))), "held_on": teller.later(20),
        "duration_min": random.choice([30, 50, 90]), "kind": kind, "component_code": random.choice([None, *COMPONENTS]),
        "modality": random.choice(["01", "01", "02", "11", "05"]), "setting": "home",
        "attend_status": random.choice(["5", "6"]), "infants_present": random.choice([[], [history.baby()]]),
        "caregivers_present": [history.carer()], "interpreter": teller.chance(20), "joint_with": [],
        "practitioners": [
            {"id": PRACTITIONERS[each], "discipline": DISCIPLINES[each]} for each in range(random.randrange(1, 3))
        ],
        "is_treatment": treatment,
    })  # fmt: skip


def _missed(teller: Teller) -> None:
    status = teller.random.choice(["2", "3", "4", "7"])
    teller.tell("intervention", "SessionNotHeld", {
        "session_id": str(identity(teller.history.case, "session", len(teller.said))), "on": teller.later(20),
        "attend_status": status, "by": "provider" if status == "4" else "family",
        "reason": "practitioner_absent" if status == "4" else "no_notice", "rebook": teller.chance(50),
    })  # fmt: skip


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
