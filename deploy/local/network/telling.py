"""What every chapter of a family's story needs, and the case before its story is told."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from deploy.local.network.chance import Chance
from deploy.local.network.diary import Diary
from deploy.local.network.family import Change, Family
from deploy.local.network.paths import Befalls, Path
from deploy.local.network.roster import Practitioner, Roster
from deploy.local.network.team import Team
from shared.kernel.ids import derived_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case before its story is told."""

    number: int
    """1..n in its team."""
    case_id: UUID
    path: Path
    team: Team
    received_on: date
    other: "Case | None" = None
    """An earlier case of the same family."""

    @property
    def consultation_id(self) -> UUID:
        """Of the consultation that became this referral, if one did."""
        return derived_id("synthetic-consultation", self.case_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What every chapter needs."""

    diary: Diary
    case: Case
    roster: Roster
    family: Family
    chance: Chance

    @property
    def path(self) -> Path:
        """The family's way."""
        return self.case.path

    @property
    def team(self) -> Team:
        """Whose case it is."""
        return self.case.team

    def has(self, what: Befalls) -> bool:
        """Whether something befalls the family."""
        return self.case.path.has(what)

    def after(self, change: Change) -> "Telling":
        """The same with a family that has changed."""
        return replace(self, family=self.family.changed(change))

    def practitioner(self, day: date) -> Practitioner:
        """Somebody who is at work on a civil date; for a family mostly the same one."""
        there = self.roster.at_work(day)
        return there[self.case.number % len(there)]
