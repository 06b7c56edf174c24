"""The three teams of the synthetic network and how long a family waits in each."""

from dataclasses import dataclass
from datetime import date

from deploy.local.network.chance import Chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Typical days from one step to the next."""

    decision: int
    offer: int
    assessment: int
    """From the offered appointment to the completed assessment."""
    programme: int
    first_session: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One team as the generator sees it."""

    team_id: str
    share: int
    """Its weight among the teams when a family is referred."""
    waits: Waits
    growth_per_year: float = 0.0
    """By how much the waits after the assessment grow in a year; 1.0 doubles them."""

    def stretch(self, day: date, start: date) -> float:
        """How much longer the later waits are on `day` than they were on `start`."""
        return 1.0 + self.growth_per_year * max(0, (day - start).days) / 365.25

    def days(self, wait: str, chance: Chance, *, stretch: float = 1.0) -> int:
        """One family's days for one of `Waits`' steps."""
        return chance.around(getattr(self.waits, wait) * stretch)


NORTH = Team(
    team_id="team-north",
    share=4,
    waits=Waits(decision=6, offer=16, assessment=24, programme=9, first_session=14),
)
SOUTH = Team(
    team_id="team-south",
    share=3,
    waits=Waits(decision=4, offer=24, assessment=30, programme=18, first_session=21),
)
HARBOUR = Team(
    team_id="team-harbour",
    share=3,
    waits=Waits(decision=9, offer=20, assessment=28, programme=14, first_session=18),
    growth_per_year=0.9,
)
THE_THREE = (NORTH, SOUTH, HARBOUR)


def teams(count: int) -> tuple[Team, ...]:
    """The three, or as many as are asked for: those beyond are of the three kinds, numbered."""
    further = (
        Team(
            team_id=f"team-{place:02}",
            share=kind.share,
            waits=kind.waits,
            growth_per_year=kind.growth_per_year,
        )
        for place in range(4, count + 1)
        for kind in (THE_THREE[place % 3],)
    )
    return (*THE_THREE, *further)[:count]
