"""What stands around the pathway, as hypothesis makes it up: who referred and why, leads, plans, decisions, numbers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from tests.unit.reporting.histories import History, identity

Say = Callable[[History, str, datetime, st.DrawFn], UUID]
FLAGS = st.lists(st.sampled_from(["cp_plan", "cin", "lac", "dva"]), max_size=3, unique=True)
DECILES = st.one_of(st.none(), st.integers(1, 10))
GROUPS = st.sampled_from([None, "asian", "white_british"])
LANGUAGES = st.sampled_from([None, "pl", "ar"])
PRIORITIES = st.sampled_from(["1", "3"])


def _person(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "ethnic_group": draw(GROUPS), "deprivation_decile": draw(DECILES), "interpreter_language": draw(LANGUAGES),
    }  # fmt: skip


def _received(history: History, day: str, at: datetime, draw: st.DrawFn) -> UUID:
    weeks = st.one_of(st.none(), st.integers(24, 42))
    data = {
        "received_on": day, "source": "midwife", "channel": "web", "priority": draw(PRIORITIES),
        "locality": draw(st.sampled_from([None, "E09000001"])), "flags": draw(FLAGS),
        "concerns": [
            {"code": code, "risk_status": draw(st.sampled_from(["CURRENT", "POTENTIAL"]))}
            for code in draw(st.lists(st.sampled_from("pq"), min_size=1, max_size=2))
        ],
        "subjects": [
            {"infant_id": history.baby(each), "gestation_weeks_at_birth": draw(weeks), **_person(draw)}
            for each in range(1, draw(st.integers(2, 3)))
        ],
        "caregivers": [
            {"caregiver_id": history.carer(), "role": "mother", "primary": draw(st.booleans()), **_person(draw)}
        ],
        "prior_case_id": str(identity("case", "z")),
    }  # fmt: skip
    return history.say("referral", "ReferralReceived", data, at=at)


def _linked(history: History, day: str, at: datetime, draw: st.DrawFn) -> UUID:
    data = {
        "infant_id": history.baby(), "caregiver_id": history.carer(3), "from_on": day, "role": "foster_carer",
        "primary": True, **_person(draw),
    }  # fmt: skip
    return history.say("referral", "FamilyMemberLinked", data, at=at)


def _numbered(history: History, _day: str, at: datetime, draw: st.DrawFn) -> UUID:
    quality = draw(st.sampled_from(["valid", "check_digit_failed"]))
    data = {"subject_ref": history.baby(draw(st.integers(1, 2))), "kind": "nhs", "quality": quality}
    return history.say("referral", "IdentifierRecorded", data, at=at)


def _declined(history: History, day: str, at: datetime, draw: st.DrawFn) -> UUID:
    data = {
        "decided_on": day, "reason": draw(st.sampled_from(["outside_age", "capacity_closed"])),
        "triage_decision": "signposted", "signposted_to": ["CAMHS"],
    }  # fmt: skip
    return history.say("referral", "ReferralDeclined", data, at=at)


def _components(draw: st.DrawFn) -> list[dict[str, Any]]:
    codes = draw(st.lists(st.sampled_from(["VIG", "PIP", "NBO"]), max_size=2, unique=True))
    return [{"component_code": code, "planned_sessions": draw(st.integers(1, 9))} for code in codes]


def _programme(history: History, day: str, at: datetime, draw: st.DrawFn) -> UUID:
    data = {
        "assigned_on": day, "tier": "SPECIALIST", "components": _components(draw), "care_plan_agreed_on": day,
        "lead_practitioner_id": str(identity("practitioner", draw(st.integers(1, 2)))),
    }  # fmt: skip
    return history.say("intervention", "ProgrammeAssigned", data, at=at)


def _revised(history: History, day: str, at: datetime, draw: st.DrawFn) -> UUID:
    data = {"on": day, "added": _components(draw), "removed": draw(st.sampled_from([[], ["VIG"], ["PIP", "NBO"]]))}
    return history.say("intervention", "ProgrammeRevised", data, at=at)


def _led(history: History, day: str, at: datetime, draw: st.DrawFn) -> UUID:
    practitioner = str(identity("practitioner", draw(st.integers(1, 3))))
    data = {"on": day, "to_practitioner_id": practitioner, "reason": draw(st.sampled_from(["leave", "left"]))}
    return history.say("intervention", "LeadPractitionerChanged", data, at=at)


def _discharged(history: History, day: str, at: datetime, draw: st.DrawFn) -> UUID:
    data = {
        "discharged_on": day, "reason": "moved_area", "planned": draw(st.booleans()), "stage_at_discharge": "SESSIONS",
        "outcome_band": draw(st.sampled_from(["improved", "mixed"])),
    }  # fmt: skip
    return history.say("intervention", "Discharged", data, at=at)


TOLD: dict[str, tuple[str, str, Say]] = {
    "told": ("referral", "ReferralReceived", _received),
    "linked_in_full": ("referral", "FamilyMemberLinked", _linked),
    "numbered": ("referral", "IdentifierRecorded", _numbered),
    "declined_in_full": ("referral", "ReferralDeclined", _declined),
    "consulted": ("referral", "ReferralAccepted", lambda h, day, at, _: h.accepted(day, tier="CONSULT", at=at)),
    "prioritised": ("referral", "ReferralPriorityChanged", lambda h, day, at, draw: h.say(
        "referral", "ReferralPriorityChanged", {"on": day, "priority": draw(PRIORITIES)}, at=at)),
    "flagged": ("referral", "SafeguardingFlagsChanged", lambda h, day, at, draw: h.say(
        "referral", "SafeguardingFlagsChanged", {"on": day, "flags": draw(FLAGS)}, at=at)),
    "born_at": ("referral", "InfantBorn", lambda h, day, at, draw: h.say("referral", "InfantBorn", {
        "infant_id": h.baby(), "born_on": day, "gestation_weeks": draw(st.integers(24, 42))}, at=at)),
    "planned": ("intervention", "ProgrammeAssigned", _programme),
    "revised": ("intervention", "ProgrammeRevised", _revised),
    "led": ("intervention", "LeadPractitionerChanged", _led),
    "monitored": ("intervention", "ActiveMonitoringStarted", lambda h, day, at, _: h.say(
        "intervention", "ActiveMonitoringStarted", {"on": day, "by": "clinician"}, at=at)),
    "not_wanted": ("intervention", "TreatmentDeclined", lambda h, day, at, _: h.say(
        "intervention", "TreatmentDeclined", {"on": day, "by": "family"}, at=at)),
    "needed": ("assessment", "AssessmentCompleted", lambda h, day, at, draw: h.say(
        "assessment", "AssessmentCompleted", {
        "completed_on": day, "recommendation": "PROGRAMME",
        "need_level": draw(st.sampled_from(["TARGETED", "SPECIALIST"]))}, at=at)),
    "ended": ("intervention", "Discharged", _discharged),
}  # fmt: skip
"""Store, name and how each is said; for `strategies.STEPS`."""
