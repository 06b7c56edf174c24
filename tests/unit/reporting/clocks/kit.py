"""Facts of a case as the clocks take them, written down in few words."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.reporting.clocks.facts import Baby, CaseFacts, ClockFacts, Pause, Score, Session

BABY_ID = UUID(int=1)
TARGETS = {"decide_days": 14, "assess_days": 42, "programme_days": 14, "first_session_days": 28}
"""Days of a team that has set none."""


def d(text: str) -> date:
    return date.fromisoformat(text)


def case(number: int = 1, *, received: str | None = "2025-03-03", accepted: bool = True, **known: Any) -> CaseFacts:
    """A case; accepted on the day of receipt unless told otherwise."""
    received_on = None if received is None else d(received)
    said: dict[str, Any] = {
        "case_id": UUID(int=number),
        "received_on": received_on,
        "accepted_on": received_on if accepted else None,
        "decided_on": received_on if accepted else None,
        "babies": (Baby(infant_id=BABY_ID, born_on=d("2025-01-01")),),
    }
    return CaseFacts(**{**said, **known})


def facts(one: CaseFacts | None = None, *others: CaseFacts, **known: Any) -> ClockFacts:
    said: dict[str, Any] = {"targets": TARGETS, "targets_version": "default-1", **known}
    return ClockFacts(case=one or case(), others=others, **said)


def met(day: str, *, treatment: bool = False, modality: str = "01", attend: str = "5", **known: Any) -> Session:
    return Session(
        day=d(day), status="held", attend_status=attend, modality=modality, is_treatment=treatment, **known
    )  # fmt: skip


def treated(day: str, **known: Any) -> Session:
    return met(day, treatment=True, **known)


def missed(day: str, attend: str = "3", **known: Any) -> Session:
    cancelled = known.pop("cancelled", None)
    return Session(
        day=d(day), status="not_held", attend_status=attend, cancelled_on=d(cancelled) if cancelled else None, **known
    )  # fmt: skip


def booked(day: str, booked_on: str) -> Session:
    return Session(day=d(day), status="booked", booked_on=d(booked_on))


def scored(code: str, day: str) -> Score:
    return Score(measure_code=code, completed_on=d(day), rater="caregiver")


def away(first: str, again: str | None = None, reason: str = "family") -> Pause:
    return Pause(from_on=d(first), until_on=d(again) if again else None, reason=reason)


def after(start: str, days: int) -> str:
    """The day that lies so many days after another."""
    return (d(start) + timedelta(days=days)).isoformat()
