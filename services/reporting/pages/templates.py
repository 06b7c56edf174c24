"""The templates: ours refuse a misspelt name; the design system's components are called as `nhsuk.button({...})`."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, Environment, PackageLoader, StrictUndefined
from jinja2.runtime import Macro

from services.reporting.charts.cells import cell
from services.reporting.pages.assets import assets
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
    return made


def _components() -> dict[str, Macro]:
    theirs = Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found: dict[str, Macro] = {}
    for name in theirs.list_templates():
        if name.startswith("nhsuk/components/") and name.endswith("/macro.jinja"):
            members = vars(theirs.get_template(name).module)
            found |= {key: each for key, each in members.items() if isinstance(each, Macro)}
    return found
