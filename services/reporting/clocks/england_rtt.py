"""Clock: England, consultant-led referral to treatment, 18 weeks. Pure."""

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import NamedTuple

from services.reporting.clocks.facts import CaseFacts, ClockFacts, Session, as_at
from services.reporting.clocks.reading import (
    BEFORE_RECEIPT,
    DUPLICATE,
    NOT_RECEIVED,
    ClockReading,
    Definition,
    Part,
    State,
    does_not_apply,
    first_treatment_next,
    no_treatment_yet,
)

RTT = Definition(
    "england_rtt_18_weeks", "1 (NHS England, PRN01045 v5.0)", "England: referral to treatment, 18 weeks",
    "england_rtt_18_weeks",
)  # fmt: skip
STANDARD_DAYS = 126
NO_NOTICE = "3"
"""Attendance code of an absence without any notice: the only one that is a DNA. A family that gave notice on the same
morning cancelled (2); one that came too late to be seen (7) did come."""


class Stop(Enum):
    """What stopped a clock, in the order that decides on one day."""

    TREATED = "Treatment began"
    DECLINED = "The family said no to the treatment that was offered"
    MONITORED = "Active monitoring began"
    CLOSED = "The case was closed without treatment"
    NULLIFIED = "The first appointment was missed without notice: the clock is taken out of the figures"


class Period(NamedTuple):
    """One clock from its start; a case may have several, one after another."""

    why: str
    start: date
    stop: date | None = None
    how: Stop | None = None


def england_rtt(facts: ClockFacts, at: date) -> ClockReading:
    """From receipt to the first definitive treatment, or to the decision that there will be none.

    The clock never pauses and nothing is deducted. A re-referral is a case of its own and starts a clock of its own
    (3c). What Dyad does not record is not counted: an original start at another provider (3.2.1), a second side (3a),
    treatment that is new after treatment has begun (3b).

    Args:
        facts: of the case.
        at: civil date; what happened later is not looked at.

    Returns:
        The clock that started last, with the ones before it among its parts; `within`: at most 126 days.

    Source: domain 3.3 (R50), rule numbers are the guidance's.
    """
    case = as_at(facts.case, at)
    if case.received_on is None:
        return does_not_apply(RTT, NOT_RECEIVED)
    if case.closed_by == "duplicate":
        return does_not_apply(RTT, DUPLICATE)
    if case.self_referred and case.accepted_on is None:
        return does_not_apply(
            RTT, "A self-referral starts this clock once the team accepts it, from the day on which it came."
        )
    if any(day < case.received_on for day in case.treatments):
        return does_not_apply(RTT, BEFORE_RECEIPT)
    periods = tuple(_periods(case, case.received_on))
    parts = tuple(_parts(periods))
    _, start, stop, how = periods[-1]
    code, version, title, _ = RTT
    if how is Stop.NULLIFIED:
        return ClockReading(
            code=code, version=version, title=title, state=State.NULLIFIED, start=start, stop=stop, parts=parts,
            why_not_stopped=f"{how.value}. No other appointment has been offered yet.",
            nearest_stop="A new clock starts when another appointment is offered, or the family gets in touch.",
        )  # fmt: skip
    days = ((stop or at) - start).days
    return ClockReading(
        code=code, version=version, title=title, start=start, stop=stop, days=days, within=days <= STANDARD_DAYS,
        parts=parts, state=State.STOPPED if stop else State.RUNNING,
        why_not_stopped=None if stop else no_treatment_yet(case),
        nearest_stop=None if stop else first_treatment_next(case, at),
    )  # fmt: skip


def _periods(case: CaseFacts, received_on: date) -> Iterator[Period]:
    """Every clock of the case, in order."""
    start: date | None = received_on
    why = "Referral received"
    missed = _first_missed(case, received_on)
    while start is not None:
        stopped = _stop(case, start)
        if missed is not None and (stopped is None or missed.day <= stopped[0]):
            yield Period(why, start, missed.day, Stop.NULLIFIED)
            start, why, missed = _offered_again(case, missed), "New clock: another appointment", None
            continue
        yield Period(why, start, *(stopped or (None, None)))
        start = _decided_anew(case, *stopped) if stopped else None
        why = "New clock: a decision to treat"


def _first_missed(case: CaseFacts, received_on: date) -> Session | None:
    """A DNA of the first appointment after the referral (5e): nobody of the family had been met by then."""
    missed = min(
        (each for each in case.sessions if _was_missed(each) and each.day >= received_on),
        key=lambda each: each.day,
        default=None,
    )
    if missed is None or (case.first_contact_on is not None and case.first_contact_on <= missed.day):
        return None
    met_before = any(each.status == "held" and each.day <= missed.day for each in case.sessions)
    return None if met_before else missed


def _was_missed(session: Session) -> bool:
    return session.status == "not_held" and session.attend_status == NO_NOTICE


def _offered_again(case: CaseFacts, missed: Session) -> date | None:
    """When the family got in touch or the team decided to offer again (3e): said so, booked, or simply met."""
    if missed.rebook:
        return missed.day
    later = [each for each in case.sessions if each.day > missed.day]
    booked = [max(each.booked_on, missed.day) for each in later if each.booked_on is not None]
    return min([*booked, *(each.day for each in later if each.status == "held")], default=None)


def _stop(case: CaseFacts, start: date) -> tuple[date, Stop] | None:
    """The first thing that stops a clock (rules 4 and 5) on or after its start; on one day, treatment before all."""
    found = [(day, Stop.TREATED) for day in case.treatments]
    found += [(day, Stop.DECLINED) for day in case.declined]
    found += [(each.started_on, Stop.MONITORED) for each in case.monitoring]
    found = [said for said in found if said[0] >= start]
    if case.closed_on is not None:
        found.append((max(case.closed_on, start), Stop.CLOSED))
    order = list(Stop)
    return min(found, key=lambda said: (said[0], order.index(said[1])), default=None)


def _decided_anew(case: CaseFacts, stopped_on: date, how: Stop) -> date | None:
    """When it was decided to treat after all: after active monitoring (3d), or something new after a refusal (3b)."""
    assigned = [day for day in case.programmes if day > stopped_on]
    if how is Stop.DECLINED:
        return min(assigned, default=None)
    if how is not Stop.MONITORED:
        return None
    ended = [each.ended_on for each in case.monitoring if each.started_on == stopped_on and each.ended_on is not None]
    # a programme that stands when the watching ends goes on: ending it is the decision
    resumed = [day for day in ended if day > stopped_on and any(each <= day for each in case.programmes)]
    treated = [day for day in case.treatments if day > stopped_on]
    return min([*assigned, *resumed, *treated], default=None)


def _parts(periods: tuple[Period, ...]) -> Iterator[Part]:
    for why, start, stop, how in periods:
        yield Part(title=why, on=start)
        yield Part(title=how.value if how else "Treatment, or a decision that there will be none", on=stop)
