"""The list of cases behind a number: which they are, where they stand, how long they wait; each leads to its case."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints, TypeAdapter

from services.reporting.metrics.scope import Scope as Question
from services.reporting.metrics.waits import team_targets
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.form import Field
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.named import by_own_id, named
from services.reporting.pages.selections import OPEN_ONES, SELECTIONS
from services.reporting.parameters import CURSOR, read_cursor, write_cursor
from services.reporting.queries import LISTED, STATUS
from services.reporting.teams import configurations
from services.reporting.words import STAGE_TITLES, worded
from shared.eventstore.store import Connection
from shared.web.access.roles import Scope

PATH = "/pages/cases"
MOST = 50
"""Cases on one page."""
_WHICH = Field(
    name="which",
    label="Which cases",
    kind="select",
    takes=TypeAdapter(str),
    message="Choose from the list: which cases",
    choices=(("", SELECTIONS[OPEN_ONES].title), *((code, each.title) for code, each in SELECTIONS.items())),
)
_AFTER = Field(
    name="after",
    label="After",
    kind="hidden",
    takes=TypeAdapter(Annotated[str, StringConstraints(pattern=CURSOR)]),
    message="The place in the list is none: start from its first page",
    kept=False,
)


async def selected(
    conn: Connection,
    scope: Question,
    which: str,
    period: tuple[date, date],
    *,
    after: tuple[date, UUID] | None = None,
    limit: int = MOST,
) -> list[dict[str, Any]]:
    """The cases of one of `SELECTIONS`, oldest referral first, by keyset.

    Args:
        conn: a snapshot.
        scope: the question with its filters.
        which: code of the selection.
        period: first and last day.
        after: received_on and case id of the last case of the page before.
        limit: at most this many.

    Raises:
        KeyError: there is no such selection.
    """
    own = team_targets(await configurations(conn, scope))
    cases, given = scope.cases(after=8)
    contacts, also_given = scope.contacts(after=8 + len(given))
    rows = await conn.fetch(
        f"""
        WITH s AS ({contacts}),
             own AS (SELECT * FROM unnest($8::text[], $9::text[], $10::integer[]) AS o (team_id, name, target))
        SELECT {LISTED}, {STATUS} AS stage, $1::date - received_on AS days FROM ({cases}) AS c
        WHERE ({SELECTIONS[which].condition}) AND $3::date <= $4::date
          AND (received_on, case_id) > ($5::date, $6::uuid)
        ORDER BY received_on, case_id LIMIT $7::int
        """,
        scope.at, scope.team, *period, *(after or (date.min, UUID(int=0))), limit, *own, *given, *also_given,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    """As `GET /cases`: pseudonyms for what is none of the reader's, nothing that a family keeps from him, on record."""
    actor, form = asked.actor, asked.form
    every = actor.may(Scope.CASES_LIST) and not actor.needs_relationship
    after = read_cursor(form.values["after"]) if "after" in form.values else None
    if after is not None and not every:
        after = asked.pseudonyms.behind(after)
    which = form.values.get("which", OPEN_ONES)
    rows = await selected(conn, form.scope, which, form.period, after=after, limit=MOST + 1)
    page = rows[:MOST]
    found = await named(conn, asked, {row["case_id"]: row["team_id"] for row in page}, path=PATH)
    shown = [
        {**row, "named": found[row["case_id"]], "closing": "" if row["closed_by"] is None else worded(row["closed_by"])}
        for row in page
        if row["case_id"] in found
    ]
    following = ""
    if len(rows) > MOST:
        last = page[-1]["case_id"]
        following = write_cursor(page[-1]["received_on"], last if every else asked.pseudonyms.of(last))
    return {
        "selection": SELECTIONS[which],
        "cases": shown,
        "following": following,
        "stages": {**STAGE_TITLES, "closed": "Closed"},
        "case_query": form.query(**dict.fromkeys((field.name for field in PAGE.fields if field.name not in _KEPT), "")),
    }


_KEPT = ("at", "known_at")
"""What a case is asked as well: as at which day, as known when."""


PAGE = Page(
    path=PATH,
    title="Cases",
    template="case_list.jinja",
    ask=_ask,
    fields=(*WITH_FILTERS[:5], _WHICH, *WITH_FILTERS[5:], _AFTER),
    needs=Scope.CASES_LIST,
    or_needs=Scope.CASES_PSEUDONYMISED,
    on_record=True,
    cases=lambda found: by_own_id(case["named"] for case in found["cases"]),
)
