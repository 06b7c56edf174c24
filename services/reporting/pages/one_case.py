"""One case: what it waits for, its clocks side by side, why each number counts it, and its events with both times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.reporting import queries
from services.reporting.answers import CaseWait
from services.reporting.api import CurrentViews
from services.reporting.case_clocks import clocks_of
from services.reporting.charts.case_timeline import case_timeline
from services.reporting.clock_facts import case_facts
from services.reporting.clocks.facts import as_at
from services.reporting.heard import Fact
from services.reporting.metrics.scope import Filters
from services.reporting.metrics.scope import Scope as Question
from services.reporting.metrics.waits import WAITS, team_targets
from services.reporting.pages import case_list
from services.reporting.pages.case_lanes import baby, lanes
from services.reporting.pages.event_details import details
from services.reporting.pages.form import AT, FIRST_DAY, KNOWN_AT, LAST_DAY
from services.reporting.pages.frame import Asked, Page, answer
from services.reporting.pages.named import short_id
from services.reporting.pages.selections import SELECTIONS
from services.reporting.parameters import said_once
from services.reporting.presenters import case_wait
from services.reporting.rights import CaseRecord, open_facts, right_to_case, team_facts
from services.reporting.teams import DEFAULT, configurations
from services.reporting.timeline import Entry, timeline
from services.reporting.wait_alerts import DueTarget, due_targets
from services.reporting.waiting import waits
from services.reporting.words import STAGE_TITLES, TARGET_TITLES, worded
from shared.eventstore.store import Connection
from shared.kernel.ids import utc_now
from shared.web.access.browser import MayReadPages
from shared.web.access.roles import Scope
from shared.web.problems import Problem
from shared.web.recording import record_read

PATH = "/pages/cases/{case_id}"
STATES = {
    "running": "Running",
    "stopped": "Stopped",
    "nullified": "Nullified: as if it had never run",
    "not_applicable": "Does not apply",
    "ended": "Ended without a stop",
}
"""Where a clock stands."""
WAIT_STATES = {
    "not_started": "Not started",
    "waiting": "Still waiting",
    "completed": "Completed",
    "ended": "The case closed first",
    "left_out": "Left out: it stops before it starts",
}
"""Where a wait stands."""
_SAID_BY: Mapping[str, frozenset[str]] = {
    "received_on": frozenset({"ReferralReceived"}),
    "decided_on": frozenset({"ReferralAccepted", "ReferralDeclined", "ReferralLinkedDuplicate"}),
    "first_contact_on": frozenset({"AssessmentStarted", "SessionHeld"}),
    "assessed_on": frozenset({"AssessmentCompleted"}),
    "assessed_programme_on": frozenset({"AssessmentCompleted"}),
    "programme_on": frozenset({"ProgrammeAssigned"}),
    "first_treatment_on": frozenset({"SessionHeld"}),
    "first_programme_treatment_on": frozenset({"SessionHeld"}),
}
"""Milestone to the names of the events that can say it (domain 6.6, "Milestones, precisely")."""

router = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(said_once)])


@router.get(PATH)
async def get_case_page(case_id: UUID, request: Request, actor: MayReadPages, views: CurrentViews) -> Response:
    """One case as a page, by the same right and with the same record as `GET /cases/{case_id}`.

    Raises:
        Problem: 403; 404 `case-unknown`.
        NoRelationship, AccessDenied: it is none of the reader's.
    """
    page = Page(
        path=PATH.format(case_id=case_id),
        title=f"Case {short_id(case_id)}",
        template="case.jinja",
        ask=partial(_ask, case_id),
        fields=(AT, KNOWN_AT, FIRST_DAY, LAST_DAY),
        needs=Scope.CASES_LIST,
        on_record=True,
        cases=lambda _found: [case_id],
    )
    return await answer(page, request, actor, views)


async def _ask(case_id: UUID, conn: Connection, asked: Asked) -> Mapping[str, Any]:
    actor, scope = asked.actor, asked.form.scope
    row = await queries.one_case(conn, case_id, scope)
    if row is None:
        raise Problem(404, "case-unknown", "nothing was known of this case then", field="/case_id", within="path")
    facts = await queries.facts(conn, case_id, None)
    team = row["team_id"]
    right = right_to_case(CaseRecord(tuple(facts), await team_facts(conn, team)), actor.seeker, utc_now())
    await record_read(conn, actor, PATH, [case_id], right, teams=[team])
    told = open_facts(facts, scope.known_at, safeguarding=actor.may(Scope.SAFEGUARDING_READ))
    entries = timeline(told)
    known = [fact for fact in facts if scope.known_at is None or fact.recorded_at <= scope.known_at]
    case = as_at(case_facts(case_id, known), scope.at)
    drawn = lanes(case, row, scope.at)
    return {
        "case": row,
        "stage": STAGE_TITLES.get(row["stage"], worded(row["stage"])),
        "due": await _due(conn, replace(scope, team=team), case_id),
        "targets": TARGET_TITLES,
        "booked_on": case.next_booking(scope.at),
        "drawing": case_timeline("case", f"Case {short_id(case_id)}", drawn, at=scope.at, baby=baby(case)),
        "clocks": await clocks_of(conn, case_id, team, facts, scope),
        "states": STATES,
        "waits": _waits(row, entries, scope.at),
        "wait_states": WAIT_STATES,
        "counted": await counted_in(conn, scope, case_id, asked.form.period),
        "list_path": case_list.PATH,
        "list_query": asked.form.query(team=team),
        "entries": [(entry, _details(told, entry) if actor.may(Scope.CASE_READ) else []) for entry in entries],
    }


async def _due(conn: Connection, scope: Question, case_id: UUID) -> tuple[DueTarget, ...]:
    """What the case still owes by its team's targets, as on the worklist."""
    configured = (await configurations(conn, scope)).get(scope.team or "", DEFAULT)
    return tuple(due for wait in await waits(conn, scope, [case_id]) for due in due_targets(wait, configured.targets))


def _details(facts: Iterable[Fact], entry: Entry) -> list[tuple[str, str]]:
    return next(details(fact) for fact in facts if fact.event_id == entry.event_id)


def _waits(
    row: Mapping[str, Any], entries: Sequence[Entry], at: date
) -> list[tuple[str, CaseWait, UUID | None, UUID | None]]:
    """Each wait of the case, with the events that say its start and its stop."""
    found = []
    for name, wait in WAITS.items():
        one = case_wait(row, at, wait.title, wait.start, wait.stop)
        found.append((name, one, _said(entries, wait.start, one.start), _said(entries, wait.stop, one.stop)))
    return found


def _said(entries: Iterable[Entry], milestone: str, day: date | None) -> UUID | None:
    """The event that says a milestone; None where it is told by something that this reader is not told."""
    names = _SAID_BY[milestone]
    return next(
        (
            entry.event_id
            for entry in entries
            if entry.standing == "stands"
            and entry.occurred_on == day
            and entry.event.removesuffix("Corrected") in names
        ),
        None,
    )


async def counted_in(
    conn: Connection, scope: Question, case_id: UUID, period: tuple[date, date]
) -> list[tuple[str, str]]:
    """Code and title of every selection, and so of every number behind which it stands, that holds the case.

    Args:
        conn: a snapshot.
        scope: the question; its filters are left out, the case is what is asked about.
        case_id: of the case.
        period: first and last day.
    """
    of_case = replace(scope, filters=Filters())
    own = team_targets(await configurations(conn, of_case))
    cases, given = of_case.cases(after=6)
    contacts, also_given = of_case.contacts(after=6 + len(given))
    held = ", ".join(f"({each.condition}) IS TRUE" for each in SELECTIONS.values())
    row = await conn.fetchrow(
        f"""
        WITH s AS (SELECT * FROM ({contacts}) AS believed WHERE case_id = $8::uuid),
             own AS (SELECT * FROM unnest($5::text[], $6::text[], $7::integer[]) AS o (team_id, name, target))
        SELECT {held} FROM ({cases}) AS c WHERE case_id = $8::uuid AND $3::date <= $4::date
        """,
        scope.at, scope.team, *period, *own, case_id, *given, *also_given,
    )  # fmt: skip
    holds = row or [False] * len(SELECTIONS)
    return [(code, each.title) for (code, each), among in zip(SELECTIONS.items(), holds, strict=True) if among]
