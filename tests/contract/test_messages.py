"""Commands, events and examples of the three deciding services fit each other and the wire."""

from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import orjson
import pytest

from deploy.local.network.aggregates import aggregates
from services.assessment import events as assessment
from services.intervention import events as intervention
from services.referral import events as referral
from shared.kernel.codec import Codec, to_json, wire_type
from shared.kernel.requests import members
from shared.process.aggregate import Aggregate

EVENTS: dict[str, ModuleType] = {"referral": referral, "assessment": assessment, "intervention": intervention}
SAID = [(store, name) for store, module in EVENTS.items() for name in module.EXAMPLES]
ASKED = [(store, name) for store, each in aggregates().items() for name in each.commands]


def of(store: str) -> Aggregate[Any, Any, Any, Any]:
    return aggregates()[store]


@pytest.mark.parametrize("store", EVENTS)
def test_every_event_and_every_request_has_an_example(store: str) -> None:
    aggregate = of(store)
    assert set(aggregate.examples) == set(aggregate.registry.classes) - {"EventVoided"}
    assert set(aggregate.request_examples) == set(aggregate.commands)


@pytest.mark.parametrize(("store", "name"), ASKED)
def test_a_request_has_the_events_shape_less_what_the_service_computes(store: str, name: str) -> None:
    aggregate = of(store)
    computed = EVENTS[store].COMPUTED.get(name, frozenset())
    asked, said = members(aggregate.commands[name]), members(aggregate.registry.classes[name])
    assert computed <= said
    assert asked == said - computed


@pytest.mark.parametrize(("store", "name"), SAID)
def test_an_event_survives_the_wire(store: str, name: str) -> None:
    aggregate = of(store)
    example = aggregate.examples[name]
    text = to_json(example)
    assert aggregate.registry.load(wire_type(name, 1), orjson.loads(text)) == example
    assert aggregate.registry.codec(wire_type(name, 1)).parse(text) == example


@pytest.mark.parametrize(("store", "name"), ASKED)
def test_a_request_survives_the_wire(store: str, name: str) -> None:
    example = of(store).request_examples[name]
    codec: Codec[Any] = Codec(of(store).commands[name])
    assert codec.parse(to_json(example)) == example


@pytest.mark.parametrize(("store", "name"), SAID)
def test_what_another_service_hears_it_hears_with_the_same_values(store: str, name: str) -> None:
    said = of(store).examples[name]
    for other in aggregates().values():
        if store not in other.hears or other.heard is None or name not in other.heard.classes:
            continue
        heard = other.heard.load(wire_type(name, 1), orjson.loads(to_json(said)))
        assert is_dataclass(heard)
        for member in fields(heard):
            if not isinstance(getattr(heard, member.name), tuple):
                assert getattr(heard, member.name) == getattr(said, member.name)


@pytest.mark.parametrize("store", EVENTS)
def test_what_a_service_hears_another_one_says(store: str) -> None:
    aggregate = of(store)
    assert aggregate.heard is not None
    said = {name for source in aggregate.hears for name in of(source).registry.classes}
    assert set(aggregate.heard.classes) <= said


@pytest.mark.parametrize("store", EVENTS)
def test_the_state_of_a_case_can_be_shown(store: str) -> None:
    """`GET /cases/{case_id}` answers it as JSON."""
    aggregate = of(store)
    state = aggregate.decider.fold(aggregate.examples.values())
    assert set(orjson.loads(to_json(state))) == {member.name for member in fields(state)}


def test_no_two_services_say_the_same_name_but_for_tasks_and_voids() -> None:
    names = [name for each in aggregates().values() for name in each.registry.classes]
    assert {name for name in names if names.count(name) > 1} == {"EventVoided", "TaskRaised", "TaskDone"}


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


@pytest.mark.parametrize(("store", "name"), SAID)
def test_no_member_of_an_event_can_hold_free_text(store: str, name: str) -> None:
    schema = of(store).registry.codec(wire_type(name, 1)).schema()
    loose = [
        path
        for path, text in texts(schema)
        if not ({"enum", "const", "pattern"} & text.keys() or text.get("format") == "uuid")
    ]
    assert loose == []
