"""A request is asked in the event's shape; examples and registries are whole."""

from typing import Any

import orjson
import pytest

from services.intervention.team.aggregate import aggregate as team
from services.intervention.work.aggregate import aggregate as work
from shared.kernel.codec import Codec, to_json, wire_type
from shared.kernel.requests import event_of, members
from shared.kernel.values import event_version
from tests.unit.intervention_team.build import team_known, work_known

BOTH: list[tuple[Any, Any]] = [(team, team_known), (work, work_known)]
ASKED = [(each, name) for each, _ in BOTH for name in each.commands]


@pytest.mark.parametrize(("aggregate", "name"), ASKED)
def test_a_request_has_the_members_of_its_event(aggregate: Any, name: str) -> None:
    command, event = aggregate.commands[name], aggregate.registry.classes[name]
    assert members(command) == members(event)
    assert event_of(event, aggregate.request_examples[name]) == aggregate.examples[name]


@pytest.mark.parametrize(("aggregate", "name"), ASKED)
def test_a_request_comes_back_from_its_json(aggregate: Any, name: str) -> None:
    request = aggregate.request_examples[name]
    assert Codec(aggregate.commands[name]).parse(to_json(request)) == request


@pytest.mark.parametrize("aggregate", [team, work])
def test_every_event_has_an_example_that_comes_back_from_its_json(aggregate: Any) -> None:
    assert set(aggregate.examples) == set(aggregate.registry.classes) - {"EventVoided"}
    for name, event in aggregate.examples.items():
        text = wire_type(name, event_version(event))
        assert aggregate.registry.load(text, orjson.loads(to_json(event))) == event
        assert aggregate.registry.codec(text).parse(to_json(event)) == event


@pytest.mark.parametrize(("aggregate", "known"), BOTH)
def test_the_examples_can_be_asked_one_after_the_other(aggregate: Any, known: Any) -> None:
    state, decider = aggregate.decider.initial, aggregate.decider
    if aggregate.decider.category == "team":
        supervisor = aggregate.registry.classes["PractitionerJoined"]
        joined = aggregate.examples["PractitionerJoined"]
        fields = {name: getattr(joined, name) for name in members(supervisor)}
        first = supervisor(**{**fields, "practitioner_id": joined.supervisor_id, "supervisor_id": None})
        state = decider.evolve(state, first)
    for name, request in aggregate.request_examples.items():
        events = decider.decide(state, request, known)
        assert events[0] == aggregate.examples[name]
        for event in events:
            state = decider.evolve(state, event)


@pytest.mark.parametrize(
    ("name", "json"),
    [
        ("PractitionerJoined", {"wte": "0.09"}),
        ("PractitionerJoined", {"wte": "1.51"}),
        ("PractitionerJoined", {"wte": "0.555"}),
        ("PractitionerJoined", {"under_two_years": -1}),
        ("TeamConfigured", {"eligibility": {"max_age_months_exclusive": 30}}),
        ("TeamConfigured", {"targets": {"decide_days": 0}}),
        ("TeamConfigured", {"targets": {"decide_hours": 5}}),
        ("TeamConfigured", {"catalogue": []}),
        ("TeamConfigured", {"clocks": []}),
        ("TeamConfigured", {"weights": {"active": "-1"}}),
        ("TeamConfigured", {"commissioners": -1}),
        ("SystemActivityRecorded", {"minutes": 0}),
        ("SystemActivityRecorded", {"minutes": 1441}),
        ("SystemActivityRecorded", {"practitioners": []}),
        ("SystemActivityRecorded", {"note": "Mrs Example"}),
        ("SupervisionPlanned", {"every_days": 0}),
        ("CapacityDeclared", {"new_case_slots": -1}),
        ("LocalityReachDeclared", {"year": 1989}),
        ("LocalityReachDeclared", {"births": 0}),
        ("LocalityReachDeclared", {"locality": "Edinburgh"}),
    ],
)
def test_what_lies_outside_its_range_is_not_even_a_request(name: str, json: dict[str, Any]) -> None:
    aggregate = team if name in team.commands else work
    codec: Codec[Any] = Codec(aggregate.commands[name])
    whole = orjson.loads(to_json(aggregate.request_examples[name]))
    codec.parse(orjson.dumps(whole))
    with pytest.raises(ValueError, match=r"validation error"):
        codec.parse(orjson.dumps({**whole, **json}))
