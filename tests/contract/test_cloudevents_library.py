"""The `cloudevents` library as the oracle: it reads what we store, and we take what it writes."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from services.referral.aggregate import aggregate
from shared.settings import Settings
from shared.testing.platform import Platform
from shared.web.cloudevents import STRUCTURED, binary, structured
from tests.integration.process_kit import client_of, installed, request_example

DATA = request_example(aggregate, "ReferralReceived")


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """A referral service's own database for this module."""
    with installed(platform, "referral") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The referral service."""
    async with client_of(settings, "referral") as made:
        yield made


def made_by_library(**attributes: Any) -> CloudEvent:
    """An event as a sender with the library makes it."""
    given = {
        "type": "dyad.ReferralReceived.v1",
        "source": "/north-records",
        "id": str(uuid4()),
        "specversion": "1.0",
        "subject": str(uuid4()),
        "time": datetime(2025, 3, 3, 9, 30, tzinfo=UTC),
        "datacontenttype": "application/json",
        "teamid": "team-north",
        **attributes,
    }
    return CloudEvent(attributes=given, data=DATA)


@pytest.mark.parametrize("form", [to_structured_event, to_binary_event], ids=["structured", "binary"])
async def test_what_the_library_sends_is_taken(client: httpx.AsyncClient, form: Any) -> None:
    event = made_by_library()
    message = form(event)
    answer = await client.post("/events", content=message.body, headers=message.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["case_id"] == event.get_subject()


async def test_the_library_reads_every_stored_document(client: httpx.AsyncClient) -> None:
    message = to_structured_event(made_by_library())
    case_id = (await client.post("/events", content=message.body, headers=message.headers)).json()["case_id"]
    [stored] = orjson.loads((await client.get(f"/cases/{case_id}/events")).content)
    read = from_http_event(HTTPMessage(headers={"content-type": STRUCTURED}, body=orjson.dumps(stored)))
    assert read.get_type() == "dyad.ReferralReceived.v1"
    assert read.get_subject() == case_id
    assert read.get_extension("partitionkey") == case_id
    assert read.get_extension("streamversion") == 1
    assert read.get_data() == stored["data"]


def test_percent_encoding_is_read_as_the_library_writes_it() -> None:
    event = made_by_library(id="ä-\U0001f476-100%", source="/north%20records")
    message = to_binary_event(event)
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in message.headers.items()]
    ours = binary(headers, "application/json", DATA)
    assert (ours.id, ours.source) == (event.get_id(), event.get_source())
    assert structured(orjson.loads(to_structured_event(event).body)).id == ours.id
