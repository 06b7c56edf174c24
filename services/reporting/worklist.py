"""Who waits for what: each case that owes something, or gives reason to look at it, as a list to work through.

The rule of what is late is `services.reporting.wait_alerts`, the same as of the pathway watch; this adds what the diary
says. Pure.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import itemgetter
from types import MappingProxyType
from uuid import UUID

from services.reporting.targets import Target
from services.reporting.wait_alerts import SOON_DAYS, DueTarget, Rule, Wait, alerts, due_targets


class Reason(StrEnum):
    """Why somebody should look at a case."""

    BREACHED = "breached"
    """What it waits for was due before the date."""
    WILL_BREACH = "will_breach"
    """It is due within so many days."""
    NO_SESSION = "no_session"
    """No session for as long as the team allows, 28 days by default (P9)."""
    NOT_BROUGHT = "not_brought"
    """Was not brought twice with no session held between (P5)."""
    BOOKED_LATE = "booked_late"
    """The target is not missed yet, and what is booked lies after it."""
    NO_DATE = "no_date"
    """It waits for an appointment and none is booked."""


_OF_RULE: Mapping[Rule, Reason] = MappingProxyType(
    {
        Rule.BREACHED: Reason.BREACHED,
        Rule.WILL_BREACH: Reason.WILL_BREACH,
        Rule.NO_SESSION: Reason.NO_SESSION,
        Rule.NOT_BROUGHT: Reason.NOT_BROUGHT,
    }
)
APPOINTMENTS = frozenset(
    {Target.CONTACT, Target.COMPLETE_ASSESSMENT, Target.FIRST_SESSION, Target.SILENCE, Target.ENDING}
)
"""Targets that are met by seeing the family: an appointment can be booked for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One case of the worklist, as at a civil date; dates are civil dates, Europe/London."""

    case_id: UUID
    team_id: str
    due: tuple[DueTarget, ...]
    """What it waits for, the earliest due first; empty: it is here for another reason."""
    reasons: tuple[Reason, ...]
    """In the order of `Reason`; empty: it waits, and is in time."""
    booked_on: date | None
    """The next day for which something is booked."""
    last_held_on: date | None
    """Of the latest session held."""
    stage: str = ""
    """M1's sub-state."""
    received_on: date | None = None

    @property
    def due_on(self) -> date | None:
        """When the first of what it waits for is due; None: nothing is."""
        return self.due[0].due_on if self.due else None


def item(
    wait: Wait,
    days: Mapping[str, int],
    at: date,
    *,
    booked_on: date | None = None,
    within_days: int = SOON_DAYS,
    stage: str = "",
    received_on: date | None = None,
) -> Item | None:
    """A case as a line of the worklist; None: it waits for nothing, and nothing is the matter.

    Args:
        wait: what is believed of the case.
        days: its team's targets by name.
        at: civil date.
        booked_on: the next day from `at` on for which something is booked.
        within_days: how far ahead a breach is foretold, in days.
        stage: M1's sub-state, shown only.
        received_on: of the referral, shown only.
    """
    due = due_targets(wait, days)
    reasons = {_OF_RULE[alert.rule] for alert in alerts(wait, days, at, within_days)} | _of_diary(due, at, booked_on)
    if not due and not reasons:
        return None
    return Item(
        case_id=wait.case_id,
        team_id=wait.team_id,
        due=due,
        reasons=tuple(reason for reason in Reason if reason in reasons),
        booked_on=booked_on,
        last_held_on=wait.last_held_on,
        stage=stage,
        received_on=received_on,
    )


def _of_diary(due: Sequence[DueTarget], at: date, booked_on: date | None) -> set[Reason]:
    """What is wrong with the diary: the earliest target that an appointment meets is held against it."""
    seen_by = next((each.due_on for each in due if each.target in APPOINTMENTS), None)
    if seen_by is None:
        return set()
    if booked_on is None:
        return {Reason.NO_DATE}
    return {Reason.BOOKED_LATE} if at <= seen_by < booked_on else set()


def counted(items: Iterable[Item]) -> Mapping[Reason, int]:
    """How many cases there are for each reason; a case with two counts under both."""
    found = Counter(reason for each in items for reason in each.reasons)
    return {reason: found[reason] for reason in Reason}


def chosen(items: Iterable[Item], *, reason: Reason | None = None, target: Target | None = None) -> list[Item]:
    """The cases that are there for a reason, and wait for a thing; None: any."""
    return [
        each
        for each in items
        if (reason is None or reason in each.reasons) and (target is None or target in {due.target for due in each.due})
    ]


class Order(StrEnum):
    """By what the list is sorted."""

    DUE = "due"
    RECEIVED = "received"
    BOOKED = "booked"
    SEEN = "seen"
    STAGE = "stage"
    TEAM = "team"


def ordered(
    items: Collection[Item], order: Order, *, descending: bool = False, stages: Sequence[str] = ()
) -> list[Item]:
    """The list sorted by one column; without a value a case stands last either way, equal ones by due date, then id.

    Args:
        items: of the list.
        order: the column.
        descending: latest first.
        stages: M1's sub-states in the order of the pathway.
    """
    by_due = sorted(items, key=lambda each: (each.due_on or date.max, each.case_id))
    keys = [(_key(each, order, stages), each) for each in by_due]
    known = [(key, each) for key, each in keys if key is not None]
    known.sort(key=itemgetter(0), reverse=descending)
    return [each for _, each in known] + [each for key, each in keys if key is None]


def _key(each: Item, order: Order, stages: Sequence[str]) -> str | None:
    """The value of a column as text that sorts as it does."""
    match order:
        case Order.STAGE:
            return f"{stages.index(each.stage):03}" if each.stage in stages else None
        case Order.TEAM:
            return each.team_id
        case _:
            days = {Order.RECEIVED: each.received_on, Order.BOOKED: each.booked_on, Order.SEEN: each.last_held_on}
            day = days.get(order, each.due_on)
            return None if day is None else day.isoformat()
