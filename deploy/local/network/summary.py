"""What a simulated network amounts to, beside what is published of such teams (domain 2.1)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median, quantiles
from typing import Any

import orjson

from shared.eventstore.envelope import StoredEvent
from shared.kernel.codec import split_wire_type

FEWEST, MOST = 25, 300
"""Families directly supported per team and year: from under the one to over the other (R2)."""
PUBLISHED = f"under {FEWEST} to over {MOST}"
ENOUGH_TEAMS = 20
"""With fewer teams the range cannot be told."""
DECISIONS = {
    "ReferralAccepted": "accepted",
    "ReferralDeclined": "declined",
    "ReferralLinkedDuplicate": "duplicate",
    "ReferralWithdrawn": "withdrawn",
}
WAITS = (
    ("received to decision", "received", "decided"),
    ("received to first contact", "received", "contact"),
    ("received to assessed", "received", "assessed"),
    ("assessed to programme", "assessed", "programme"),
    ("programme to first treatment", "programme", "treatment"),
)
YEAR_DAYS = 365
"""The year up to the last day: the first one of a network begins without families."""
CONTACT = frozenset({"01", "02", "04", "11"})


@dataclass(slots=True, kw_only=True)
class TeamSummary:
    """One team's numbers, as recorded: what was voided or corrected later is counted as it was first said."""

    team_id: str
    last_day: date
    referred: int = 0
    """In the year up to the last day."""
    supported: set[str] = field(default_factory=set)
    """Cases with an attended contact in that year."""
    events: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    """Events by name."""
    decisions: Counter[str] = field(default_factory=Counter)
    breaches: Counter[str] = field(default_factory=Counter)
    minutes: Counter[str] = field(default_factory=Counter)
    """Practitioner minutes, by tier."""
    twins: int = 0
    days: dict[str, dict[str, date]] = field(default_factory=lambda: defaultdict(dict))
    """By case its milestones."""

    def add(self, stored: StoredEvent) -> None:
        """Counts one event."""
        name, _ = split_wire_type(stored.type)
        case, data = stored.key, orjson.loads(stored.doc)["data"]
        self.events += 1
        self.happened[name] += 1
        match name:
            case "ReferralReceived":
                self.referred += self._lately(data["received_on"])
                self.twins += len(data["subjects"]) > 1
                self._reached(case, "received", data["received_on"])
            case "ReferralAccepted" | "ReferralDeclined" | "ReferralLinkedDuplicate" | "ReferralWithdrawn":
                self._decided(case, name, data)
            case "AssessmentCompleted":
                self._reached(case, "assessed", data["completed_on"])
            case "ProgrammeAssigned":
                self._reached(case, "programme", data["assigned_on"])
            case "SessionHeld":
                self._session(case, data)
            case "TargetBreached":
                self.breaches[data["target_code"]] += 1
            case "SystemActivityRecorded":
                self.minutes["SYSTEM"] += data["minutes"] * len(data["practitioners"])

    def _session(self, case: str, data: dict[str, Any]) -> None:
        on = data["held_on"]
        self.minutes["FAMILY"] += data["duration_min"] * len(data["practitioners"])
        if data["modality"] in CONTACT:
            self._reached(case, "contact", on)
            if self._lately(on):
                self.supported.add(case)
        if data["is_treatment"]:
            self._reached(case, "treatment", on)

    def _decided(self, case: str, name: str, data: dict[str, Any]) -> None:
        self.decisions[f"declined: {data['reason']}" if name == "ReferralDeclined" else DECISIONS[name]] += 1
        if name != "ReferralWithdrawn":
            self._reached(case, "decided", data.get("decided_on") or data["on"])

    def _reached(self, case: str, milestone: str, on: str) -> None:
        day = date.fromisoformat(on)
        self.days[case][milestone] = min(day, self.days[case].get(milestone, day))

    def _lately(self, on: str) -> bool:
        return 0 <= (self.last_day - date.fromisoformat(on)).days < YEAR_DAYS

    def waits(self, begins: str, ends: str) -> Iterable[int]:
        """Completed waits in days."""
        return [(each[ends] - each[begins]).days for each in self.days.values() if begins in each and ends in each]


Row = dict[str, str | int | float | bool | None]
COLUMNS = ("figure", "value", "published")


def rows(teams: Sequence[TeamSummary]) -> list[Row]:
    """The numbers of the whole network."""
    happened: Counter[str] = sum((team.happened for team in teams), Counter())
    decisions: Counter[str] = sum((team.decisions for team in teams), Counter())
    breaches: Counter[str] = sum((team.breaches for team in teams), Counter())
    minutes: Counter[str] = sum((team.minutes for team in teams), Counter())
    found = [
        _row("teams", len(teams), "46 in the network, 49 by 2025"),
        _row("events", sum(team.events for team in teams)),
        _row("referrals", happened["ReferralReceived"]),
        _row("families supported per team in the last year", _spread(supported(teams)), PUBLISHED),
        _row("published range reproduced", reproduced(teams)),
        _row("referrals per team in the last year", _spread([team.referred for team in teams])),
    ]
    found += [_row(f"decisions, {name}", count) for name, count in sorted(decisions.items())]
    for name, begins, ends in WAITS:
        waits = [days for team in teams for days in team.waits(begins, ends)]
        found.append(_row(f"median wait in days, {name}", round(median(waits)) if waits else None))
    held, missed = happened["SessionHeld"], happened["SessionNotHeld"]
    seen = sum(1 for team in teams for days in team.days.values() if "treatment" in days)
    found += [
        _row("sessions held per family treated", round(held / seen, 1) if seen else None),
        _row("appointments that did not take place, percent", _percent(missed, held + missed)),
        _row("targets missed", happened["TargetBreached"]),
        *(_row(f"targets missed, {name}", count) for name, count in sorted(breaches.items())),
        _row("practitioner hours SYSTEM : FAMILY", f"1 : {minutes['FAMILY'] / max(1, minutes['SYSTEM']):.1f}"),
        _row("pregnancies that ended in a loss", happened["PregnancyEnded"]),
        _row("referrals of twins", sum(team.twins for team in teams)),
    ]
    return found


def supported(teams: Sequence[TeamSummary]) -> list[int]:
    """Families with an attended contact in the year up to the last day, of each team."""
    return [len(team.supported) for team in teams]


def reproduced(teams: Sequence[TeamSummary]) -> str:
    """Whether the published order of magnitude is reproduced."""
    if len(teams) < ENOUGH_TEAMS:
        return f"too few teams to tell (from {ENOUGH_TEAMS} on)"
    numbers = supported(teams)
    return "yes" if min(numbers) < FEWEST and max(numbers) > MOST else "no"


def _spread(numbers: Sequence[int]) -> str:
    """Lowest, quartiles and highest."""
    if len(numbers) == 1:
        return str(numbers[0])
    low, middle, high = (round(number) for number in quantiles(numbers, n=4, method="inclusive"))
    return f"{min(numbers)} | {low} | {middle} | {high} | {max(numbers)}"


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _row(figure: str, value: str | float | None, published: str | None = None) -> Row:
    return {"figure": figure, "value": value, "published": published}
