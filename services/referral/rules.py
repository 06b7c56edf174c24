"""Eligibility, as versioned data and pure functions of values. No rule here knows of any diagnosis (statement S30)."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.referral.codes import DecisionRole
from services.referral.values import InfantReferred, Subject
from shared.kernel.civil import birthday_months
from shared.kernel.errors import Rejected

PREGNANCY_DAYS = 280
"""From the last period to the expected date."""
HIGHEST_AGE_DAYS = 3660
"""Beyond ten years it is no infant but a mistyped date."""
OVERDUE_DAYS = 28
"""How long after its expected date a baby may plausibly still be unborn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """A team's eligibility rules (statements S31 to S33)."""

    version: str
    max_age_months_exclusive: int
    """Age at `received_on`: accepted below this many completed months."""
    accepts_antenatal: bool


DEFAULTS = Eligibility(version="default-1", max_age_months_exclusive=36, accepts_antenatal=True)
"""For a team that configured nothing: "aged two and under" read as before the third birthday (S31), antenatal accepted.

The longer of the two readings, so that an unconfigured team turns nobody away by default.
"""

CLINICIANS = frozenset({DecisionRole.TRIAGE_CLINICIAN, DecisionRole.PRACTITIONER, DecisionRole.LEAD})
"""Who may override the eligibility rules (domain 6.4)."""


def age_days(infant: InfantReferred, received_on: date) -> int:
    """Days since birth at `received_on`; negative if unborn: minus the days until the expected date (domain 6.3)."""
    day = infant.edd if infant.unborn else infant.born_on
    if day is None:
        raise Rejected("birth-or-due-date-needed", "a born infant needs born_on, an unborn one edd", field="/subjects")
    return (received_on - day).days


def check_infant(infant: InfantReferred, place: int, received_on: date) -> None:
    """Refuses an infant whose dates contradict each other or the referral.

    Raises:
        Rejected: `due-date-needed`, `birth-date-needed`, `unborn-with-birth-date`, `due-date-out-of-range`,
            `born-after-received`, `not-an-infant`.
    """
    field = f"/subjects/{place}"
    if infant.unborn:
        if infant.edd is None:
            raise Rejected("due-date-needed", "an unborn infant needs its expected date", field=f"{field}/edd")
        if infant.born_on is not None:
            raise Rejected("unborn-with-birth-date", "an unborn infant has no birth date", field=f"{field}/born_on")
        earliest = received_on - timedelta(days=OVERDUE_DAYS)
        latest = received_on + timedelta(days=PREGNANCY_DAYS)
        if not earliest <= infant.edd <= latest:
            raise Rejected("due-date-out-of-range", "no pregnancy on the day of receipt fits", field=f"{field}/edd")
    elif infant.born_on is None:
        raise Rejected("birth-date-needed", "a born infant needs its birth date", field=f"{field}/born_on")
    elif infant.born_on > received_on:
        raise Rejected("born-after-received", "refer it as unborn, then record the birth", field=f"{field}/born_on")
    elif (received_on - infant.born_on).days > HIGHEST_AGE_DAYS:
        raise Rejected("not-an-infant", "older than ten years", field=f"{field}/born_on")


def eligible(subjects: tuple[Subject, ...], received_on: date, rules: Eligibility = DEFAULTS) -> bool:
    """Whether at least one infant lies within the team's window on the day of receipt."""
    return any(_within(infant, received_on, rules) for infant in subjects)


def _within(infant: Subject, received_on: date, rules: Eligibility) -> bool:
    if infant.unborn or infant.born_on is None:
        return rules.accepts_antenatal
    return received_on < birthday_months(infant.born_on, rules.max_age_months_exclusive)
