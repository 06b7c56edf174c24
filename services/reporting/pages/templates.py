"""The templates: ours refuse a misspelt name; the design system's components are called as `nhsuk.button({...})`."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, Environment, PackageLoader, StrictUndefined
from jinja2.runtime import Macro

from services.reporting.charts.cells import cell
from services.reporting.pages.assets import assets
from services.reporting.pages.form import Choices, Field, Form
from shared.kernel.civil import LONDON


def long_date(day: date) -> str:
    """1 June 2025."""
    return f"{day.day} {day:%B %Y}"


def long_instant(instant: datetime, zone: ZoneInfo = LONDON) -> str:
    """1 July 2025 at 12:00:00 BST."""
    local = instant.astimezone(zone)
    return f"{long_date(local.date())} at {local:%H:%M:%S %Z}"


def clock_time(instant: datetime) -> str:
    """12:00:00 BST, where the day is clear."""
    return f"{instant.astimezone(LONDON):%H:%M:%S %Z}"


def days(value: float | None) -> str:
    """A number of days; a dash for none."""
    return "–" if value is None else f"{value:g}"


def percent(share: float | None) -> str:
    """A share as a whole percentage; a dash for none."""
    return "–" if share is None else f"{share:.0%}"


@cache
def environment() -> Environment:
    """The templates of the pages.

    A page's own names are strict: one that is misspelt fails instead of leaving a hole. The design system's templates
    rely on names that are not there, so they live in an environment of their own.
    """
    made = Environment(
        loader=PackageLoader("services.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Callable[..., str]] = {
        "cell": cell,
        "long_date": long_date,
        "long_instant": long_instant,
        "clock_time": clock_time,
        "days": days,
        "percent": percent,
        "iso_date": date.isoformat,
    }
    made.filters.update(filters)
    made.globals.update(nhsuk=SimpleNamespace(**_components()), static=lambda name: assets().address(name))
    made.globals.update(select_field=select_field)
    return made


def select_field(field: Field, form: Form, choices: Choices) -> str:
    """The design system's select for a filter, as markup; drawn once for the same codes, words and choice."""
    words, offered = (field.name, field.label, field.hint), tuple(choices)
    chosen = form.typed[field.name]
    if field.name in form.errors:  # whatever was typed is not kept
        return _select(words, offered, chosen, form.errors[field.name])
    return _known_select(words, offered, chosen)


@lru_cache(maxsize=1024)
def _known_select(words: tuple[str, str, str], offered: tuple[tuple[str, str], ...], chosen: str) -> str:
    return _select(words, offered, chosen, "")


def _select(words: tuple[str, str, str], offered: Choices, chosen: str, error: str) -> str:
    name, label, hint = words
    return _components()["select"](
        {
            "id": name,
            "name": name,
            "items": [{"value": code, "text": words, "selected": code == chosen} for code, words in offered],
            "label": {"text": label},
            "hint": {"text": hint} if hint else None,
            "errorMessage": {"text": error} if error else None,
        }
    )


@cache
def _components() -> dict[str, Macro]:
    theirs = Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found: dict[str, Macro] = {}
    for name in theirs.list_templates():
        if name.startswith("nhsuk/components/") and name.endswith("/macro.jinja"):
            members = vars(theirs.get_template(name).module)
            found |= {key: each for key, each in members.items() if isinstance(each, Macro)}
    return found
