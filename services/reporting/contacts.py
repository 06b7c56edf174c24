"""Booked, held and missed sessions -> the rows of `contact_history`. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.reporting.heard import Fact
from services.reporting.heard_intervention import SessionHeld, SessionNotHeld, SessionScheduled
from services.reporting.topics import Kind
from shared.kernel.civil import civil_date


class ContactRow(NamedTuple):
    """What we believed about one session during one period of the known axis; dates are civil dates, Europe/London."""

    team_id: str
    status: str
    """`held` or `not_held`, whichever the stream says last; `booked` while it says neither."""
    day: date
    """On which it was held or was to be held."""
    booked_recorded_on: date | None
    """When the booking was recorded; None: it was held or missed without one."""
    kind: str | None
    modality: str | None
    setting: str | None
    attend_status: str | None
    minutes: int | None
    """Planned, until it was held."""
    is_treatment: bool
    interpreter: bool
    infants_present: int
    caregivers_present: int
    practitioners: tuple[UUID, ...]
    """Who held it, and `disciplines` of each entry."""
    disciplines: tuple[str, ...]
    component_code: str | None
    cancelled_on: date | None
    cancelled_by: str | None
    reason: str | None
    rebook: bool | None
    recorded_on: date
    """When the event that the row rests on was recorded; a correction keeps the date of what it corrects."""


def _topic(fact: Fact) -> Iterable[UUID]:
    event: Any = fact.event
    return (event.session_id,)


def _rows(session: UUID, about: Sequence[Fact]) -> dict[UUID, ContactRow]:
    booking: Fact | None = None
    ended: Fact | None = None
    for fact in about:
        if type(fact.event) is SessionScheduled:
            booking = fact
        else:
            ended = fact
    last = ended or booking
    return {} if last is None else {session: _row(booking, last)}


def _row(booking: Fact | None, last: Fact) -> ContactRow:
    booked: Any = None if booking is None else booking.event
    booked_on = None if booking is None else civil_date(booking.recorded_at)
    event = last.event
    recorded_on = civil_date(last.recorded_at)
    if isinstance(event, SessionHeld):
        return _held(last.team_id, event, booked_on, recorded_on)
    missed = event if isinstance(event, SessionNotHeld) else None
    return ContactRow(
        team_id=last.team_id,
        status="booked" if missed is None else "not_held",
        day=civil_date(booked.at) if missed is None else missed.on,
        booked_recorded_on=booked_on,
        kind=(booked.kind or None) if booked else None,
        modality=(booked.modality or None) if booked else None,
        setting=(booked.setting or None) if booked else None,
        attend_status=None if missed is None else missed.attend_status,
        minutes=(booked.duration_min or None) if booked else None,
        is_treatment=False,
        interpreter=False,
        infants_present=0,
        caregivers_present=0,
        practitioners=(),
        disciplines=(),
        component_code=None,
        cancelled_on=None if missed is None else missed.cancelled_on,
        cancelled_by=(missed.by or None) if missed else None,
        reason=(missed.reason or None) if missed else None,
        rebook=missed.rebook if missed else None,
        recorded_on=recorded_on,
    )


def _held(team_id: str, event: SessionHeld, booked_on: date | None, recorded_on: date) -> ContactRow:
    return ContactRow(
        team_id=team_id,
        status="held",
        day=event.held_on,
        booked_recorded_on=booked_on,
        kind=event.kind,
        modality=event.modality,
        setting=event.setting or None,
        attend_status=event.attend_status,
        minutes=event.duration_min or None,
        is_treatment=event.is_treatment,
        interpreter=event.interpreter,
        infants_present=len(event.infants_present),
        caregivers_present=len(event.caregivers_present),
        practitioners=tuple(each.id for each in event.practitioners),
        disciplines=tuple(each.discipline for each in event.practitioners),
        component_code=event.component_code,
        cancelled_on=None,
        cancelled_by=None,
        reason=None,
        rebook=None,
        recorded_on=recorded_on,
    )


CONTACTS: Kind[ContactRow] = Kind(dict.fromkeys((SessionScheduled, SessionHeld, SessionNotHeld), _topic), _rows)
"""From the episode's stream; one row per session."""
