"""Who works in a team and when, from the team's events. The order in which they were noted does not matter. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.intervention.codes import Discipline
from services.intervention.team.events import (
    PractitionerAbsent,
    PractitionerChanged,
    PractitionerJoined,
    PractitionerLeft,
    PractitionerReturned,
)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days on which a practitioner is away, both ends included; `until_on` None: not known."""

    from_on: date
    until_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it covers a civil date."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One practitioner of the team, as the register now has it."""

    discipline: Discipline
    competencies: frozenset[str] = frozenset()
    joined_on: date
    left_on: date | None = None
    """Last day in the team."""
    absences: tuple[Absence, ...] = ()
    """By their first day; they do not overlap."""
    supervisor_id: UUID | None = None
    triage_rota: bool = False

    def in_team(self, day: date) -> bool:
        """Whether the practitioner belongs to the team on a civil date, absent or not."""
        return self.joined_on <= day and (self.left_on is None or day <= self.left_on)

    def absence(self, day: date) -> Absence | None:
        """The absence that covers a civil date."""
        return next((item for item in self.absences if item.holds(day)), None)


@dataclass(slots=True)
class _Noted:
    """What is on record of one practitioner, by kind."""

    joined: PractitionerJoined | None = None
    changed: list[PractitionerChanged] = field(default_factory=list)
    absent: list[PractitionerAbsent] = field(default_factory=list)
    returned: list[date] = field(default_factory=list)
    left_on: date | None = None


def register(events: Iterable[Any]) -> dict[UUID, Member]:
    """All who ever joined, by practitioner id.

    Args:
        events: of the team's stream, in its order; what says nothing of a practitioner, or of one who never joined,
            is passed over.
    """
    noted: dict[UUID, _Noted] = {}
    for event in events:
        match event:
            case PractitionerJoined(practitioner_id=who):
                noted.setdefault(who, _Noted()).joined = event
            case PractitionerChanged(practitioner_id=who):
                noted.setdefault(who, _Noted()).changed.append(event)
            case PractitionerAbsent(practitioner_id=who):
                noted.setdefault(who, _Noted()).absent.append(event)
            case PractitionerReturned(practitioner_id=who, on=day):
                noted.setdefault(who, _Noted()).returned.append(day)
            case PractitionerLeft(practitioner_id=who, left_on=day):
                noted.setdefault(who, _Noted()).left_on = day
    return {who: _member(item.joined, item) for who, item in noted.items() if item.joined is not None}


def _member(joined: PractitionerJoined, noted: _Noted) -> Member:
    member = Member(
        discipline=joined.discipline,
        competencies=frozenset(joined.competencies),
        joined_on=joined.joined_on,
        left_on=noted.left_on,
        absences=absences(noted.absent, noted.returned),
        supervisor_id=joined.supervisor_id,
        triage_rota=joined.triage_rota,
    )
    for change in sorted(noted.changed, key=lambda item: item.on):
        member = _changed(member, change)
    return member


def _changed(member: Member, change: PractitionerChanged) -> Member:
    return replace(
        member,
        discipline=change.discipline or member.discipline,
        competencies=member.competencies if change.competencies is None else frozenset(change.competencies),
        supervisor_id=change.supervisor_id or member.supervisor_id,
        triage_rota=member.triage_rota if change.triage_rota is None else change.triage_rota,
    )


def absences(absent: Iterable[PractitionerAbsent], returned: Iterable[date]) -> tuple[Absence, ...]:
    """The days away of one practitioner: `spans`, without those that in the end did not take place."""
    return tuple(item for item in spans(absent, returned) if item.until_on is None or item.until_on >= item.from_on)


def spans(absent: Iterable[PractitionerAbsent], returned: Iterable[date]) -> Iterator[Absence]:
    """Each absence of one practitioner, by its first day, as it came to be.

    A return ends the absence that began last before it, the day before, whatever end was planned: earlier or later. An
    absence of which somebody returns on its first day ends before it begins.
    """
    starts = sorted(absent, key=lambda item: item.from_on)
    back = sorted(returned)
    for place, item in enumerate(starts):
        following = starts[place + 1].from_on if place + 1 < len(starts) else date.max
        back_on = next((day for day in back if item.from_on <= day < following), None)
        yield Absence(from_on=item.from_on, until_on=item.until_on if back_on is None else back_on - DAY)
