"""What the episode's rules need to know of its team, folded from the team's own stream. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

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
from services.intervention.team.register import Absence, Member, register
from services.intervention.team.values import CatalogueItem, Targets, Weights
from shared.kernel.history import Recorded
from shared.kernel.kept import kept
from shared.kernel.oversight import Oversight

TeamHeard = (
    TeamConfigured
    | PractitionerJoined
    | PractitionerChanged
    | PractitionerAbsent
    | PractitionerReturned
    | PractitionerLeft
)

TEAM_HEARD: tuple[type, ...] = (
    TeamConfigured,
    PractitionerJoined,
    PractitionerChanged,
    PractitionerAbsent,
    PractitionerReturned,
    PractitionerLeft,
)
"""This service's own events of a team, for the registry of what a case's rules hear."""


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


@kept
def settings_of(items: tuple[Recorded[Any], ...]) -> TeamSettings:
    """The team's settings as its stream now stands.

    Args:
        items: events of the stream `team-<team_id>`, voids and corrections applied, any order; what is no
            configuration and no register entry is passed over.
    """
    events = [item.event for item in sorted(items, key=lambda item: item.version)]
    configurations = [event for event in events if isinstance(event, TeamConfigured)]
    settings = _configured(configurations[-1]) if configurations else TeamSettings()
    return replace(settings, practitioners=register(events))


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


__all__ = ["TEAM_HEARD", "Absence", "Member", "TeamHeard", "TeamSettings", "settings_of"]
