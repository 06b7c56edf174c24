"""Who waits too long, and who soon will: the one rule behind the worklist and the pathway watch. Pure.

By the same arithmetic (`shared.kernel.deadlines`) and the same targets as the breaches that the services record; what
is owed comes from `services.reporting.owed`. A breach is an event and stays; an alert ends when what was owed is done.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid5

from services.reporting.targets import ACKNOWLEDGE_WORKING_DAYS, DAYS, DEFAULTS, OWNERS, Target
from shared.kernel.civil import working_days_after
from shared.kernel.deadlines import breached, due_on, will_breach

SOON_DAYS = 7
"""How many days ahead it is told that a target will be missed [P]."""
NOT_BROUGHT_TIMES = 2
"""So many times in a row somebody looks into why a family did not come (rule P5)."""
_NAMESPACE = UUID("6f0c8f6e-5f0b-5c9e-9d39-0b7a5d1f2c64")
"""Of the ids of alerts; never changes, or every alert would be raised anew."""


class Rule(StrEnum):
    """Why somebody should look at a case."""

    WILL_BREACH = "will_breach"
    BREACHED = "breached"
    NO_SESSION = "no_session"
    """Breached too: no session for as long as the team allows, 28 days by default (P9)."""
    NOT_BROUGHT = "not_brought"
    """Was not brought twice with no session held between (P5)."""


class Wait(NamedTuple):
    """What is believed of one case that a wait alert rests on."""

    case_id: UUID
    team_id: str
    owed: tuple[tuple[Target, date], ...]
    """Each target that is not met, and the civil date from which its days count, or by which it is due."""
    last_held_on: date | None
    """Civil date of the latest session held."""
    not_brought: tuple[date, ...]
    """Civil dates of the sessions since then to which the family did not come, or too late (attendance 3 and 7)."""


class DueTarget(NamedTuple):
    """A target of a case that is not met."""

    target: Target
    since: date
    """Civil date from which its days count; the due date itself where the event says that."""
    due_on: date
    owner_role: str


class Alert(NamedTuple):
    """One reason to look at one case."""

    alert_id: UUID
    """By case, rule and target: the same for ever."""
    case_id: UUID
    team_id: str
    rule: Rule
    target: str
    """Code of the target; empty where the rule is about none."""
    due_on: date
    """Civil date by which it is or was due; of a family that was not brought, the day of the latest such session."""
    owner_role: str


def alert_id(case_id: UUID, rule: Rule, target: str) -> UUID:
    """The id of an alert: deterministic, so that nothing is raised twice."""
    return uuid5(_NAMESPACE, f"{case_id}/{rule}/{target}")


def due_targets(wait: Wait, days: Mapping[str, int]) -> tuple[DueTarget, ...]:
    """When each target that is not met is due, the earliest first.

    Args:
        wait: the case.
        days: the team's targets by name (`TeamConfigured.targets`); what is not named is as in the defaults.
    """
    found = [
        DueTarget(target, since, _due(target, since, days), OWNERS[target])
        for target, since in (_counted(wait, target, since) for target, since in wait.owed)
    ]
    return tuple(sorted(found, key=lambda each: (each.due_on, each.target)))


def _counted(wait: Wait, target: Target, since: date) -> tuple[Target, date]:
    """Silence counts from the last session."""
    if target is Target.SILENCE and wait.last_held_on is not None:
        return target, max(since, wait.last_held_on)
    return target, since


def _due(target: Target, since: date, days: Mapping[str, int]) -> date:
    name = DAYS.get(target)
    if name is None:
        return since
    allowed = days.get(name, DEFAULTS[name])
    return working_days_after(since, allowed) if name == ACKNOWLEDGE_WORKING_DAYS else due_on(since, allowed)


def alerts(wait: Wait, days: Mapping[str, int], today: date, within_days: int = SOON_DAYS) -> tuple[Alert, ...]:
    """What is to be told of a case on a civil date (Europe/London); at most one alert of each id.

    Args:
        wait: the case.
        days: the team's targets by name.
        today: the date.
        within_days: how far ahead a breach is foretold, in days.
    """
    return tuple({alert.alert_id: alert for alert in _alerts(wait, days, today, within_days)}.values())


def _alerts(wait: Wait, days: Mapping[str, int], today: date, within_days: int) -> Iterator[Alert]:
    for due in reversed(due_targets(wait, days)):  # the earliest of a target stands
        rule = _rule(due, today, within_days)
        if rule is not None:
            yield _alert(wait, rule, due.target, due.due_on, due.owner_role)
    missed = sorted(day for day in wait.not_brought if day <= today)
    if len(missed) >= NOT_BROUGHT_TIMES:
        yield _alert(wait, Rule.NOT_BROUGHT, "", missed[-1], OWNERS[Target.SILENCE])


def _rule(due: DueTarget, today: date, within_days: int) -> Rule | None:
    if breached(due.due_on, today):
        return Rule.NO_SESSION if due.target is Target.SILENCE else Rule.BREACHED
    return Rule.WILL_BREACH if will_breach(due.due_on, today, within_days) else None


def _alert(wait: Wait, rule: Rule, target: str, due: date, owner_role: str) -> Alert:
    return Alert(alert_id(wait.case_id, rule, target), wait.case_id, wait.team_id, rule, target, due, owner_role)
