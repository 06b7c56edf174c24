"""What the referral's rules need to know of its team: what is heard of it, and the settings folded from that. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from shared.kernel.fields import CivilDate
from shared.kernel.history import Recorded
from shared.kernel.kept import kept
from shared.kernel.oversight import Oversight
from shared.kernel.values import heard, heard_value


@heard_value
class IndicatorRule:
    """At least `indicators` signs of an observational indicator set in each of at least `domains` of its areas (R7)."""

    indicators: int
    domains: int


@heard_value
class Eligibility:
    """Whom the team takes (statements S18, S31 to S33); without arguments: the defaults.

    "Aged two and under" is read as before the third birthday (S31) and antenatal referrals are taken: the wider
    readings, so that a team that configured nothing turns nobody away by default.
    """

    max_age_months_exclusive: int = 36
    """Age on the day of receipt: below this many completed months."""
    accepts_antenatal: bool = True
    localities: tuple[str, ...] = ()
    """Where the family may live; empty: anywhere."""
    indicator_rules: tuple[IndicatorRule, ...] = ()
    """Any one of them suffices; empty: none is asked for."""


@heard_value
class Targets:
    """What the team aims at, in calendar days unless named otherwise; without arguments: the defaults [B]."""

    acknowledge_working_days: int = 1
    """Received to acknowledged (rule P1)."""
    decide_days: int = 14
    """Received to decided (P9)."""
    info_days: int = 14
    """More information asked for to its arrival."""
    trace_days: int = 42
    """Birth to the request for an NHS number trace (P6)."""
    task_days: int = 7
    """To look at any other task."""


@heard("TeamConfigured", 1)
class TeamConfigured:
    """The whole configuration of the team; the latest in the stream counts."""

    config_version: str
    eligibility: Eligibility
    targets: Targets
    index_subject: str


@heard("PractitionerJoined", 1)
class PractitionerJoined:
    """Somebody works in the team."""

    practitioner_id: UUID
    supervisor_id: UUID | None = None
    triage_rota: bool = False


@heard("PractitionerChanged", 1)
class PractitionerChanged:
    """What is given is so from `on`; what is not given stays as it was."""

    practitioner_id: UUID
    on: CivilDate
    supervisor_id: UUID | None = None
    triage_rota: bool | None = None


@heard("PractitionerLeft", 1)
class PractitionerLeft:
    """Somebody no longer works in the team."""

    practitioner_id: UUID


TeamHeard = TeamConfigured | PractitionerJoined | PractitionerChanged | PractitionerLeft

TEAM_HEARD: tuple[type, ...] = (TeamConfigured, PractitionerJoined, PractitionerChanged, PractitionerLeft)
"""For the registry of what this service hears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSettings:
    """A team as the referral's rules see it; without arguments: a team that configured nothing."""

    version: str = "default-1"
    """Of the configuration; stamped on what was decided with it."""
    eligibility: Eligibility = field(default_factory=Eligibility)
    targets: Targets = field(default_factory=Targets)
    index_subject: str = "infant"
    """On whose record national returns open a referral: `infant` or `caregiver`."""
    supervisor_of: Mapping[UUID, UUID] = field(default_factory=dict)
    """Practitioner to supervisor, of those supervisors who have not left."""
    triage_rota: frozenset[UUID] = frozenset()
    """Practitioners who look at new referrals."""

    @property
    def oversight(self) -> Oversight:
        """Supervisors and rota as the shell asks for them."""
        return Oversight(supervisor_of=self.supervisor_of, triage_rota=self.triage_rota)


@kept
def settings_of(items: tuple[Recorded[Any], ...]) -> TeamSettings:
    """The team's settings as its stream now stands.

    Args:
        items: events of the stream `team-<team_id>`, voids and corrections applied, any order; what this service
            does not use is passed over.
    """
    configured: TeamConfigured | None = None
    supervisors: dict[UUID, UUID] = {}
    rota: set[UUID] = set()
    here: set[UUID] = set()
    for item in sorted(items, key=_order):
        match item.event:
            case TeamConfigured():
                configured = item.event
            case PractitionerJoined(practitioner_id=who) | PractitionerChanged(practitioner_id=who):
                if isinstance(item.event, PractitionerJoined):
                    here.add(who)
                if item.event.supervisor_id is not None:
                    supervisors[who] = item.event.supervisor_id
                if item.event.triage_rota is not None:
                    (rota.add if item.event.triage_rota else rota.discard)(who)
            case PractitionerLeft(practitioner_id=who):
                here.discard(who)
    return TeamSettings(
        version=configured.config_version if configured else "default-1",
        eligibility=configured.eligibility if configured else Eligibility(),
        targets=configured.targets if configured else Targets(),
        index_subject=configured.index_subject if configured else "infant",
        supervisor_of={who: supervisor for who, supervisor in supervisors.items() if supervisor in here},
        triage_rota=frozenset(rota & here),
    )


def _order(item: Recorded[Any]) -> tuple[date, int]:
    """By version, and changes after everything else by the day from which they hold: one may be noted late."""
    return (item.event.on if isinstance(item.event, PractitionerChanged) else date.min, item.version)
