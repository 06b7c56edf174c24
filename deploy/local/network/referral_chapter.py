"""A story's first chapter: referred, acknowledged, asked about, decided, withdrawn."""

from datetime import date, timedelta
from typing import Any

from deploy.local.network.diary import REFERRAL
from deploy.local.network.family import Shape
from deploy.local.network.family_chapter import births, loss_known_on, lost
from deploy.local.network.paths import Befalls, Way
from deploy.local.network.referred import received
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.telling import Telling

SIGNPOSTS = {
    "needs_met_by_universal": ("signposted", ["health_visiting", "family_hub"]),
    "needs_other_specialist": ("redirected_transfer", ["CAMHS", "perinatal_MH"]),
    "crisis_or_risk_needs_other_service": ("redirected_transfer", ["perinatal_MH"]),
    "capacity_closed": ("declined", ["health_visiting", "voluntary_sector"]),
}


def referral(telling: Telling, received_on: date) -> date | None:
    """From the referral to its acceptance.

    Returns:
        The day of the (standing) acceptance; None if there is none.
    """
    diary, path, chance = telling.diary, telling.path, telling.chance
    data = received(telling, received_on)
    recorded_on = working_days_later(received_on, chance.between(1, 3)) if chance.of(0.15) else received_on
    diary.say("ReferralReceived", data, on=recorded_on, happened=received_on, role="administrator")
    _acknowledged(telling, recorded_on)
    if telling.has(Befalls.CORRECTED):
        _corrected(telling, data, working_days_later(recorded_on, 2))
    considered = timedelta(days=2 + telling.team.days("decision", chance))
    decided_on = working_day(max(received_on + considered, recorded_on + timedelta(days=1)))
    decided_on = _enquiry(telling, recorded_on, decided_on)
    if telling.has(Befalls.PRIORITY):
        changed = {"on": decided_on.isoformat(), "priority": "2", "reason": "risk_increased"}
        diary.say("ReferralPriorityChanged", changed, on=decided_on, role="triage_clinician")
    if path.way is Way.DUPLICATE and telling.case.other is not None:
        linked = {"on": decided_on.isoformat(), "of_case_id": str(telling.case.other.case_id)}
        diary.say("ReferralLinkedDuplicate", linked, on=decided_on, role="triage_clinician")
        return None
    if path.way is Way.WITHDRAWN_BEFORE_DECISION:
        withdrawal(telling, decided_on)
        return None
    if path.way is Way.DECLINED:
        _declined(telling, decided_on)
        return None
    return _accepted(telling, decided_on)


def withdrawal(telling: Telling, on: date, reason: str = "changed_mind") -> None:
    """The family withdraws."""
    withdrawn = {"on": on.isoformat(), "by": "family", "reason": reason}
    telling.diary.say("ReferralWithdrawn", withdrawn, on=on, role="administrator")


def _acknowledged(telling: Telling, recorded_on: date) -> None:
    """Mostly at once, sometimes late, now and then never."""
    chance = telling.chance
    days = (0, 1, 4, None)[chance.weighted((55, 33, 9, 3))]
    if days is not None:
        on = working_days_later(recorded_on, days)
        data = {"on": on.isoformat(), "channel": chance.one(("email", "email", "letter", "telephone"))}
        telling.diary.say("ReferralAcknowledged", data, on=on, role="administrator", late=True)


def _corrected(telling: Telling, data: dict[str, Any], on: date) -> None:
    telling.diary.say(
        "ReferralReceivedCorrected",
        {"reason": "new_information", "data": {**data, "priority": "3" if data["priority"] == "2" else "2"}},
        on=on,
        key="referral-corrected",
        role="administrator",
        amends="ReferralReceived",
    )


def _enquiry(telling: Telling, recorded_on: date, decided_on: date) -> date:
    """More is asked for where something is missing; gives the day of the decision."""
    unanswered = telling.path.reason == "incomplete_no_response"
    if not (telling.has(Befalls.ENQUIRY) or unanswered):
        return decided_on
    chance = telling.chance
    asked_on = working_days_later(recorded_on, 1)
    what = chance.one((["risk"], ["consent", "caregiver_details"], ["reason_for_referral", "other_services_involved"]))
    asked = {"on": asked_on.isoformat(), "what": what}
    telling.diary.say("ReferralInfoRequested", asked, on=asked_on, role="triage_clinician")
    if unanswered:
        return max(decided_on, working_days_later(asked_on, chance.between(11, 16)))
    provided_on = working_days_later(asked_on, chance.between(1, 13))
    provided = {"on": provided_on.isoformat(), "what": what}
    telling.diary.say("ReferralInfoProvided", provided, on=provided_on, role="administrator")
    return max(decided_on, working_days_later(provided_on, 1))


def _declined(telling: Telling, decided_on: date) -> None:
    reason = telling.path.reason
    decision, signposted = SIGNPOSTS.get(reason, ("declined", []))
    data = {
        "decided_on": decided_on.isoformat(),
        "reason": reason,
        "triage_decision": decision,
        "signposted_to": signposted,
    }
    telling.diary.say("ReferralDeclined", data, on=decided_on, role="triage_clinician")


def _accepted(telling: Telling, decided_on: date) -> date | None:
    diary, path, chance = telling.diary, telling.path, telling.chance
    if telling.family.shape is Shape.UNBORN and not telling.team.accepts_antenatal:
        diary.say("ReferralHeldUntilBirth", {"on": decided_on.isoformat()}, on=decided_on, role="triage_clinician")
        if path.way is Way.LOSS:
            lost(telling, decided_on)
            withdrawal(telling, working_days_later(loss_known_on(telling, decided_on), 4), "no_longer_needed")
            return None
        decided_on = max(decided_on, working_days_later(telling.family.infants[0].known_on, chance.between(1, 4)))
        births(telling, until=decided_on)
    data: dict[str, Any] = {
        "decided_on": decided_on.isoformat(),
        "offer_tier": "CONSULT" if path.reason == "CONSULTATION" else chance.one(("TARGETED", "SPECIALIST")),
        "priority": "3",
        "decision_by": "triage_clinician",
        "universal_tried_or_insufficient": chance.one(("tried_insufficient", "tried_insufficient", "not_appropriate")),
    }
    if telling.has(Befalls.OVERRIDE) and telling.family.shape is not Shape.UNBORN:
        data["override"] = "clinical_judgement"
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
    again = {**data, "decided_on": again_on.isoformat()}
    diary.say("ReferralAccepted", again, on=again_on, key="accepted-again", role="triage_clinician")
    return again_on
