"""The filter form of a page: everything that it asks lives in the address, as codes, so a view can be kept and shared.

A wrong value is shown back with what is wrong with it, and nothing is counted: a number for another question than the
one that was meant is worse than none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import TypeAdapter
from starlette.datastructures import QueryParams

from services.reporting.metrics.scope import Filters, Scope
from services.reporting.parameters import CivilDate, Instant, year_to
from shared.kernel.civil import LONDON, civil_date
from shared.kernel.fields import Code
from shared.kernel.ids import utc_now

Choices = Sequence[tuple[str, str]]
"""What a list offers: code and words. The first entry's code is empty: what leaving it out means."""
UNKNOWN_FIELD = "unknown"
"""Where `Form.errors` says that the address asks for a filter that the page does not have."""
_LOCAL_INSTANT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One filter.

    `kind` is what draws it; a `hidden` one (an order of rows, a place in a list) is only read from the address, and
    is kept when the form is sent if `kept`.
    """

    name: str
    label: str
    kind: Literal["select", "date", "instant", "hidden"]
    takes: TypeAdapter[Any]
    message: str
    """What to do when it is wrong: an instruction, never what was typed."""
    hint: str = ""
    choices: Choices = ()
    """Of a select whose codes are known beforehand; others are given when the page is drawn."""
    kept: bool = True
    more: bool = False
    """Whether it stands under "More filters", which are open when one of them is set."""


def select(name: str, label: str, choices: Choices = (), hint: str = "") -> Field:
    """A list to choose a code from; without `choices` the page says them when it is drawn (`Page.choices`)."""
    message = f"Choose from the list: {label.lower()}"
    return Field(name=name, label=label, kind="select", takes=_CODE, message=message, hint=hint, choices=tuple(choices))


_CODE: TypeAdapter[Any] = TypeAdapter(Code)
_DATE: TypeAdapter[Any] = TypeAdapter(CivilDate)
_DATE_MESSAGE = "Enter a date such as 2026-03-31"
TEAM = Field(name="team", label="Team", kind="select", takes=_CODE, message="Choose a team from the list")
AT = Field(name="at", label="As at", kind="date", takes=_DATE, message=_DATE_MESSAGE, hint="Empty: today.")
KNOWN_AT = Field(
    name="known_at",
    label="As known at",
    kind="instant",
    takes=TypeAdapter(Instant),
    message="Enter a date and time such as 2026-03-31T17:00",
    hint="London time. Empty: now.",
)
FIRST_DAY = Field(
    name="first_day", label="From", kind="date", takes=_DATE, message=_DATE_MESSAGE, hint="Empty: a year before."
)
LAST_DAY = Field(name="last_day", label="To", kind="date", takes=_DATE, message=_DATE_MESSAGE, hint="Empty: as at.")
STANDARD = (TEAM, AT, KNOWN_AT)
"""Of a page that shows a state."""
WITH_PERIOD = (TEAM, AT, KNOWN_AT, FIRST_DAY, LAST_DAY)
"""Of a page that counts over a period too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the address asks: as typed, what is wrong with it by field, and what is right by field."""

    fields: tuple[Field, ...]
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    values: Mapping[str, Any]
    today: date
    """Civil date in Europe/London of this request."""

    @property
    def at(self) -> date:
        """As at the end of this day; today unless said otherwise."""
        found: date = self.values.get("at", self.today)
        return found

    @property
    def scope(self) -> Scope:
        """The question `(t, k)` as the metrics take it, with the filters of which the page has a field."""
        said = {name: self.values.get(name) for name in Filters.__dataclass_fields__}
        filters = Filters(**said)
        return Scope(at=self.at, known_at=self.values.get("known_at"), team=self.values.get("team"), filters=filters)

    @property
    def narrowed(self) -> bool:
        """Whether one of the filters under "More filters" is set."""
        return any(self.typed[field.name] for field in self.fields if field.more)

    @property
    def has_period(self) -> bool:
        """Whether the page counts over a period."""
        return any(field.name == "last_day" for field in self.fields)

    @property
    def period(self) -> tuple[date, date]:
        """First and last day: the year that ends at `at` unless said otherwise."""
        last: date = self.values.get("last_day", self.at)
        return self.values.get("first_day", year_to(last)), last

    def query(self, **changes: str) -> str:
        """The parameters of the address that asks the same, in one fixed order; `changes` by name, empty = left out."""
        said = {field.name: self.typed[field.name] for field in self.fields} | changes
        return urlencode({name: text for name, text in said.items() if text})


def read_form(
    given: QueryParams,
    fields: Sequence[Field] = STANDARD,
    *,
    teams: frozenset[str] | None = None,
    today: date | None = None,
) -> Form:
    """What an address asks; an empty field is not given, a wrong one is an error and has no value.

    Args:
        given: the address's parameters.
        fields: those that the page has; any other name is an error.
        teams: that may be chosen, None = any.
        today: civil date in Europe/London; now unless said otherwise.

    `known_at` is a local time (Europe/London; the earlier of two equal ones in October) or an instant with its offset.
    """
    typed = {field.name: given.get(field.name, "").strip() for field in fields}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if text := typed[field.name]:
            try:
                values[field.name] = _value(field, text)
            except ValueError:  # pydantic's errors are such
                errors[field.name] = field.message
    if teams is not None and values.get("team", next(iter(teams))) not in teams:
        errors["team"] = TEAM.message
        del values["team"]
    if "known_at" in values:  # as the form's field takes it
        typed["known_at"] = f"{values['known_at'].astimezone(LONDON):{_LOCAL_INSTANT}:%S}"
    if not set(given) <= set(typed):
        errors[UNKNOWN_FIELD] = "The address has a filter that this page does not have: use those below"
    form = Form(fields=tuple(fields), typed=typed, errors=errors, values=values, today=today or civil_date(utc_now()))
    _check_period(form, errors)
    return form


def _value(field: Field, text: str) -> Any:
    if field.choices and text not in {code for code, _ in field.choices}:
        raise ValueError("none of the codes")
    return field.takes.validate_python(_instant_text(text) if field.kind == "instant" else text)


def _check_period(form: Form, errors: dict[str, str]) -> None:
    if not form.has_period or not {"at", "first_day", "last_day"}.isdisjoint(errors):
        return
    first, last = form.period
    if last > form.at:
        errors["last_day"] = "The period must end on or before the day of “As at”"
    elif first > last:
        errors["first_day"] = "The period must start on or before the day on which it ends"


def _instant_text(text: str) -> str:
    for form in (_LOCAL_INSTANT, _LOCAL_INSTANT + ":%S"):
        try:
            local = datetime.strptime(text, form).replace(tzinfo=LONDON)
        except ValueError:
            continue
        return local.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return text
