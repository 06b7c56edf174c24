"""Commands, events and examples of the three deciding services fit each other and the wire."""

from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import orjson
import pytest

from deploy.local.network.aggregates import every_aggregate
from services.assessment import events as assessment
from services.intervention import events as intervention
from services.intervention.team import events as team
from services.intervention.work import events as work
from services.referral import events as referral
from shared.kernel.codec import Codec, to_json, wire_type
from shared.kernel.requests import members
from shared.process.aggregate import Aggregate

EVENTS: dict[str, ModuleType] = {
    "referral": referral, "assessment": assessment, "episode": intervention, "team": team, "work": work,
}  # fmt: skip
"""By the category of its streams."""
AGGREGATES = {each.decider.category: each for group in every_aggregate().values() for each in group}
SAID = [(category, name) for category, each in AGGREGATES.items() for name in each.examples]
ASKED = [(category, name) for category, each in AGGREGATES.items() for name in each.commands]
OF_EVERY_SERVICE = {"EventVoided", "TaskRaised", "TaskDone", "TargetBreached", "SubjectErasureAcknowledged"}


def of(category: str) -> Aggregate[Any, Any, Any, Any]:
    return AGGREGATES[category]


def test_every_aggregate_is_looked_at() -> None:
    assert set(AGGREGATES) == set(EVENTS)


@pytest.mark.parametrize("category", EVENTS)
def test_every_event_and_every_request_has_an_example(category: str) -> None:
    aggregate = of(category)
    assert set(aggregate.examples) == set(aggregate.registry.classes) - {"EventVoided"}
    assert set(aggregate.request_examples) == set(aggregate.commands)


@pytest.mark.parametrize(("category", "name"), ASKED)
def test_a_request_has_the_events_shape_less_what_the_service_computes(category: str, name: str) -> None:
    aggregate = of(category)
    computed = getattr(EVENTS[category], "COMPUTED", {}).get(name, frozenset())
    asked, said = members(aggregate.commands[name]), members(aggregate.registry.classes[name])
    assert computed <= said
    assert asked == said - computed


@pytest.mark.parametrize(("category", "name"), SAID)
def test_an_event_survives_the_wire(category: str, name: str) -> None:
    aggregate = of(category)
    example = aggregate.examples[name]
    text = to_json(example)
    assert aggregate.registry.load(wire_type(name, 1), orjson.loads(text)) == example
    assert aggregate.registry.codec(wire_type(name, 1)).parse(text) == example


@pytest.mark.parametrize(("category", "name"), ASKED)
def test_a_request_survives_the_wire(category: str, name: str) -> None:
    example = of(category).request_examples[name]
    codec: Codec[Any] = Codec(of(category).commands[name])
    assert codec.parse(to_json(example)) == example


@pytest.mark.parametrize(("category", "name"), SAID)
def test_what_another_service_hears_it_hears_with_the_same_values(category: str, name: str) -> None:
    said = of(category).examples[name]
    for other in AGGREGATES.values():
        if of(category).store not in other.hears or other.heard is None or name not in other.heard.classes:
            continue
        heard = other.heard.load(wire_type(name, 1), orjson.loads(to_json(said)))
        assert is_dataclass(heard)
        for member in fields(heard):
            if not isinstance(getattr(heard, member.name), tuple) and not is_dataclass(getattr(heard, member.name)):
                assert getattr(heard, member.name) == getattr(said, member.name)


@pytest.mark.parametrize("category", EVENTS)
def test_what_a_service_hears_another_one_says(category: str) -> None:
    """Or the team's own streams, which the intervention service has in its own store."""
    aggregate = of(category)
    heard = set() if aggregate.heard is None else set(aggregate.heard.classes)
    sources = [each for each in AGGREGATES.values() if each.store in aggregate.hears or each.of_team]
    said = {name for each in sources for name in each.registry.classes}
    assert heard <= said


@pytest.mark.parametrize("category", EVENTS)
def test_the_state_of_a_case_can_be_shown(category: str) -> None:
    """`GET /cases/{case_id}` answers it as JSON."""
    aggregate = of(category)
    state = aggregate.decider.fold(aggregate.examples.values())
    assert set(orjson.loads(to_json(state))) == {member.name for member in fields(state)}


def test_no_two_streams_say_the_same_name_but_for_what_every_service_says() -> None:
    names = [name for each in AGGREGATES.values() for name in each.registry.classes]
    assert {name for name in names if names.count(name) > 1} == OF_EVERY_SERVICE


def texts(schema: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every place in a schema where a text may stand."""
    found: list[tuple[str, dict[str, Any]]] = []
    if isinstance(schema, dict):
        if schema.get("type") == "string":
            found.append((path, schema))
        for key, value in schema.items():
            found.extend(texts(value, f"{path}/{key}"))
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            found.extend(texts(value, f"{path}/{number}"))
    return found


@pytest.mark.parametrize(("category", "name"), SAID)
def test_no_member_of_an_event_can_hold_free_text(category: str, name: str) -> None:
    schema = of(category).registry.codec(wire_type(name, 1)).schema()
    loose = [
        path
        for path, text in texts(schema)
        if not ({"enum", "const", "pattern"} & text.keys() or text.get("format") == "uuid")
    ]
    assert loose == []
