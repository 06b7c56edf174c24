"""Who works in a team, on which days, as what and how much: read from the team's own stream. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any
from uuid import UUID

from services.reporting.heard_team import (
    PractitionerAbsent,
    PractitionerChanged,
    PractitionerJoined,
    PractitionerLeft,
    PractitionerReturned,
)
from shared.kernel.civil import birthday_months
from shared.kernel.history import Recorded

EVENTS = ("PractitionerJoined", "PractitionerChanged", "PractitionerAbsent", "PractitionerReturned", "PractitionerLeft")
"""What a register is made of."""

PSYCHOLOGICAL = frozenset(
    {
        "clinical_psychologist",
        "counselling_psychologist",
        "child_adolescent_psychotherapist",
        "parent_infant_psychotherapist",
        "adult_psychotherapist",
    }
)
"""Disciplines of which a team has at least one. Source: domain 1 S19."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days, both included."""

    first: date
    last: date

    def within(self, first: date, last: date) -> "Stretch | None":
        """Its days that lie in a period; None: none."""
        start, end = max(self.first, first), min(self.last, last)
        return Stretch(first=start, last=end) if start <= end else None

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What holds of a practitioner from a day on."""

    since: date
    discipline: str
    wte: Decimal | None
    under_two_years: int | None
    """Completed years of work with under-twos as they were stated on `stated_on`."""
    stated_on: date

    def years_with_under_twos(self, day: date) -> int | None:
        """Completed years by a day: those that were stated, and those since. None: never stated."""
        if self.under_two_years is None:
            return None
        since = day.year - self.stated_on.year
        return self.under_two_years + since - (birthday_months(self.stated_on, 12 * since) > day)

    def anniversaries(self, first: date, last: date) -> list[date]:
        """Days of a period on which one more year of that work is completed."""
        years = range(max(first.year - self.stated_on.year, 0), last.year - self.stated_on.year + 1)
        days = [birthday_months(self.stated_on, 12 * number) for number in years]
        return [day for day in days if first <= day <= last]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One practitioner."""

    practitioner: UUID
    in_team: Stretch
    """To `date.max` while nothing else is known."""
    said: tuple[Said, ...]
    """By day; the first from joining on."""
    away: tuple[Stretch, ...]
    """Absences, by their first day."""

    def on(self, day: date) -> Said | None:
        """What holds on a day; None: not in the team."""
        if not self.in_team.first <= day <= self.in_team.last:
            return None
        return next((each for each in reversed(self.said) if each.since <= day), self.said[0])

    def is_away(self, day: date) -> bool:
        """Whether an absence covers a day."""
        return any(each.first <= day <= each.last for each in self.away)


def register(facts: Iterable[Recorded[object]]) -> Mapping[UUID, Member]:
    """Everybody who ever worked in the team, by opaque id.

    Args:
        facts: what stands of the team's stream, in its order. What is said of somebody who never joined says nothing.
    """
    ordered = [fact.event for fact in facts]
    joined = {event.practitioner_id: event for event in ordered if isinstance(event, PractitionerJoined)}
    return {
        practitioner: _member(joining, [each for each in ordered if _about(each) == practitioner])
        for practitioner, joining in joined.items()
    }


def _about(event: Any) -> UUID | None:
    return getattr(event, "practitioner_id", None)


def _member(joining: PractitionerJoined, said: list[object]) -> Member:
    left = [each.left_on for each in said if isinstance(each, PractitionerLeft)]
    starts = [(each.from_on, each.until_on) for each in said if isinstance(each, PractitionerAbsent)]
    back = sorted(each.on for each in said if isinstance(each, PractitionerReturned))
    changes = [each for each in said if isinstance(each, PractitionerChanged)]
    return Member(
        practitioner=joining.practitioner_id,
        in_team=Stretch(first=joining.joined_on, last=min(left, default=date.max)),
        said=tuple(_states(joining, changes)),
        away=tuple(_absences(sorted(starts, key=itemgetter(0)), back)),
    )


def _states(joining: PractitionerJoined, changes: list[PractitionerChanged]) -> Iterable[Said]:
    """What is given is so from its day on, what is not given stays as it was."""
    state = Said(
        since=joining.joined_on,
        discipline=joining.discipline,
        wte=joining.wte,
        under_two_years=joining.under_two_years,
        stated_on=joining.joined_on,
    )
    yield state
    for change in sorted(changes, key=lambda each: each.on):
        years = change.under_two_years
        state = Said(
            since=change.on,
            discipline=change.discipline or state.discipline,
            wte=state.wte if change.wte is None else change.wte,
            under_two_years=state.under_two_years if years is None else years,
            stated_on=state.stated_on if years is None else change.on,
        )
        yield state


def _absences(starts: list[tuple[date, date | None]], back: list[date]) -> Iterable[Stretch]:
    """Each ends as planned, or the day before the first return that follows it and is before the next absence."""
    for place, (from_on, until_on) in enumerate(starts):
        following = starts[place + 1][0] if place + 1 < len(starts) else date.max
        back_on = next((day for day in back if from_on <= day < following), None)
        last = (until_on or date.max) if back_on is None else back_on - _DAY
        if from_on <= last:
            yield Stretch(first=from_on, last=last)
