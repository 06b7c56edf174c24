"""A story's second chapter: offered, started, measured, completed or given up."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.local.network.family_chapter import consents
from deploy.local.network.measured import measured
from deploy.local.network.paths import Befalls, Way
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.sessions import Appointment, book, held, not_held
from deploy.local.network.telling import Telling
from shared.kernel.ids import derived_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """How an assessment went."""

    started_on: date
    completed_on: date | None
    """None: it was given up on `ended_on`."""
    ended_on: date


COMPLEXITY = ("caregiver_mental_illness", "caregiver_trauma", "domestic_abuse", "poverty_or_housing", "prematurity")
STRENGTHS = ("warmth", "motivation", "support_network", "help_seeking", "infant_engagement")
FOUND = ("bonding_difficulty", "low_reflective_capacity", "infant_distress_regulation", "birth_trauma")


def assessment(telling: Telling, accepted_on: date) -> Assessed:
    """From the acceptance to the end of the assessment."""
    chance, diary, team = telling.chance, telling.diary, telling.team
    offered_on = working_days_later(accepted_on, chance.between(2, 6))
    started_on = working_day(offered_on + timedelta(days=5 + team.days("offer", chance)))
    offered = {"offer_on": offered_on.isoformat(), "appt_on": started_on.isoformat()}
    diary.say("AssessmentOffered", offered, on=offered_on, role="administrator")
    if chance.of(0.35):
        call = Appointment(
            key="call", kind="initial_contact", day=working_days_later(offered_on, 1), booked_on=offered_on, call=True
        )
        held(telling, call)
    first = Appointment(key="assessment-1", kind="assessment", day=started_on, booked_on=offered_on)
    book(telling, first)
    if telling.path.way is Way.ABANDONED:
        return _given_up(telling, first)
    held(telling, first)
    assessor = str(telling.practitioner(started_on).practitioner_id)
    started = {"on": started_on.isoformat(), "practitioners": [assessor]}
    diary.say("AssessmentStarted", started, on=started_on, late=True)
    consents(telling, started_on)
    completed_on = working_day(started_on + timedelta(days=7 + team.days("assessment", chance)))
    second = Appointment(
        key="assessment-2",
        kind="assessment",
        day=working_day(started_on + timedelta(days=(completed_on - started_on).days // 2)),
        booked_on=started_on,
    )
    book(telling, second)
    held(telling, second)
    _observed(telling, second.day)
    baseline = () if telling.has(Befalls.NOT_MEASURED) else measured(telling, second.day, "baseline")
    diary.say("AssessmentCompleted", completion(telling, completed_on, baseline), on=completed_on)
    return Assessed(started_on=started_on, completed_on=completed_on, ended_on=completed_on)


def again(telling: Telling, day: date) -> None:
    """Another assessment in the middle of the work; it recommends to go on."""
    diary = telling.diary
    asked_on = working_day(day)
    began_on = working_days_later(asked_on, 5)
    completed_on = working_days_later(began_on, 7)
    asked = {"requested_on": asked_on.isoformat(), "reason": "planned_review"}
    diary.say("ReassessmentRequested", asked, on=asked_on, late=True)
    offered = {"offer_on": asked_on.isoformat(), "appt_on": began_on.isoformat()}
    diary.say("AssessmentOffered", offered, on=asked_on, key="offered-again", late=True)
    started = {"on": began_on.isoformat(), "practitioners": [str(telling.practitioner(began_on).practitioner_id)]}
    diary.say("AssessmentStarted", started, on=began_on, key="started-again", late=True)
    interim = measured(telling, began_on, "interim")
    completed = completion(telling, completed_on, interim)
    diary.say("AssessmentCompleted", completed, on=completed_on, key="completed-again")


def _given_up(telling: Telling, first: Appointment) -> Assessed:
    """Nobody comes, twice; in the end the assessment is given up and the case closed by a person."""
    chance = telling.chance
    not_held(telling, first, "3")
    second = Appointment(
        key="assessment-2", kind="assessment", day=working_days_later(first.day, 8), booked_on=first.day
    )
    book(telling, second)
    not_held(telling, second, "3")
    ended_on = working_days_later(second.day, chance.between(5, 20))
    reason = telling.path.reason
    telling.diary.say("AssessmentAbandoned", {"on": ended_on.isoformat(), "reason": reason}, on=ended_on)
    discharged = {
        "discharged_on": ended_on.isoformat(),
        "reason": reason,
        "planned": False,
        "destination": ["health_visiting"],
    }
    telling.diary.say("Discharged", discharged, on=ended_on, late=True)
    return Assessed(started_on=first.day, completed_on=None, ended_on=ended_on)


def _observed(telling: Telling, day: date) -> None:
    """The infant is no informant: what it shows is observed (statement S44)."""
    present = telling.family.present(day)
    if not telling.has(Befalls.OBSERVED) or not present:
        return
    chance = telling.chance
    data = {
        "observation_id": str(derived_id("synthetic-observation", telling.case.case_id)),
        "method": chance.one(("free_play", "home_observation", "feeding", "video")),
        "infant_id": present[0],
        "on": day.isoformat(),
        "practitioners": [str(telling.practitioner(day).practitioner_id)],
        "experience": list(chance.some(("watchful", "turns_away", "seeks_contact", "hard_to_soothe", "settled"), 2)),
    }
    telling.diary.say("ObservationRecorded", data, on=day, late=True)


def completion(telling: Telling, completed_on: date, measures: tuple[str, ...]) -> dict[str, Any]:
    """What `AssessmentCompleted` is posted with."""
    chance, path = telling.chance, telling.path
    elsewhere = path.way is Way.RECOMMENDED_ELSEWHERE
    focus = telling.family.focus(completed_on)
    data: dict[str, Any] = {
        "completed_on": completed_on.isoformat(),
        "focus_relationships": focus,
        "need_level": "NONE" if elsewhere else chance.one(("TARGETED", "SPECIALIST")),
        "severity": chance.between(1, 2) if elsewhere else chance.between(2, 4),
        "complexity": [code for code in COMPLEXITY if chance.of(0.15)],
        "strengths": [code for code in STRENGTHS if chance.of(0.3)],
        "concerns": [] if elsewhere else list(chance.some(FOUND, chance.between(1, 2))),
        "recommendation": path.reason if elsewhere else "PROGRAMME",
        "contacts_used": 2,
        "measures_baseline": list(measures),
    }
    if not measures:
        data["reason_not_measured"] = chance.one(("declined_by_family", "language", "brief_contact"))
    elif chance.of(0.6):
        data["relationship_ratings"] = [
            {**each, "measure": "PIR-GAS", "value": str(chance.between(30, 75))} for each in focus
        ]
    return data
