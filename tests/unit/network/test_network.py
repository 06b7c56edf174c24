"""The synthetic network: the same for ever, whole, and nothing that the services would not have written."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from statistics import median
from typing import Any

import orjson
import pytest

from deploy.local.network.aggregates import aggregates, every_aggregate
from deploy.local.network.chance import Chance
from deploy.local.network.family import Shape
from deploy.local.network.generate import FAMILIES, Network, generate
from deploy.local.network.paths import DECLINE_REASONS, DISCHARGE_REASONS, EVERY_PATH, deal
from shared.eventstore.envelope import leaf_hash, recorded
from shared.kernel.codec import split_wire_type
from shared.process.aggregate import said_name
from shared.settings import STORES

LAST_DAY = date(2026, 11, 23)
CODE_OR_ID_OR_DATE = re.compile(r"[A-Za-z0-9_.:+/-]*")


@pytest.fixture(scope="module")
def network() -> Network:
    return generate(last_day=LAST_DAY)


@pytest.fixture(scope="module")
def large() -> Network:
    return generate(7, last_day=LAST_DAY, families=400, posted_days=0)


def data_of(network: Network, name: str) -> list[dict[str, Any]]:
    return [orjson.loads(each.new.doc)["data"] for each in network.written if each.new.type == f"dyad.{name}.v1"]


def test_the_same_seed_and_day_give_the_same_bytes(network: Network) -> None:
    again = generate(last_day=LAST_DAY)
    for store in STORES:
        assert list(again.stored(store)) == list(network.stored(store))
        assert list(again.rule_records(store)) == list(network.rule_records(store))
    assert again.posts == network.posts


def test_another_seed_gives_another_network(network: Network) -> None:
    other = generate(2, last_day=LAST_DAY)
    assert not {each.new.event_id for each in other.written} & {each.new.event_id for each in network.written}


def test_the_default_network_has_three_teams_and_sixty_families(network: Network) -> None:
    cases = {each.new.case_id for each in network.written if each.new.case_id is not None}
    cases |= {post.case_id for post in network.posts if not post.stream}
    assert {each.new.team_id for each in network.written} == {"team-north", "team-south", "team-harbour"}
    assert FAMILIES - 3 <= len(cases) <= FAMILIES


def test_history_ends_a_week_before_the_last_day_and_the_posts_follow(network: Network) -> None:
    newest = max(each.stored.recorded_at for each in network.written)
    assert newest < min(post.at for post in network.posts)
    assert min(post.at for post in network.posts).date() >= date(2026, 11, 17)
    assert max(post.at for post in network.posts).date() <= LAST_DAY
    oldest = min(each.stored.recorded_at for each in network.written if each.new.case_id is not None)
    assert 650 < (newest - oldest).days <= 731


def test_the_last_week_takes_families_a_step_further(network: Network) -> None:
    assert {post.name for post in network.posts} >= {
        *("ReferralReceived", "ReferralAccepted", "AssessmentCompleted"),
        *("ProgrammeAssigned", "SessionScheduled", "SessionHeld"),
    }


def test_every_path_is_dealt_when_there_are_enough_families() -> None:
    dealt = deal(FAMILIES, Chance(1, "cases"))
    assert len(dealt) == FAMILIES
    for path in EVERY_PATH:
        assert any((path.way, path.reason, path.still) == (each.way, each.reason, each.still) for each in dealt)
    assert {path.shape for path in dealt} == set(Shape)


def test_every_reason_and_every_attendance_code_occurs(large: Network) -> None:
    assert {data["reason"] for data in data_of(large, "ReferralDeclined")} == set(DECLINE_REASONS)
    assert {data["reason"] for data in data_of(large, "Discharged")} >= set(DISCHARGE_REASONS)
    assert {data["attend_status"] for data in data_of(large, "SessionHeld")} == {"5", "6"}
    assert {data["attend_status"] for data in data_of(large, "SessionNotHeld")} == {"2", "3", "4", "7"}
    assert {data["recommendation"] for data in data_of(large, "AssessmentCompleted")} == {
        *("PROGRAMME", "SIGNPOST", "NO_FURTHER", "CONSULTATION")
    }


NOT_IN_THE_NETWORK = {"SubjectErased", "SubjectErasureAcknowledged"}
"""An erasure needs a person whose keys can be destroyed, and two people who ask for it: `dyad erase`, not history."""


def test_every_kind_of_event_of_the_services_occurs(large: Network) -> None:
    said = {split_wire_type(each.new.type)[0] for each in large.written}
    every = {name for each in every_aggregate().values() for aggregate in each for name in aggregate.registry.classes}
    assert every - said == NOT_IN_THE_NETWORK
    assert said >= {"EventVoided", "ReferralReceivedCorrected", "SessionHeldCorrected"}


def test_sessions_are_recorded_days_after_they_were_held(large: Network) -> None:
    days_late = [
        (each.stored.recorded_at.date() - date.fromisoformat(orjson.loads(each.new.doc)["data"]["held_on"])).days
        for each in large.written
        if each.new.type == "dyad.SessionHeld.v1"
    ]
    assert min(days_late) == 0
    assert max(days_late) > 7


def test_nobody_has_a_name_or_any_other_free_text(large: Network) -> None:
    for each in large.written:
        for text in strings(orjson.loads(each.stored.doc)):
            assert CODE_OR_ID_OR_DATE.fullmatch(text), text


@pytest.mark.parametrize("store", STORES)
def test_a_store_holds_what_append_would_have_written(network: Network, store: str) -> None:
    stored = list(network.stored(store))
    registries = {each.decider.category: each.registry for each in every_aggregate()[store]}
    assert [each.position for each in stored] == list(range(1, len(stored) + 1))
    assert all(before.recorded_at <= after.recorded_at for before, after in pairwise(stored))
    versions: dict[str, list[int]] = defaultdict(list)
    last: dict[str, datetime] = {}
    for each in stored:
        versions[each.stream].append(each.version)
        assert each.leaf_hash == leaf_hash(each.doc.encode())
        fact = recorded(registries[each.stream.partition("-")[0]], store, each.stream, each.doc)
        assert fact is not None
        assert (fact.version, fact.recorded_at, fact.event_id) == (each.version, each.recorded_at, each.event_id)
        assert last.get(each.stream, each.recorded_at) <= each.recorded_at
        last[each.stream] = each.recorded_at
    assert all(dense == list(range(1, len(dense) + 1)) for dense in versions.values())


@pytest.mark.parametrize("store", STORES)
def test_every_cause_of_a_rule_has_its_record(network: Network, store: str) -> None:
    aggregate = aggregates()[store]
    records = {(record.rule, record.cause): record for record in network.rule_records(store)}
    causes = set()
    for heard_store in aggregate.hears:
        for each in network.stored(heard_store):
            assert aggregate.heard is not None
            fact = recorded(aggregate.heard, heard_store, each.stream, each.doc)
            if fact is not None:
                causes |= {
                    (rule.name, each.event_id) for rule in aggregate.rules if said_name(fact.event) in rule.causes
                }
    assert set(records) == causes
    assert all(record.outcome in {"acted", "nothing"} for record in records.values())


def test_what_a_rule_wrote_names_the_rule_and_its_cause(network: Network) -> None:
    for store in STORES:
        by_place = {(each.stream, each.version): orjson.loads(each.doc) for each in network.stored(store)}
        for record in network.rule_records(store):
            if record.outcome == "acted":
                assert record.stream is not None
                assert record.version is not None
                doc = by_place[record.stream, record.version]
                assert (doc["rule"], doc["causationid"]) == (record.rule, str(record.cause))


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_services_take_every_story_whole(seed: int) -> None:
    assert generate(seed, last_day=date(2026, seed, 20), families=150, posted_days=0).posts == ()


def test_one_team_keeps_families_waiting_longer_every_year(large: Network) -> None:
    assert growth(large, "team-harbour") > 1.3
    assert growth(large, "team-north") < 1.3


def growth(network: Network, team_id: str) -> float:
    """Median days from the assessment to the programme: those assessed in the second year over those in the first."""
    assessed: dict[object, date] = {}
    waits: dict[bool, list[int]] = {False: [], True: []}
    for each in network.written:
        if each.new.team_id != team_id:
            continue
        data = orjson.loads(each.new.doc)["data"]
        if each.new.type == "dyad.AssessmentCompleted.v1":
            assessed[each.new.case_id] = date.fromisoformat(data["completed_on"])
        if each.new.type == "dyad.ProgrammeAssigned.v1":
            completed_on = assessed[each.new.case_id]
            wait = (date.fromisoformat(data["assigned_on"]) - completed_on).days
            waits[completed_on > date(2025, 11, 23)].append(wait)
    return median(waits[True]) / median(waits[False])


def strings(item: Any) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, dict):
        for value in item.values():
            yield from strings(value)
    elif isinstance(item, list):
        for value in item:
            yield from strings(value)
