"""Request bodies: read with a bound, parsed strictly from raw bytes, described in OpenAPI by the same codec."""

from functools import lru_cache
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from shared.kernel.codec import Codec
from shared.web.jsonbody import dump_json, parse_json
from shared.web.problems import Problem, of_validation

T = TypeVar("T")
MAX_BODY_BYTES = 1024 * 1024
MAX_BATCH_BYTES = 8 * 1024 * 1024


async def read_body(request: Request, limit: int = MAX_BODY_BYTES) -> bytes:
    """The whole body.

    Raises:
        Problem: 413 as soon as it is known to be longer than `limit` bytes; 415 when it is compressed.
    """
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        raise Problem(415, "unsupported-content-encoding", "send the body as it is", field="/content-encoding")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:18]) > limit:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _too_large() -> Problem:
    return Problem(413, "body-too-large", "1 MiB at most, 8 MiB for a batch")


def media_type(request: Request) -> str:
    """The media type without parameters, lower case.

    Raises:
        Problem: 415 for a charset other than UTF-8.
    """
    kind, *parameters = request.headers.get("content-type", "").split(";")
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "charset" and value.strip('"').lower() not in {"utf-8", "utf8"}:
            raise Problem(415, "unsupported-media-type", "UTF-8 only", field="/content-type", within="header")
    return kind.strip().lower()


class Shape(Generic[T]):
    """A declared class as it is accepted from outside: parses, refuses and describes.

    Args:
        cls: a value, command or event class.
        within: what the pointers of its refusals point into.
        computed: names of members that only the service fills in.
    """

    def __init__(self, cls: Any, *, within: str = "data", computed: frozenset[str] = frozenset()) -> None:
        self._codec: Codec[T] = Codec(cls)
        self._within = within
        self._computed = computed
        self.schema: dict[str, Any] = self._codec.schema()
        self._names = frozenset(declared_names(self.schema))

    def parse(self, data: Any) -> T:
        """Parsed JSON to the class.

        Raises:
            Problem: 422 with pointer and rule; `personal-data-not-accepted-here` for a member `personal`.
        """
        if isinstance(data, dict) and "personal" in data:
            raise Problem(
                422,
                "personal-data-not-accepted-here",
                "only an event about a case carries personal data, in its own data's member `personal`",
                field="/personal",
                within=self._within,
            )
        try:
            return self._codec.parse(dump_json(data))
        except ValidationError as error:
            raise of_validation(error, self._names, self._within, self._computed) from None


@lru_cache(maxsize=512)
def shape(cls: Any, within: str = "data", computed: frozenset[str] = frozenset()) -> Shape[Any]:
    """The shape of a class; made once."""
    return Shape(cls, within=within, computed=computed)


def declared_names(schema: Any) -> set[str]:
    """Every member name that a JSON Schema declares, at any depth."""
    names: set[str] = set()
    todo = [schema]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            properties = item.get("properties")
            if isinstance(properties, dict):
                names.update(properties)
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
    return names


async def json_body(request: Request, wanted: Shape[T]) -> T:
    """A resource route's body.

    Raises:
        Problem: 400, 413, 415 or 422.
    """
    if media_type(request) != "application/json":
        raise Problem(415, "unsupported-media-type", "send application/json", field="/content-type", within="header")
    return wanted.parse(parse_json(await read_body(request)))


def inline_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A codec's schema with its `$defs` resolved in place, so that it can stand anywhere in an OpenAPI document.

    The declared classes are never recursive.
    """
    definitions = schema.get("$defs", {})

    def resolve(item: Any) -> Any:
        if isinstance(item, dict):
            reference = item.get("$ref")
            if isinstance(reference, str):
                rest = {name: resolve(value) for name, value in item.items() if name != "$ref"}
                return {**resolve(definitions[reference.removeprefix("#/$defs/")]), **rest}
            return {name: resolve(value) for name, value in item.items() if name not in {"$defs", "discriminator"}}
        if isinstance(item, list):
            return [resolve(value) for value in item]
        return item

    return resolve(schema)  # type: ignore[no-any-return]


def request_body(schema: dict[str, Any], example: Any, media: str = "application/json") -> dict[str, Any]:
    """The `openapi_extra` of a route whose body this kit parses itself."""
    content = {media: {"schema": inline_schema(schema), "example": example}}
    return {"requestBody": {"required": True, "content": content}}
