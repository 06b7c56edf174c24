"""By when something is due, and whether it is late: arithmetic of civil dates, the same wherever a target is kept.

The services record a breach by it, the worklist and the pathway watch warn by it (rules P1, P2, P9). Pure.
"""

from datetime import date, timedelta


def due_on(since: date, days: int) -> date:
    """The civil date by the end of which something is due.

    Args:
        since: civil date from which its days count; itself day 0.
        days: calendar days that the team allows.
    """
    return since + timedelta(days=days)


def breached(due: date, today: date) -> bool:
    """Whether what was due on a civil date is late: from the day after it, as `shared.kernel.civil.end_of` has it."""
    return today > due


def will_breach(due: date, today: date, within_days: int) -> bool:
    """Whether what is not late yet will be, unless it is done within so many days; 0: by the end of today."""
    return today <= due <= today + timedelta(days=within_days)
