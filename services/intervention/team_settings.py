"""What the episode's rules need to know of its team, folded from the team's own stream. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, assert_never
from uuid import UUID

from services.intervention.codes import Discipline
from services.intervention.team import defaults
from services.intervention.team.codes import AgeLimit
from services.intervention.team.events import (
    PractitionerAbsent,
    PractitionerChanged,
    PractitionerJoined,
    PractitionerLeft,
    PractitionerReturned,
    TeamConfigured,
)
from services.intervention.team.values import CatalogueItem, Targets, Weights
from shared.kernel.history import Recorded
from shared.kernel.oversight import Oversight


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
    """By their first day."""
    supervisor_id: UUID | None = None
    triage_rota: bool = False

    def in_team(self, day: date) -> bool:
        """Whether the practitioner belongs to the team on a civil date, absent or not."""
        return self.joined_on <= day and (self.left_on is None or day <= self.left_on)

    def absence(self, day: date) -> Absence | None:
        """The absence that covers a civil date."""
        return next((item for item in self.absences if item.holds(day)), None)


def _by_code(items: Iterable[CatalogueItem]) -> dict[str, CatalogueItem]:
    return {item.component_code: item for item in items}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSettings:
    """A team as the episode's rules see it; without arguments: a team that configured nothing."""

    version: str = defaults.VERSION
    """Of the configuration; stamped on what was decided with it."""
    max_age_months_exclusive: int = AgeLimit.THIRD_BIRTHDAY
    catalogue: Mapping[str, CatalogueItem] = field(default_factory=lambda: _by_code(defaults.CATALOGUE))
    targets: Targets = field(default_factory=Targets)
    weights: Weights = field(default_factory=Weights)
    reliable_change: Mapping[str, Decimal] = field(default_factory=dict)
    """The team's own thresholds in points, by measure; one that is not in it is as shipped."""
    practitioners: Mapping[UUID, Member] = field(default_factory=dict)
    """All who ever joined; empty for a team that keeps no register here."""

    @property
    def supervisor_of(self) -> dict[UUID, UUID]:
        """Practitioner to supervisor, of those supervisors who have not left."""
        return {
            practitioner: member.supervisor_id
            for practitioner, member in self.practitioners.items()
            if member.supervisor_id is not None
            and (supervisor := self.practitioners.get(member.supervisor_id)) is not None
            and supervisor.left_on is None
        }

    @property
    def triage_rota(self) -> frozenset[UUID]:
        """Practitioners who look at new referrals."""
        return frozenset(
            practitioner
            for practitioner, member in self.practitioners.items()
            if member.triage_rota and member.left_on is None
        )

    @property
    def oversight(self) -> Oversight:
        """Supervisors and rota as the shell asks for them."""
        return Oversight(supervisor_of=self.supervisor_of, triage_rota=self.triage_rota)


def settings_of(items: tuple[Recorded[Any], ...]) -> TeamSettings:
    """The team's settings as its stream now stands.

    Args:
        items: events of the stream `team-<team_id>`, voids and corrections applied, any order; what is no
            configuration and no register entry is passed over.
    """
    settings = TeamSettings()
    members: dict[UUID, Member] = {}
    for item in sorted(items, key=_order):
        event = item.event
        match event:
            case TeamConfigured():
                settings = _configured(event)
            case PractitionerJoined():
                members[event.practitioner_id] = _joined(event)
            case PractitionerChanged() | PractitionerAbsent() | PractitionerReturned() | PractitionerLeft() if (
                event.practitioner_id in members
            ):
                members[event.practitioner_id] = _moved(members[event.practitioner_id], event)
    return replace(settings, practitioners=members)


def _order(item: Recorded[Any]) -> tuple[date, int]:
    """By version, and changes after everything else by the day from which they hold: one may be noted late."""
    return (item.event.on if isinstance(item.event, PractitionerChanged) else date.min, item.version)


def _configured(event: TeamConfigured) -> TeamSettings:
    return TeamSettings(
        version=event.config_version,
        max_age_months_exclusive=event.eligibility.max_age_months_exclusive,
        catalogue=_by_code(defaults.CATALOGUE if event.catalogue is None else event.catalogue),
        targets=event.targets,
        weights=event.weights,
        reliable_change={
            measure.measure_code: measure.reliable_change
            for measure in event.measures
            if measure.reliable_change is not None
        },
    )


def _joined(event: PractitionerJoined) -> Member:
    return Member(
        discipline=event.discipline,
        competencies=frozenset(event.competencies),
        joined_on=event.joined_on,
        supervisor_id=event.supervisor_id,
        triage_rota=event.triage_rota,
    )


Moved = PractitionerChanged | PractitionerAbsent | PractitionerReturned | PractitionerLeft


def _moved(member: Member, event: Moved) -> Member:
    match event:
        case PractitionerChanged():
            kept = member.competencies if event.competencies is None else frozenset(event.competencies)
            return replace(
                member,
                discipline=event.discipline or member.discipline,
                competencies=kept,
                supervisor_id=event.supervisor_id or member.supervisor_id,
                triage_rota=member.triage_rota if event.triage_rota is None else event.triage_rota,
            )
        case PractitionerAbsent():
            absences = (*member.absences, Absence(from_on=event.from_on, until_on=event.until_on))
            return replace(member, absences=tuple(sorted(absences, key=lambda item: item.from_on)))
        case PractitionerReturned():
            return replace(member, absences=tuple(_ended(member.absences, event.on)))
        case PractitionerLeft():
            return replace(member, left_on=event.left_on)
    assert_never(event)


def _ended(absences: tuple[Absence, ...], back_on: date) -> Iterable[Absence]:
    """The absences, the one that covers the first day back ended the day before it."""
    for absence in absences:
        if not absence.holds(back_on):
            yield absence
        elif absence.from_on < back_on:
            yield replace(absence, until_on=back_on - timedelta(days=1))
