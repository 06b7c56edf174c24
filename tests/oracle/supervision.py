"""M18, supervision: planned against held for each practitioner, and the watch of S19 (domain 6.6, 2.1)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.documents import Event
from tests.oracle.system_tier import activities

PSYCHOLOGISTS = {
    "clinical_psychologist",
    "counselling_psychologist",
    "child_adolescent_psychotherapist",
    "parent_infant_psychotherapist",
    "adult_psychotherapist",
}
EVER = date(9000, 1, 1)


def about(events: list[Event], team: str, person: str, *names: str) -> list[Event]:
    return [
        event
        for event in events
        if event.team == team and event.name in names and event.data["practitioner_id"] == person
    ]


def people(events: list[Event], team: str) -> list[str]:
    """Everybody who ever joined."""
    joined = [event for event in events if event.team == team and event.name == "PractitionerJoined"]
    return sorted({event.data["practitioner_id"] for event in joined})


def absences(events: list[Event], team: str, person: str) -> list[tuple[date, date]]:
    """First and last day of each: to the day before the first return after its start, else as planned or for ever.

    What is said of somebody who never joined says nothing.
    """
    if person not in people(events, team):
        return []
    starts = about(events, team, person, "PractitionerAbsent")
    starts.sort(key=lambda event: event.day("from_on"))
    returns = sorted(event.day("on") for event in about(events, team, person, "PractitionerReturned"))
    found = []
    for event, following in zip(starts, [*starts[1:], None], strict=False):
        limit = following.day("from_on") if following else EVER
        back = [day for day in returns if event.day("from_on") <= day < limit]
        planned = date.fromisoformat(event.data["until_on"]) if event.asked("until_on") else EVER
        found.append((event.day("from_on"), back[0] - timedelta(days=1) if back else planned))
    return found


def state(events: list[Event], team: str, person: str, day: date) -> dict[str, Any] | None:
    """What holds of somebody on a day; None: not in the team. The last word about the joining counts."""
    joining = about(events, team, person, "PractitionerJoined")[-1]
    left = [event.day("left_on") for event in about(events, team, person, "PractitionerLeft")]
    if not joining.day("joined_on") <= day <= min(left, default=EVER):
        return None
    found = dict(joining.data) | {"stated_on": joining.day("joined_on")}
    changes = about(events, team, person, "PractitionerChanged")
    for event in sorted(changes, key=lambda event: event.day("on")):
        if event.day("on") <= day:
            found |= {name: value for name, value in event.data.items() if value is not None}
            if event.asked("under_two_years") is not None:
                found["stated_on"] = event.day("on")
    return found


def has_psychologist(events: list[Event], team: str, at: date) -> bool:
    """S19: at least one active psychologist or psychotherapist."""
    states = [state(events, team, person, at) for person in people(events, team)]
    return any(each is not None and each["discipline"] in PSYCHOLOGISTS for each in states)


def years(stated: int, stated_on: date, day: date) -> int:
    """Completed years of work with under-twos: as stated, and those since."""
    birthdays = (day.month, day.day) >= (stated_on.month, stated_on.day)
    return stated + day.year - stated_on.year - (not birthdays)


def at_work(events: list[Event], team: str, person: str, first: date, last: date) -> list[date]:
    away = absences(events, team, person)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        day for day in days if state(events, team, person, day) and not any(start <= day <= end for start, end in away)
    ]


def minimum_minutes(events: list[Event], team: str, person: str, days: list[date]) -> Fraction | None:
    """Domain 2.1: an hour a week below three years with under-twos, an hour a fortnight from three, by wte.

    None where the experience is not known.
    """
    found = Fraction(0)
    for day in days:
        said = state(events, team, person, day) or {}
        if said.get("under_two_years") is None or said.get("wte") is None:
            return None
        experienced = years(said["under_two_years"], said["stated_on"], day) >= 3
        found += Fraction(60, 14 if experienced else 7) * Fraction(Decimal(str(said["wte"])))
    return found


def planned_days(plan: Event, first: date, last: date) -> list[date]:
    """The days of a series in the period: every so many days from its first to its last."""
    end = min(last, date.fromisoformat(plan.data["to_on"])) if plan.asked("to_on") else last
    days, day = [], plan.day("from_on")
    while day <= end:
        if day >= first:
            days.append(day)
        day += timedelta(days=plan.data["every_days"])
    return days


def supervision(
    events: list[Event], team: str, at: date, first: date, last: date
) -> dict[str, dict[str, int | Fraction | None]]:
    """By practitioner in the team on any day of the period: minutes planned and held, and the minimum.

    What was planned for a day away falls out. What was held counts for the practitioner of its series; supervision
    without a series is in M14 alone.
    """
    end = min(last, at)
    plans = {
        event.data["series_id"]: event for event in events if event.name == "SupervisionPlanned" and event.team == team
    }
    answer: dict[str, dict[str, int | Fraction | None]] = {}
    for person in people(events, team):
        period = [first + timedelta(days=number) for number in range((end - first).days + 1)]
        if not any(state(events, team, person, day) for day in period):
            continue
        days = at_work(events, team, person, first, end)
        own = {series: plan for series, plan in plans.items() if plan.data["practitioner_id"] == person}
        due = [plan.data["minutes"] for plan in own.values() for day in planned_days(plan, first, end) if day in days]
        held = [
            event.data["minutes"]
            for event in activities(events, at, first, last, team)
            if event.data["kind"] == "supervision" and event.asked("series_id") in own
        ]
        answer[person] = {
            "days": len(days), "planned": sum(due), "held": sum(held),
            "minimum": minimum_minutes(events, team, person, days),
        }  # fmt: skip
    return answer
