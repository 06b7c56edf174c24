"""Clock: referral received to first treatment, the wait as the family lives it. Pure."""

from datetime import date

from services.reporting.clocks.facts import CaseFacts, ClockFacts
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

LOCAL = Definition("local_first_treatment", "1", "Referral to first treatment", "local")
STANDARD_DAYS = 126
"""Eighteen weeks."""


def first_treatment(spell: tuple[CaseFacts, ...]) -> date | None:
    """The earliest held treatment session of a spell."""
    return min((day for each in spell for day in each.treatments), default=None)


def local_first_treatment(facts: ClockFacts, at: date) -> ClockReading:
    """From the first referral of the spell to the first held session that is treatment; nothing is deducted.

    Args:
        facts: of the case.
        at: civil date; what happened later is not looked at.

    Returns:
        Days between two civil dates; `within`: at most 126.

    Source: domain 6.6 M4 (W6, clock starts with the earliest referral of the spell), 3.3.
    """
    spell = spell_of(facts, at)
    if not spell:
        return does_not_apply(LOCAL, NOT_RECEIVED)
    start, stop = spell[0].received_on or date.min, first_treatment(spell)
    code, version, title, _ = LOCAL
    parts = (Part(title="Referral received", on=start), Part(title="First treatment session", on=stop))
    if stop is not None and stop < start:
        return does_not_apply(LOCAL, BEFORE_RECEIPT, parts=parts)
    if stop is not None:
        days = (stop - start).days
        return ClockReading(
            code=code, version=version, title=title, state=State.STOPPED, start=start, stop=stop, days=days,
            within=days <= STANDARD_DAYS, parts=parts,
        )  # fmt: skip
    last = ended(spell)
    if last is not None and last.closed_on is not None:
        return ClockReading(
            code=code, version=version, title=title, state=State.ENDED, start=start, parts=parts,
            why_not_stopped=closed_before(last.closed_on, last.closed_by, "treatment began"),
        )  # fmt: skip
    days, case = (at - start).days, current(spell)
    return ClockReading(
        code=code, version=version, title=title, state=State.RUNNING, start=start, days=days,
        within=days <= STANDARD_DAYS, parts=parts, why_not_stopped=no_treatment_yet(case),
        nearest_stop=first_treatment_next(case, at),
    )  # fmt: skip
