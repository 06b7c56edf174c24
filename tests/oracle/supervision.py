"""M18, supervision: planned against held for each practitioner, and the watch of S19 (domain 6.6, 2.1)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.documents import Event
from tests.oracle.system_tier import activities

PSYCHOLOGISTS = {
    "clinical_psychologist",
    "counselling_psychologist",
    "child_adolescent_psychotherapist",
    "parent_infant_psychotherapist",
    "adult_psychotherapist",
}


def register(events: list[Event], team: str, at: date) -> dict[str, dict]:  # type: ignore[type-arg]
    """Who works in the team at t, and as what: joined by t, as changed by t, and not gone before t."""
    found: dict[str, dict] = {}  # type: ignore[type-arg]
    for event in [event for event in events if event.team == team]:
        data = event.data
        if event.name == "PractitionerJoined" and event.day("joined_on") <= at:
            found[data["practitioner_id"]] = dict(data)
        elif event.name == "PractitionerChanged" and event.day("on") <= at and data["practitioner_id"] in found:
            found[data["practitioner_id"]] |= {name: value for name, value in data.items() if value is not None}
        elif event.name == "PractitionerLeft" and event.day("left_on") < at:
            found.pop(data["practitioner_id"], None)
    return found


def has_psychologist(events: list[Event], team: str, at: date) -> bool:
    """S19: at least one active psychologist or psychotherapist."""
    return any(person["discipline"] in PSYCHOLOGISTS for person in register(events, team, at).values())


def minimum_minutes(person: dict, first: date, last: date) -> Fraction | None:  # type: ignore[type-arg]
    """Domain 2.1: an hour a week below three years with under-twos, an hour a fortnight from three, by wte.

    None where the experience is not known.
    """
    years = person.get("under_two_years")
    if years is None:
        return None
    days = (last - first).days + 1
    return Fraction(60 * days, 7 if years < 3 else 14) * Fraction(Decimal(str(person["wte"])))


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
    """By practitioner: minutes planned and held in the period and by t, and the minimum.

    What was held counts for the practitioner of its series; supervision without a series is in M14 alone.
    """
    end = min(last, at)
    plans: dict[str, Event] = {}
    for event in events:
        if event.name == "SupervisionPlanned" and event.team == team:
            plans[event.data["series_id"]] = event
    people = register(events, team, at)
    answer: dict[str, dict[str, int | Fraction | None]] = {
        person: {"planned": 0, "held": 0, "minimum": minimum_minutes(data, first, end)}
        for person, data in people.items()
    }
    for plan in plans.values():
        row = answer.setdefault(plan.data["practitioner_id"], {"planned": 0, "held": 0, "minimum": None})
        row["planned"] = (row["planned"] or 0) + plan.data["minutes"] * len(planned_days(plan, first, end))
    for event in activities(events, at, first, last, team):
        series = plans.get(event.asked("series_id") or "")
        if event.data["kind"] == "supervision" and series is not None:
            row = answer[series.data["practitioner_id"]]
            row["held"] = (row["held"] or 0) + event.data["minutes"]
    return answer
