"""W8: the English four-week clock for children and young people, on spells (domain 3.4)."""

from collections.abc import Iterable
from datetime import date

from tests.oracle.cases import Case, by_then, cases_of, earliest
from tests.oracle.documents import Event
from tests.oracle.readings import NOT_APPLICABLE, Reading, from_to
from tests.oracle.referrals import dates_of
from tests.oracle.spells import babies, joined, over, same_babies, spell_of
from tests.oracle.stages import configuration

LISTED = {"GBO", "CORE-10", "PHQ-9", "GAD-7", "SDQ-2-4", "SWEMWBS", "BPSES"}
"""Measures of ours that NHS England's outcome list names (2.4)."""
FOUR_WEEKS_DAYS = 28
LONG_DAYS = {52: 364, 78: 546, 104: 728}
"""Weeks to the days beyond which a wait is counted as a long one."""


def first_outcome_on(case: Case) -> date | None:
    """The first scored measure of the national list; goals and their ratings are GBO."""
    days = [event.day("completed_on") for event in case.said("MeasureRecorded") if event.data["measure_code"] in LISTED]
    days += [event.day("on") for event in case.said("GoalRated")]
    for name, dated, goals in (
        ("ProgrammeAssigned", "assigned_on", "goals"),
        ("ProgrammeRevised", "on", "goals_added"),
    ):
        brought = [event for event in case.said(name) if any(_is_rated(goal) for goal in event.asked(goals) or [])]
        days += [event.day(dated) for event in brought]
    return min(days, default=None)


def _is_rated(goal: dict) -> bool:  # type: ignore[type-arg]
    return goal.get("baseline") is not None


def first_care_plan_on(case: Case) -> date | None:
    days = [event.asked("care_plan_agreed_on") for event in case.said("ProgrammeAssigned")]
    return min((date.fromisoformat(day) for day in days if day), default=None)


def four_weeks(events: list[Event], case: Case, cases: Iterable[Case], at: date, most: int) -> Reading:
    """The national four-week clock for children: the latest of three firsts, none of them after the spell's end."""
    if on_parents_record(events, case.team, at) or not is_child(case, at):
        return NOT_APPLICABLE
    spell = spell_of(case, [each for each in same_babies(case, cases) if is_child(each, at)], at)
    start, end = min(each.received_on for each in spell), over(spell, at)  # type: ignore[type-var]
    return from_to(start, last_of_three(firsts(spell, end or at)), end, at, most)  # type: ignore[arg-type]


def on_parents_record(events: list[Event], team: str, at: date) -> bool:
    found = configuration(events, team, at)
    return found is not None and found.asked("index_subject") == "caregiver"


def is_child(case: Case, at: date) -> bool:
    """Whether any baby of the case had been born when its referral came, as far as is known at t."""
    subjects = case.referral("subjects") or []
    return not subjects or any(child_at_referral(case, subject, at) for subject in subjects)


def child_at_referral(case: Case, subject: dict, at: date) -> bool:  # type: ignore[type-arg]
    born_on, due_on = dates_of(case, subject)
    if not by_then(born_on, at):
        return due_on is None
    return born_on <= case.received_on  # type: ignore[operator]


def is_child_named(case: Case, names: set[str], at: date) -> bool:
    """The same of one baby, by every id it ever had."""
    own = [subject for subject in case.referral("subjects") or [] if subject["infant_id"] in names]
    return not own or any(child_at_referral(case, subject, at) for subject in own)


def firsts(spell: list[Case], until: date) -> dict[str, date | None]:
    """Attended contact or indirect activity, score on the national list, agreed care plan: each first, by a day."""
    found = {
        "contact": earliest(day for case in spell for day in (*case.contacts, *indirect(case))),
        "measure": earliest(first_outcome_on(case) for case in spell),
        "plan": earliest(first_care_plan_on(case) for case in spell),
    }
    return {name: day if by_then(day, until) else None for name, day in found.items()}


def indirect(case: Case) -> list[date]:
    """Days of held sessions with other professionals and nobody of the family."""
    return [
        event.day("held_on")
        for event in case.said("SessionHeld")
        if event.asked("joint_with") and not event.asked("infants_present") and not event.asked("caregivers_present")
    ]


def last_of_three(found: dict[str, date | None]) -> date | None:
    days = [day for day in found.values() if day is not None]
    return max(days) if len(days) == len(found) else None


def waits_of_spells(
    events: list[Event], at: date, first: date, last: date, team: str | None = None, *, heads: set[str] | None = None
) -> dict[str, object]:
    """W8: days of spells stopped in [first, last] and of open ones at t, each spell once; and what the open ones lack.

    A spell that ended in the period without a stop is in no figure of the national metric, and counted by itself.
    With `heads`, only spells that begin with one of these cases.
    """
    days: dict[str, list[int]] = {"completed": [], "incomplete": []}
    missing = {"contact": 0, "measure": 0, "plan": 0}
    counted = {"never_stopped": 0, "left_out": 0}
    for spell in spells(events, at, team):
        if heads is not None and spell[0].id not in heads:
            continue
        start, end = min(case.received_on for case in spell), over(spell, at)  # type: ignore[type-var]
        found = firsts(spell, end or at)
        stop = last_of_three(found)
        if stop is not None and first <= stop <= last:
            if stop < start:  # type: ignore[operator]
                counted["left_out"] += 1
            else:
                days["completed"].append((stop - start).days)  # type: ignore[operator]
        elif stop is None and end is None:
            days["incomplete"].append((at - start).days)  # type: ignore[operator]
            for name, day in found.items():
                missing[name] += day is None
        elif stop is None and end is not None:
            counted["never_stopped"] += first <= end <= last
    long = {weeks: sum(each > most for each in days["incomplete"]) for weeks, most in LONG_DAYS.items()}
    return {**days, "missing": missing, "long": long, **counted}


def spells(events: list[Event], at: date, team: str | None = None) -> list[list[Case]]:
    """Spells of children on their own record; those of twins, which begin with the same case, are one."""
    by_baby: dict[tuple[str, str], list[Case]] = {}
    for case in cases_of(events, team):
        if by_then(case.received_on, at) and not on_parents_record(events, case.team, at):
            of_case = babies(case) or {case.id: set()}
            for baby in (name for name, names in of_case.items() if is_child_named(case, names, at)):
                by_baby.setdefault((case.team, baby), []).append(case)
    found: dict[str, dict[str, Case]] = {}
    for cases in by_baby.values():
        for spell in joined(cases, at):
            found.setdefault(spell[0].id, {}).update({case.id: case for case in spell})
    return [list(spell.values()) for spell in found.values()]
