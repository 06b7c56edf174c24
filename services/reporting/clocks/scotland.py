"""Clocks: Scotland, 18 weeks, CAMHS and psychological therapies, as Public Health Scotland computes them. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from services.reporting.clocks.facts import CaseFacts, ClockFacts, Pause, Session, as_at
from services.reporting.clocks.reading import (
    BEFORE_RECEIPT,
    DUPLICATE,
    NOT_RECEIVED,
    ClockReading,
    Definition,
    Part,
    State,
    closed_before,
    does_not_apply,
    first_treatment_next,
    no_treatment_yet,
)
from services.reporting.intervals import merged
from services.reporting.sentences import day as in_words

_SOURCE = "1 (Public Health Scotland, CAPTND)"
CAMHS = Definition(
    "scotland_camhs_18_weeks", _SOURCE, "Scotland: CAMHS, 18 weeks", "scotland_camhs_18_weeks"
)  # fmt: skip
PSYCHOLOGICAL_THERAPIES = Definition(
    "scotland_pt_18_weeks", _SOURCE, "Scotland: psychological therapies, 18 weeks", "scotland_pt_18_weeks"
)  # fmt: skip
STANDARD_DAYS = 126
"""126 days meet the standard, 127 do not."""
THERAPIES_ALWAYS_FROM = date(2024, 4, 1)
"""Psychological therapies: unavailability that begins from this day on comes off however late it begins."""

RESETS = {
    "2": "Clock starts anew: the family cancelled",
    "3": "Clock starts anew: the baby was not brought",
    "7": "Clock starts anew: the family came too late to be seen",
}
"""By attendance code; an appointment that the team cancelled (4) has no effect."""
UNAVAILABLE = frozenset({"family", "infant_hospital"})
"""Reasons of a pause that are the family's unavailability, and not the team's."""


class Adjusted(NamedTuple):
    """What Public Health Scotland calls the adjusted wait."""

    start: date
    """The referral, or the last absence that started the clock anew."""
    days: int
    parts: tuple[Part, ...]


def scotland_camhs(facts: ClockFacts, at: date) -> ClockReading:
    """From receipt to the first attended appointment for treatment; unavailability that begins by day 126 comes off.

    Args:
        facts: of the case.
        at: civil date; what happened later is not looked at.

    Returns:
        Days net of resets and unavailability; `within`: at most 126.

    Source: domain 3.3 (R52).
    """
    return _read(CAMHS, facts, at)


def scotland_therapies(facts: ClockFacts, at: date) -> ClockReading:
    """As for CAMHS, but unavailability comes off however late it begins (since 1 April 2024).

    Args, result and source: see `scotland_camhs`.
    """
    return _read(PSYCHOLOGICAL_THERAPIES, facts, at)


def _read(definition: Definition, facts: ClockFacts, at: date) -> ClockReading:
    case = as_at(facts.case, at)
    if case.received_on is None:
        return does_not_apply(definition, NOT_RECEIVED)
    if case.closed_by == "duplicate":
        return does_not_apply(definition, DUPLICATE)
    stop = min(case.treatments, default=None)
    if stop is not None and stop < case.received_on:
        return does_not_apply(definition, BEFORE_RECEIPT)
    start, days, parts = _adjusted(definition, case, case.received_on, stop, stop or case.closed_on or at)
    reading = ClockReading(
        code=definition.code, version=definition.version, title=definition.title, start=start,
        parts=(*parts, Part(title="First treatment session", on=stop)), state=State.RUNNING,
    )  # fmt: skip
    if stop is None and case.closed_on is not None:
        why = closed_before(case.closed_on, case.closed_by, "treatment began")
        return replace(reading, state=State.ENDED, why_not_stopped=why)
    reading = replace(reading, days=days, within=days <= STANDARD_DAYS)
    if stop is not None:
        return replace(reading, state=State.STOPPED, stop=stop)
    return replace(reading, why_not_stopped=no_treatment_yet(case), nearest_stop=first_treatment_next(case, at))


def _adjusted(definition: Definition, case: CaseFacts, received_on: date, stop: date | None, end: date) -> Adjusted:
    """Start after all resets, days net of unavailability, and what led to them."""
    start, parts = received_on, [Part(title="Referral received", on=received_on)]
    for absence in _absences(case.sessions, received_on, stop):
        day = absence.fell_through_on
        if (day - start).days - _days(_unavailable(definition, case.pauses, start, day)) >= STANDARD_DAYS:
            break  # too late to start anew, and so is whatever comes after
        start = day
        parts.append(Part(title=RESETS[absence.attend_status], on=day))
    off = _unavailable(definition, case.pauses, start, end)
    parts += [Part(title=f"Unavailable until {in_words(to)}, which comes off", on=begun) for begun, to in off]
    return Adjusted(start, max((end - start).days - _days(off), 0), tuple(parts))


def _absences(sessions: Iterable[Session], received_on: date, stop: date | None) -> list[Session]:
    """Appointments that fell through on the family's side, before treatment, in order of the day that is counted."""
    found = (each for each in sessions if each.status == "not_held" and each.attend_status in RESETS)
    return sorted(
        (
            each
            for each in found
            if received_on <= each.fell_through_on and (stop is None or each.fell_through_on < stop)
        ),
        key=lambda each: (each.fell_through_on, each.attend_status),
    )


def _unavailable(
    definition: Definition, pauses: Iterable[Pause], start: date, end: date
) -> tuple[tuple[date, date], ...]:
    """First and last day of each unavailability that comes off a clock from `start` to before `end`."""
    latest = start + timedelta(days=STANDARD_DAYS)
    days = []
    for pause in pauses:
        begun, over = max(pause.from_on, start), min(pause.until_on or end, end)
        always = definition is PSYCHOLOGICAL_THERAPIES and begun >= THERAPIES_ALWAYS_FROM
        if pause.reason in UNAVAILABLE and begun < over and (always or begun <= latest):
            days.append((begun, over))
    return tuple(
        (begun, over - timedelta(days=1)) for begun, over in merged(days) if begun is not None and over is not None
    )


def _days(stretches: Iterable[tuple[date, date]]) -> int:
    """How many days, the first and the last included."""
    return sum((last - first).days + 1 for first, last in stretches)
