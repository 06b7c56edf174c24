"""The worklist: who waits for what, by when it is due, what is booked, and why somebody should look at it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field as Bounds
from pydantic import TypeAdapter

from services.reporting.metrics.scope import STAGES
from services.reporting.pages.filters import FILTERS
from services.reporting.pages.form import STANDARD, Field, Form, select
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.named import by_own_id, named
from services.reporting.table_routes import inside
from services.reporting.tables import Column, Kind, Table, suppressed
from services.reporting.targets import Target
from services.reporting.wait_alerts import SOON_DAYS
from services.reporting.words import STAGE_TITLES, TARGET_TITLES
from services.reporting.worklist import Item, Order, Reason, chosen, counted, ordered
from services.reporting.worklist_rows import worklist
from shared.eventstore.store import Connection
from shared.web.access.roles import Scope

PATH = "/pages/worklist"
MOST = 50
"""Cases on one page."""
REASON_TITLES: Mapping[Reason, str] = {
    Reason.BREACHED: "Past the target",
    Reason.WILL_BREACH: "Target soon",
    Reason.NO_SESSION: "No session for 28 days, or as long as the team allows",
    Reason.NOT_BROUGHT: "Not brought twice in a row",
    Reason.BOOKED_LATE: "Booked, but after the target",
    Reason.NO_DATE: "No date booked",
}
_COLUMNS = {
    Order.TEAM: "Team",
    Order.STAGE: "Stage",
    Order.DUE: "Due on",
    Order.BOOKED: "Booked for",
    Order.SEEN: "Last session",
    Order.RECEIVED: "Referred on",
}
_DESCENDING = "-"
_REASON = select("reason", "Why", [("", "Everybody who waits"), *REASON_TITLES.items()])
_TARGET = select("target", "Waits for", [("", "Anything"), *((each.value, TARGET_TITLES[each]) for each in Target)])
_WITHIN = select(
    "within",
    "Target soon means",
    [("", f"within {SOON_DAYS} days"), ("14", "within 14 days"), ("28", "within 28 days")],
)
_SORT = Field(
    name="sort",
    label="Sorted by",
    kind="hidden",
    takes=TypeAdapter(str),
    message="The list cannot be sorted by that: choose a heading of the table",
    choices=tuple((sign + each.value, each.value) for each in Order for sign in ("", _DESCENDING)),
)
_PAGE = Field(
    name="page",
    label="Page",
    kind="hidden",
    takes=TypeAdapter(Annotated[int, Bounds(ge=1, le=100_000)]),
    message="There is no such page of the list: start from its first",
    kept=False,
)


async def listed(conn: Connection, asked: Asked) -> tuple[list[Item], list[Item]]:
    """Every case of the worklist, and those that the filters leave, in the order asked for."""
    form = asked.form
    every = await worklist(conn, form.scope, within_days=int(form.values.get("within", SOON_DAYS)))
    reason, target = form.values.get("reason"), form.values.get("target")
    left = chosen(every, reason=reason and Reason(reason), target=target and Target(target))
    order, descending = _order(form)
    return every, ordered(left, order, descending=descending, stages=STAGES)


def _order(form: Form) -> tuple[Order, bool]:
    """By which column, and whether the latest comes first."""
    sort = form.values.get("sort", Order.DUE.value)
    return Order(sort.removeprefix(_DESCENDING)), sort.startswith(_DESCENDING)


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    """Named, pseudonymous or left out as in `GET /cases`, on record; the numbers are suppressed outside the team."""
    form = asked.form
    every, rows = await listed(conn, asked)
    order, descending = _order(form)
    pages = max(1, -(-len(rows) // MOST))
    page = min(form.values.get("page", 1), pages)
    shown = rows[(page - 1) * MOST : page * MOST]
    found = await named(conn, asked, {each.case_id: each.team_id for each in shown}, path=PATH)
    return {
        "numbers": _numbers(asked, Table("reasons", "Reasons", _NUMBERS, tuple(counted(every).items()))),
        "items": [(each, found[each.case_id]) for each in shown if each.case_id in found],
        "columns": [_heading(form, each, title, order, descending=descending) for each, title in _COLUMNS.items()],
        "reasons": REASON_TITLES,
        "targets": TARGET_TITLES,
        "stages": {**STAGE_TITLES, "closed": "Closed"},
        "at_page": page,
        "pages": pages,
        "case_query": form.query(**{field.name: "" for field in form.fields if field.name not in {"at", "known_at"}}),
        "files": form.query(page=""),
        "lagging": form.at < form.today and "known_at" not in form.values,
    }


_NUMBERS = (Column("reason", "Why", Kind.TEXT), Column("cases", "Cases", Kind.COUNT))


def _numbers(asked: Asked, table: Table) -> list[tuple[str, Any, str]]:
    """For each reason its title, how many cases, and the address of those."""
    told = table if inside(asked.actor, asked.form.scope.team) else suppressed(table)
    return [
        (REASON_TITLES[reason], number, f"{PATH}?{asked.form.query(reason=reason.value, page='')}")
        for reason, (_, number) in zip(Reason, told.rows, strict=True)
    ]


def _heading(form: Form, column: Order, title: str, order: Order, *, descending: bool) -> dict[str, str]:
    """A heading that sorts by its column; asked again, the other way round."""
    turned = column is order and not descending
    state = "none" if column is not order else "descending" if descending else "ascending"
    sort = f"{_DESCENDING if turned else ''}{column.value}"
    return {"title": title, "sorted": state, "address": f"{PATH}?{form.query(sort=sort, page='')}"}


PAGE = Page(
    path=PATH,
    title="Worklist",
    template="worklist.jinja",
    ask=_ask,
    fields=(*STANDARD, _REASON, _TARGET, _WITHIN, *FILTERS, _SORT, _PAGE),
    needs=Scope.CASES_LIST,
    or_needs=Scope.CASES_PSEUDONYMISED,
    on_record=True,
    cases=lambda found: by_own_id(case for _, case in found["items"]),
)
