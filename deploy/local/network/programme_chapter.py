"""A story's last chapter: the programme, its sessions, the discharge."""

from dataclasses import dataclass
from datetime import date, timedelta

from deploy.local.network.assessment_chapter import measured
from deploy.local.network.chance import Chance
from deploy.local.network.family import Shape
from deploy.local.network.paths import Stage
from deploy.local.network.referral_chapter import Telling, births
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.sessions import Appointment, book, corrected, held, not_held, voided
from shared.kernel.ids import derived_id

COMPONENTS = (
    ("PIP", "EVIDENCE_BASED", 12, 16, 7),
    ("VIG", "EVIDENCE_BASED", 8, 10, 14),
    ("WWW", "EVIDENCE_BASED", 8, 14, 7),
)
"""Code, kind, fewest and most planned sessions, days between them."""
UNPLANNED = {"not_engaged", "moved_area", "family_withdrew", "infant_removed_or_placed", "transferred_other_service"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    component: str
    kind: str
    sessions: int
    every_days: int


def programme(telling: Telling, assessed_on: date, stretch: float) -> dict[Stage, date]:
    """From the completed assessment to the discharge; gives the day on which each stage begins."""
    chance, team, path = telling.chance, telling.team, telling.path
    assigned_on = working_day(assessed_on + timedelta(days=1 + team.days("programme", chance, stretch=stretch)))
    plan = _plan(chance, born=bool(telling.family.present(assigned_on)))
    first_on = working_day(assigned_on + timedelta(days=3 + team.days("first_session", chance, stretch=stretch)))
    begins = {Stage.WAITING_FIRST_SESSION: assigned_on, Stage.ACTIVE: first_on}
    _assigned(telling, plan, assigned_on)
    last_on = _sessions(telling, plan, first_on, booked_on=assigned_on)
    discharged_on = working_days_later(last_on, chance.between(2, 8))
    births(telling, until=discharged_on)
    if path.reason not in UNPLANNED:
        measured(telling, last_on, "final")
    data = {
        "discharged_on": discharged_on.isoformat(),
        "reason": path.reason,
        "planned": path.reason not in UNPLANNED,
        "destination": ["health_visiting"],
    }
    telling.diary.say("Discharged", data, on=discharged_on, late=True)
    return begins


def _plan(chance: Chance, *, born: bool) -> _Plan:
    """Before the birth only what needs no baby in the room."""
    code, kind, fewest, most, every_days = chance.one(COMPONENTS) if born else COMPONENTS[0]
    return _Plan(component=code, kind=kind, sessions=chance.between(fewest, most), every_days=every_days)


def _assigned(telling: Telling, plan: _Plan, on: date) -> None:
    infant = telling.family.infants[0].infant_id
    data = {
        "assigned_on": on.isoformat(),
        "tier": "SPECIALIST",
        "components": [
            {
                "component_code": plan.component,
                "kind": plan.kind,
                "planned_sessions": plan.sessions,
                "frequency_days": plan.every_days,
            }
        ],
        "focus_relationships": telling.family.focus(),
        "goals": [
            {
                "goal_id": str(derived_id("synthetic-goal", infant, 1)),
                "domain": "strength",
                "rater": "joint",
                "baseline": telling.chance.between(2, 5),
            }
        ],
        "lead_practitioner_id": str(derived_id("synthetic-practitioner", telling.team.team_id, 1)),
        "care_plan_agreed_on": on.isoformat(),
        "agreed_by": ["caregiver", "practitioner"],
    }
    telling.diary.say("ProgrammeAssigned", data, on=on)


def _sessions(telling: Telling, plan: _Plan, first_on: date, *, booked_on: date) -> date:
    """All sessions of the programme; gives the day of the last that was held."""
    chance, path = telling.chance, telling.path
    count = max(2, plan.sessions // 3) if path.reason in UNPLANNED else plan.sessions
    day, last_on = first_on, first_on
    for number in range(1, count + 1):
        appointment = Appointment(
            key=f"session-{number}",
            kind=_kind(telling, plan, number, last=number == count),
            day=day,
            booked_on=booked_on,
            component=plan.component,
            treatment=True,
        )
        book(telling, appointment)
        if 1 < number < count and chance.of(0.16):
            not_held(telling, appointment, chance.one(("2", "2", "3", "4", "7")))
        else:
            last_on = day
            _held(telling, appointment, number, may_be_late=number < count - 2)
        booked_on = day
        day = working_day(day + timedelta(days=plan.every_days))
    return max(last_on, booked_on)


def _held(telling: Telling, appointment: Appointment, number: int, *, may_be_late: bool) -> None:
    chance, path = telling.chance, telling.path
    amended = number == 1 and (path.session_corrected or path.session_voided)
    late = may_be_late and not amended and (chance.of(0.07) or (path.back_dated and number <= 2))
    recorded_on = working_days_later(appointment.day, chance.between(3, 9)) if late else appointment.day
    data = held(telling, appointment, recorded_on=recorded_on)
    if number == 1 and path.session_voided:
        voided(telling, appointment)
    elif number == 1 and path.session_corrected:
        corrected(telling, appointment, data)


def _kind(telling: Telling, plan: _Plan, number: int, *, last: bool) -> str:
    if last:
        return "ending"
    if plan.component == "VIG":
        return "video_filming" if number % 2 else "video_review"
    if telling.chance.of(0.1):
        return "caregiver_only"
    pair = telling.family.shape in {Shape.TRIAD, Shape.TWINS}
    return "therapy_triadic" if pair else "therapy_dyadic"
