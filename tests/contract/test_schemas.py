"""The published schemas are what the code makes, and what was published keeps its shape."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.local.network.aggregates import every_aggregate
from deploy.publish import catalogue
from deploy.publish.schemas import FOLDER, ShapeChangedError, documents, publish

MADE = documents()
EVERYTHING = [each for group in every_aggregate().values() for each in group]
COMMITTED = {str(path.relative_to(FOLDER)): json.loads(path.read_text()) for path in FOLDER.rglob("*.json")}


def test_the_committed_schemas_are_those_that_the_code_makes() -> None:
    """If not: `python -m deploy.publish`."""
    assert {name: COMMITTED.get(name) for name in MADE} == MADE


def test_the_committed_catalogue_is_current() -> None:
    """If not: `python -m deploy.publish`."""
    assert catalogue.FILE.read_text() == catalogue.catalogue(every_aggregate())


def test_the_catalogue_names_every_event_and_what_stands_in_the_way() -> None:
    page = catalogue.catalogue(every_aggregate())
    assert [name for each in EVERYTHING for name in each.examples if f"| `{name}` |" not in page] == []
    for code in ("duplicate-goal", "not-eligible", "safety-concern-needed", "session-after-discharge"):
        assert f"| `{code}` |" in page


@pytest.mark.parametrize("name", sorted(COMMITTED))
def test_every_version_ever_published_stays_readable(name: str) -> None:
    document = COMMITTED[name]
    registries = [each.registry for each in every_aggregate()[name.partition("/")[0]]]
    knowing = [each for each in registries if document["type"] in each.wire_types]
    assert knowing
    for registry in knowing:
        if document["event_example"] is not None:
            assert registry.load(document["type"], document["event_example"]) is not None


@pytest.mark.parametrize("name", sorted(MADE))
def test_every_schema_is_one_and_takes_its_own_example(name: str) -> None:
    document = MADE[name]
    for part in ("event", "request"):
        if document[part] is not None:
            Draft202012Validator.check_schema(document[part])
        if document[f"{part}_example"] is not None:
            Draft202012Validator(document[part]).validate(document[f"{part}_example"])


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with everything published."""
    publish(MADE, tmp_path)
    return tmp_path


def changed(name: str, **properties: Any) -> dict[str, dict[str, Any]]:
    made = deepcopy(MADE)
    made[name]["event"]["properties"].update(properties)
    return made


def test_a_published_type_cannot_take_less_without_a_new_version(published: Path) -> None:
    name = "referral/ReferralAccepted.v1.json"
    before = {path: path.read_text() for path in published.rglob("*.json")}
    with pytest.raises(ShapeChangedError, match=r"dyad\.ReferralAccepted\.v1"):
        publish(changed(name, decided_on={"type": "integer"}), published)
    assert {path: path.read_text() for path in published.rglob("*.json")} == before


def test_words_may_change(published: Path) -> None:
    made = deepcopy(MADE)
    made["referral/ReferralAccepted.v1.json"]["event"]["description"] = "Said better."
    assert publish(made, published) == ["referral/ReferralAccepted.v1.json"]
    assert publish(made, published) == []


def test_a_published_type_may_grow(published: Path) -> None:
    made = changed("referral/ReferralAccepted.v1.json", note={"type": "string"})
    assert publish(made, published) == ["referral/ReferralAccepted.v1.json"]


def test_a_new_version_stands_beside_the_old_one(published: Path) -> None:
    made = changed("referral/ReferralAccepted.v1.json", note={"type": "string"})
    made["referral/ReferralAccepted.v2.json"] = made.pop("referral/ReferralAccepted.v1.json")
    assert publish(made, published) == ["referral/ReferralAccepted.v2.json"]
    assert (published / "referral/ReferralAccepted.v1.json").exists()
