"""The types that one service takes in posts: what each asks for, in which shape, with which example."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


def _by_type(items: Iterable["PostedType"]) -> dict[str, "PostedType"]:
    return {wire_type(item.name, item.version): item for item in items}


@dataclass(frozen=True, slots=True)
class PostedType:
    """One type that may be posted."""

    name: str
    version: int
    shape: Shape[Any]
    example: Any
    """JSON data of a valid request."""
    aggregate: Aggregate[Any, Any, Any, Any]
    """Whose streams it is about."""

    @property
    def of_team(self) -> bool:
        """Whether it is about a team's own stream: posted with `teamid` and without a case."""
        return self.aggregate.of_team

    @property
    def personal(self) -> bool:
        """Whether `data.personal` may come with it."""
        return not self.of_team

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

    A name may be a case's and a team's (`TaskDone`, `EventVoided`): which of them is meant shows in what the post is
    about.

    Args:
        aggregate: the service's cases.
        key: of the HMAC over references.
        also: further aggregates of the service, whose streams belong to teams.
    """

    def __init__(
        self,
        aggregate: Aggregate[Any, Any, Any, Any],
        key: bytes,
        also: Sequence[Aggregate[Any, Any, Any, Any]] = (),
    ) -> None:
        self.aggregate = aggregate
        self.aggregates = (aggregate, *also)
        self._key = key
        self.reference_shape: Shape[CaseReference] = shape(CaseReference)
        self.of_teams: Mapping[str, PostedType] = _by_type(item for each in also[::-1] for item in self._all(each))
        self.by_type: Mapping[str, PostedType] = {**self.of_teams, **_by_type(self._all(aggregate))}

    def _all(self, aggregate: Aggregate[Any, Any, Any, Any]) -> list[PostedType]:
        found = [PostedType("EventVoided", 1, shape(EventVoided), _VOID, aggregate)]
        for name, command in aggregate.commands.items():
            version = event_version(aggregate.registry.classes[name])
            if name == aggregate.link_name:
                example: Any = {"system": "north-records", "value": "NR-2025-00417"}
                found.append(PostedType(name, version, self.reference_shape, example, aggregate))
                continue
            example = orjson.loads(to_json(aggregate.request_examples[name]))
            said = declared_names(aggregate.registry.codec(wire_type(name, version)).schema())
            computed = frozenset(said - declared_names(shape(command).schema))
            found.append(PostedType(name, version, shape(command, computed=computed), example, aggregate))
            corrected: Any = Corrected[command]  # type: ignore[valid-type]
            correction = {**_VOID, "data": example}
            shape_of = shape(corrected, computed=computed)
            found.append(PostedType(f"{name}Corrected", version, shape_of, correction, aggregate))
        return found

    def find(self, text: str, *, of_team: bool = False) -> PostedType:
        """The posted type of a CloudEvents `type`.

        Args:
            text: the type.
            of_team: the post names a team and no case.

        Raises:
            Problem: 422, and why it is not taken.
        """
        found = (self.of_teams.get(text) if of_team else None) or self.by_type.get(text)
        if found is None:
            raise self._refusal(text)
        return found

    def named(self, name: str, *, of_team: bool = False) -> PostedType:
        """The posted type of an event's name.

        Raises:
            KeyError: no such event may be posted.
        """
        for posted in (self.of_teams if of_team else self.by_type).values():
            if posted.name == name:
                return posted
        raise KeyError(name)

    def _refusal(self, text: str) -> Problem:
        try:
            name, _ = split_wire_type(text)
        except UnknownEventType:
            return bad_attribute("unknown-type", "type", "GET /schemas lists the types that this service takes")
        plain = name.removesuffix("Corrected")
        if name == "EventVoided" or any(plain in each.commands for each in self.aggregates):
            return bad_attribute("unknown-version", "type", "GET /schemas lists the versions that this service takes")
        if any(plain in each.registry.classes for each in self.aggregates):
            return bad_attribute("type-not-postable", "type", "only the service itself says this")
        if self.aggregate.heard is not None and plain in self.aggregate.heard.classes:
            return bad_attribute("type-not-owned-here", "type", "another service owns this type")
        return bad_attribute("unknown-type", "type", "GET /schemas lists the types that this service takes")

    def request(self, posted: PostedType, data: Any) -> Request:
        """What data asks for, what it calls the case, and the personal data that came with it.

        Raises:
            Problem: 422 with pointer and rule.
        """
        if posted.of_team:
            return Request((posted.shape.parse(data),), None, ())
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
