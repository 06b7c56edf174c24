"""History holds the breaches and tasks that a running system would have recorded: nothing overdue is left unsaid."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from deploy.local.network.aggregates import aggregates
from deploy.local.network.generate import Network, generate
from deploy.local.network.known_teams import TeamHistory
from deploy.local.network.team_network import only_by_persons
from shared.eventstore.envelope import recorded
from shared.kernel.civil import Moment, end_of
from shared.kernel.history import Recorded
from shared.process.deadlines import standing
from shared.process.dossier import Dossier

LAST_DAY = date(2026, 11, 23)
ENDS = datetime(2026, 11, 17, tzinfo=UTC)
"""The history's end: its last week is posted."""


@pytest.fixture(scope="module")
def network() -> Network:
    return generate(4, last_day=LAST_DAY, families=120)


def dossiers(network: Network) -> list[Dossier[Any, Any, Any, Any]]:
    """Every case in every service, opened at the end of history with all that was recorded and heard."""
    services, teams = aggregates(), {each.new.team_id for each in network.written}
    configured = {
        team: TeamHistory([each for each in network.written if each.stored.stream == f"team-{team}"]) for team in teams
    }
    docs: dict[Any, list[Any]] = defaultdict(list)
    for each in network.written:
        if each.new.case_id is not None:
            docs[each.new.case_id].append(each)
    found = []
    for case_id, written in docs.items():
        team = written[0].new.team_id
        for aggregate in services.values():
            history: list[Recorded[Any]] = []
            heard: dict[str, list[Recorded[Any]]] = defaultdict(list)
            for each in sorted(written, key=lambda item: (item.stored.stream, item.stored.version)):
                own = each.store == aggregate.store
                registry = aggregate.registry if own else aggregate.heard
                assert registry is not None
                said = None
                if own or each.store in aggregate.hears:
                    said = recorded(registry, each.store, each.stored.stream, each.stored.doc)
                if said is not None:
                    (history if own else heard[each.store]).append(said)
            known = {team: configured[team].known(aggregate, ENDS)}
            found.append(
                Dossier(aggregate, case_id, Moment(ENDS), history=history, heard=heard, team_id=team, teams=known)
            )
    return found


def test_nothing_that_was_due_before_the_end_of_history_is_left_to_ring(network: Network) -> None:
    overdue = [
        (dossier.stream, deadline.name)
        for dossier in dossiers(network)
        if dossier.history
        for deadline in standing(dossier)
        if deadline.due_at <= ENDS
    ]
    assert overdue == []


def test_a_breach_is_recorded_when_its_day_is_over_or_once_it_can_be_known(network: Network) -> None:
    late: list[timedelta] = []
    for each in network.written:
        if each.new.type == "dyad.TargetBreached.v1":
            due = end_of(date.fromisoformat(orjson.loads(each.new.doc)["data"]["due_on"]))
            assert each.stored.recorded_at >= due
            late.append(each.stored.recorded_at - due)
    assert len(late) > 30
    assert sum(each < timedelta(seconds=5) for each in late) > 0.8 * len(late)


def test_what_only_a_person_may_say_stands_in_history_and_is_never_posted(network: Network) -> None:
    assert only_by_persons() == {"BreakGlassOpened"}
    posts = generate(4, last_day=LAST_DAY, families=60, posted_days=4_000).posts
    assert {post.name for post in posts}.isdisjoint(only_by_persons())
    assert any(each.new.type == "dyad.BreakGlassOpened.v1" for each in network.written)


def test_tasks_are_done_by_somebody_or_still_open_and_never_done_twice(network: Network) -> None:
    raised: dict[str, str] = {}
    done: list[str] = []
    for each in network.written:
        data = orjson.loads(each.new.doc)["data"]
        if each.new.type == "dyad.TaskRaised.v1":
            raised[data["task_id"]] = data["kind"]
        if each.new.type == "dyad.TaskDone.v1":
            done.append(data["task_id"])
    assert len(set(done)) == len(done)
    assert set(done) < set(raised)
    assert {raised[task] for task in done} >= {"assign_programme", "send_discharge_summary", "trace_nhs_number"}
