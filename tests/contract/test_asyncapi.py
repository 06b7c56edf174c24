"""The AsyncAPI document is current, whole, and true of what the relay really sends."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from jsonschema import Draft202012Validator

from deploy.local.network.aggregates import every_aggregate
from deploy.publish.__main__ import software_version
from deploy.publish.asyncapi import FILE, asyncapi, text
from services.reporting.alert_records import Said, State
from services.reporting.targets import Target
from services.reporting.wait_alerts import Alert, Rule, alert_id
from shared.bus.announcement import Announcement
from shared.bus.record import headers_of
from shared.eventstore.envelope import Provenance, complete, envelope
from shared.settings import Settings

DOCUMENT = asyncapi(every_aggregate(), software_version())
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]
AGGREGATES = {each.decider.category: each for group in every_aggregate().values() for each in group}
SAID = [(category, name) for category, each in AGGREGATES.items() for name in each.examples]
AT = datetime(2025, 9, 1, 9, 30, tzinfo=UTC)


def test_the_committed_document_is_current() -> None:
    """If not: `python -m deploy.publish`."""
    assert FILE.read_text() == text(DOCUMENT)


def references(item: Any) -> list[str]:
    if isinstance(item, dict):
        own = [item["$ref"]] if isinstance(item.get("$ref"), str) else []
        return own + [found for value in item.values() for found in references(value)]
    return [found for value in item for found in references(value)] if isinstance(item, list) else []


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert found
    for reference in found:
        place: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_each_topic_carries_what_its_service_says_and_nothing_else() -> None:
    for store, group in every_aggregate().items():
        channel = DOCUMENT["channels"][store]
        assert channel["address"] == f"dyad.{store}"
        said = {full for each in group for full in each.registry.wire_types}
        assert {f"dyad.{name}" for name in channel["messages"]} == said
    assert set(DOCUMENT["channels"]) == {*every_aggregate(), "watermarks", "alerts"}


def test_the_partitions_are_those_of_the_settings() -> None:
    partitions = Settings.model_fields["partitions"].default
    for store in every_aggregate():
        assert DOCUMENT["channels"][store]["bindings"]["kafka"]["partitions"] == partitions


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_every_message_has_a_schema_that_its_example_fits(name: str) -> None:
    message = MESSAGES[name]
    Draft202012Validator.check_schema(message["payload"])
    for example in message.get("examples", []):
        Draft202012Validator(message["payload"]).validate(example["payload"])


@pytest.mark.parametrize(("category", "name"), SAID)
def test_what_is_stored_and_sent_fits_the_document(category: str, name: str) -> None:
    aggregate, store = AGGREGATES[category], AGGREGATES[category].store
    case_id = UUID("01936d2e-4a00-7000-8000-0000000000c1")
    stream = aggregate.stream("team-north" if aggregate.of_team else case_id)
    new = envelope(
        aggregate.examples[name],
        registry=aggregate.registry,
        store=store,
        stream=stream,
        case_id=None if aggregate.of_team else case_id,
        team_id="team-north",
        occurred_at=AT,
        provenance=Provenance(actor="local", actor_role="practitioner", correlation_id=case_id, rule="P2"),
    )
    stored = complete(new, position=1, stream=stream, version=1, recorded_at=AT)
    message = MESSAGES[f"{store}.{name}.v1"]
    Draft202012Validator(message["payload"]).validate(orjson.loads(stored.doc))
    headers = {key: value.decode() for key, value in headers_of(stored)}
    Draft202012Validator(message["headers"]).validate(headers)


def test_an_announcement_fits_the_document() -> None:
    said = Announcement(store="referral", complete_to=AT, topic_id=UUID(int=7), next_offsets=(1, 0, 4))
    Draft202012Validator(MESSAGES["watermark"]["payload"]).validate(json.loads(said.to_json()))


def test_an_alert_fits_the_document() -> None:
    rule, target, case_id = Rule.BREACHED, Target.DECIDE, UUID(int=9)
    key = alert_id(case_id, rule, target)
    alert = Alert(key, case_id, "team-north", rule, target, AT.date(), "triage_clinician")
    Draft202012Validator(MESSAGES["alert"]["payload"]).validate(json.loads(Said(alert, State.RAISED, AT).to_json()))


def test_who_hears_what_is_what_the_services_listen_to() -> None:
    operations = DOCUMENT["operations"]
    for store, group in every_aggregate().items():
        heard = {name.rpartition(".")[2] for name in operations if name.startswith(f"{store}.hears.")}
        assert heard == {source for each in group for source in each.hears}
    said = operations["intervention.hears.assessment"]["messages"]
    assert {"$ref": "#/channels/assessment/messages/AssessmentCompleted.v1"} in said
    assert {"$ref": "#/channels/assessment/messages/AssessmentOffered.v1"} not in said
