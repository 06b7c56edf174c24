"""Records made up from a seed, and random questions about them: what the metrics of the work are compared on."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from services.reporting.decoding import Decoder
from services.reporting.metrics.scope import Filters, Scope
from services.reporting.projections import CaseHistory
from tests.integration.oracle_kit import days_named
from tests.integration.reporting_kit import EMPTY, Record, deliver
from tests.oracle.belief import believed
from tests.oracle.documents import Event, read
from tests.oracle.filters import about
from tests.unit.reporting.happenings import PRACTITIONERS
from tests.unit.reporting.histories import History
from tests.unit.reporting.pathways import CONCERNS, SOURCES, pathway
from tests.unit.reporting.team_histories import TeamHistory
from tests.unit.reporting.team_records import team_record

TEAM_NAMES = ("team-north", "team-south")
DAYS = [date(2025, 1, 1) + timedelta(days=number) for number in range(600)]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question, and the record as the oracle takes it."""

    scope: Scope
    first: date
    last: date
    everything: list[Event]
    """The whole record, whenever it was recorded."""

    @cached_property
    def believed(self) -> list[Event]:
        """What stands of it."""
        return believed(self.everything, self.scope.known_at)

    @cached_property
    def events(self) -> list[Event]:
        """What stands of the cases that meet the filters, and of the teams."""
        asked = {name: str(code) for name, code in asdict(self.scope.filters).items() if code is not None}
        return about(self.believed, self.scope.at, asked) if asked else self.believed

    @cached_property
    def recorded(self) -> list[Event]:
        """Everything that was recorded of the same, taken back or not."""
        if not self.scope.filters.any:
            return self.everything
        subjects = {event.subject for event in self.events}
        return [event for event in self.everything if event.subject in subjects]

    @property
    def asked(self) -> tuple[list[Event], date, date, date, str | None]:
        """As the oracle's functions over a period take it."""
        return self.events, self.scope.at, self.first, self.last, self.scope.team

    @property
    def unfiltered(self) -> tuple[list[Event], date, date, date, str | None]:
        """As `asked`, of every case: for what no filter applies to."""
        return self.believed, *self.asked[1:]


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
    """Random periods, teams, filters and instants; among them always the whole record as it stands.

    Half the periods begin and end beside days that the record names, where answers change.
    """
    everything = read(document.text for each in histories for document in each.documents)
    instants = sorted(document.recorded_at for each in histories for document in each.documents)
    named = days_named(histories)
    yield Question(scope=Scope(at=DAYS[-1]), first=DAYS[0], last=DAYS[-1], everything=everything)
    for _ in range(number):
        days = random.choice([DAYS, named])
        first, last = sorted(random.choice(days) + timedelta(days=random.randrange(-1, 2)) for _ in range(2))
        scope = Scope(
            at=last + timedelta(days=random.choice([0, 0, 30])),
            known_at=random.choice([None, random.choice(instants)]),
            team=random.choice([None, *TEAM_NAMES]),
            filters=random.choice([Filters(), _filters(random)]),
        )
        yield Question(scope=scope, first=first, last=last, everything=everything)


CODES: dict[str, list[Any]] = {
    "source": SOURCES, "concern": CONCERNS[1:], "tier": ["TARGETED", "SPECIALIST", "CONSULT"],
    "priority": ["1", "2", "3"], "locality": ["E07000223"], "practitioner": [UUID(each) for each in PRACTITIONERS],
    "age_band": ["antenatal", "0-5", "6-11", "12-23", "24-35", "36-plus"],
}  # fmt: skip


def _filters(random: Random) -> Filters:
    """One filter, now and then two."""
    names = random.sample(sorted(CODES), random.choice([1, 1, 1, 2]))
    return Filters(**{name: random.choice(CODES[name]) for name in names})
