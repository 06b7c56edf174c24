"""M12, the 1001-day clock: how much of a baby's window was spent waiting (domain 6.6, S41)."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.cases import Case, by_then, cases_of, earliest
from tests.oracle.documents import Event
from tests.oracle.percentiles import percentile
from tests.oracle.readings import EIGHTEEN_WEEKS, NOT_APPLICABLE, Reading, from_to, treated
from tests.oracle.referrals import births_of, dates_of
from tests.oracle.spells import babies, joined, over, same_babies, spell_of

CONCEPTION_DAYS = 266
"""From conception to the due date."""


@dataclass(frozen=True)
class Window:
    """One baby's window from conception to the second birthday."""

    starts_on: date | None
    ends_on: date


def window(born_on: date | None, due_on: date | None, gestation_weeks: int | None) -> Window | None:
    """None where neither birth nor due date is known.

    It starts 266 days before the due date, or, where only the gestation at birth is known, that many weeks before the
    birth. An unborn baby's ends on the second return of the due date.
    """
    if born_on is None and due_on is None:
        return None
    starts_on = None
    if due_on is not None:
        starts_on = due_on - timedelta(days=CONCEPTION_DAYS)
    elif born_on is not None and gestation_weeks is not None:
        # Gestation is counted from a fortnight before conception, as the 280 days of a pregnancy are.
        starts_on = born_on - timedelta(days=7 * gestation_weeks - 14)
    return Window(starts_on, second_birthday(born_on or due_on))  # type: ignore[arg-type]


def second_birthday(born_on: date) -> date:
    """One born on 29 February has it on 1 March."""
    try:
        return born_on.replace(year=born_on.year + 2)
    except ValueError:
        return date(born_on.year + 2, 3, 1)


def share(received_on: date, first_treatment_on: date, ends_on: date) -> Fraction | None:
    """Share of the window that remained at the referral and went by before treatment.

    1 when treatment came after the window; None when nothing remained, or treatment came before the referral.
    """
    remaining = (ends_on - received_on).days
    waited = (first_treatment_on - received_on).days
    if remaining <= 0 or waited < 0:
        return None
    return min(Fraction(waited, remaining), Fraction(1))


def windows(events: list[Event], case_id: str, at: date) -> list[Reading]:
    """The baby's clock of each baby of a case: share of the window that was left at the referral."""
    everyone = {case.id: case for case in cases_of(events)}
    case = everyone[case_id]
    if not by_then(case.received_on, at) or not babies(case):
        return [NOT_APPLICABLE]
    own = same_babies(case, everyone.values())
    return [
        of_baby(baby, spell_of(case, [c for c in own if baby in babies(c)], at), at) for baby in sorted(babies(case))
    ]


def of_baby(baby: str, spell: list[Case], at: date) -> Reading:
    """The clock of one baby over one spell of its cases."""
    start = min(case.received_on for case in spell)  # type: ignore[type-var]
    closes = closes_on(baby, spell, at)
    stop = earliest(day for case in spell for day in treated(case, at))
    if lost(spell, at) or closes is None or closes <= start:  # type: ignore[operator]
        return NOT_APPLICABLE
    reading = from_to(start, stop, over(spell, at), at, EIGHTEEN_WEEKS)  # type: ignore[arg-type]
    reading = {name: value for name, value in reading.items() if name != "within"}
    if reading["state"] in ("stopped", "running"):
        reading["share"] = share(start, stop or at, closes)  # type: ignore[arg-type]
    return reading


def lost(spell: list[Case], at: date) -> bool:
    return any(by_then(case.first("PregnancyEnded", "on"), at) for case in spell)


def closes_on(baby: str, spell: list[Case], at: date) -> date | None:
    """The second birthday, before the birth the expected one; of several days that were told the earliest."""
    births: list[date] = []
    dues: list[date | None] = []
    for case in spell:
        for name in babies(case).get(baby, set()):
            told = next((each for each in case.referral("subjects") or [] if each["infant_id"] == name), None)
            about = told or {"infant_id": name}
            born_on, due_on = dates_of(case, about)
            births += [day for day in [born_on, *(event.day("born_on") for event in births_of(case, about))] if day]
            dues.append(due_on)
    birth = earliest(day for day in births if day <= at) or earliest(dues)
    return None if birth is None else second_birthday(birth)


def shares(
    events: list[Event], at: date, first: date, last: date, team: str | None = None, *, heads: set[str] | None = None
) -> dict[str, list[Fraction] | int]:
    """Of each baby's spell: the share when treatment began in [first, last], or so far while it is open at t.

    Left out: treated in the period, but before the referral, or referred after the window had closed. With `heads`,
    only spells that begin with one of these cases.
    """
    by_baby: dict[tuple[str, str], list[Case]] = {}
    for case in cases_of(events, team):
        if by_then(case.received_on, at):
            for baby in babies(case):
                by_baby.setdefault((case.team, baby), []).append(case)
    completed, incomplete, left_out = [], [], 0
    for (_, baby), cases in by_baby.items():
        for spell in joined(cases, at):
            closes = closes_on(baby, spell, at)
            if closes is None or lost(spell, at) or (heads is not None and spell[0].id not in heads):
                continue
            start = min(case.received_on for case in spell if case.received_on is not None)
            stop = earliest(day for case in spell for day in treated(case, at))
            used = share(start, stop or at, closes)
            if stop is None and over(spell, at) is None and used is not None:
                incomplete.append(used)
            elif stop is not None and first <= stop <= last:
                if used is None:
                    left_out += 1
                else:
                    completed.append(used)
    return {"completed": completed, "incomplete": incomplete, "left_out": left_out}


def headline(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, int | Fraction | None]:
    """Median share of a baby's remaining window that went by before help."""
    found = shares(events, at, first, last, team)["completed"]
    if isinstance(found, int):
        raise TypeError("shares are lists")
    return {"n": len(found), "median": percentile(found, 50)}
