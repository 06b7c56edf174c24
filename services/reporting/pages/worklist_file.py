"""The whole worklist as a file, with where it comes from: the same cases in the same order as the page."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.reporting import queries
from services.reporting.api import CurrentViews
from services.reporting.downloads import FileKind, said, saved
from services.reporting.exports.provenance import Definition, Provenance
from services.reporting.fold import DEFINITION
from services.reporting.pages.form import read_form
from services.reporting.pages.frame import Asked
from services.reporting.pages.named import named
from services.reporting.pages.worklist import PAGE, PATH, REASON_TITLES, listed
from services.reporting.parameters import said_once
from services.reporting.table_routes import inside
from services.reporting.tables import Cell, Column, Kind, Table
from services.reporting.words import STAGE_TITLES, TARGET_TITLES
from services.reporting.worklist import Item
from shared.web.access.browser import MayReadPages
from shared.web.access.guard import forbidden
from shared.web.problems import Problem

router = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(said_once)])
_COLUMNS = (
    Column("case", "Case", Kind.TEXT),
    Column("team", "Team", Kind.TEXT),
    Column("stage", "Stage", Kind.TEXT),
    Column("waits_for", "Waits for", Kind.TEXT),
    Column("due_on", "Due on", Kind.DATE),
    Column("booked_on", "Booked for", Kind.DATE),
    Column("last_held_on", "Last session", Kind.DATE),
    Column("received_on", "Referred on", Kind.DATE),
    Column("why", "Why to look", Kind.TEXT),
)
_DEFINITION = Definition(
    code="worklist",
    title="Who waits for what, and why to look",
    unit="cases",
    source="rules P1, P2, P5 and P9, by the targets of each team in force at t",
)


@router.get(f"{PATH}.{{kind}}")
async def get_file(kind: str, request: Request, actor: MayReadPages, views: CurrentViews) -> Response:
    """The worklist as a file; every case in it is read on record, as on the page, and none has a name.

    Raises:
        Problem: 403; 404 `no-such-route`; 422 `wrong-filter`; 503 `not-announced-yet`.
    """
    if not PAGE.open_to(actor):
        raise forbidden(PAGE.needs)
    if kind not in set(FileKind):
        raise Problem(404, "no-such-route")
    form = read_form(request.query_params, PAGE.fields, teams=actor.teams)
    if form.errors:
        raise Problem(422, "wrong-filter", "; ".join(sorted(form.errors.values())))
    async with views.snapshot(actor, on_record=True) as conn:
        fresh = await queries.freshness(conn, form.scope.known_at)
        if fresh.complete_to is None:
            raise Problem(503, "not-announced-yet", "how complete the data is has not been announced yet")
        asked = Asked(actor=actor, form=form, fresh=fresh, pseudonyms=views.pseudonyms)
        _, items = await listed(conn, asked)
        found = await named(conn, asked, {each.case_id: each.team_id for each in items}, path=f"{PATH}.{{kind}}")
    rows = tuple(_row(each, str(found[each.case_id].case_id)) for each in items if each.case_id in found)
    own = [(name, form.typed[name]) for name in ("reason", "target", "within", "sort") if form.typed[name]]
    provenance = Provenance(
        title="Worklist",
        filters=(*said(form.scope), *own),
        at=form.at,
        known_at=form.scope.known_at,
        complete_to=fresh.complete_to,
        definitions=(_DEFINITION,),
        definition_version=str(DEFINITION),
        role=actor.role.value,
    )
    name = f"worklist-{form.scope.team or 'all-teams'}-{form.at.isoformat()}"
    table = Table("worklist", "Worklist", _COLUMNS, rows)
    return saved([table], provenance, FileKind(kind), name, inside_team=inside(actor, form.scope.team))


def _row(each: Item, case: str) -> tuple[Cell, ...]:
    return (
        case,
        each.team_id,
        STAGE_TITLES.get(each.stage, each.stage),
        "; ".join(TARGET_TITLES[due.target] for due in each.due),
        each.due_on,
        each.booked_on,
        each.last_held_on,
        each.received_on,
        "; ".join(REASON_TITLES[reason] for reason in each.reasons),
    )
