"""Answers that say no: RFC 9457 problems for every exception, naming field and rule and never echoing content.

Problem                     what this kit raises itself
Rejected, NotYetKnown       what a decider answers (shared.kernel.errors)
pydantic.ValidationError    a body that does not fit its schema
HTTPException               what the framework raises: unknown route, wrong method
asyncpg errors, OSError     the store cannot be reached: 503
anything else               500, without detail
"""

from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.kernel.codec import UnknownEventType
from shared.kernel.errors import NotYetKnown, Refusal, Rejected

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:dyad:problem:"
RETRY_AFTER_S = 1
"""What a client is told to wait before it tries again what may succeed later."""
_MAX_LISTED = 20


class Problem(Exception):
    """One RFC 9457 problem.

    Args:
        status: HTTP status.
        code: stable, kebab-case; the last part of the problem's `type`.
        detail: one sentence, the same for every request with this code: never content.
        field: JSON pointer to the member it is about, as far as the schema knows its name.
        within: what `field` points into: `data` (an event's data), `event` (its attributes), `body`, `query`, `header`.
        rule: the rule that is broken; the code itself unless a schema's rule is more exact.
        expected: what the schema takes there, where that is a short list: never what was sent.
        errors: further fields and rules, when several are broken.
        headers: response headers.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        *,
        field: str | None = None,
        within: str | None = None,
        rule: str | None = None,
        expected: str | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.within = within
        self.rule = rule
        self.expected = expected
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def body(self, request_id: str | None = None) -> dict[str, Any]:
        """Its members, in the order in which a person reads them."""
        members: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": self.code.replace("-", " ").capitalize(),
            "status": self.status,
            "code": self.code,
            "rule": self.rule or self.code,
        }
        optional = {
            "detail": self.detail or None,
            "field": self.field,
            "within": self.within,
            "expected": self.expected,
        }
        members.update({name: value for name, value in optional.items() if value is not None})
        if self.errors:
            members["errors"] = list(self.errors)
        if request_id is not None:
            members["request_id"] = request_id
        return members

    def response(self, request_id: str | None = None) -> Response:
        """As an HTTP response."""
        return Response(orjson.dumps(self.body(request_id)), self.status, headers=self.headers, media_type=MEDIA_TYPE)


def not_reached(code: str, detail: str) -> Problem:
    """503 with Retry-After: nothing is wrong with the request, ask again."""
    return Problem(503, code, detail, headers={"Retry-After": str(RETRY_AFTER_S)})


_FORBIDDEN = frozenset({"no-relationship", "access-denied", "not-permitted", "not-for-oneself"})
"""Refusals of `shared.process.relationship`: nothing is wrong with the request, but with who asks."""


def of_refusal(refusal: Refusal, within: str = "data") -> Problem:
    """A decider's answer: 409, 403 without a right to the case; `not-known-yet` has Retry-After, its code as `rule`."""
    if isinstance(refusal, NotYetKnown):
        return Problem(
            409,
            "not-known-yet",
            refusal.detail or "this rests on a fact that has not arrived here yet; try again",
            rule=refusal.code,
            field=refusal.field,
            within=None if refusal.field is None else within,
            headers={"Retry-After": str(RETRY_AFTER_S)},
        )
    return Problem(
        403 if refusal.code in _FORBIDDEN else 409,
        refusal.code,
        refusal.detail,
        field=refusal.field,
        within=None if refusal.field is None else within,
    )


_PLAIN_RULES = {
    "unexpected-keyword-argument": "unknown-member",
    "extra-forbidden": "unknown-member",
    "missing-argument": "required",
    "missing": "required",
}


def of_validation(
    error: ValidationError, names: Collection[str], within: str = "data", computed: Collection[str] = ()
) -> Problem:
    """What a schema refused: pointer and rule of each error, never the input.

    Args:
        error: from a strict codec.
        names: member names that the schema declares; a pointer ends before any other name, because that came from
            the sender.
        within: what the pointers point into.
        computed: names of members that only the service fills in: sent, they are refused by name.
    """
    listed: list[dict[str, str]] = []
    for item in error.errors(include_url=False, include_input=False)[:_MAX_LISTED]:
        rule = item["type"].replace("_", "-")
        rule = _PLAIN_RULES.get(rule, rule)
        if rule == "unknown-member" and item["loc"][-1] in computed:
            rule = "computed-member"
        found = {"field": _pointer(item["loc"], {*names, *computed}), "rule": rule}
        if rule == "enum":  # of other rules the context may hold what was sent
            found["expected"] = item["ctx"]["expected"]
        if found not in listed:
            listed.append(found)
    first = listed[0]
    return Problem(
        422,
        "invalid-data",
        "the data does not fit the published schema",
        field=first["field"],
        within=within,
        rule=first["rule"],
        expected=first.get("expected"),
        errors=listed[1:],
    )


def _pointer(location: Sequence[int | str], names: Collection[str]) -> str:
    """RFC 6901; empty for the whole value."""
    parts = []
    for part in location:
        if isinstance(part, str) and part not in names:
            break
        parts.append(str(part))
    return "".join("/" + part for part in parts)


_STATUS_CODES = {
    400: "bad-request",
    404: "no-such-route",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "unsupported-media-type",
}
_STORE_TROUBLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.TransactionTimeoutError,
    asyncpg.LockNotAvailableError,
)


def of_exception(error: BaseException) -> Problem:
    """The problem for any exception; a 500 says nothing about its cause."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Rejected | NotYetKnown):
        return of_refusal(error)
    if isinstance(error, RequestValidationError):
        return _of_request(error)
    if isinstance(error, HTTPException):
        code = _STATUS_CODES.get(error.status_code)
        phrase = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        return Problem(error.status_code, code or phrase, headers=error.headers)
    if isinstance(error, _STORE_TROUBLE):
        return not_reached("store-unavailable", "the store does not answer; nothing is known to be stored, try again")
    if isinstance(error, UnknownEventType):
        return not_reached(
            "newer-version-needed", "a newer version of this service has recorded something on this case"
        )
    return Problem(500, "internal-error", "the request could not be handled; the log holds its request id")


def _of_request(error: RequestValidationError) -> Problem:
    """A path, query or header parameter that FastAPI refused: its declared name is shown, its value is not."""
    item = error.errors()[0]
    within, *path = [str(part) for part in item["loc"]]
    unknown = item["type"] == "extra_forbidden"
    return Problem(
        422,
        "invalid-parameter",
        "a parameter does not fit the published schema",
        field="" if unknown else "/" + "/".join(path),
        within=within,
        rule=str(item["type"]).replace("_", "-"),
    )
