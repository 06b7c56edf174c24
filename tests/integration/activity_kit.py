"""Records made up from a seed, and random questions about them: what the metrics of the work are compared on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from services.reporting.decoding import Decoder
from services.reporting.metrics.scope import Scope
from services.reporting.projections import CaseHistory
from tests.integration.oracle_kit import days_named
from tests.integration.reporting_kit import EMPTY, Record, deliver
from tests.oracle.belief import believed
from tests.oracle.documents import Event, read
from tests.unit.reporting.histories import History
from tests.unit.reporting.pathways import pathway
from tests.unit.reporting.team_histories import TeamHistory
from tests.unit.reporting.team_records import team_record

TEAM_NAMES = ("team-north", "team-south")
DAYS = [date(2025, 1, 1) + timedelta(days=number) for number in range(600)]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question, and the events that stand for it as the oracle takes them."""

    scope: Scope
    first: date
    last: date
    events: list[Event]

    @property
    def asked(self) -> tuple[list[Event], date, date, date, str | None]:
        """As the oracle's functions over a period take it."""
        return self.events, self.scope.at, self.first, self.last, self.scope.team


def told(random: Random, cases: int) -> list[History | TeamHistory]:
    """Cases of two teams, and what the teams say of themselves."""
    found: list[History | TeamHistory] = [team_record(random, team) for team in TEAM_NAMES]
    before: list[History] = []
    for number in range(cases):
        before.append(_referred_again(random, number, before) or pathway(random, f"case-{number}", _any_team(random)))
    return found + before


def _any_team(random: Random) -> str:
    return random.choice(TEAM_NAMES)


def _referred_again(random: Random, number: int, before: list[History]) -> History | None:
    """One time in four a family that was known is referred again, mostly to the same team and within days of the end.

    The days named last are mostly those of the ending, so that spells that join and that do not are both frequent.
    """
    if not before or random.randrange(4):
        return None
    known = random.choice(before)
    start = random.choice(days_named([known])[-5:]) + timedelta(days=random.choice([-20, 0, 4, 5, 6, 7, 30]))
    team = random.choice([known.team, known.team, *TEAM_NAMES])
    return pathway(random, f"case-{number}", team, known.family or known.case, start)


async def hold(record: Record, histories: list[History | TeamHistory]) -> None:
    """The database holds these histories and nothing else."""
    await record.projection.execute(EMPTY)
    handler = CaseHistory(Decoder())
    for history in histories:
        await deliver(record.projection, history.documents, handler)


def questions(random: Random, histories: list[History | TeamHistory], number: int = 3) -> Iterator[Question]:
    """Random periods, teams and instants; among them always the whole record as it stands."""
    everything = read(document.text for each in histories for document in each.documents)
    instants = sorted(document.recorded_at for each in histories for document in each.documents)
    yield Question(scope=Scope(at=DAYS[-1]), first=DAYS[0], last=DAYS[-1], events=believed(everything))
    for _ in range(number):
        first, last = sorted(random.sample(DAYS, 2))
        known_at = random.choice([None, random.choice(instants)])
        scope = Scope(at=last, known_at=known_at, team=random.choice([None, *TEAM_NAMES]))
        yield Question(scope=scope, first=first, last=last, events=believed(everything, known_at))
