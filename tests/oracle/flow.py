"""M3, the flow identity: open(t1) = open(t0) + new(t0, t1] - closed(t0, t1]."""

from datetime import date, timedelta

from tests.oracle.cases import Case, cases_of, is_open, referred
from tests.oracle.documents import Event

WAYS = ("declined", "duplicate", "withdrawn", "discharged")
"""When two closings fall on one day the referral's own ending names it: the discharge follows from it (P4)."""


def leaves(case: Case) -> tuple[date, str] | None:
    """When and how a case is counted as closed: once, at the later of closing date and received_on."""
    if case.received_on is None or case.closed_on is None:
        return None
    way = next(way for way in WAYS if case.closings.get(way) == case.closed_on)
    return max(case.closed_on, case.received_on), way


def flow(events: list[Event], first: date, last: date, team: str | None = None) -> dict[str, int]:
    """New and closed cases of a period (both days in it), and the open ones before and at its end."""
    answer = dict.fromkeys(("open_at_start", "new", "closed", "open_at_end", *WAYS), 0)
    for case in referred(cases_of(events, team)):
        received_on = case.received_on
        answer["open_at_start"] += is_open(case, first - timedelta(days=1))
        answer["open_at_end"] += is_open(case, last)
        answer["new"] += received_on is not None and first <= received_on <= last
        left = leaves(case)
        if left is not None and first <= left[0] <= last:
            answer["closed"] += 1
            answer[left[1]] += 1
    return answer
