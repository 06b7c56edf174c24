"""The product's numbers against the naive second implementation of `tests/oracle`, in real PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.metrics.scope import Scope
from services.reporting.metrics.waits import waits as sql_waits
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.oracle_kit import (
    Answer,
    Database,
    Told,
    days_named,
    different,
    events_of,
    moments,
    opened,
    product,
    rounded,
)
from tests.integration.reporting_kit import Record, migrated
from tests.oracle.belief import believed
from tests.oracle.caseload import caseload, open_referrals, orphans
from tests.oracle.documents import Event
from tests.oracle.flow import flow
from tests.oracle.percentiles import share, spread
from tests.oracle.waits import waits
from tests.unit.reporting.histories import History
from tests.unit.reporting.pathways import pathways
from tests.unit.reporting.strategies import generated_histories
from tests.unit.reporting.team_records import team_records

TEAM_NAMES = ("team-north", "team-south")
Targets = dict[str, dict[str, int]]
"""Of each team, at most how many days each wait is to take."""
Day = tuple[int, int]
"""Place among the days that a record names, and how many days beside it."""
Question = tuple[Day, Day, str | None, int | None]


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Database]:
    prefix = servers.new_namespace()
    with opened(migrated(platform, prefix)) as database:
        yield database
    servers.remove_namespace(platform, prefix)


async def ask(record: Record, scope: Scope, first: date, last: date) -> tuple[Answer, Targets]:
    """What the product answers, and to what each team holds its waits."""
    targets = {}
    for team in TEAM_NAMES:
        held_to = await sql_waits(record.reader, replace(scope, team=team), first=first, last=last)
        targets[team] = {name: each.target_days for name, each in held_to.items()}
    return await product(record, scope, first, last), targets  # type: ignore[return-value]


def oracle(everything: list[Event], scope: Scope, first: date, last: date, targets: Targets) -> Answer:
    events = believed(everything, scope.known_at)
    return {
        "M1": open_referrals(events, scope.at, scope.team),
        "M1 nhse": open_referrals(events, scope.at, scope.team, nhse=True),
        "orphans": orphans(everything, scope.known_at, scope.team),
        "M2": caseload(events, scope.at, scope.team),
        "M3": flow(events, first, last, scope.team),
        "M4": {name: wait(events, name, scope, (first, last), targets) for name in targets[TEAM_NAMES[0]]},
    }


def wait(events: list[Event], name: str, scope: Scope, period: tuple[date, date], targets: Targets) -> Answer:
    """One wait of the asked teams together, every case held to its own team's target."""
    asked = TEAM_NAMES if scope.team is None else (scope.team,)
    by_team = {team: waits(events, scope.at, *period, team)[name] for team in asked}
    return {
        "completed": pooled({team: each.completed for team, each in by_team.items()}, name, targets),
        "incomplete": pooled({team: each.incomplete for team, each in by_team.items()}, name, targets),
        "left_out": sum(each.left_out for each in by_team.values()),
    }


def pooled(days: dict[str, list[int]], name: str, targets: Targets) -> Answer:
    within = sum(each <= targets[team][name] for team, found in days.items() for each in found)
    together = [each for found in days.values() for each in found]
    return rounded(spread(together) | {"within_target": share(within, len(together))})


def records(of: Callable[..., st.SearchStrategy[History]]) -> st.SearchStrategy[tuple[Told, ...]]:
    """Up to four cases of two teams, and what the teams say of themselves."""
    case = st.tuples(st.sampled_from("abcd"), st.sampled_from(TEAM_NAMES))
    chosen = st.lists(case, min_size=1, max_size=4, unique_by=lambda each: each[0])
    cases = chosen.flatmap(lambda cases: st.tuples(*(of(case=name, team=team) for name, team in cases)))
    teams = st.tuples(*(team_records(team) for team in TEAM_NAMES))
    return st.tuples(cases, teams).map(lambda both: (*both[0], *both[1]))


PLACES = st.integers(0, 10_000)
DAYS = st.tuples(PLACES, st.integers(-1, 1))
QUESTIONS = st.lists(
    st.tuples(DAYS, DAYS, st.sampled_from([None, *TEAM_NAMES]), st.none() | PLACES), min_size=2, max_size=2
)
"""Two days near days that the record names, the later one t; a team; and k, one of the instants of recording."""


def compare(database: Database, told: tuple[Told, ...], questions: list[Question]) -> None:
    """Questions about this record, to both."""
    instants, days = moments(told), days_named(told)
    everything = events_of(told)
    for one, other, team, place in questions:
        first, last = sorted(days[at % len(days)] + timedelta(days=beside) for at, beside in (one, other))
        scope = Scope(at=last, known_at=None if place is None else instants[place % len(instants)], team=team)
        answered, targets = database.asked(partial(ask, scope=scope, first=first, last=last))
        worked_out = oracle(everything, scope, first, last, targets)
        assert different(answered, worked_out) == {}, (
            scope,
            first,
            [document.text for each in told for document in each.documents],
        )


@settings(max_examples=50, deadline=None)
@given(records(generated_histories), QUESTIONS)
def test_sql_agrees_with_the_oracle_on_events_in_any_order(
    database: Database, told: tuple[Told, ...], questions: list[Question]
) -> None:
    database.hold(told)
    compare(database, told, questions)


@settings(max_examples=100, deadline=None)
@given(records(pathways), QUESTIONS)
def test_sql_agrees_with_the_oracle_on_pathways_told_late_and_amended(
    database: Database, told: tuple[Told, ...], questions: list[Question]
) -> None:
    database.hold(told)
    compare(database, told, questions)


@pytest.mark.soak
@settings(max_examples=5_000, deadline=None)
@given(records(pathways) | records(generated_histories), QUESTIONS)
def test_sql_agrees_with_the_oracle_on_thousands_of_histories(
    database: Database, told: tuple[Told, ...], questions: list[Question]
) -> None:
    database.hold(told)
    compare(database, told, questions)
