"""Clock: the share of a baby's 1001 days, conception to the second birthday, that is spent waiting (M12). Pure."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from services.reporting.clocks.facts import Baby, CaseFacts, ClockFacts, as_at
from services.reporting.clocks.local import first_treatment
from services.reporting.clocks.reading import (
    BEFORE_RECEIPT,
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
from services.reporting.clocks.spells import current, ended, spell_of
from shared.kernel.civil import birthday_months

BABY = Definition("first_1001_days", "1", "The baby's clock: share of the 1001 days spent waiting", "")
TERM_DAYS = 266
"""Conception to the expected day of birth."""
BEFORE_CONCEPTION_DAYS = 14
"""Gestation is counted from the last menstrual period, two weeks before conception."""
SECOND_BIRTHDAY_MONTHS = 24


class Window(NamedTuple):
    """A baby's 1001 days, both ends civil dates."""

    opens_on: date
    closes_on: date


def window(baby: Baby) -> Window | None:
    """When the baby's window opens and closes; None: neither a birth nor an expected one is known.

    It opens 266 days before the expected day of birth; where that is not known, at the birth less the gestation. It
    closes with the second birthday; for an unborn baby, the expected one.

    Source: domain 6.6 M12. Example: due 2025-06-01, born 2025-05-20 -> 2024-09-08 to 2027-05-20.
    """
    birth = baby.born_on or baby.due_on
    if birth is None:
        return None
    if baby.due_on is not None:
        opens = baby.due_on - timedelta(days=TERM_DAYS)
    elif baby.gestation_weeks is not None:
        opens = birth - timedelta(days=7 * baby.gestation_weeks - BEFORE_CONCEPTION_DAYS)
    else:
        opens = birth - timedelta(days=TERM_DAYS)
    return Window(opens, birthday_months(birth, SECOND_BIRTHDAY_MONTHS))


def window_share_used(received_on: date, first_treated_on: date, closes_on: date) -> Decimal | None:
    """Share of the baby's remaining 1001-day window that passed before treatment began.

    Args:
        received_on: civil date (Europe/London) the earliest referral of the spell arrived.
        first_treated_on: civil date of the first held treatment session.
        closes_on: the second birthday; for an unborn baby, the expected one.

    Returns:
        Ratio in [0, 1], four decimals, no percent scaling; 1 when treatment began after the window closed; None when
        it had already closed at referral, or when treatment is dated before the referral (a data-quality item, left
        out of the median).

    Raises:
        TypeError: a datetime is given where a civil date is meant.

    Source: metric M12, docs/metrics.md. Example: 2025-03-01, 2025-06-10, 2027-05-20 -> 0.1247.
    """
    if any(isinstance(each, datetime) for each in (received_on, first_treated_on, closes_on)):
        raise TypeError("civil dates are meant, not instants")
    if closes_on <= received_on or first_treated_on < received_on:
        return None
    waited, left = (first_treated_on - received_on).days, (closes_on - received_on).days
    share = Decimal(waited) / Decimal(left)
    return min(share, Decimal(1)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def babys_clock(facts: ClockFacts, at: date) -> tuple[ClockReading, ...]:
    """One reading for each baby of the case: from the first referral of the spell to the first treatment.

    Args:
        facts: of the case.
        at: civil date; what happened later is not looked at. A baby born later is unborn as at that date.

    Returns:
        `share` of the window that was left at the referral; while the family waits, so far. There is no standard, so
        `within` is None. An antenatal referral counts from its receipt.
    """
    case = as_at(facts.case, at)
    if case.received_on is None:
        return (does_not_apply(BABY, NOT_RECEIVED),)
    babies = case.babies
    if not babies:
        return (does_not_apply(BABY, "No baby is recorded with this case."),)
    found = []
    for number, baby in enumerate(babies, start=1):
        reading = _of_baby(baby, facts, at)
        several = f" (baby {number} of {len(babies)})" if len(babies) > 1 else ""
        found.append(replace(reading, title=f"{reading.title}{several}"))
    return tuple(found)


def _as_told(baby: Baby, spell: tuple[CaseFacts, ...]) -> Baby:
    """A baby by all that the cases of its spell say; of several days the earliest."""
    told = [each for case in spell for each in case.babies if each.infant_id == baby.infant_id]
    return replace(
        baby,
        born_on=min((each.born_on for each in told if each.born_on is not None), default=None),
        due_on=min((each.due_on for each in told if each.due_on is not None), default=None),
    )


def _of_baby(baby: Baby, facts: ClockFacts, at: date) -> ClockReading:
    of_baby = (other for other in facts.others if any(each.infant_id == baby.infant_id for each in other.babies))
    spell = spell_of(replace(facts, others=tuple(of_baby)), at)
    if any(each.pregnancy_ended_on is not None for each in spell):
        return does_not_apply(BABY, "The pregnancy ended; this clock is not kept.")
    baby = _as_told(baby, spell)
    found = window(baby)
    if found is None:
        return does_not_apply(BABY, "Neither a day of birth nor an expected one is recorded.")
    start, stop = spell[0].received_on or date.min, first_treatment(spell)
    parts = (
        Part(title="Window opened (conception)", on=found.opens_on),
        Part(title="Referral received", on=start),
        Part(title="First treatment session", on=stop),
        Part(title=f"Window closes ({'second' if baby.born_on else 'expected second'} birthday)", on=found.closes_on),
    )
    if found.closes_on <= start:
        return does_not_apply(BABY, "The baby had turned two when the referral came.", parts=parts)
    if stop is not None and stop < start:
        return does_not_apply(BABY, BEFORE_RECEIPT, parts=parts)
    code, version, title, _ = BABY
    reading = ClockReading(code=code, version=version, title=title, state=State.STOPPED, start=start, parts=parts)
    if stop is not None:
        share = window_share_used(start, stop, found.closes_on)
        return replace(reading, stop=stop, days=(stop - start).days, share=share)
    last = ended(spell)
    if last is not None and last.closed_on is not None:
        why = closed_before(last.closed_on, last.closed_by, "treatment began")
        return replace(reading, state=State.ENDED, why_not_stopped=why)
    waiting = current(spell)
    return replace(
        reading,
        state=State.RUNNING,
        days=(at - start).days,
        share=window_share_used(start, at, found.closes_on),
        why_not_stopped=no_treatment_yet(waiting),
        nearest_stop=first_treatment_next(waiting, at),
    )
