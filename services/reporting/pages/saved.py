"""Saved views: a page with its filters under a name, to open again, to share, to delete."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from services.reporting import saved_views
from services.reporting.api import CurrentViews
from services.reporting.pages.form import read_form
from services.reporting.pages.frame import Group, Page, draw
from services.reporting.parameters import said_once
from shared.eventstore.teams import team_transaction
from shared.web.access.browser import MayReadPages, PageForm
from shared.web.actor import Actor
from shared.web.problems import Problem

PATH = "/pages/views"
router = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(said_once)])


def _open(request: Request, actor: Actor) -> dict[str, Page]:
    """By path the pages that the reader can see."""
    menu: Sequence[Group] = request.app.state.menu
    return {page.path: page for group in menu for page in group.pages if page.open_to(actor)}


def _back() -> Response:
    return RedirectResponse(PATH, 303, headers={"Cache-Control": "no-store"})


@router.get(PATH)
async def show(request: Request, actor: MayReadPages, views: CurrentViews) -> Response:
    """The reader's own views, and those shared with him, of pages that he can see."""
    async with team_transaction(views.reader, actor.teams) as conn:
        found = await saved_views.listed(conn, actor)
    titles = {path: page.title for path, page in _open(request, actor).items()}
    return draw(
        request,
        "saved.jinja",
        actor=actor,
        titles=titles,
        own=[view for view in found if view.own],
        others=[view for view in found if not view.own and view.path in titles],
    )


@router.post(PATH)
async def save(request: Request, fields: PageForm, actor: MayReadPages, views: CurrentViews) -> Response:
    """Keeps what the reader looks at under a name; one of the same name is replaced.

    Raises:
        Problem: 422 `page-unknown`, `wrong-filter`, `name-needed`; 409 `too-many-views`.
    """
    page = _open(request, actor).get(fields.get("path", ""))
    if page is None:
        raise Problem(422, "page-unknown", "a view is of a page that you can see", field="/path", within="body")
    form = read_form(QueryParams(fields.get("query", "")), page.fields, teams=actor.teams)
    if form.errors:
        raise Problem(422, "wrong-filter", "; ".join(sorted(form.errors.values())), field="/query", within="body")
    name = saved_views.name_of(fields.get("name", ""))
    if not name:
        raise Problem(422, "name-needed", "a name has letters or digits", field="/name", within="body")
    query = form.query(**{field.name: "" for field in page.fields if not field.kept})
    async with team_transaction(views.writer, actor.teams) as conn:
        kept = await saved_views.save(
            conn,
            actor,
            name=name,
            path=page.path,
            query=query,
            team=form.values.get("team"),
            shared="shared" in fields,
        )
    if not kept:
        raise Problem(409, "too-many-views", f"at most {saved_views.MOST} views are kept for one person")
    return _back()


@router.post(PATH + "/{view_id}/sharing")
async def share(view_id: UUID, fields: PageForm, actor: MayReadPages, views: CurrentViews) -> Response:
    """Shares one of the reader's views with everybody of its teams, or no longer. Raises `Problem` 404."""
    async with team_transaction(views.writer, actor.teams) as conn:
        if not await saved_views.share(conn, actor, view_id, shared="shared" in fields):
            raise _unknown()
    return _back()


@router.post(PATH + "/{view_id}/deletion")
async def delete(view_id: UUID, _fields: PageForm, actor: MayReadPages, views: CurrentViews) -> Response:
    """Deletes one of the reader's views. Raises `Problem` 404."""
    async with team_transaction(views.writer, actor.teams) as conn:
        if not await saved_views.delete(conn, actor, view_id):
            raise _unknown()
    return _back()


def _unknown() -> Problem:
    return Problem(404, "view-unknown", "this is none of your views", field="/view_id", within="path")
