"""M12, the 1001-day clock: how much of a baby's window was spent waiting (domain 6.6, S41)."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.cases import Case, cases_of, referred
from tests.oracle.documents import Event
from tests.oracle.percentiles import percentile
from tests.oracle.referrals import births_of, dates_of

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
    """One born on 29 February has it on the 28th."""
    try:
        return born_on.replace(year=born_on.year + 2)
    except ValueError:
        return born_on.replace(year=born_on.year + 2, day=28)


def share(received_on: date, first_treatment_on: date, ends_on: date) -> Fraction | None:
    """Share of the window that remained at the referral and went by before treatment.

    1 when treatment came after the window; None when nothing remained, or treatment came before the referral.
    """
    remaining = (ends_on - received_on).days
    waited = (first_treatment_on - received_on).days
    if remaining <= 0 or waited < 0:
        return None
    return min(Fraction(waited, remaining), Fraction(1))


def window_of(case: Case, subject: dict) -> Window | None:  # type: ignore[type-arg]
    """Window of one infant of a referral."""
    told = [event.asked("gestation_weeks") for event in births_of(case, subject)]
    gestations = [subject.get("gestation_weeks_at_birth"), *told]
    return window(*dates_of(case, subject), next((weeks for weeks in gestations if weeks), None))


def shares(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> list[Fraction]:
    """The share of each infant whose case had its first treatment in the period and by t."""
    found = []
    for case in referred(cases_of(events, team)):
        started = case.first_treatment_on
        if started is None or not first <= started <= min(last, at):
            continue
        for subject in case.referral("subjects") or []:
            lasting = window_of(case, subject)
            one = None if lasting is None else share(case.received_on, started, lasting.ends_on)  # type: ignore[arg-type]
            if one is not None:
                found.append(one)
    return found


def headline(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, int | Fraction | None]:
    """Median share of a baby's remaining window that went by before help."""
    found = shares(events, at, first, last, team)
    return {"n": len(found), "median": percentile(found, 50)}
