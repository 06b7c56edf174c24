"""A clinical system that posts about families over HTTP, and a reader of the views: what users' programs do."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import orjson

from shared.settings import STORES, Settings
from shared.testing.tokens import bearer
from shared.web.access.roles import Role

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
SYSTEM = "north-records"
SOURCE = "/north-records"
HEARS: Mapping[str, Sequence[str]] = {
    "referral": ("assessment", "intervention"),
    "assessment": ("referral", "intervention"),
    "intervention": ("referral", "assessment"),
}
"""Whose writes a post may rest on: what a clinical system waits for before it says the next thing."""
WITHIN_S = 60.0
PAUSE_S = 0.05
RESERVED = '%"'

Document = dict[str, Any]


@dataclass(slots=True)
class Family:
    """One family as its clinical system knows it."""

    team: str
    reference: str = field(default_factory=lambda: f"family-{uuid4().hex[:12]}")
    case_id: str = ""
    """Known from the first receipt on."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Store to the token of the last write there."""
    events: dict[str, str] = field(default_factory=dict)
    """Name of an event to the id of the last one of it that a post recorded."""

    def wait_for(self, stores: Sequence[str] = STORES) -> str:
        """What a reader must have seen to know all that was written so far."""
        return ",".join(token for store, token in self.tokens.items() if store in stores)


def cloud_event(family: Family, name: str, data: Document, *, by_reference: bool = True, **others: Any) -> Document:
    """One CloudEvent in structured mode, with an id of its own unless `id` is given."""
    event: Document = {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": SOURCE,
        "type": f"dyad.{name}.v1",
        "time": "2025-11-03T12:00:00Z",
        "datacontenttype": "application/json",
        "data": dict(data),
        **others,
    }
    if name == "ReferralReceived":
        event["teamid"] = family.team
    if by_reference or name == "ReferralReceived":
        event["data"]["case_reference"] = {"system": SYSTEM, "value": family.reference}
    else:
        event["subject"] = family.case_id
    return event


def as_binary(event: Document) -> tuple[dict[str, str], bytes]:
    """The same event in binary mode: headers and body."""
    attributes = {name: value for name, value in event.items() if name not in {"data", "datacontenttype"}}
    headers = {f"ce-{name}": quote(str(value), safe=":/") for name, value in attributes.items()}
    return {**headers, "content-type": event["datacontenttype"]}, orjson.dumps(event["data"])


class Clinic:
    """Posts and reads over one HTTP client.

    Args:
        settings: where the services are.
        client: with a time-out longer than the services' own bound for `wait_for`.
    """

    def __init__(self, settings: Settings, client: httpx.Client) -> None:
        self._settings = settings
        self._client = client

    def send(self, store: str, path: str, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        """One request, answered whatever the answer is; only "not reached yet" is asked again, for WITHIN_S seconds."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        ends = time.monotonic() + WITHIN_S
        while True:
            response = self._client.post(f"{self._settings.url(store)}{path}", content=content, headers=headers)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > ends:
                return response

    def post(self, store: str, family: Family, event: Document, *, mode: str = "structured") -> Document:
        """Posts one event and gives its receipt; it must be accepted."""
        response = self.offer(store, family, event, mode=mode)
        return accepted(response, family, store, _name(event))

    def offer(self, store: str, family: Family, event: Document, *, mode: str = "structured") -> httpx.Response:
        """Posts one event in structured or binary mode, whatever the answer."""
        headers, body = as_binary(event) if mode == "binary" else ({"content-type": STRUCTURED}, orjson.dumps(event))
        return self.send(store, "/events", body, headers | _waiting(family, store))

    def post_batch(self, store: str, family: Family, events: Sequence[Document]) -> list[Document]:
        """Posts events in one batch and gives the answers; the family's tokens and ids follow."""
        response = self.send(store, "/events", list(events), {"content-type": BATCH} | _waiting(family, store))
        assert response.status_code == httpx.codes.OK, response.text
        answers: list[Document] = response.json()
        for event, answer in zip(events, answers, strict=True):
            if "receipt" in answer:
                _learn(family, store, _name(event), answer["receipt"])
        return answers

    def ask(self, store: str, family: Family, route: str, name: str, body: Document, **headers: str) -> Document:
        """Asks the resource API for one command, e.g. route `acceptance`; it must be accepted."""
        path = "/cases" if name == "ReferralReceived" else f"/cases/{family.case_id}/{route}"
        response = self.send(
            store, path, body, {"content-type": "application/json", **headers} | _waiting(family, store)
        )
        return accepted(response, family, store, name)

    def case_in(self, store: str, family: Family) -> list[Document]:
        """The stored events of the case in one service, once that service has heard all that the family's posts said.

        What the service's rules have said since then is in the family's tokens afterwards.
        """
        wanted = family.wait_for((*HEARS[store], store))
        documents: list[Document] = self._read(store, f"/cases/{family.case_id}/events", {"wait_for": wanted})
        last = documents[-1]
        family.tokens[store] = f"{store}@{last['stream']}:{last['streamversion']}"
        return documents

    def erase(self, family: Family, subject: str) -> None:
        """Two people of the data protection office have somebody erased; returns once the referral service has."""
        first, second = (
            bearer(self._settings, Role.AUDITOR, subject=name) for name in ("first-auditor", "second-auditor")
        )
        wanted = {"subject": subject, "reason": "retention_expired"}
        asked = self.send("referral", "/erasures", wanted, {"content-type": "application/json", **first})
        assert asked.status_code == httpx.codes.CREATED, asked.text
        path = f"/erasures/{asked.json()['request_id']}/approval"
        approved = self.send("referral", path, b"", second)
        assert approved.status_code == httpx.codes.OK, approved.text
        ends = time.monotonic() + WITHIN_S
        while "SubjectErased" not in family.events:
            assert time.monotonic() < ends, f"not erased within {WITHIN_S} s"
            time.sleep(PAUSE_S)
            for said in self.case_in("referral", family):
                family.events |= {"SubjectErased": said["id"]} if said["type"] == "dyad.SubjectErased.v1" else {}

    def look(self, service: str, path: str) -> httpx.Response:
        """What a service answers at the moment, whatever that is."""
        return self._client.get(f"{self._settings.url(service)}{path}")

    def view(self, path: str, family: Family, **query: str) -> Document:
        """One answer of reporting that contains everything written about the family so far."""
        answer: Document = self._read("reporting", path, {"wait_for": family.wait_for(), "team": family.team, **query})
        return answer

    def final_view(self, path: str, family: Family, **query: str) -> Document:
        """The same for a `known_at`, once it is final."""
        ends = time.monotonic() + WITHIN_S
        while not (answer := self.view(path, family, **query))["final"]:
            assert time.monotonic() < ends, f"not final within {WITHIN_S} s: {answer}"
            time.sleep(PAUSE_S)
        return answer

    def _read(self, service: str, path: str, query: Mapping[str, str]) -> Any:
        ends = time.monotonic() + WITHIN_S
        while True:
            response = self._client.get(f"{self._settings.url(service)}{path}", params=query)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > ends:
                assert response.status_code == httpx.codes.OK, response.text
                return response.json()


def accepted(response: httpx.Response, family: Family, store: str, name: str) -> Document:
    """The receipt in an answer that must be one; the family's tokens and ids follow."""
    assert response.status_code in {httpx.codes.OK, httpx.codes.CREATED}, response.text
    receipt: Document = response.json()
    _learn(family, store, name, receipt)
    return receipt


def refused(response: httpx.Response, code: str, status: int = 409) -> Document:
    """The problem in an answer that must be one of this code."""
    problem: Document = response.json()
    assert (response.status_code, problem.get("code")) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    return problem


def _learn(family: Family, store: str, name: str, receipt: Document) -> None:
    family.case_id = receipt["case_id"]
    family.tokens[store] = receipt["wait_for"]
    if receipt["event_ids"]:
        family.events[name] = receipt["event_ids"][0]


def _waiting(family: Family, store: str) -> dict[str, str]:
    tokens = family.wait_for(HEARS[store])
    return {"wait-for": tokens} if tokens else {}


def _name(event: Document) -> str:
    return str(event["type"]).split(".")[1]
