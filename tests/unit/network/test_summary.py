"""What a simulated network amounts to, and the orders of magnitude that are published of such teams (domain 2.1)."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import orjson
import pytest

from deploy.local.network.big import Simulation, simulated
from deploy.local.network.chance import Chance
from deploy.local.network.summary import FEWEST, MOST, TeamSummary, reproduced, rows, supported
from deploy.local.network.team import MEDIAN_FAMILIES, sizes
from shared.eventstore.envelope import StoredEvent

LAST_DAY = date(2026, 3, 31)
_NUMBER = count(1)


def event(name: str, case: str, **data: Any) -> StoredEvent:
    number = next(_NUMBER)
    return StoredEvent(
        position=number,
        stream=f"any-{case}",
        version=number,
        event_id=UUID(int=number),
        type=f"dyad.{name}.v1",
        key=case,
        case_id=None,
        team_id="team-a",
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        doc=orjson.dumps({"data": data}).decode(),
        leaf_hash=b"",
        sealed=None,
    )


def session(case: str, on: str, **data: Any) -> StoredEvent:
    practitioners = [{"id": "p", "discipline": "health_visitor"}] * 2
    said = {"modality": "01", "is_treatment": False, "duration_min": 60, "practitioners": practitioners} | data
    return event("SessionHeld", case, held_on=on, **said)


def summary(*events: StoredEvent) -> TeamSummary:
    found = TeamSummary(team_id="team-a", last_day=LAST_DAY)
    for each in events:
        found.add(each)
    return found


def value(team: TeamSummary, figure: str) -> Any:
    [row] = [row for row in rows([team]) if row["figure"] == figure]
    return row["value"]


def test_a_family_is_supported_in_the_last_year_if_it_was_seen_in_it() -> None:
    team = summary(
        session("a", "2025-03-31"),
        session("b", "2025-04-01"),
        session("b", "2026-02-01"),
        session("c", "2026-03-31"),
        session("d", "2026-03-01", modality="05"),
    )
    assert supported([team]) == [2]


def test_a_wait_runs_from_the_first_of_its_beginning_to_the_first_of_its_end() -> None:
    team = summary(
        event("ReferralReceived", "a", received_on="2025-03-03", subjects=[{}]),
        event("ReferralAccepted", "a", decided_on="2025-03-10"),
        session("a", "2025-04-02"),
        session("a", "2025-03-31"),
    )
    assert value(team, "median wait in days, received to decision") == 7
    assert value(team, "median wait in days, received to first contact") == 28
    assert value(team, "median wait in days, assessed to programme") is None


def test_declines_are_counted_by_their_reason() -> None:
    team = summary(
        event("ReferralDeclined", "a", decided_on="2025-03-10", reason="capacity_closed"),
        event("ReferralDeclined", "b", decided_on="2025-03-10", reason="capacity_closed"),
        event("ReferralLinkedDuplicate", "c", on="2025-03-10"),
    )
    assert value(team, "decisions, declined: capacity_closed") == 2
    assert value(team, "decisions, duplicate") == 1


def test_work_with_others_is_set_against_work_with_families_in_practitioner_hours() -> None:
    team = summary(
        session("a", "2025-04-02", duration_min=90),
        event("SystemActivityRecorded", "team-a", minutes=60, practitioners=["p"]),
    )
    assert value(team, "practitioner hours SYSTEM : FAMILY") == "1 : 3.0"


def test_the_published_range_needs_a_team_below_and_one_above_it() -> None:
    small, large = summary(), summary(*(session(str(number), "2025-06-02") for number in range(MOST + 1)))
    few = [summary(*(session(str(number), "2025-06-02") for number in range(FEWEST))) for _ in range(20)]
    assert reproduced([*few, large, small]) == "yes"
    assert reproduced([*few, large]) == "no"
    assert reproduced([*few, small]) == "no"
    assert reproduced([large, small]).startswith("too few")


@pytest.mark.parametrize("seed", range(5))
def test_the_sizes_of_forty_six_teams_span_the_published_range(seed: int) -> None:
    found = sizes(46, MEDIAN_FAMILIES, Chance(seed, "network"))
    assert min(found) < FEWEST - 5
    assert max(found) > MOST + 50
    assert sorted(found)[23] == pytest.approx(MEDIAN_FAMILIES, rel=0.05)


def test_a_team_supports_about_as_many_families_a_year_as_its_size_says() -> None:
    simulation = Simulation(teams=1, years=2, families_per_team=60, last_day=date(2026, 11, 20))
    with simulated(simulation) as (_, [team]):
        assert len(team.supported) == pytest.approx(60, rel=0.3)
