"""A story's first chapter: referred, decided, born, withdrawn."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from deploy.local.network.chance import Chance
from deploy.local.network.diary import REFERRAL, Diary
from deploy.local.network.family import Family, Infant
from deploy.local.network.paths import Path, Way
from deploy.local.network.seasons import at_london, working_day, working_days_later
from deploy.local.network.team import Team

SOURCES = (
    ("health_visitor", 34),
    ("midwife", 12),
    ("GP", 9),
    ("perinatal_MH", 10),
    ("social_care_child", 8),
    ("specialist_IMH_HV", 6),
    ("early_help_family_hub", 6),
    ("self", 6),
    ("neonatal_unit", 4),
    ("voluntary_sector", 3),
    ("internal_consultation", 2),
)
CONCERNS = (
    "bonding_difficulty",
    "withdrawn_unresponsive_interaction",
    "infant_distress_regulation",
    "parental_trauma_ACE",
    "birth_trauma",
    "caregiver_MH_affecting_relationship",
    "hostile_or_intrusive_interaction",
    "low_reflective_capacity",
    "separation_or_placement_change",
    "loss_bereavement",
)
FLAGS = ("cp_plan", "cin", "dva", "perinatal_mh_open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What every chapter needs."""

    diary: Diary
    path: Path
    team: Team
    family: Family
    chance: Chance


def referral(telling: Telling, received_on: date) -> date | None:
    """From the referral to its acceptance.

    Returns:
        The day of the (standing) acceptance; None if there is none.
    """
    diary, path, chance = telling.diary, telling.path, telling.chance
    data = _received(telling, received_on)
    recorded_on = working_days_later(received_on, chance.between(1, 3)) if chance.of(0.15) else received_on
    diary.say("ReferralReceived", data, on=recorded_on, happened=received_on, role="administrator")
    if path.corrected:
        corrected = {**data, "priority": "3" if data["priority"] == "2" else "2"}
        _correct(diary, corrected, working_days_later(recorded_on, 2))
    considered = timedelta(days=2 + telling.team.days("decision", chance))
    decided_on = working_day(max(received_on + considered, recorded_on + timedelta(days=1)))
    if path.way is Way.WITHDRAWN_BEFORE_DECISION:
        withdrawn = {"on": decided_on.isoformat(), "by": "family", "reason": "changed_mind"}
        diary.say("ReferralWithdrawn", withdrawn, on=decided_on, role="administrator")
        return None
    if path.way is Way.DECLINED:
        _declined(telling, decided_on)
        return None
    return _accepted(telling, decided_on)


def withdrawal(telling: Telling, on: date) -> None:
    """The family withdraws after the acceptance."""
    withdrawn = {"on": on.isoformat(), "by": "family", "reason": "changed_mind"}
    telling.diary.say("ReferralWithdrawn", withdrawn, on=on, role="administrator")


def births(telling: Telling, *, until: date) -> None:
    """Babies who were unborn at referral are born, if that is before `until`; heard of a few days later."""
    for infant in telling.family.infants:
        if infant.edd is None or infant.known_on >= until:
            continue
        telling.diary.say(
            "InfantBorn",
            {
                "infant_id": str(infant.infant_id),
                "born_on": infant.born_on.isoformat(),
                "gestation_weeks": infant.gestation_weeks,
                "source": "staff",
            },
            on=infant.known_on,
            happened=infant.born_on,
            role="administrator",
        )


def _received(telling: Telling, received_on: date) -> dict[str, Any]:
    chance, family, path = telling.chance, telling.family, telling.path
    outside = path.reason == "no_relationship_concern"
    concerns = ("other",) if outside else chance.some(CONCERNS, chance.between(1, 3))
    return {
        "received_on": received_on.isoformat(),
        "received_at": at_london(received_on, time(8, chance.between(0, 30))).isoformat().replace("+00:00", "Z"),
        "source": SOURCES[chance.weighted([weight for _, weight in SOURCES])][0],
        "channel": chance.one(("web_form", "email", "telephone", "letter")),
        "priority": chance.one(("2", "3", "3", "3")),
        "subjects": [_subject(infant) for infant in family.infants],
        "caregivers": [
            {
                "caregiver_id": str(caregiver.caregiver_id),
                "role": caregiver.role,
                "has_pr": caregiver.has_pr,
                "primary": caregiver.primary,
            }
            for caregiver in family.caregivers
        ],
        "concerns": [{"code": code, "risk_status": chance.one(("CURRENT", "POTENTIAL"))} for code in concerns],
        "flags": [flag for flag in FLAGS if chance.of(0.1)],
        "consent_to_referral": "not_yet_asked" if path.reason == "no_consent" else "agreed",
        "locality": f"E9999990{chance.between(1, 6)}",
    }


def _subject(infant: Infant) -> dict[str, Any]:
    if infant.edd is not None:
        return {"infant_id": str(infant.infant_id), "unborn": True, "edd": infant.edd.isoformat()}
    subject: dict[str, Any] = {
        "infant_id": str(infant.infant_id),
        "unborn": False,
        "born_on": infant.born_on.isoformat(),
        "gestation_weeks_at_birth": infant.gestation_weeks,
    }
    if infant.birth_order is not None:
        subject["multiple_birth_order"] = infant.birth_order
    return subject


def _correct(diary: Diary, data: dict[str, Any], on: date) -> None:
    diary.say(
        "ReferralReceivedCorrected",
        {"reason": "new_information", "data": data},
        on=on,
        key="referral-corrected",
        role="administrator",
        amends="ReferralReceived",
    )


def _declined(telling: Telling, decided_on: date) -> None:
    reason = telling.path.reason
    signposted = ["health_visiting", "family_hub"] if reason in {"needs_met_by_universal", "capacity_closed"} else []
    data = {"decided_on": decided_on.isoformat(), "reason": reason, "signposted_to": signposted}
    telling.diary.say("ReferralDeclined", data, on=decided_on, role="triage_clinician")


def _accepted(telling: Telling, decided_on: date) -> date | None:
    diary, path, chance = telling.diary, telling.path, telling.chance
    data = {
        "decided_on": decided_on.isoformat(),
        "offer_tier": chance.one(("TARGETED", "SPECIALIST", "SPECIALIST")),
        "priority": "3",
        "decision_by": "triage_clinician",
    }
    diary.say("ReferralAccepted", data, on=decided_on, role="triage_clinician")
    if path.way is not Way.ACCEPTANCE_VOIDED:
        return decided_on
    voided_on = working_days_later(decided_on, 1)
    diary.say(
        "EventVoided",
        {"reason": "entered_in_error"},
        on=voided_on,
        key="acceptance-voided",
        role="triage_clinician",
        amends="ReferralAccepted",
        store=REFERRAL,
    )
    if not path.reopened:
        declined = {"decided_on": voided_on.isoformat(), "reason": "outside_area", "signposted_to": []}
        diary.say("ReferralDeclined", declined, on=voided_on, role="triage_clinician")
        return None
    again_on = working_days_later(voided_on, chance.between(2, 5))
    diary.say(
        "ReferralAccepted",
        {**data, "decided_on": again_on.isoformat()},
        on=again_on,
        key="accepted-again",
        role="triage_clinician",
    )
    return again_on
