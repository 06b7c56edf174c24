"""M14, the team's work with other professionals, beside its work with families (domain 6.6, S7 to S10, S40)."""

from datetime import date
from fractions import Fraction

from tests.oracle.contacts import sessions
from tests.oracle.documents import Event
from tests.oracle.percentiles import share

KINDS = ("training", "consultation", "supervision", "system_advice")


def activities(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> list[Event]:
    """What was done in the period and by t; an activity once, by the last word about its id."""
    by_id = {
        (event.team, event.data["activity_id"]): event
        for event in events
        if event.name == "SystemActivityRecorded" and team in (None, event.team)
    }
    return [event for event in by_id.values() if first <= event.day("on") <= min(last, at)]


def system_work(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, dict[str, int]]:
    """By kind: how often, for how many minutes of the clock, and how many people were reached."""
    answer = {kind: {"activities": 0, "minutes": 0, "people": 0} for kind in KINDS}
    for event in activities(events, at, first, last, team):
        row = answer[event.data["kind"]]
        row["activities"] += 1
        row["minutes"] += event.data["minutes"]
        row["people"] += event.data["audience_count"]
    return answer


def hours_ratio(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, int | Fraction | None]:
    """SYSTEM to FAMILY: minutes of the clock of either; supervision of the team's own is SYSTEM too."""
    system = sum(row["minutes"] for row in system_work(events, at, first, last, team).values())
    family = int(sessions(events, at, first, last, team)["minutes"] or 0)
    return {"system_minutes": system, "family_minutes": family, "ratio": share(system, family)}
