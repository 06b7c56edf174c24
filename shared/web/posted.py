"""The types that one service takes in posts: what each asks for, in which shape, with which example."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, NamedTuple

import orjson

from shared.kernel.codec import UnknownEventType, split_wire_type, to_json, wire_type
from shared.kernel.fields import Code, Matching
from shared.kernel.history import Corrected, EventVoided
from shared.kernel.values import event_version, value
from shared.process.aggregate import Aggregate
from shared.process.answers import Reference
from shared.process.references import reference_hmac
from shared.vault.personal import PERSONAL_SCHEMA, PersonalEntry
from shared.web.body import Shape, declared_names, shape
from shared.web.cloudevents import bad_attribute
from shared.web.personal import identifications, personal_entries, sealed_reference
from shared.web.problems import Problem

_VOID = {"corrects_event_id": "01936d2e-4a00-7000-8000-000000000001", "reason": "entered_in_error"}


@value
class CaseReference:
    """A sending system's own reference of a case; `value` is never stored, only its keyed hash."""

    system: Code
    value: Annotated[str, Matching(r"^[!-~]{1,64}$")]


@dataclass(frozen=True, slots=True)
class PostedType:
    """One type that may be posted."""

    name: str
    version: int
    shape: Shape[Any]
    example: Any
    """JSON data of a valid request."""
    personal: bool = True
    """Whether `data.personal` may come with it."""

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of its data as it is posted."""
        if not self.personal:
            return self.shape.schema
        properties = {**self.shape.schema.get("properties", {}), "personal": PERSONAL_SCHEMA}
        return {**self.shape.schema, "properties": properties}


class Request(NamedTuple):
    """What one post asks for."""

    commands: tuple[Any, ...]
    reference: Reference | None
    """What the sender calls the case, when that came with it."""
    personal: tuple[PersonalEntry, ...]


class PostedTypes:
    """All types of one service.

    Args:
        aggregate: the service.
        key: of the HMAC over references.
    """

    def __init__(self, aggregate: Aggregate[Any, Any, Any, Any], key: bytes) -> None:
        self.aggregate = aggregate
        self._key = key
        self.reference_shape: Shape[CaseReference] = shape(CaseReference)
        self.by_type: Mapping[str, PostedType] = {wire_type(item.name, item.version): item for item in self._all()}

    def _all(self) -> list[PostedType]:
        aggregate = self.aggregate
        found = [PostedType("EventVoided", 1, shape(EventVoided), _VOID)]
        for name, command in aggregate.commands.items():
            version = event_version(aggregate.registry.classes[name])
            if name == aggregate.link_name:
                example: Any = {"system": "north-records", "value": "NR-2025-00417"}
                found.append(PostedType(name, version, self.reference_shape, example))
                continue
            example = orjson.loads(to_json(aggregate.request_examples[name]))
            said = declared_names(aggregate.registry.codec(wire_type(name, version)).schema())
            computed = frozenset(said - declared_names(shape(command).schema))
            found.append(PostedType(name, version, shape(command, computed=computed), example))
            corrected: Any = Corrected[command]  # type: ignore[valid-type]
            correction = {**_VOID, "data": example}
            found.append(PostedType(f"{name}Corrected", version, shape(corrected, computed=computed), correction))
        return [replace(posted, personal=aggregate.keyed_by == "case") for posted in found]

    def find(self, text: str) -> PostedType:
        """The posted type of a CloudEvents `type`.

        Raises:
            Problem: 422, and why it is not taken.
        """
        found = self.by_type.get(text)
        if found is None:
            raise self._refusal(text)
        return found

    def _refusal(self, text: str) -> Problem:
        try:
            name, _ = split_wire_type(text)
        except UnknownEventType:
            return bad_attribute("unknown-type", "type", "GET /schemas lists the types that this service takes")
        aggregate = self.aggregate
        plain = name.removesuffix("Corrected")
        if plain in aggregate.commands or name == "EventVoided":
            return bad_attribute("unknown-version", "type", "GET /schemas lists the versions that this service takes")
        if plain in aggregate.registry.classes:
            return bad_attribute("type-not-postable", "type", "only the service itself says this")
        if aggregate.heard is not None and plain in aggregate.heard.classes:
            return bad_attribute("type-not-owned-here", "type", "another service owns this type")
        return bad_attribute("unknown-type", "type", "GET /schemas lists the types that this service takes")

    def request(self, posted: PostedType, data: Any) -> Request:
        """What data asks for, what it calls the case, and the personal data that came with it.

        Raises:
            Problem: 422 with pointer and rule.
        """
        personal: tuple[PersonalEntry, ...] = ()
        if isinstance(data, dict) and "personal" in data:
            data = dict(data)
            personal = personal_entries(data.pop("personal"), self.aggregate)
        identified = identifications(personal, self.aggregate)
        if self.aggregate.link is not None and posted.name == self.aggregate.link_name:
            plain = self.reference_shape.parse(data)
            command = self.aggregate.link(*self._hashed(plain))
            return Request((command, *identified), None, (*personal, sealed_reference(plain.value)))
        reference = None
        if isinstance(data, dict) and "case_reference" in data:
            data = dict(data)
            plain = self._reference(data.pop("case_reference"))
            reference = self._hashed(plain)
            if self.aggregate.link is not None and posted.name in self.aggregate.mints:
                personal = (*personal, sealed_reference(plain.value))
        return Request((posted.shape.parse(data), *identified), reference, personal)

    def _reference(self, data: Any) -> CaseReference:
        try:
            return self.reference_shape.parse(data)
        except Problem as problem:
            problem.field = "/case_reference" + (problem.field or "")
            problem.errors = ()
            raise

    def _hashed(self, reference: CaseReference) -> Reference:
        return Reference(reference.system, reference_hmac(self._key, reference.system, reference.value))
