"""Appointments: booked, held or not held, written up on the day or days later."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from deploy.local.network.diary import INTERVENTION
from deploy.local.network.roster import Practitioner
from deploy.local.network.seasons import at_london, working_days_later
from deploy.local.network.telling import Telling
from shared.kernel.ids import derived_id


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
    call: bool = False
    """By telephone, with the caregiver alone."""
    seen_by: Practitioner | None = None
    """None: whoever of the team is there."""

    def id(self, telling: Telling) -> str:
        """Session id."""
        return str(derived_id("synthetic-session", telling.case.case_id, self.key))

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
    chance, family, day = telling.chance, telling.family, appointment.day
    carers = family.carers(day)[: 2 if appointment.kind in {"therapy_triadic", "couple"} else 1]
    alone = appointment.call or appointment.kind in {"caregiver_only", "couple", "video_review"}
    infants = [] if alone else family.present(day)
    modality = "02" if appointment.call else ("11" if chance.of(0.12) else "01")
    seen_by = appointment.seen_by or telling.practitioner(day)
    data: dict[str, Any] = {
        "session_id": appointment.id(telling),
        "held_on": day.isoformat(),
        "started_at": _starts(appointment),
        "duration_min": 20 if appointment.call else chance.one((50, 60, 60, 75)),
        "kind": appointment.kind,
        "modality": modality,
        "setting": "online" if modality == "11" else chance.one(("home", "home", "family_hub", "clinic")),
        "attend_status": "6" if chance.of(0.07) else "5",
        "infants_present": infants,
        "caregivers_present": [str(caregiver.caregiver_id) for caregiver in carers],
        "practitioners": [_present(each) for each in _seen_by(telling, seen_by, appointment)],
        "interpreter": chance.of(0.04),
        "joint_with": ["health_visiting"] if chance.of(0.04) else [],
        "is_treatment": appointment.treatment,
    }
    if appointment.component is not None:
        data["component_code"] = appointment.component
    return data


def _seen_by(telling: Telling, first: Practitioner, appointment: Appointment) -> list[Practitioner]:
    """Sometimes two work together."""
    second = telling.practitioner(appointment.day)
    joint = second != first and telling.chance.of(0.12)
    return [first, second] if joint else [first]


def _present(practitioner: Practitioner) -> dict[str, str]:
    return {"id": str(practitioner.practitioner_id), "discipline": practitioner.discipline}


NOT_HELD = {
    "2": ("family", ("other_commitment", "infant_ill", "caregiver_ill")),
    "3": ("family", ("no_notice",)),
    "4": ("provider", ("practitioner_absent",)),
    "7": ("family", ("transport",)),
}
"""Attend code to whose doing it was and why."""


def not_held(telling: Telling, appointment: Appointment, attend_status: str) -> None:
    """It did not take place."""
    by, reasons = NOT_HELD[attend_status]
    data = {
        "session_id": appointment.id(telling),
        "on": appointment.day.isoformat(),
        "attend_status": attend_status,
        "by": by,
        "reason": telling.chance.one(reasons),
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
