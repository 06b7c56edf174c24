"""Who asks."""

from dataclasses import dataclass
from uuid import UUID

from shared.eventstore.teams import teams_setting
from shared.process.relationship import Seeker
from shared.web.access.roles import NEEDS_RELATIONSHIP, Role, Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that asks, as a verified token says it; opaque ids and codes, never a name."""

    id: str
    role: Role
    teams: frozenset[str] | None
    """Codes of the teams whose cases are his; None = every team."""
    practitioner_id: UUID | None
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """Whether role and token permit this kind of act at all."""
        return scope in self.scopes

    def of_team(self, team: str) -> bool:
        """Whether a team is one of his."""
        return self.teams is None or team in self.teams

    @property
    def needs_relationship(self) -> bool:
        """Whether he reaches a case of his team only with a legitimate relationship to it."""
        return self.role in NEEDS_RELATIONSHIP

    @property
    def teams_setting(self) -> str:
        """The value of `dyad.teams`, by which the databases' policies show rows."""
        return teams_setting(self.teams)

    @property
    def seeker(self) -> Seeker:
        """As the rule of legitimate relationships takes him."""
        return Seeker(
            actor_id=self.id,
            practitioner_id=self.practitioner_id,
            needs_relationship=self.needs_relationship,
            scopes=self.scopes,
        )
