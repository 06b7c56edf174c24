"""Eligibility, as versioned data and pure functions of values. No rule here reads any diagnosis (statement S30)."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from services.referral.codes import DecisionRole
from services.referral.events import ReferralReceived
from services.referral.team_settings import Eligibility
from services.referral.values import InfantReferred, Subject
from shared.kernel.civil import birthday_months
from shared.kernel.errors import Rejected

PREGNANCY_DAYS = 280
"""From the last period to the expected date."""
HIGHEST_AGE_DAYS = 3660
"""Beyond ten years it is no infant but a mistyped date."""
OVERDUE_DAYS = 28
"""How long after its expected date a baby may plausibly still be unborn."""

CLINICIANS = frozenset({DecisionRole.TRIAGE_CLINICIAN, DecisionRole.PRACTITIONER, DecisionRole.LEAD})
"""Who may override the eligibility rules (domain 6.4)."""


class Miss(StrEnum):
    """What of a team's eligibility rules a referral does not meet."""

    NO_INFANT_WITHIN_WINDOW = "no_infant_within_window"
    OUTSIDE_AREA = "outside_area"
    LOCALITY_UNKNOWN = "locality_unknown"
    INDICATORS_NOT_MET = "indicators_not_met"


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


def misses(
    received: ReferralReceived, rules: Eligibility, *, born_since: Collection[UUID] = (), lost: Collection[UUID] = ()
) -> tuple[Miss, ...]:
    """What of the team's rules the referral does not meet; none: it is eligible (statements S18, S31 to S33).

    Args:
        received: the referral; ages count on its `received_on`.
        rules: the team's.
        born_since: infants who were referred unborn and have been born: a team that works from birth takes them now.
        lost: infants whose pregnancy ended.
    """
    found: list[Miss] = []
    if not any(
        _within(infant, received.received_on, rules, born_since)
        for infant in received.subjects
        if infant.infant_id not in lost
    ):
        found.append(Miss.NO_INFANT_WITHIN_WINDOW)
    if rules.localities and received.locality is None:
        found.append(Miss.LOCALITY_UNKNOWN)
    elif rules.localities and received.locality not in rules.localities:
        found.append(Miss.OUTSIDE_AREA)
    if rules.indicator_rules and not _indicated(received, rules):
        found.append(Miss.INDICATORS_NOT_MET)
    return tuple(found)


def _within(infant: Subject, received_on: date, rules: Eligibility, born_since: Collection[UUID]) -> bool:
    if infant.unborn or infant.born_on is None:
        return rules.accepts_antenatal or infant.infant_id in born_since
    return received_on < birthday_months(infant.born_on, rules.max_age_months_exclusive)


def _indicated(received: ReferralReceived, rules: Eligibility) -> bool:
    """Whether any rule "at least k indicators in each of at least n domains" is met (R7).

    The count is per domain: "at least 3 in all 5" would otherwise ask for less than every other rule of that set.
    """
    counts = [indicator.count for indicator in received.indicators]
    return any(sum(count >= rule.indicators for count in counts) >= rule.domains for rule in rules.indicator_rules)
