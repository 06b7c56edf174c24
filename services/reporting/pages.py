"""One plain page: caseload by stage and the waits of a team. Works without JavaScript and asks no other host."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, Response

from services.reporting import presenters, queries
from services.reporting.api import CurrentViews, Views
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.waits import waits
from services.reporting.words import STAGE_TITLES
from services.reporting.parameters import Asked, AskedPeriod, CivilDate, Instant
from shared.kernel.civil import LONDON
from shared.kernel.fields import Code
from shared.web.access.browser import MayReadPages
from shared.web.actor import Actor

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # no other site learns an address; our own forms keep their Origin header
    "Cache-Control": "no-store",
}
_CSS = (files("services.reporting") / "static" / "page.css").read_bytes()
_LOCAL_INSTANT = "%Y-%m-%dT%H:%M"


def _long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _long_instant(instant: datetime, zone: ZoneInfo = LONDON) -> str:
    local = instant.astimezone(zone)
    return f"{_long_date(local.date())} at {local:%H:%M:%S %Z}"


def _days(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def environment() -> Environment:
    """The page's templates; a misspelt name fails instead of leaving a hole."""
    made = Environment(
        loader=PackageLoader("services.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        long_date=_long_date, long_instant=_long_instant, days=_days, percent=_percent, iso_date=date.isoformat
    )
    return made


_TEMPLATES = environment()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the form says, as typed, and what is wrong with it by field."""

    typed: dict[str, str]
    errors: dict[str, str]
    asked: Asked


_FIELDS: dict[str, tuple[TypeAdapter[Any], str]] = {
    "team": (TypeAdapter(Code), "Choose a team from the list"),
    "at": (TypeAdapter(CivilDate), "Enter a date such as 2026-03-31"),
    "known_at": (TypeAdapter(Instant), "Enter a date and time such as 2026-03-31T17:00"),
}


def read_form(given: QueryParams, teams: frozenset[str] | None = None) -> Form:
    """The form's fields; an empty one is not given, a wrong one (and a team of others) is an error and not used.

    `teams` are those that may be chosen, None = any. `known_at` is a local time (Europe/London; the earlier of two
    equal ones in October) or an instant with its offset.
    """
    typed = {name: given.get(name, "").strip() for name in _FIELDS}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in typed.items():
        adapter, message = _FIELDS[name]
        if text:
            try:
                values[name] = adapter.validate_python(_instant_text(text) if name == "known_at" else text)
            except ValidationError:
                errors[name] = message
    if teams is not None and values.get("team", next(iter(teams))) not in teams:
        errors["team"] = _FIELDS["team"][1]
        del values["team"]
    if "known_at" in values:  # as the form's field takes it
        typed["known_at"] = f"{values['known_at'].astimezone(LONDON):{_LOCAL_INSTANT}:%S}"
    return Form(typed=typed, errors=errors, asked=Asked.model_construct(**values))


def _instant_text(text: str) -> str:
    for form in (_LOCAL_INSTANT, _LOCAL_INSTANT + ":%S"):
        try:
            local = datetime.strptime(text, form).replace(tzinfo=LONDON)
        except ValueError:
            continue
        return local.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return text


async def _caseload_page(views: Views, form: Form, actor: Actor) -> str:
    scope = form.asked.scope
    period = AskedPeriod.model_construct().period(scope.at)
    async with views.snapshot(actor) as conn:
        fresh = await queries.freshness(conn, scope.known_at)
        counted = presenters.caseload_answer(scope, fresh, await caseload(conn, scope), nhse=False)
        found = await waits(conn, scope, first=period[0], last=period[1])
        teams = await queries.team_names(conn)
    return _TEMPLATES.get_template("caseload.jinja").render(
        form=form,
        teams=teams,
        caseload=counted,
        stages=STAGE_TITLES,
        waits=presenters.waits_answer(scope, fresh, period, found),
    )


pages = APIRouter(tags=["pages"], include_in_schema=False)


@pages.get("/", response_class=HTMLResponse)
async def caseload_page(request: Request, actor: MayReadPages, views: CurrentViews) -> Response:
    """Caseload by stage, and the waits, for a team, a date and an instant of knowledge given in the address."""
    form = read_form(request.query_params, actor.teams)
    return HTMLResponse(await _caseload_page(views, form, actor), 422 if form.errors else 200, HEADERS)


@pages.get("/static/page.css")
async def style_sheet() -> Response:
    """The pages' style sheet, the same for everybody, and for the sign-in page: it asks for no token."""
    return Response(_CSS, media_type="text/css", headers={"Cache-Control": "max-age=300"})
