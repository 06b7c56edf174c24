"""M8: tier mix, steps up and down, and the dose of each component (domain 6.6, S11, S12, S23)."""

from collections import Counter
from datetime import date
from fractions import Fraction

from tests.oracle.caseload import in_caseload
from tests.oracle.cases import Case, cases_of, referred
from tests.oracle.documents import Event
from tests.oracle.percentiles import share
from tests.oracle.stages import tier


def tier_mix(events: list[Event], at: date, team: str | None = None) -> dict[str, int]:
    """The open caseload (M2) by tier at t."""
    return dict(Counter(str(tier(case, at)) for case in cases_of(events, team) if in_caseload(case, at)))


def steps(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> dict[str, int]:
    """Tier changes of the period; one that names the same tier twice is none."""
    counted = {"up": 0, "down": 0}
    for case in referred(cases_of(events, team)):
        for event in case.said("TierChanged"):
            if first <= event.day("on") <= min(last, at) and event.data["from_tier"] != event.data["to_tier"]:
                counted["up" if event.data["to_tier"] == "SPECIALIST" else "down"] += 1
    return counted


def planned(case: Case, at: date) -> dict[str, int]:
    """Sessions planned by component by t: what was assigned and added, and never taken out again."""
    sessions: dict[str, int] = {}
    for event in case.said("ProgrammeAssigned", "ProgrammeRevised"):
        assigned = event.name == "ProgrammeAssigned"
        if event.day("assigned_on" if assigned else "on") > at:
            continue
        for code in event.asked("removed") or []:
            sessions.pop(code, None)
        for component in event.asked("components" if assigned else "added") or []:
            sessions[component["component_code"]] = component["planned_sessions"]
    return sessions


def dose(events: list[Event], at: date, team: str | None = None) -> dict[str, dict[str, int | Fraction | None]]:
    """By component: cases that have it, sessions planned, sessions held by t, and held over planned."""
    answer: dict[str, dict[str, int]] = {}
    for case in referred(cases_of(events, team)):
        plan = planned(case, at)
        used = Counter(
            event.data["component_code"]
            for event in case.up_to(at, "SessionHeld", "held_on")
            if event.asked("component_code")
        )
        for code in plan.keys() | used.keys():
            row = answer.setdefault(code, {"cases": 0, "planned": 0, "held": 0})
            row["cases"] += code in plan
            row["planned"] += plan.get(code, 0)
            row["held"] += used[code]
    return {code: {**row, "dose": share(row["held"], row["planned"])} for code, row in sorted(answer.items())}
