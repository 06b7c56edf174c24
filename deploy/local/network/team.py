"""A team of the synthetic network as the generator sees it: whom it takes, what it offers, how long a family waits."""

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

from deploy.local.network.chance import Chance

MEDIAN_FAMILIES = 75
"""Families that a team of middling size supports in a year [B]; the range is published (domain 2.1)."""
SPREAD = 0.8
"""Of the logarithm of that number: so 46 teams run from under 25 to over 300 families a year."""


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
    """One team: its size, its configuration and its ways (statements S16 to S20, S31 to S33)."""

    team_id: str
    share: int
    """Its weight among the teams when a family is referred; for a big network families a year."""
    waits: Waits
    growth_per_year: float = 0.0
    """By how much the waits after the assessment grow in a year; 1.0 doubles them."""
    staff: int = 6
    lonely: bool = False
    """It has one psychologist or psychotherapist, who leaves (statement S19)."""
    nation: str = "england"
    host: str = "nhs_trust"
    commissioners: int = 1
    max_age_months: int = 36
    accepts_antenatal: bool = True
    localities: tuple[str, ...] = ()
    indicators: tuple[int, int] | None = None
    """At least so many signs in each of at least so many areas (R7)."""
    accredited: bool = False
    """VIG only by those with its accreditation in the register (statement S45)."""
    slots_per_week: int = 3
    closed: float = 0.0
    """Share of weeks in which it takes nobody new (`capacity_closed`)."""
    outward: float = 1.0
    """How much it works with other professionals, 1 as most do."""

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
    staff=4,
    outward=0.7,
)
"""As in the defaults, so that what is tried out with it is not refused for the team's own rules."""
SOUTH = Team(
    team_id="team-south",
    share=3,
    waits=Waits(decision=4, offer=24, assessment=30, programme=18, first_session=21),
    staff=3,
    host="charity",
    outward=0.7,
    commissioners=3,
    max_age_months=24,
    accepts_antenatal=False,
    accredited=True,
    localities=("E99999901", "E99999902", "E99999903"),
)
HARBOUR = Team(
    team_id="team-harbour",
    share=3,
    waits=Waits(decision=9, offer=20, assessment=28, programme=14, first_session=18),
    growth_per_year=0.9,
    staff=3,
    lonely=True,
    outward=0.7,
    host="council",
    max_age_months=60,
    indicators=(5, 3),
    closed=0.15,
)
THE_THREE = (NORTH, SOUTH, HARBOUR)


def teams(count: int) -> tuple[Team, ...]:
    """The three, or as many as are asked for: those beyond are of all kinds, from a chance of their own."""
    made = sizes(max(0, count - len(THE_THREE)), MEDIAN_FAMILIES, Chance(1, "sizes"))
    further = (any_team(f"team-{place:02}", size, Chance(1, "team", place)) for place, size in enumerate(made, start=4))
    return (*THE_THREE, *(_as_share(team) for team in further))[:count]


def _as_share(team: Team) -> Team:
    """Beside the three small ones a team weighs as much as they do."""
    kind = THE_THREE[team.share % len(THE_THREE)]
    return Team(team_id=team.team_id, share=kind.share, waits=kind.waits, growth_per_year=kind.growth_per_year)


def sizes(count: int, median: float, chance: Chance) -> list[int]:
    """Families a year of so many teams: skewed, most small, a few very large; the whole range whatever the chance."""
    normal = NormalDist()
    quantiles = [normal.inv_cdf((place + 0.5) / count) for place in range(count)]
    return chance.shuffled([max(4, round(median * 2.718281828 ** (SPREAD * quantile))) for quantile in quantiles])


def any_team(team_id: str, families_a_year: int, chance: Chance) -> Team:
    """A team of any kind, as large as so many families a year need."""
    nation = ("england", "scotland", "wales", "northern_ireland")[chance.weighted((82, 10, 5, 3))]
    letter = {"england": "E", "scotland": "S", "wales": "W", "northern_ireland": "N"}[nation]
    here = chance.between(1, 900)
    quick = chance.between(70, 170) / 100
    return Team(
        team_id=team_id,
        share=families_a_year,
        waits=Waits(
            decision=round(6 * quick),
            offer=round(19 * quick),
            assessment=round(26 * quick),
            programme=round(11 * quick),
            first_session=round(16 * quick),
        ),
        growth_per_year=chance.one((0.0, 0.0, 0.0, 0.2, 0.4, 0.8)),
        staff=3 + families_a_year // 24,
        lonely=families_a_year < 60 and chance.of(0.3),
        nation=nation,
        host=("nhs_trust", "charity", "council", "private")[chance.weighted((58, 26, 13, 3))],
        commissioners=chance.one((1, 1, 1, 2, 2, 3, 4)),
        max_age_months=(24, 36, 48, 60)[chance.weighted((44, 40, 6, 10))],
        accepts_antenatal=chance.of(0.78),
        localities=tuple(f"{letter}99{here + place:06}" for place in range(chance.between(1, 4))),
        indicators=(5, 3) if chance.of(0.5 if nation == "scotland" else 0.08) else None,
        accredited=chance.of(0.5),
        slots_per_week=max(1, round(families_a_year / 44)),
        closed=chance.one((0.0, 0.0, 0.05, 0.1, 0.2)),
        outward=chance.one((0.4, 0.7, 1.0, 1.0, 1.5)),
    )
