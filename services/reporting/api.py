"""The questions that reporting answers over HTTP; each answer is one snapshot with its watermark."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Header, Query, Request

from services.reporting import answers, presenters, queries, teams
from services.reporting.case_clocks import clocks_of
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.flow import flow
from services.reporting.metrics.waits import waits
from services.reporting.parameters import Asked, AskedCaseload, AskedCases, AskedPeriod, AskedTeamEvents, said_once
from services.reporting.projections import CONSUMER
from services.reporting.pseudonyms import Pseudonyms
from services.reporting.rights import CaseRecord, open_facts, right_to_case, rights_to_cases, team_facts
from services.reporting.timeline import timeline
from shared.bus.watermark import reached
from shared.eventstore.store import Connection
from shared.eventstore.teams import team_transaction
from shared.kernel.fields import Code
from shared.kernel.ids import utc_now
from shared.process.relationship import Right
from shared.web.access.acts import require_team
from shared.web.access.roles import Scope
from shared.web.actor import Actor, MayListCases, MayReadTimeline, MayReadViews
from shared.web.app import READ_PROBLEMS
from shared.web.problems import Problem
from shared.web.recording import record_read
from shared.web.wait import Token, parse_tokens, wait_until


@dataclass(frozen=True, slots=True)
class Views:
    """The databases of the routes: `reader` for every question, `writer` for a person's decision on a held event."""

    reader: asyncpg.Pool
    writer: asyncpg.Pool
    pseudonyms: Pseudonyms

    def snapshot(self, actor: Actor, *, on_record: bool = False) -> AbstractAsyncContextManager[Connection]:
        """One state of the views of the actor's teams; see `queries.snapshot`."""
        return queries.snapshot(self.reader, actor.teams, on_record=on_record)

    async def wait_for(self, tokens: Sequence[Token], actor: Actor) -> None:
        """Returns once the views contain these writes. Raises `Problem` 503 `not-reached-yet` after a bound."""

        async def visible(token: Token) -> bool:
            async with team_transaction(self.reader, actor.teams) as conn:
                return await reached(conn, CONSUMER, token.store, token.stream, token.version)

        await wait_until(visible, tokens)


def views_of(request: Request) -> Views:
    """The views of this application, opened by its lifespan."""
    views: Views = request.app.state.views
    return views


CurrentViews = Annotated[Views, Depends(views_of)]
WaitHeader = Annotated[str | None, Header(alias="wait-for", description="The same as the parameter `wait_for`.")]

router = APIRouter(tags=["views"], dependencies=[Depends(said_once)], responses=READ_PROBLEMS)


async def ready(views: Views, asked: Asked, header: str | None, actor: Actor) -> None:
    """Refuses a team that is not the caller's; waits for what the answer must contain."""
    require_team(actor, asked.team, "query", "/team")
    await views.wait_for((*asked.tokens, *parse_tokens(header)), actor)


@router.get("/caseload")
async def get_caseload(
    actor: MayReadViews, views: CurrentViews, asked: Annotated[AskedCaseload, Query()], wait_for: WaitHeader = None
) -> answers.CaseloadAnswer:
    """Open referrals by stage (M1) and the open caseload by unit (M2)."""
    await ready(views, asked, wait_for, actor)
    scope, nhse = asked.scope, asked.mode == "nhse"
    async with views.snapshot(actor) as conn:
        found = await caseload(conn, scope, nhse=nhse)
        return presenters.caseload_answer(scope, await queries.freshness(conn, scope.known_at), found, nhse=nhse)


@router.get("/waits")
async def get_waits(
    actor: MayReadViews, views: CurrentViews, asked: Annotated[AskedPeriod, Query()], wait_for: WaitHeader = None
) -> answers.WaitsAnswer:
    """The waits W1 to W6 in days: completed in the period and incomplete at the date, apart."""
    await ready(views, asked, wait_for, actor)
    scope = asked.scope
    first, last = asked.period(scope.at)
    async with views.snapshot(actor) as conn:
        found = await waits(conn, scope, first=first, last=last)
        return presenters.waits_answer(scope, await queries.freshness(conn, scope.known_at), (first, last), found)


@router.get("/flow")
async def get_flow(
    actor: MayReadViews, views: CurrentViews, asked: Annotated[AskedPeriod, Query()], wait_for: WaitHeader = None
) -> answers.FlowAnswer:
    """New and closed referrals in the period, and the open ones before and after it (M3)."""
    await ready(views, asked, wait_for, actor)
    scope = asked.scope
    first, last = asked.period(scope.at)
    async with views.snapshot(actor) as conn:
        found = await flow(conn, scope, first=first, last=last)
        return presenters.flow_answer(scope, await queries.freshness(conn, scope.known_at), (first, last), found)


@router.get("/teams")
async def get_teams(
    actor: MayReadViews, views: CurrentViews, asked: Annotated[Asked, Query()], wait_for: WaitHeader = None
) -> answers.TeamsAnswer:
    """Every team that has a case, with its open referrals."""
    await ready(views, asked, wait_for, actor)
    scope = asked.scope
    async with views.snapshot(actor) as conn:
        rows = await queries.teams(conn, scope)
        fresh = await queries.freshness(conn, scope.known_at)
    counts = [answers.TeamCount(team=row["team_id"], open_referrals=row["open_referrals"]) for row in rows]
    return answers.TeamsAnswer(**presenters.stamp(scope, fresh), teams=counts)


@router.get("/teams/{team_id}/events")
async def get_team_events(
    team_id: Code,
    actor: MayReadViews,
    views: CurrentViews,
    asked: Annotated[AskedTeamEvents, Query()],
    wait_for: WaitHeader = None,
) -> answers.TeamEventsAnswer:
    """What was recorded of a team itself: its settings, its people, and its work with other professionals."""
    await ready(views, asked, wait_for, actor)
    require_team(actor, team_id, "path", "/team_id")
    if asked.team not in (None, team_id):
        raise Problem(422, "other-team", "the team is named in the path", field="/team", within="query")
    scope = replace(asked.scope, team=team_id)
    async with views.snapshot(actor) as conn:
        entries = timeline(await teams.events(conn, team_id, scope.known_at))
        configured = await teams.configurations(conn, scope)
        fresh = await queries.freshness(conn, scope.known_at)
    if not entries and not configured:
        raise Problem(404, "team-unknown", "nothing was recorded of this team then", field="/team_id", within="path")
    version = teams.common_version(scope, configured)
    return presenters.team_events_answer(scope, fresh, version, entries[-asked.limit :])


@router.get("/cases")
async def get_cases(
    actor: MayListCases, views: CurrentViews, asked: Annotated[AskedCases, Query()], wait_for: WaitHeader = None
) -> answers.CasesAnswer:
    """Cases in one stage, or every open referral; oldest first, page by page.

    A case that is none of the caller's is in it under a pseudonym, for analysts every case is. A case that a family
    keeps the caller from reading is not in it; so a page may be shorter than it could be.
    """
    await ready(views, asked, wait_for, actor)
    scope, named = asked.scope, actor.may(Scope.CASES_LIST)
    every = named and not actor.needs_relationship  # he may be told where a page ends, whichever case that is
    async with views.snapshot(actor, on_record=True) as conn:
        after = asked.cursor if every or asked.cursor is None else views.pseudonyms.behind(asked.cursor)
        rows = await queries.list_cases(conn, scope, stage=asked.stage, after=after, limit=asked.limit + 1)
        page = rows[: asked.limit]
        cases = {row["case_id"]: row["team_id"] for row in page}
        rights = await rights_to_cases(conn, cases, actor.seeker, utc_now())
        await _record_list(conn, actor, cases, rights)
        shown = [
            row if named and rights[row["case_id"]] is not None else _pseudonymous(views, row)
            for row in page
            if row["case_id"] in rights
        ]
        last = page[-1] if len(rows) > asked.limit else None
        if last is not None and not every:
            last = _pseudonymous(views, last)
        return presenters.cases_answer(scope, await queries.freshness(conn, scope.known_at), shown, last)


async def _record_list(
    conn: Connection, actor: Actor, cases: Mapping[UUID, str], rights: Mapping[UUID, Right | None]
) -> None:
    """One record for each right by which the list names cases; those under a pseudonym for want of one are left out."""
    for right in sorted({right for right in rights.values() if right is not None}):
        of_right = [case_id for case_id, found in rights.items() if found == right]
        await record_read(conn, actor, "/cases", of_right, right, teams={cases[case_id] for case_id in of_right})


def _pseudonymous(views: Views, row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "case_id": views.pseudonyms.of(row["case_id"]), "pseudonym": True}


@router.get("/cases/{case_id}")
async def get_case(
    case_id: UUID,
    actor: MayReadTimeline,
    views: CurrentViews,
    asked: Annotated[Asked, Query()],
    wait_for: WaitHeader = None,
) -> answers.CaseAnswer:
    """One case: its milestones, its waits, its clocks side by side, and its timeline with both times of each event."""
    await ready(views, asked, wait_for, actor)
    scope = asked.scope
    async with views.snapshot(actor, on_record=True) as conn:
        row = await queries.one_case(conn, case_id, scope)
        if row is None:
            raise Problem(404, "case-unknown", "nothing was known of this case then", field="/case_id", within="path")
        facts = await queries.facts(conn, case_id, None)
        record = CaseRecord(tuple(facts), await team_facts(conn, row["team_id"]))
        right = right_to_case(record, actor.seeker, utc_now())
        await record_read(conn, actor, "/cases/{case_id}", [case_id], right, teams=[row["team_id"]])
        clocks = await clocks_of(conn, case_id, row["team_id"], facts, scope)
        entries = timeline(open_facts(facts, scope.known_at, safeguarding=actor.may(Scope.SAFEGUARDING_READ)))
        return presenters.case_answer(scope, await queries.freshness(conn, scope.known_at), row, clocks, entries)
