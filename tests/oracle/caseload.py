"""M1 open referrals and M2 open caseload (domain 6.6)."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from tests.oracle import family
from tests.oracle.belief import believed, known
from tests.oracle.cases import Case, cases_of, is_open, referred
from tests.oracle.documents import Event
from tests.oracle.stages import STAGES, stage, weight, weights


def open_referrals(events: list[Event], at: date, team: str | None = None, *, nhse: bool = False) -> dict[str, int]:
    """M1: open cases by sub-state at the end of day t, and their total.

    Args:
        events: what is believed (`belief.believed`).
        at: t, a civil date.
        team: only its cases; None counts all.
        nhse: leave out referrals that were ever declined or found to be duplicates, whenever that was (domain 3.5).
    """
    counted = dict.fromkeys(STAGES, 0)
    for case in cases_of(events, team):
        if nhse and case.decision in ("declined", "duplicate"):
            continue
        now = stage(case, at)
        if now is not None:
            counted[now] += 1
    return {**counted, "open": sum(counted.values())}


def orphans(everything: list[Event], known_at: datetime | None = None, team: str | None = None) -> int:
    """Cases of which something was recorded by k, were it taken back since, and whose referral does not stand."""
    referrals = {case.id for case in referred(cases_of(believed(everything, known_at)))}
    return sum(case.id not in referrals for case in cases_of(known(everything, known_at), team))


def in_caseload(case: Case, at: date) -> bool:
    """M2: accepted, open, and at least one attended contact by t."""
    return is_open(case, at) and case.accepted_by(at) and any(day <= at for day in case.contacts)


def caseload(events: list[Event], at: date, team: str | None = None) -> dict[str, int | Decimal]:
    """M2 in cases, distinct infants, caregivers and relationships, and weighted by the table in force at t."""
    cases = [case for case in cases_of(events, team) if in_caseload(case, at)]
    return {
        "cases": len(cases),
        "infants": len(_distinct(family.infants(case, at) for case in cases)),
        "caregivers": len(_distinct(family.caregivers(case, at) for case in cases)),
        "relationships": len({one for case in cases for one in family.relationships(case, at)}),
        "weighted": sum((weight(case, at, weights(events, case.team, at)) for case in cases), Decimal(0)),
    }


def _distinct(groups: Iterable[set[str]]) -> set[str]:
    return {one for group in groups for one in group}
