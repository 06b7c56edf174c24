"""Field types of events and commands: every text has a shape, every number a range, so nothing personal fits in.

Markers for `Annotated`, written against pydantic's protocol without importing it: a pure module may use them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from annotated_types import Interval, Len

Handler = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Matching:
    """A text that fits a regular expression entirely. Write the expression with `^` and `$`, without look-around."""

    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Handler) -> dict[str, Any]:
        return {**handler(source), "pattern": self.pattern}


@dataclass(frozen=True, slots=True)
class _FromText:
    """A value that JSON carries as a text of one exact form: pydantic alone takes "1735689600" for a date."""

    pattern: str
    form: str
    finish: Callable[[Any], Any] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Handler) -> dict[str, Any]:
        plain = {**handler(source), "strict": False}
        steps = [{"type": "str", "pattern": self.pattern, "strict": True}, plain]
        schema = {"type": "json-or-python", "json_schema": {"type": "chain", "steps": steps}, "python_schema": plain}
        if self.finish is None:
            return schema
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": self.finish},
            "schema": schema,
        }

    def __get_pydantic_json_schema__(self, schema: Any, handler: Handler) -> dict[str, Any]:
        return {"type": "string", "format": self.form, "pattern": self.pattern}


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number within bounds, at most two decimal places."""

    lowest: Decimal | int
    highest: Decimal | int

    def __get_pydantic_core_schema__(self, source: Any, handler: Handler) -> dict[str, Any]:
        return {"type": "decimal", "ge": self.lowest, "le": self.highest, "decimal_places": 2, "max_digits": 6}

    def __get_pydantic_json_schema__(self, schema: Any, handler: Handler) -> dict[str, Any]:
        lowest, highest = (bound if isinstance(bound, int) else float(bound) for bound in (self.lowest, self.highest))
        number = {"type": "number", "minimum": lowest, "maximum": highest}
        return {"anyOf": [number, {"type": "string", "pattern": r"^-?\d{1,4}(\.\d{1,2})?$"}]}


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


DATE_FORM = r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
INSTANT_FORM = (
    r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
    r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
)
CODE_FORM = r"^[a-z0-9][a-z0-9-]{0,39}$"
REASON_FORM = r"^[a-z0-9][a-z0-9-]{2,59}$"

CivilDate = Annotated[date, _FromText(DATE_FORM, "date")]
"""A civil date in Europe/London, exactly `YYYY-MM-DD`, years 1900 to 2199 (so that reckoning never overflows)."""

Instant = Annotated[
    datetime,
    _FromText(INSTANT_FORM, "date-time", _utc),
]
"""A UTC instant; on the wire RFC 3339 with its offset, years 1900 to 2199."""

Score = Annotated[Decimal, Number(0, 1000)]
"""A measure's total or subscale: 0 to 1000, at most two decimals."""

Code = Annotated[str, Matching(CODE_FORM)]
"""A configured code such as a team's, or the name of a sending system."""

ReasonCode = Annotated[str, Matching(REASON_FORM)]
"""Why a person decided something, as a short code: it is kept for good, so it has no room for a name."""

OdsCode = Annotated[str, Matching(r"^[A-Z0-9]{3,6}$")]
"""Organisation code of the Organisation Data Service."""

OnsCode = Annotated[str, Matching(r"^[EWSNJKLM][0-9]{8}$")]
"""Geography code of the Office for National Statistics: the locality."""

LanguageCode = Annotated[str, Matching(r"^[a-z]{2,3}$")]
"""ISO 639 code."""

Sha256Hex = Annotated[str, Matching(r"^[0-9a-f]{64}$")]
"""A keyed hash, never a plain one."""

Version = Annotated[str, Matching(r"^[a-z0-9][a-z0-9.-]{0,39}$")]
"""Version of a set of rules or of a measure's definition."""

__all__ = [
    "CODE_FORM",
    "DATE_FORM",
    "INSTANT_FORM",
    "REASON_FORM",
    "CivilDate",
    "Code",
    "Instant",
    "Interval",
    "LanguageCode",
    "Len",
    "Matching",
    "Number",
    "OdsCode",
    "OnsCode",
    "ReasonCode",
    "Score",
    "Sha256Hex",
    "Version",
]
