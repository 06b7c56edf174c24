"""Events and commands to JSON and back, from the dataclasses that declare them; wire names, upcasters, JSON Schema."""

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from shared.kernel.history import Corrected, EventVoided
from shared.kernel.values import event_name, event_version

T = TypeVar("T")
E = TypeVar("E")
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Data of one schema version to data of the next; pure, one event to one event."""


class UnknownEventType(Exception):
    """The code knows no event of this type and version (yet): keep it as it is."""


def wire_type(name: str, version: int) -> str:
    """The CloudEvents `type`: `dyad.<Name>.v<version>`."""
    return f"dyad.{name}.v{version}"


@lru_cache(maxsize=1024)  # bounded: a sender may name any type
def split_wire_type(text: str) -> tuple[str, int]:
    """Name and version of a CloudEvents `type`.

    Raises:
        UnknownEventType: not of the form `dyad.<Name>.v<version>`.
    """
    prefix, _, rest = text.partition(".")
    name, _, version = rest.rpartition(".v")
    if prefix != "dyad" or not name.isidentifier() or not version.isascii() or not version.isdigit():
        raise UnknownEventType(text)
    if version != str(int(version[:9])):
        raise UnknownEventType(text)
    return name, int(version)


def _plain(item: object) -> str | list[str | None]:
    if isinstance(item, Decimal | UUID):  # a database driver's own kind of UUID comes here
        return str(item)
    if isinstance(item, frozenset):
        return sorted(item, key=str)
    raise TypeError(type(item).__name__)


def to_json(item: object) -> bytes:
    """A value, command or event (or plain JSON data) as compact UTF-8 JSON; instants end in `Z`.

    Decimals become strings, sets sorted arrays.
    """
    return orjson.dumps(item, default=_plain, option=orjson.OPT_UTC_Z)


class Codec(Generic[T]):
    """Parses and describes one declared class."""

    def __init__(self, cls: Any) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(cls)

    def parse(self, json: bytes) -> T:
        """Strict: for what comes from outside.

        Raises:
            pydantic.ValidationError: with the place and the rule (never show its `input`).
        """
        return self._adapter.validate_json(json)

    def load(self, data: Any) -> T:
        """Lenient: for parsed JSON that was checked when it was stored."""
        return self._adapter.validate_python(data, strict=False)

    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12."""
        return self._adapter.json_schema(ref_template="#/$defs/{model}")


class Registry(Generic[E]):
    """The events that one module says or hears.

    Args:
        classes: classes marked with `@event` or `@heard`; their voids and corrections come with them.
        upcasters: (name, from version) to the function that lifts its data to the next version.
        ignored: names that are known to exist and are not used here.
        ignore_others: every name that is not listed is ignored (a process manager), instead of unknown (a projection).
    """

    def __init__(
        self,
        classes: Iterable[type],
        *,
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
        ignored: Collection[str] = (),
        ignore_others: bool = False,
    ) -> None:
        self._upcasters = dict(upcasters or {})
        self._ignored = frozenset(ignored) | {f"{name}Corrected" for name in ignored}
        self._ignore_others = ignore_others
        self._codecs: dict[str, Codec[Any]] = {"EventVoided": Codec(EventVoided)}
        self._versions: dict[str, int] = {"EventVoided": 1}
        self.classes: dict[str, type] = {"EventVoided": EventVoided}
        for cls in classes:
            name = event_name(cls)
            self.classes[name] = cls
            self._codecs[name] = Codec(cls)
            self._codecs[f"{name}Corrected"] = Codec(Corrected[cls])  # type: ignore[valid-type]
            self._versions[name] = self._versions[f"{name}Corrected"] = event_version(cls)

    @property
    def wire_types(self) -> tuple[str, ...]:
        """All types that can be said or heard, in alphabetical order."""
        return tuple(wire_type(name, version) for name, version in sorted(self._versions.items()))

    def type_of(self, item: object) -> str:
        """The wire type of an event, void or correction."""
        if isinstance(item, Corrected):
            return wire_type(f"{event_name(item.data)}Corrected", event_version(item.data))
        return wire_type(event_name(item), event_version(item))

    def codec(self, text: str) -> Codec[Any]:
        """The codec of a wire type in its newest version.

        Raises:
            UnknownEventType: no such type, or another version.
        """
        name, version = split_wire_type(text)
        if self._versions.get(name) != version:
            raise UnknownEventType(text)
        return self._codecs[name]

    def load(self, text: str, data: dict[str, Any]) -> E | EventVoided | Corrected[E] | None:
        """A stored or heard event, lifted to its newest version; None for a type that is ignored.

        Raises:
            UnknownEventType: to be kept as it is and folded after the upgrade.
            pydantic.ValidationError: the data does not fit its own type.
        """
        name, version = split_wire_type(text)
        newest = self._versions.get(name)
        if newest is None:
            if self._ignore_others or name in self._ignored:
                return None
            raise UnknownEventType(text)
        if version != newest:
            data = self._upcast(name, version, newest, data)
        return self._codecs[name].load(data)  # type: ignore[no-any-return]

    def _upcast(self, name: str, version: int, newest: int, data: dict[str, Any]) -> dict[str, Any]:
        correction = name.endswith("Corrected") and name not in self.classes
        plain = name.removesuffix("Corrected") if correction else name
        lifted = data["data"] if correction else data
        while version < newest and (lift := self._upcasters.get((plain, version))) is not None:
            lifted = lift(lifted)
            version += 1
        if version != newest:
            raise UnknownEventType(wire_type(name, version))
        return {**data, "data": lifted} if correction else lifted
