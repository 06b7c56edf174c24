"""What a clock shows, in one shape for every definition. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from services.reporting.clocks.facts import CaseFacts
from services.reporting.sentences import day as in_words


class State(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    NULLIFIED = "nullified"
    """Stopped as if it had never run: in no numerator and no denominator."""
    NOT_APPLICABLE = "not_applicable"
    ENDED = "ended"
    """The case closed before the clock stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that the reading rests on, and when it happened; None: not yet."""

    title: str
    on: date | None = None


class Definition(NamedTuple):
    """A named, versioned definition of a clock."""

    code: str
    version: str
    title: str
    clock: str
    """Under which code a team names it in its configuration (`TeamConfigured.clocks`); empty: every team's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """One clock of one case as at a date."""

    code: str
    version: str
    title: str
    start: date | None = None
    stop: date | None = None
    days: int | None = None
    """As this definition counts them, from the start to the stop, or to the date if it runs; else None."""
    state: State
    within: bool | None = None
    """Whether the days are within the standard so far; None: the definition has none, or there are no days."""
    share: Decimal | None = None
    """Of the baby's clock only: share of the time left in the 1001-day window, in [0, 1], four decimals."""
    parts: tuple[Part, ...] = ()
    why_not_stopped: str | None = None
    """A sentence; None: it has stopped."""
    nearest_stop: str | None = None
    """What would stop it next, as care and never as bookkeeping; None: nothing would, or it has stopped."""


def does_not_apply(definition: Definition, why: str, *, parts: tuple[Part, ...] = ()) -> ClockReading:
    """A clock that does not run for this case, and why."""
    code, version, title, _ = definition
    return ClockReading(
        code=code, version=version, title=title, state=State.NOT_APPLICABLE, parts=parts, why_not_stopped=why
    )


NOT_RECEIVED = "No referral had been received by this date."
BEFORE_RECEIPT = "The record says that it stopped before the referral came: one of the two dates is a mistake."
DUPLICATE = "This referral was found to be the same as another one, whose clocks go on."

_CLOSED = {
    "declined": "the referral was not accepted",
    "duplicate": "the referral was found to be the same as another one",
    "withdrawn": "the referral was withdrawn",
    "discharged": "the case was closed",
}


def closed_before(closed_on: date, closed_by: str | None, what: str) -> str:
    """Why a clock ended without a stop, as a sentence.

    Args:
        closed_on: civil date.
        closed_by: how the case closed.
        what: what had not happened by then, e.g. `treatment began`.
    """
    said = _CLOSED.get(closed_by or "", "the case was closed")
    return f"{said[0].upper()}{said[1:]} on {in_words(closed_on)}, before {what}."


def stage_reached(case: CaseFacts) -> str:
    """What an open case waits for before treatment, as the end of a sentence."""
    if case.accepted_on is None:
        return "the referral waits for a decision"
    if case.assessed_on is None:
        return "the assessment is not complete" if case.first_contact_on else "the family waits for a first meeting"
    return "the family waits for its first session" if case.programmes else "the family waits for a programme"


def no_treatment_yet(case: CaseFacts) -> str:
    """Why a clock that treatment stops is running, as a sentence."""
    return f"No treatment session has been held yet; {stage_reached(case)}."


def first_treatment_next(case: CaseFacts, at: date) -> str:
    """The first treatment session, and when the family will be seen next, as a sentence."""
    booked = case.next_booking(at)
    return "The first treatment session. " + (
        f"The next session is booked for {in_words(booked)}." if booked else "No session is booked."
    )


def listed_in_words(items: list[str]) -> str:
    """Several things as people list them: `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
