"""A story's last chapter: the programme, its sessions, the discharge and what comes after."""

from datetime import date, timedelta
from typing import Any

from deploy.local.network.assessment_chapter import again
from deploy.local.network.course import Sessions, goals, handed_over, rated, stepped
from deploy.local.network.family_chapter import births, moved
from deploy.local.network.measured import measured
from deploy.local.network.paths import Befalls, Stage, Way
from deploy.local.network.plan import Plan, plan
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.telling import Telling

UNPLANNED = {"not_engaged", "moved_area", "family_withdrew", "infant_removed_or_placed", "transferred_other_service"}
DESTINATIONS = {
    "stepped_up_specialist": "perinatal_MH",
    "transferred_other_service": "CAMHS",
    "moved_area": "other_team",
    "aged_out": "nursery",
}


def programme(telling: Telling, assessed_on: date, stretch: float) -> dict[Stage, date]:
    """From the completed assessment to the discharge; gives the day on which each stage begins."""
    chance, team = telling.chance, telling.team
    assigned_on = working_day(assessed_on + timedelta(days=1 + team.days("programme", chance, stretch=stretch)))
    chosen = plan(telling, assigned_on)
    first_on = working_day(assigned_on + timedelta(days=3 + team.days("first_session", chance, stretch=stretch)))
    begins = {Stage.WAITING_FIRST_SESSION: assigned_on, Stage.ACTIVE: first_on}
    _assigned(telling, chosen, assigned_on)
    if telling.path.way is Way.TREATMENT_DECLINED:
        declined = {"on": first_on.isoformat(), "by": "caregiver"}
        telling.diary.say("TreatmentDeclined", declined, on=first_on)
        _discharged(telling, working_days_later(first_on, chance.between(1, 8)))
        return begins
    telling = moved(telling, first_on + timedelta(days=chance.between(10, 25)))
    sessions = Sessions(telling, chosen, shortened=telling.path.reason in UNPLANNED)
    last_on = sessions.told(first_on, booked_on=assigned_on)
    middle = first_on + (last_on - first_on) // 2
    handed_over(telling, chosen.lead, assigned_on, last_on)
    stepped(telling, assigned_on, middle, last_on)
    rated(telling, working_day(middle), last_on)
    if telling.has(Befalls.REASSESSED) and (last_on - first_on).days > 60:
        again(telling, first_on + timedelta(days=20))
    if telling.path.reason not in UNPLANNED:
        measured(telling, last_on, "final")
        telling.diary.say("ProgrammeCompleted", {"on": last_on.isoformat()}, on=last_on, late=True)
    _discharged(telling, working_days_later(last_on, chance.between(2, 8)))
    return begins


def _assigned(telling: Telling, chosen: Plan, on: date) -> None:
    component: dict[str, Any] = {
        "component_code": chosen.component,
        "kind": chosen.kind,
        "planned_sessions": chosen.sessions,
        "frequency_days": chosen.every_days,
    }
    if chosen.group_id is not None:
        component["group_id"] = str(chosen.group_id)
    data = {
        "assigned_on": on.isoformat(),
        "tier": "TARGETED" if telling.has(Befalls.STEP_UP) else "SPECIALIST",
        "components": [component],
        "focus_relationships": telling.family.focus(on),
        "goals": goals(telling),
        "lead_practitioner_id": str(chosen.lead.practitioner_id),
        "care_plan_agreed_on": on.isoformat(),
        "agreed_by": ["caregiver", "practitioner"],
    }
    telling.diary.say("ProgrammeAssigned", data, on=on)


def _discharged(telling: Telling, on: date) -> None:
    """The discharge; one that was a mistake is undone, and said again later. Then the follow-up."""
    births(telling, until=on)
    reason = telling.path.reason
    data = {
        "discharged_on": on.isoformat(),
        "reason": reason,
        "planned": reason not in UNPLANNED,
        "destination": [DESTINATIONS.get(reason, "health_visiting")],
    }
    telling.diary.say("Discharged", data, on=on, late=True)
    if telling.has(Befalls.REOPENED):
        reopened_on = min(working_days_later(on, 1), on + timedelta(days=5))
        reopened = {"on": reopened_on.isoformat(), "reason": "entered_in_error"}
        telling.diary.say("EpisodeReopened", reopened, on=reopened_on)
        on = working_days_later(reopened_on, 6)
        later = {**data, "discharged_on": on.isoformat()}
        telling.diary.say("Discharged", later, on=on, key="discharged-again", late=True)
    if telling.has(Befalls.FOLLOWED_UP):
        chance = telling.chance
        day = working_day(on + timedelta(days=chance.between(60, 110)))
        outcomes = chance.one((["gains_kept"], ["gains_kept"], ["further_gains"], ["not_reached"], ["signposted"]))
        data = {"on": day.isoformat(), "kind": chance.one(("telephone", "visit")), "outcomes": outcomes}
        telling.diary.say("FollowUpRecorded", data, on=day, late=True)
