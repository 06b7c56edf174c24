"""Appointments: booked, held or not held, written up on the day or days later."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from deploy.local.network.diary import INTERVENTION
from deploy.local.network.referral_chapter import Telling
from deploy.local.network.seasons import at_london, working_days_later
from shared.kernel.ids import derived_id

DISCIPLINES = ("parent_infant_psychotherapist", "clinical_psychologist", "health_visitor", "family_support_worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One session that is planned."""

    key: str
    """Its name within the case, e.g. `session-3`."""
    kind: str
    day: date
    booked_on: date
    component: str | None = None
    treatment: bool = False

    def id(self, telling: Telling) -> str:
        """Session id."""
        return str(derived_id("synthetic-session", telling.family.infants[0].infant_id, self.key))

    @property
    def hour(self) -> int:
        """London hour at which it begins, the same whenever it is asked."""
        return 9 + self.day.toordinal() % 6


def book(telling: Telling, appointment: Appointment) -> None:
    """The appointment is made."""
    data = {
        "session_id": appointment.id(telling),
        "at": _starts(appointment),
        "duration_min": 60,
        "kind": appointment.kind,
        "modality": "01",
        "setting": "family_hub",
    }
    telling.diary.say(
        "SessionScheduled",
        data,
        on=appointment.booked_on,
        key=f"{appointment.key}-booked",
        role="administrator",
        late=True,
    )


def held(telling: Telling, appointment: Appointment, *, recorded_on: date | None = None) -> dict[str, Any]:
    """It took place; gives the data that was recorded."""
    data = session_data(telling, appointment)
    telling.diary.say(
        "SessionHeld",
        data,
        on=recorded_on or appointment.day,
        happened=at_london(appointment.day, time(appointment.hour)),
        key=f"{appointment.key}-held",
        late=True,
    )
    return data


def session_data(telling: Telling, appointment: Appointment) -> dict[str, Any]:
    """What is recorded of a held session."""
    chance, family = telling.chance, telling.family
    caregivers = family.caregivers[: 2 if appointment.kind == "therapy_triadic" else 1]
    infants = [] if appointment.kind == "caregiver_only" else family.present(appointment.day)
    data: dict[str, Any] = {
        "session_id": appointment.id(telling),
        "held_on": appointment.day.isoformat(),
        "started_at": _starts(appointment),
        "duration_min": chance.one((50, 60, 60, 75)),
        "kind": appointment.kind,
        "modality": "11" if chance.of(0.12) else "01",
        "setting": chance.one(("home", "home", "family_hub", "clinic")),
        "attend_status": "6" if chance.of(0.07) else "5",
        "infants_present": infants,
        "caregivers_present": [str(caregiver.caregiver_id) for caregiver in caregivers],
        "practitioners": [
            {
                "id": str(derived_id("synthetic-practitioner", telling.team.team_id, chance.between(1, 5))),
                "discipline": chance.one(DISCIPLINES),
            }
        ],
        "interpreter": False,
        "joint_with": [],
        "is_treatment": appointment.treatment,
    }
    if appointment.component is not None:
        data["component_code"] = appointment.component
    return data


NOT_HELD = {
    "2": ("family", "other_commitment"),
    "3": ("family", "no_notice"),
    "4": ("provider", "practitioner_absent"),
    "7": ("family", "transport"),
}
"""Attend code to whose doing it was and why."""


def not_held(telling: Telling, appointment: Appointment, attend_status: str) -> None:
    """It did not take place."""
    by, reason = NOT_HELD[attend_status]
    data = {
        "session_id": appointment.id(telling),
        "on": appointment.day.isoformat(),
        "attend_status": attend_status,
        "by": by,
        "reason": reason,
        "rebook": True,
    }
    telling.diary.say("SessionNotHeld", data, on=appointment.day, key=f"{appointment.key}-not-held", late=True)


def corrected(telling: Telling, appointment: Appointment, data: dict[str, Any]) -> None:
    """Its record was wrong about how long it took."""
    telling.diary.say(
        "SessionHeldCorrected",
        {"reason": "entered_in_error", "data": {**data, "duration_min": 90}},
        on=working_days_later(appointment.day, 3),
        key=f"{appointment.key}-corrected",
        amends=f"{appointment.key}-held",
    )


def voided(telling: Telling, appointment: Appointment) -> None:
    """It was recorded on the wrong case and is taken back."""
    telling.diary.say(
        "EventVoided",
        {"reason": "wrong_case"},
        on=working_days_later(appointment.day, 2),
        key=f"{appointment.key}-voided",
        amends=f"{appointment.key}-held",
        store=INTERVENTION,
    )


def _starts(appointment: Appointment) -> str:
    return at_london(appointment.day, time(appointment.hour)).isoformat().replace("+00:00", "Z")
