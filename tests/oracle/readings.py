"""What a clock shows, whichever it is."""

from datetime import date
from typing import Any

from tests.oracle.cases import Case, by_then

Reading = dict[str, Any]
"""state, and where it has any: start, stop, days, within."""
NOT_APPLICABLE: Reading = {"state": "not_applicable"}
EIGHTEEN_WEEKS = 126


def from_to(start: date, stop: date | None, over: date | None, at: date, most: int) -> Reading:
    """A clock from start to stop: stopped, ended without a stop, or running still."""
    if stop is not None and stop < start:
        return NOT_APPLICABLE
    if stop is not None:
        days = (stop - start).days
        return {"state": "stopped", "start": start, "stop": stop, "days": days, "within": days <= most}
    if over is not None:
        return {"state": "ended", "start": start}
    days = (at - start).days
    return {"state": "running", "start": start, "days": days, "within": days <= most}


def treated(case: Case, at: date) -> list[date]:
    return [day for day in case.treatments if day <= at]


def is_duplicate(case: Case, at: date) -> bool:
    """Found by t to be the same as another referral, and closed by that."""
    return by_then(case.closed_on, at) and case.duplicate_on == case.closed_on and case.declined_on != case.closed_on
