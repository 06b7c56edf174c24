"""M18 in real PostgreSQL: by hand, and against the oracle on records told late."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from services.reporting.metrics.scope import Scope
from services.reporting.metrics.supervision import Supervised, Supervision, supervision
from services.reporting.metrics.supervision_tables import of_supervision
from services.reporting.tables import HIDDEN, suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import TEAM_NAMES, Question, hold, questions, told
from tests.integration.oracle_kit import Answer, different
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle import supervision as oracle
from tests.unit.reporting.histories import identity
from tests.unit.reporting.team_histories import TeamHistory

FIRST, LAST = date(2025, 1, 6), date(2025, 2, 2)
"""Four weeks."""
ANNA, SERIES = str(identity("practitioner", 1)), str(identity("series", 1))


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


def team(**joining: Any) -> TeamHistory:
    """Anna joined at the beginning of 2024: half time, with one year of work with under-twos, a psychologist."""
    history = TeamHistory()
    said = {
        "practitioner_id": ANNA, "joined_on": "2024-01-01", "discipline": "clinical_psychologist", "role": "lead",
        "wte": "0.5", "under_two_years": 1,
    }  # fmt: skip
    history.say("team", "PractitionerJoined", said | joining)
    return history


def planned(history: TeamHistory, from_on: str, *, every_days: int = 7, to_on: str | None = None) -> None:
    data = {
        "series_id": SERIES, "practitioner_id": ANNA, "minutes": 60, "every_days": every_days, "from_on": from_on,
        "to_on": to_on,
    }  # fmt: skip
    history.say("work", "SupervisionPlanned", data)


def given(history: TeamHistory, on: str, minutes: int = 60, *, series: str | None = SERIES) -> None:
    history.say("work", "SystemActivityRecorded", {
        "activity_id": str(identity(on, minutes)), "kind": "supervision", "on": on, "minutes": minutes,
        "audience_count": 1, "series_id": series,
    })  # fmt: skip


async def answer(record: Record, history: TeamHistory, last: date = LAST) -> Supervision:
    await deliver(record.projection, history.documents)
    return await supervision(record.reader, Scope(at=last), first=FIRST, last=last)


async def one(record: Record, history: TeamHistory, last: date = LAST) -> Supervised:
    [found] = (await answer(record, history, last)).supervised
    return found


async def test_planned_and_held_stand_beside_the_least_there_should_be(record: Record) -> None:
    history = team()
    planned(history, "2025-01-01")
    given(history, "2025-01-08")
    given(history, "2025-01-15", 90)
    given(history, "2025-01-22", series=None)
    given(history, "2025-02-05")
    found = await one(record, history)
    assert (found.planned, found.planned_minutes) == (4, 240)
    assert (found.held, found.held_minutes) == (2, 150)
    assert (found.least_minutes, found.enough) == (120, True)


@pytest.mark.parametrize(
    ("joining", "least"),
    [
        ({"wte": "1"}, 240),
        ({"wte": "1", "under_two_years": 2}, 120),  # two years on the day of joining are three by now
        ({"wte": "1", "under_two_years": 1, "joined_on": "2025-01-20"}, 120),
        ({"under_two_years": None}, None),
        ({"wte": None}, None),
    ],
)
async def test_the_least_depends_on_experience_hours_and_days(
    record: Record, joining: Mapping[str, Any], least: int | None
) -> None:
    found = await one(record, team(**joining))
    assert (found.least_minutes, found.enough) == (least, None if least is None else False)


async def test_days_away_and_days_after_leaving_ask_for_none(record: Record) -> None:
    history = team(wte="1")
    planned(history, "2025-01-08")
    absent = {"practitioner_id": ANNA, "from_on": "2025-01-13", "until_on": "2025-03-01"}
    history.say("team", "PractitionerAbsent", absent)
    history.say("team", "PractitionerReturned", {"practitioner_id": ANNA, "on": "2025-01-20"})
    history.say("team", "PractitionerLeft", {"practitioner_id": ANNA, "left_on": "2025-01-26"})
    found = await answer(record, history)
    [anna] = found.supervised
    assert (anna.days, anna.planned, anna.least_minutes) == (14, 2, 120)
    [watch] = found.teams
    assert (watch.practitioners, watch.psychologists) == (0, 0)


async def test_a_change_counts_from_its_day_on(record: Record) -> None:
    history = team(wte="1")
    history.say("team", "PractitionerChanged", {"practitioner_id": ANNA, "on": "2025-01-20", "wte": "0.5"})
    found = await answer(record, history)
    assert found.supervised[0].least_minutes == 120 + 60


@pytest.mark.parametrize(("discipline", "psychologists"), [("parent_infant_psychotherapist", 1), ("health_visitor", 0)])
async def test_the_watch_counts_psychologists_and_psychotherapists(
    record: Record, discipline: str, psychologists: int
) -> None:
    [watch] = (await answer(record, team(discipline=discipline))).teams
    assert (watch.practitioners, watch.psychologists) == (1, psychologists)


async def test_nothing_of_a_single_practitioner_leaves_the_team(record: Record) -> None:
    history = team()
    planned(history, "2024-01-01", every_days=1)
    table = of_supervision(await answer(record, history))[0]
    assert table.rows[0][3:5] == (28, 28)
    assert set(suppressed(table).rows[0][2:]) == {HIDDEN}


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    with pytest.raises(ValueError, match="period"):
        await supervision(record.reader, Scope(at=FIRST), first=FIRST, last=LAST)


@pytest.mark.parametrize("seed", range(6))
async def test_sql_agrees_with_the_oracle(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 1)
    await hold(record, histories)
    for question in questions(random, histories):
        assert different(await answered(record, question), worked_out(question)) == {}, question.scope


async def answered(record: Record, question: Question) -> Answer:
    """M18 in the oracle's words."""
    found = await supervision(record.reader, question.scope, first=question.first, last=question.last)
    rows = {
        f"{each.team} {each.practitioner}": {
            "days": each.days, "planned": each.planned_minutes, "held": each.held_minutes,
            "minimum": each.least_minutes,
        }
        for each in found.supervised
    }  # fmt: skip
    return rows | {each.team: each.psychologists > 0 for each in found.teams}


def worked_out(question: Question) -> Answer:
    """M18 by the oracle; minutes to the whole minute of the product."""
    events, at, first, last, team = question.asked
    answer: Answer = {}
    for name in TEAM_NAMES if team is None else (team,):
        for person, row in oracle.supervision(events, name, at, first, last).items():
            answer[f"{name} {person}"] = row | {"minimum": _whole(row["minimum"])}
        if oracle.people(events, name):
            answer[name] = oracle.has_psychologist(events, name, at)
    return answer


def _whole(minutes: int | Fraction | None) -> int | None:
    if minutes is None:
        return None
    exact = Fraction(minutes)
    return int((Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1), ROUND_HALF_UP))
