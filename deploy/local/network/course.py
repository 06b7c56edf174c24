"""The course of a programme: its sessions, rests and steps, its goals, and who leads it."""

from datetime import date, timedelta
from typing import Any

from deploy.local.network.paths import Befalls
from deploy.local.network.plan import Plan
from deploy.local.network.roster import Practitioner
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.sessions import Appointment, book, corrected, held, not_held, voided
from deploy.local.network.telling import Telling
from shared.kernel.ids import derived_id

OFTEN_MISSED = 0.15
"""Share of appointments that do not take place [B]."""


class Sessions:
    """All sessions of one programme.

    Args:
        telling: whose.
        chosen: the programme.
        shortened: it ends before its time.
    """

    def __init__(self, telling: Telling, chosen: Plan, *, shortened: bool) -> None:
        self._telling = telling
        self._plan = chosen
        self._count = max(2, chosen.sessions // 3) if shortened else chosen.sessions
        rests = [what for what in (Befalls.PAUSED, Befalls.MONITORED) if telling.has(what)]
        self._rests = dict(zip((self._count // 2, self._count // 2 + 1), rests, strict=False))
        self._twice = {2, 3} if telling.has(Befalls.NOT_BROUGHT) and self._count >= 4 else set()

    def told(self, first_on: date, *, booked_on: date) -> date:
        """Tells them; gives the day of the last that was held, on which nothing rests any more."""
        day, last_on = first_on, first_on
        for number in range(1, self._count + 1):
            appointment = self._appointment(number, day, booked_on)
            book(self._telling, appointment)
            missed = self._missed(number, day)
            if missed is not None:
                not_held(self._telling, appointment, missed)
            else:
                last_on = day
                self._held(appointment, number)
            booked_on = day
            if number in self._rests and number < self._count:
                day = self._rest(self._rests[number], day)
            day = working_day(day + timedelta(days=self._plan.every_days))
        return max(last_on, booked_on)

    def _appointment(self, number: int, day: date, booked_on: date) -> Appointment:
        lead = self._plan.lead
        return Appointment(
            key=f"session-{number}",
            kind=self._kind(number),
            day=day,
            booked_on=booked_on,
            component=self._plan.component,
            treatment=True,
            seen_by=lead if lead.there(day) else None,
        )

    def _missed(self, number: int, day: date) -> str | None:
        """The attend code of a session that does not take place; the first and the last one do."""
        chance = self._telling.chance
        if number in {1, self._count}:
            return None
        if number in self._twice:
            return "3"
        if not self._plan.lead.there(day) and chance.of(0.5):
            return "4"
        return chance.one(("2", "2", "3", "4", "7")) if chance.of(OFTEN_MISSED) else None

    def _held(self, appointment: Appointment, number: int) -> None:
        telling, chance = self._telling, self._telling.chance
        amended = number == 1 and (telling.has(Befalls.SESSION_CORRECTED) or telling.has(Befalls.SESSION_VOIDED))
        back_dated = telling.has(Befalls.BACK_DATED) and number <= 2
        late = number < self._count - 2 and not amended and (chance.of(0.07) or back_dated)
        recorded_on = working_days_later(appointment.day, chance.between(3, 9)) if late else appointment.day
        data = held(telling, appointment, recorded_on=recorded_on)
        if number == 1 and telling.has(Befalls.SESSION_VOIDED):
            voided(telling, appointment)
        elif number == 1 and telling.has(Befalls.SESSION_CORRECTED):
            corrected(telling, appointment, data)

    def _kind(self, number: int) -> str:
        if self._telling.has(Befalls.INFANT_ABSENT):
            return "caregiver_only"
        if number == self._count:
            return "ending"
        match self._plan.component:
            case "VIG" | "VIPP-SD":
                return "video_filming" if number % 2 else "video_review"
            case "COUPLE":
                return "couple"
            case _ if self._plan.group_id is not None:
                return "group"
        if not self._plan.about_infant or self._telling.chance.of(0.1):
            return "caregiver_only"
        return "therapy_triadic" if len(self._telling.family.caregivers) == 2 else "therapy_dyadic"

    def _rest(self, what: Befalls, day: date) -> date:
        """The work rests, or is watched, for some weeks; gives the day on which it goes on."""
        telling, chance = self._telling, self._telling.chance
        from_on = working_days_later(day, 2)
        again_on = working_day(from_on + timedelta(days=chance.between(15, 40)))
        if what is Befalls.PAUSED:
            reason = chance.one(("family", "family", "service", "infant_hospital"))
            telling.diary.say("EpisodePaused", {"from_on": from_on.isoformat(), "reason": reason}, on=from_on)
            telling.diary.say("EpisodeResumed", {"on": again_on.isoformat()}, on=again_on)
        else:
            telling.diary.say("ActiveMonitoringStarted", {"on": from_on.isoformat(), "by": "clinician"}, on=from_on)
            telling.diary.say("ActiveMonitoringEnded", {"on": again_on.isoformat(), "by": "clinician"}, on=again_on)
        return again_on


def goals(telling: Telling) -> list[dict[str, Any]]:
    """One to three, of different domains (statements S4 to S6)."""
    chance = telling.chance
    domains = chance.some(("difficulty", "strength", "capacity"), 1 + chance.weighted((50, 35, 15)))
    return [
        {
            "goal_id": _goal_id(telling, place),
            "domain": domain,
            "rater": "joint",
            "baseline": chance.between(2, 5),
        }
        for place, domain in enumerate(domains)
    ]


def _goal_id(telling: Telling, place: int) -> str:
    return str(derived_id("synthetic-goal", telling.case.case_id, place))


def rated(telling: Telling, middle: date, last_on: date) -> None:
    """The first goal half-way and at the end."""
    chance = telling.chance
    for place, day in enumerate((middle, last_on)):
        if chance.of(0.7) and (place == 1 or middle < last_on):
            data = {
                "goal_id": _goal_id(telling, 0),
                "on": day.isoformat(),
                "value": chance.between(3, 6) + 2 * place,
            }
            telling.diary.say("GoalRated", data, on=day, key=f"goal-{place}", late=True)


def stepped(telling: Telling, assigned_on: date, middle: date, last_on: date) -> None:
    """Steps up and down, and a revision (statements S12, S23)."""
    on = working_day(middle)
    if not assigned_on < on < last_on:
        return
    up, down = ("TARGETED", "SPECIALIST", "no_improvement"), ("SPECIALIST", "TARGETED", "improved")
    step = up if telling.has(Befalls.STEP_UP) else down if telling.has(Befalls.STEP_DOWN) else None
    if step is not None:
        data = {"from_tier": step[0], "to_tier": step[1], "on": on.isoformat(), "reason": step[2]}
        telling.diary.say("TierChanged", data, on=on, late=True)
    if telling.has(Befalls.REVISED):
        added = {
            "component_code": "NETWORK-CONSULTATION",
            "kind": "PROFESSIONAL_PRACTICE",
            "planned_sessions": 2,
            "frequency_days": 14,
        }
        revised = {"on": on.isoformat(), "added": [added], "removed": [], "reason": "clinical_review"}
        telling.diary.say("ProgrammeRevised", revised, on=on, late=True)


def handed_over(telling: Telling, lead: Practitioner, assigned_on: date, last_on: date) -> None:
    """Another practitioner leads once that is arranged (rule P8); now and then because a family asks for it."""
    chance = telling.chance
    if telling.has(Befalls.HANDED_OVER):
        on = working_days_later(assigned_on, 12)
        successor = next((each for each in telling.roster.able(on, None) if each != lead), None)
        if successor is not None and on < last_on:
            _handover(telling, lead, successor, on, "family_request")
            lead, assigned_on = successor, on
    day = assigned_on
    while day < last_on:
        why = lead.gone(day)
        if why is not None:
            on = working_days_later(day, chance.between(1, 4) if why != "absence" else chance.between(12, 20))
            successor = next((each for each in chance.shuffled(telling.roster.able(on, None)) if each != lead), None)
            if successor is None or on >= last_on:
                return
            _handover(telling, lead, successor, on, why)
            lead, day = successor, on
        day += timedelta(days=1)


def _handover(telling: Telling, lead: Practitioner, successor: Practitioner, on: date, reason: str) -> None:
    data = {
        "from_practitioner_id": str(lead.practitioner_id),
        "to_practitioner_id": str(successor.practitioner_id),
        "on": on.isoformat(),
        "reason": reason,
    }
    telling.diary.say("LeadPractitionerChanged", data, on=on, key=f"lead-{on.isoformat()}", late=True)
