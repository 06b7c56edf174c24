"""The whole pathway in real PostgreSQL: stages, people by date, each team's own settings, and rows made anew."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.reporting import teams
from services.reporting.anew import make_anew
from services.reporting.decoding import Decoder
from services.reporting.fold import DEFINITION
from services.reporting.metrics.caseload import Caseload, caseload
from services.reporting.metrics.flow import flow
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.waits import waits
from services.reporting.projections import CaseHistory
from services.reporting.queries import one_case
from services.reporting.timeline import timeline
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, deliver, emptied, migrated, rows_of
from tests.unit.reporting.histories import START, History, whole_way
from tests.unit.reporting.team_histories import TeamHistory

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


async def counted(record: Record, at: str, **scope: Any) -> Caseload:
    return await caseload(record.reader, Scope(at=date.fromisoformat(at), **scope))


async def stages(record: Record, *days: str) -> dict[str, str | None]:
    found = {}
    for day in days:
        by_stage = (await counted(record, day)).by_stage
        found[day] = next((stage for stage, number in by_stage.items() if number), None)
    return found


async def test_a_pause_is_a_stage_of_its_own_and_the_clocks_go_on(record: Record) -> None:
    history = whole_way()
    history.paused("2025-05-08", "infant_hospital")
    history.resumed("2025-05-12")
    await deliver(record.projection, history.documents)
    assert await stages(record, "2025-05-07", "2025-05-08", "2025-05-11", "2025-05-12", "2025-05-19") == {
        "2025-05-07": "waiting_first_session",
        "2025-05-08": "paused",
        "2025-05-11": "paused",
        "2025-05-12": "waiting_first_session",
        "2025-05-19": "active",
    }
    answered = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert answered["W5"].completed.median == 14


async def test_a_completed_programme_is_ending_and_a_reopened_case_is_open(record: Record) -> None:
    history = whole_way()
    history.programme_done("2025-08-18")
    history.reopened("2025-09-03")
    await deliver(record.projection, history.documents)
    assert await stages(record, "2025-08-17", "2025-08-18", "2025-10-01") == {
        "2025-08-17": "active", "2025-08-18": "ending", "2025-10-01": "ending",
    }  # fmt: skip


async def test_an_abandoned_assessment_is_waited_for_again(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.accepted("2025-03-17")
    history.started("2025-04-01")
    history.abandoned("2025-04-10")
    history.started("2025-05-01")
    await deliver(record.projection, history.documents)
    assert await stages(record, "2025-04-09", "2025-04-10", "2025-04-30", "2025-05-01") == {
        "2025-04-09": "in_assessment",
        "2025-04-10": "waiting_assessment",
        "2025-04-30": "waiting_assessment",
        "2025-05-01": "in_assessment",
    }


async def test_a_duplicate_is_closed_counted_once_and_for_the_nhs_never_open(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.duplicate("2025-03-12")
    await deliver(record.projection, history.documents)
    found = await flow(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert (found.new, found.closed, found.closed_by["duplicate"], found.open_at_end) == (1, 1, 1, 0)
    assert sum(found.closed_by.values()) == found.closed
    assert (await counted(record, "2025-03-11")).open_referrals == 1
    assert (await caseload(record.reader, Scope(at=date(2025, 3, 11)), nhse=True)).open_referrals == 0


async def test_a_placement_change_moves_the_relationship_and_never_counts_two(record: Record) -> None:
    history = whole_way()
    history.unlinked("2025-06-10", carer=1)
    history.linked("2025-06-20", carer=3)
    await deliver(record.projection, history.documents)
    units = {
        day: ((found := await counted(record, day)).cases, found.caregivers, found.relationships)
        for day in ("2025-06-09", "2025-06-10", "2025-06-20")
    }
    assert units == {"2025-06-09": (1, 1, 1), "2025-06-10": (1, 0, 0), "2025-06-20": (1, 1, 1)}


async def test_a_step_up_shows_from_its_day_on(record: Record) -> None:
    history = whole_way()
    history.tier("2025-07-01", "TARGETED")
    await deliver(record.projection, history.documents)
    tiers = []
    for day in (date(2025, 6, 30), date(2025, 7, 1)):
        row = await one_case(record.reader, history.case_id, Scope(at=day))
        assert row is not None
        tiers.append(row["tier"])
    assert tiers == ["SPECIALIST", "TARGETED"]


async def test_a_case_weighs_by_tier_phase_and_complexities(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.accepted("2025-03-17")
    history.held("2025-04-01", treatment=False, kind="initial_contact")
    history.completed("2025-04-21", complexity=["substance_use", "looked_after"])
    history.programme("2025-05-05", tier="SPECIALIST")
    history.held("2025-05-19")
    await deliver(record.projection, history.documents)
    weights = {day: (await counted(record, day)).weighted for day in ("2025-04-01", "2025-04-21", "2025-05-19")}
    # The programme's tier counts from its day; before that the tier of the offer: targeted.
    assert weights == {
        "2025-04-01": Decimal("0.25"),
        "2025-04-21": Decimal("0.25") + 1,
        "2025-05-19": Decimal(2) + 1,
    }


async def test_what_a_team_has_set_is_used_as_in_force_then_and_as_known_then(record: Record) -> None:
    history, team = whole_way(), TeamHistory()
    set_at = START + timedelta(days=30)
    team.configured("2025-a", "2025-04-01", at=set_at, targets={"decide_days": 5}, weights={"specialist": "4"})
    await deliver(record.projection, [*history.documents, *team.documents])
    north = {"team": "team-north"}

    async def answered(at: date, **scope: Any) -> tuple[int | None, Decimal | None, str]:
        found = (await waits(record.reader, Scope(at=at, **scope), first=FIRST, last=at))["W1"]
        return found.target_days, found.completed.within_target, found.targets_version

    assert await answered(date(2025, 3, 31), **north) == (14, Decimal(1), "default-1")
    assert await answered(date(2025, 4, 1), **north) == (5, Decimal(0), "2025-a")
    assert await answered(LAST, **north, known_at=set_at - timedelta(seconds=1)) == (14, Decimal(1), "default-1")
    found = await counted(record, "2025-06-01", **north)
    assert (found.weighted, found.weights_version) == (Decimal(4), "2025-a")


async def test_over_several_teams_each_case_is_held_to_the_target_of_its_own(record: Record) -> None:
    team = TeamHistory()
    team.configured("2025-a", "2025-01-01", targets={"decide_days": 5})
    await deliver(record.projection, [*whole_way().documents, *whole_way("b", "team-south").documents, *team.documents])
    found = (await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST))["W1"]
    assert (found.target_days, found.completed.n, found.completed.within_target) == (None, 2, Decimal("0.5"))
    assert found.targets_version == "of-each-team"


async def test_what_a_team_says_of_itself_makes_no_case(record: Record) -> None:
    team = TeamHistory()
    team.configured("2025-a", "2025-01-01")
    team.joined("2025-01-06")
    team.activity("2025-02-03", "training", 180)
    handler = CaseHistory(Decoder())
    await deliver(record.projection, team.documents[:2], handler)
    await deliver(record.projection, team.documents[2:], handler)
    await deliver(record.projection, team.documents)
    assert await rows_of(record.projection) == []
    assert (await counted(record, "2025-06-01")).orphans == 0
    told = timeline(await teams.events(record.reader, "team-north", None))
    assert [each.text for each in told] == [
        "Team settings: version 2025-a",
        "A practitioner joined the team: clinical psychologist",
        "Training given: 180 minutes",
    ]


async def test_rows_of_another_definition_are_made_anew_and_the_others_stay_as_they_are(record: Record) -> None:
    old, new = whole_way("a"), whole_way("b")
    await deliver(record.projection, [*old.documents, *new.documents])
    wanted = await rows_of(record.projection)
    await record.projection.execute(
        "UPDATE case_history SET definition = $2, closed_on = NULL WHERE case_id = $1", old.case_id, DEFINITION - 1
    )
    place = "SELECT ctid::text FROM case_history WHERE case_id = $1 ORDER BY known"
    kept = await record.projection.fetch(place, new.case_id)
    assert await make_anew(record.projection, CaseHistory(Decoder())) == 1
    assert await rows_of(record.projection) == wanted
    assert await record.projection.fetch(place, new.case_id) == kept
    assert await make_anew(record.projection, CaseHistory(Decoder())) == 0


async def test_a_case_that_cannot_be_folded_any_more_holds_up_no_other(record: Record) -> None:
    broken, sound = whole_way("a"), whole_way("b")
    await deliver(record.projection, [*broken.documents, *sound.documents])
    await record.projection.execute("UPDATE case_history SET definition = $1", DEFINITION - 1)
    await record.projection.execute(
        "UPDATE inbox SET doc = replace(doc, 'held_on', 'lost_on'), leaf_hash = sha256(event_id::text::bytea)"
        " WHERE case_id = $1 AND type = 'dyad.SessionHeld.v1'",
        broken.case_id,
    )
    assert await make_anew(record.projection, CaseHistory(Decoder())) == 2
    definitions = "SELECT DISTINCT definition FROM case_history WHERE case_id = $1"
    assert await record.projection.fetchval(definitions, sound.case_id) == DEFINITION
    assert await record.projection.fetchval(definitions, broken.case_id) == DEFINITION - 1
