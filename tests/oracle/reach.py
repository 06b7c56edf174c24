"""M17, reach: families, professionals and consultations for each 1,000 births, and where referrals come from (6.6)."""

from collections import Counter
from datetime import date
from fractions import Fraction

from tests.oracle.cases import cases_of, referred
from tests.oracle.documents import Event
from tests.oracle.percentiles import share
from tests.oracle.referrals import received_in
from tests.oracle.system_tier import system_work


def births(events: list[Event], year: int, team: str | None = None, locality: str | None = None) -> int | None:
    """Babies born in a year in the localities of the teams asked about; None: nobody has declared any.

    Of each team and locality the last word about a year counts, of each locality the latest year up to the one asked
    about; what several teams declare of one locality counts once, the larger number.
    """
    declared: dict[tuple[str, str, int], int] = {}
    for event in events:
        if event.name == "LocalityReachDeclared" and team in (None, event.team):
            declared[event.team, event.data["locality"], event.data["year"]] = event.data["births"]
    found: dict[str, tuple[int, int]] = {}
    for (_, place, of_year), babies in declared.items():
        if of_year <= year and locality in (None, place):
            found[place] = max(found.get(place, (0, 0)), (of_year, babies))
    return sum(babies for _, babies in found.values()) if found else None


def families_reached(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> int:
    """Cases with at least one attended contact in the period and by t."""
    end = min(last, at)
    return sum(any(first <= day <= end for day in case.contacts) for case in referred(cases_of(events, team)))


def reach(
    events: list[Event], at: date, first: date, last: date, team: str | None = None, *, locality: str | None = None
) -> dict[str, int | Fraction | None]:
    """For each 1,000 births of the year in which the period ends."""
    work = system_work(events, at, first, last, team)
    babies = births(events, last.year, team, locality)
    counts = {
        "families": families_reached(events, at, first, last, team),
        "professionals_trained": work["training"]["people"],
        "consultations": work["consultation"]["activities"],
    }
    per_1000 = {f"{name}_per_1000_births": share(1000 * count, babies or 0) for name, count in counts.items()}
    return {"births": babies, **counts, **per_1000}


def source_spread(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, int | Fraction | None]:
    """Of the referrals received in the period: how many sources sent any, and the share of the largest."""
    sources = Counter(str(case.referral("source")) for case in received_in(events, at, first, last, team))
    return {"active": len(sources), "largest_share": share(max(sources.values(), default=0), sum(sources.values()))}
