"""Clock: England, children and young people, four weeks to meaningful help, as NHS England computes it. Pure."""

from dataclasses import replace
from datetime import date

from services.reporting.clocks.facts import Baby, CaseFacts, ClockFacts, as_at
from services.reporting.clocks.listed import LISTED
from services.reporting.clocks.reading import (
    BEFORE_RECEIPT,
    NOT_RECEIVED,
    ClockReading,
    Definition,
    Part,
    State,
    closed_before,
    does_not_apply,
    listed_in_words,
)
from services.reporting.clocks.spells import ended, ended_on, spell_of

_CODE = "england_cyp_4_weeks"
_SOURCE = "1 (NHS Digital, monthly mental health statistics, 7b4d742)"
MEASURE = Definition(_CODE, _SOURCE, "England: four weeks to meaningful help (MRS08a, 28 days or less)", _CODE)
DASHBOARD = Definition(
    f"{_CODE}_dashboard",
    _SOURCE,
    "England: four weeks to meaningful help (NHS England dashboard, under 28 days)",
    _CODE,
)
FOUR_WEEKS_DAYS = 28

CONTACT, BASELINE, PLAN = "First attended contact", "First nationally listed measure", "First agreed care plan"
_MISSING = {
    CONTACT: "no attended contact yet",
    BASELINE: "no nationally listed baseline measure yet",
    PLAN: "no agreed care plan yet",
}
_NEXT = {
    CONTACT: "a meeting with the family, face to face, by telephone or by video",
    BASELINE: (
        "a listed measure that suits this family, beside those that the work needs:"
        " goals that the family sets and scores (GBO) are the nearest"
    ),
    PLAN: "a care plan agreed with the family",
}


def four_weeks(facts: ClockFacts, at: date) -> tuple[ClockReading, ClockReading]:
    """From the first referral of the spell to the latest of three firsts; both published variants of "four weeks".

    The three: an attended contact or an indirect activity; a baseline score of a measure on the national list; an
    agreed care plan, or a procedure of the national lists. Without any one of them there is no stop. Absences and
    pauses have no effect. A referral opened on the parent's record, or received before the birth, is in no child's
    metric. What is dated after the end of the spell does not count.

    Args:
        facts: of the case.
        at: civil date; what happened later is not looked at.

    Returns:
        MRS08a (28 days are within) and the dashboard's (27 are, 28 are not).

    Source: domain 3.4, 2.4; R17 `4w_waits_prep.py`, R26, R32.
    """
    return _read(MEASURE, facts, at, FOUR_WEEKS_DAYS), _read(DASHBOARD, facts, at, FOUR_WEEKS_DAYS - 1)


def _read(definition: Definition, facts: ClockFacts, at: date, most_days: int) -> ClockReading:
    why_not = _out_of_scope(facts, at)
    spell = () if why_not else spell_of(_in_scope(facts, at), at)
    if why_not or not spell:
        return does_not_apply(definition, why_not or NOT_RECEIVED)
    start, last = spell[0].received_on or date.min, ended(spell)
    firsts = _firsts(spell, ended_on(spell))
    parts = tuple(Part(title=title, on=on) for title, on in firsts.items())
    reading = ClockReading(
        code=definition.code, version=definition.version, title=definition.title, start=start, parts=parts,
        state=State.RUNNING,
    )  # fmt: skip
    found = [on for on in firsts.values() if on is not None]
    if len(found) == len(firsts):
        stop = max(found)
        if stop < start:
            return does_not_apply(definition, BEFORE_RECEIPT, parts=parts)
        days = (stop - start).days
        return replace(reading, state=State.STOPPED, stop=stop, days=days, within=days <= most_days)
    if last is not None and last.closed_on is not None:
        what = f"it could stop: {_missing(spell, firsts)}"
        return replace(reading, state=State.ENDED, why_not_stopped=closed_before(last.closed_on, last.closed_by, what))
    days, why = (at - start).days, _missing(spell, firsts)
    return replace(
        reading, days=days, within=days <= most_days, why_not_stopped=f"{why[0].upper()}{why[1:]}.",
        nearest_stop=_nearest(firsts),
    )  # fmt: skip


def _out_of_scope(facts: ClockFacts, at: date) -> str | None:
    """Why the metric does not count this case, as a sentence; None: it does."""
    case = as_at(facts.case, at)
    if facts.on_parents_record:
        return "The team opens its referrals on the parent's or carer's record; this clock counts those on a child's."
    if case.received_on is None or _counted(case):
        return None
    return "The baby was not born when the referral came; this clock counts children from birth."


def _in_scope(facts: ClockFacts, at: date) -> ClockFacts:
    """Without the referrals that came before any baby of theirs was born: their activity is on the parent's record."""
    return replace(facts, others=tuple(each for each in facts.others if _counted(as_at(each, at))))


def _counted(case: CaseFacts) -> bool:
    """Whether any baby of the case was born when its referral came, as far as is known."""
    return not case.babies or any(_born_by(each, case.received_on) for each in case.babies)


def _born_by(baby: Baby, day: date | None) -> bool:
    if baby.born_on is None:
        return baby.due_on is None
    return day is None or baby.born_on <= day


def _firsts(spell: tuple[CaseFacts, ...], until: date) -> dict[str, date | None]:
    """The three firsts, each by `until`."""
    contacts = [each.day for case in spell for each in case.sessions if each.is_contact or each.indirect]
    scores = [each.completed_on for case in spell for each in case.scores if each.measure_code in LISTED]
    plans = [day for case in spell for day in (*case.care_plans, *case.procedures)]
    return {
        title: min((day for day in days if day <= until), default=None)
        for title, days in ((CONTACT, contacts), (BASELINE, scores), (PLAN, plans))
    }


def _missing(spell: tuple[CaseFacts, ...], firsts: dict[str, date | None]) -> str:
    """What is missing, in words; a measure that is there and not listed is named."""
    said = listed_in_words([_MISSING[title] for title, on in firsts.items() if on is None])
    unlisted = sorted({each.measure_code for case in spell for each in case.scores} - LISTED)
    if firsts[BASELINE] is not None or not unlisted:
        return said
    are = "is recorded, and is" if len(unlisted) == 1 else "are recorded, and are"
    return f"{said} ({listed_in_words(unlisted)} {are} not on the national list)"


def _nearest(firsts: dict[str, date | None]) -> str:
    """What would stop it, in the order in which families are helped."""
    wanted = [_NEXT[title] for title, on in firsts.items() if on is None]
    if len(wanted) == 1:
        return f"It stops with {wanted[0]}."
    return f"It stops once all of these have happened: {'; '.join(wanted)}."
