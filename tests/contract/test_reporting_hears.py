"""Reporting can hear everything that the three deciding services say, in the shape in which they say it."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.reporting.heard import CLASSES, HEARD
from services.reporting.sentences import describe
from shared.kernel.codec import to_json, wire_type
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, VoidReason
from shared.kernel.values import event_name
from shared.process.aggregate import Aggregate
from tests.contract.catalogue_kit import every_aggregate

CONTRACTS = Path(__file__).parents[2] / "shared" / "contracts"
SPEAKING = every_aggregate()
SAID = [(each.decider.category, name) for each in SPEAKING for name in each.examples]
SOME_ID = UUID("01936d2e-4a00-7000-8000-000000000001")
NO_WORDS = re.compile(r"_|[0-9a-f]{8}-[0-9a-f]{4}|None|<")


def speaker(category: str) -> Aggregate[Any, Any, Any, Any]:
    return next(each for each in SPEAKING if each.decider.category == category)


def heard(aggregate: Aggregate[Any, Any, Any, Any], event: Any) -> Any:
    return HEARD.load(aggregate.registry.type_of(event), orjson.loads(to_json(event)))


@pytest.mark.parametrize(("category", "name"), SAID)
def test_each_published_example_is_heard_with_the_same_values(category: str, name: str) -> None:
    said = speaker(category).examples[name]
    found = heard(speaker(category), said)
    assert event_name(found) == name
    for member in found.__dataclass_fields__:
        if isinstance(getattr(found, member), tuple | dict):
            continue
        assert getattr(found, member) == getattr(said, member), member


@pytest.mark.parametrize(("category", "name"), SAID)
def test_each_published_example_is_told_in_plain_words(category: str, name: str) -> None:
    sentence = describe(heard(speaker(category), speaker(category).examples[name]))
    assert sentence
    assert sentence[0].isupper() or sentence[0].isdigit()
    assert NO_WORDS.search(sentence) is None, sentence


@pytest.mark.parametrize(("category", "name"), SAID)
def test_each_correction_and_void_is_heard(category: str, name: str) -> None:
    said = speaker(category).examples[name]
    corrected = Corrected(corrects_event_id=SOME_ID, reason=CorrectionReason.ENTERED_IN_ERROR, data=said)
    found = heard(speaker(category), corrected)
    assert (found.corrects_event_id, event_name(found.data)) == (SOME_ID, name)
    void = EventVoided(corrects_event_id=SOME_ID, reason=VoidReason.WRONG_CASE)
    assert heard(speaker(category), void) == void


def test_what_is_said_and_what_is_heard_are_the_same_types() -> None:
    said = {wire for each in SPEAKING for wire in each.registry.wire_types}
    assert said == set(HEARD.wire_types)
    assert {wire_type(event_name(cls), 1) for cls in CLASSES} <= said


def test_every_published_contract_is_heard() -> None:
    """What was ever published may come again from a store, whatever is said today."""
    published = {f"dyad.{path.stem}" for path in CONTRACTS.glob("*/*.json")}
    assert published <= set(HEARD.wire_types)
    assert len(published) > 20
