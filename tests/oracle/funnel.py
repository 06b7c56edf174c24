"""M3 as a cohort: of the referrals received in a period, how many had reached each step by t."""

from collections import Counter
from datetime import date

from tests.oracle.cases import Case, by_then
from tests.oracle.documents import Event
from tests.oracle.referrals import received_in


def reached(case: Case, at: date) -> dict[str, bool]:
    return {
        "received": True,
        "accepted": case.accepted_by(at),
        "contact": by_then(case.first_contact_on, at),
        "assessed": by_then(case.assessed_on, at),
        "programme": by_then(case.programme_on, at),
        "treated": by_then(case.first_treatment_on, at),
        "discharged": by_then(case.discharged_on, at),
    }


def funnel(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> dict[str, int]:
    """Cases by step, every step."""
    counted: Counter[str] = Counter()
    for case in received_in(events, at, first, last, team):
        counted.update({step: int(took) for step, took in reached(case, at).items()})
    return dict(counted)
