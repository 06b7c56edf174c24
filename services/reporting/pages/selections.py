"""The cases behind a number: one code for each number of a page, and the rule by which a case is among them.

A rule is a condition on a row of the believed cases; $1 is the date of the question, $3 and $4 are the first and the
last day of its period, as in the metric that counts them. Tests hold each list against its number.
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.reporting.metrics.funnel import STEPS
from services.reporting.metrics.referrals import DECISION, DECISIONS
from services.reporting.metrics.scope import CASELOAD, OPEN, STAGE, STAGES
from services.reporting.metrics.session_tables import GROUP_TITLES, SINCE_TITLES
from services.reporting.metrics.sessions import ATTEND_GROUPS, CONTACT
from services.reporting.metrics.waits import WAITS
from services.reporting.words import STAGE_TITLES, worded


class Selection(NamedTuple):
    """Some cases."""

    title: str
    condition: str


DECLINE_REASONS = (
    "outside_age", "outside_area", "no_relationship_concern", "needs_met_by_universal", "needs_other_specialist",
    "crisis_or_risk_needs_other_service", "already_in_equivalent_service", "no_consent", "incomplete_no_response",
    "capacity_closed",
)  # fmt: skip
"""Source: domain 2.2."""
CLOSURES = ("declined", "duplicate", "withdrawn", "discharged")
OPEN_ONES = "open"
"""Every open referral: what is listed when nothing else is asked for."""
_LONGEST_DAYS = 28
_BANDS: Mapping[str, tuple[int, int | None]] = {
    "0-6": (0, 6),
    "7-13": (7, 13),
    "14-27": (14, 27),
    "28-plus": (_LONGEST_DAYS, None),
}
_RECEIVED = "received_on BETWEEN $3::date AND $4::date"


def _waiting(start: str, stop: str) -> str:
    return f"{OPEN} AND {start} <= $1::date AND ({stop} IS NULL OR {stop} > $1::date)"


def _target(name: str) -> str:
    """Days that a case's own team has set for a wait; `own` are the targets that teams have set."""
    set_by_team = f"(SELECT target FROM own WHERE own.team_id = c.team_id AND own.name = '{name}')"
    return f"coalesce({set_by_team}, {WAITS[name].target_days()})"


def _ended(start: str, stop: str) -> str:
    return f"{stop} BETWEEN $3::date AND $4::date AND {stop} >= {start} AND received_on IS NOT NULL"


def _seen(least: int, most: int | None) -> str:
    """In the open caseload, last seen so many days ago; `s` are the sessions of the cases."""
    lately = f"SELECT case_id FROM s WHERE {CONTACT} AND day <= $1::date AND day > $1::date - {_LONGEST_DAYS}"
    if most is None:
        return f"{CASELOAD} AND case_id NOT IN ({lately})"
    return (
        f"{CASELOAD} AND case_id IN ({lately} GROUP BY case_id HAVING $1::date - max(day) BETWEEN {least} AND {most})"
    )


def _attendance(group: str) -> str:
    codes = ", ".join(f"'{code}'" for code, each in ATTEND_GROUPS.items() if each == group)
    return (
        "case_id IN (SELECT case_id FROM s WHERE day BETWEEN $3::date AND $4::date"
        f" AND status <> 'booked' AND attend_status IN ({codes}))"
    )


def _every() -> Mapping[str, Selection]:
    left = "closed_on IS NOT NULL AND greatest(closed_on, received_on) BETWEEN $3::date AND $4::date"
    found = {
        OPEN_ONES: Selection("Every open referral", OPEN),
        "caseload": Selection("Open caseload: accepted, open, seen at least once", CASELOAD),
    }
    for stage in STAGES:
        found[f"stage-{stage}"] = Selection(f"Stage: {STAGE_TITLES[stage]}", f"{OPEN} AND {STAGE} = '{stage}'")
    for name, wait in WAITS.items():
        found[f"{name}-waiting"] = Selection(f"{name} still waiting: {wait.title}", _waiting(wait.start, wait.stop))
        late = f"{_waiting(wait.start, wait.stop)} AND $1::date - {wait.start} > {_target(name)}"
        found[f"{name}-late"] = Selection(f"{name} still waiting, longer than the target: {wait.title}", late)
        found[f"{name}-ended"] = Selection(f"{name} ended in the period: {wait.title}", _ended(wait.start, wait.stop))
    found["received"] = Selection("Received in the period", _RECEIVED)
    for decision in DECISIONS:
        title = f"Received in the period: {worded(decision).lower()}"
        found[f"received-{decision}"] = Selection(title, f"{_RECEIVED} AND {DECISION} = '{decision}'")
    for step, (title, condition) in STEPS.items():
        if step not in ("received", "accepted"):
            found[f"reached-{step}"] = Selection(
                f"Received in the period, and by now: {title.lower()}", f"{_RECEIVED} AND {condition}"
            )
    turned_away = f"{_RECEIVED} AND {DECISION} IN ('declined', 'signposted')"
    for reason in DECLINE_REASONS:
        title = f"Received in the period, declined: {worded(reason).lower()}"
        found[f"reason-{reason}"] = Selection(title, f"{turned_away} AND decline_reason = '{reason}'")
    found["closed"] = Selection("Closed in the period", f"received_on IS NOT NULL AND {left}")
    for how in CLOSURES:
        title = f"Closed in the period: {how}"
        found[f"closed-{how}"] = Selection(title, f"received_on IS NOT NULL AND closed_by = '{how}' AND {left}")
    discharged = "received_on IS NOT NULL AND discharged_on = closed_on AND discharged_on BETWEEN $3::date AND $4::date"
    found["discharged"] = Selection("Discharged in the period", discharged)
    for group, words in GROUP_TITLES.items():
        found[f"session-{group}"] = Selection(f"A session in the period: {words.lower()}", _attendance(group))
    found["session-without_word"] = Selection(
        "A session booked in the period, and no word on whether it was held",
        "case_id IN (SELECT case_id FROM s WHERE day BETWEEN $3::date AND $4::date AND status = 'booked')",
    )
    for band, (least, most) in _BANDS.items():
        found[f"since-{band}"] = Selection(f"Open caseload, last seen {SINCE_TITLES[band]} ago", _seen(least, most))
    return found


SELECTIONS = _every()
"""By code, in the order of the list to choose from."""
