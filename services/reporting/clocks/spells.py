"""Spells: referrals of one baby to one team that follow each other closely are one wait. Pure.

Source: domain 3.4 rule 2, NHS England's four-week metric (R17 `4w_waits_prep.py`).
"""

from collections.abc import Iterable
from datetime import date, timedelta

from services.reporting.clocks.facts import CaseFacts, ClockFacts, as_at

GAP_DAYS = 5
"""The next referral joins if it starts at most so many days after the end of those before: 5 join, 6 split."""


def spells(cases: Iterable[CaseFacts]) -> tuple[tuple[CaseFacts, ...], ...]:
    """Cases that were received, joined into spells; an open one has no end and joins whatever comes after it.

    Args:
        cases: of the same babies in one team, as at one date, in any order.
    """
    received = sorted(
        ((each.received_on, str(each.case_id), each) for each in cases if each.received_on is not None),
        key=lambda item: item[:2],
    )
    found: list[list[CaseFacts]] = []
    end = date.min
    for start, _, case in received:
        if found and (end == date.max or start <= end + timedelta(days=GAP_DAYS)):
            found[-1].append(case)
            end = max(end, _end(case))
        else:
            found.append([case])
            end = _end(case)
    return tuple(tuple(each) for each in found)


def _end(case: CaseFacts) -> date:
    """When a referral ended, not before it came; never, for an open one."""
    return date.max if case.closed_on is None else max(case.closed_on, case.received_on or date.min)


def spell_of(facts: ClockFacts, at: date) -> tuple[CaseFacts, ...]:
    """The spell that the case belongs to, as at a date, earliest referral first; empty: not received by then."""
    cases = (as_at(each, at) for each in (facts.case, *facts.others))
    for spell in spells(cases):
        if any(each.case_id == facts.case.case_id for each in spell):
            return spell
    return ()


def ended(spell: tuple[CaseFacts, ...]) -> CaseFacts | None:
    """The case that closed last if every case of the spell is closed, else None."""
    if any(each.closed_on is None for each in spell):
        return None
    return max(spell, key=lambda each: (_end(each), str(each.case_id)))


def ended_on(spell: tuple[CaseFacts, ...]) -> date:
    """When the spell ended; `date.max` while any case of it is open."""
    return max(_end(each) for each in spell)


def current(spell: tuple[CaseFacts, ...]) -> CaseFacts:
    """The case in which the family waits now: the open one that was received last, else the last."""
    return [each for each in spell if each.closed_on is None][-1] if ended(spell) is None else spell[-1]
