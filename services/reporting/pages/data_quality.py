"""Data quality (M15): what in the record needs a person, by reason, with what to do; and the cases to work through."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints, TypeAdapter

from services.reporting.charts.words import count
from services.reporting.metrics.data_quality import items
from services.reporting.pages.figures import Links, Measured, barred, measured
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.form import Field
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.named import Named, may_list, named
from services.reporting.pages.sections import Section, answer, case_query, source_of
from services.reporting.pages.trouble import parked_table
from services.reporting.parameters import CURSOR, read_cursor, write_cursor
from services.reporting.projections import CONSUMER
from services.reporting.tables import HIDDEN, Column, Kind, Table
from shared.bus import held
from shared.eventstore.store import Connection

PATH = "/pages/data-quality"
MOST = 50
"""Cases on one page of the list."""
WHAT_TO_DO: Mapping[str, str] = {
    "orphan": "Look for its referral: it was not recorded, or under another case.",
    "negative_wait": "Find the date that is wrong, and correct its event.",
    "impossible_order": "Find the date that is wrong, and correct its event.",
    "missing_baseline": "Record the baseline measure; without it no outcome can be told.",
    "back_dated": "Nothing to correct. Record within a week: numbers of past days have changed.",
    "open_too_long": "Close the case if its work is over.",
    "identifier_failing": "Check the number, and record the right one.",
}
_SHORT: Mapping[str, str] = {
    "orphan": "No referral",
    "negative_wait": "Wait ends before it begins",
    "impossible_order": "Impossible order",
    "missing_baseline": "No baseline measure",
    "back_dated": "Recorded late",
    "open_too_long": "Open very long",
    "identifier_failing": "Number cannot be real",
}
_REASON = Field(
    name="reason",
    label="Cases listed",
    kind="select",
    takes=TypeAdapter(str),
    message="Choose from the list: cases listed",
    choices=(("", "With any of these"), *_SHORT.items()),
)
_AFTER = Field(
    name="after",
    label="After",
    kind="hidden",
    takes=TypeAdapter(Annotated[str, StringConstraints(pattern=CURSOR)]),
    message="The place in the list is none: start from its first page",
    kept=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One case to look at."""

    case: Named
    team: str
    received_on: date | None
    """None: its referral is not known."""
    reasons: tuple[str, ...]
    """In a few words each."""


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    found = await measured(conn, asked, "data-quality")
    shown: dict[str, Any] = {"listed": None, "following": "", "parked": await _parked(conn, asked)}
    if may_list(asked.actor):
        shown["listed"], shown["following"] = await _listed(conn, asked)
    families = 0 if found is None else found.answer.looked_at
    sections = [] if found is None else [_reasons(asked, found)]
    return {**await answer(conn, asked, sections), **shown, "families": families, "case_query": case_query(asked)}


async def _parked(conn: Connection, asked: Asked) -> Table | None:
    """Parked events by kind, now. None: the question is about what was known then, or he does not see every team's.

    Whose a parked event is cannot always be told, so only those who work for every team see any.
    """
    if asked.form.scope.known_at is not None or asked.actor.teams is not None:
        return None
    return parked_table(await held.counts(conn, CONSUMER))


def _reasons(asked: Asked, found: Measured) -> Section:
    """The numbers lead to the list below; they are no case list of their own, for orphans have no place there."""
    whole = found.tables["reasons"]
    table = Table(
        "reasons",
        "Cases by what is wrong",
        (Column("what", "What", Kind.TEXT), Column("to_do", "What to do", Kind.TEXT), whole.columns[2]),
        tuple((_SHORT[str(code)], f"{title}. {WHAT_TO_DO[str(code)]}", cases) for code, title, cases in whole.rows),
        published=whole.published,
    )
    drawn = barred("reasons", table, "cases", links=_links(asked, whole))
    return Section(
        name="reasons",
        title=whole.title,
        figures=[replace(drawn, open=True, finding=_finding(found.tables["cases"]) or drawn.finding)],
        metric=found.metric.name,
        source=source_of(found.metric),
    )


def _finding(cases: Table) -> str:
    """How many need a person, in one sentence; empty where that is hidden."""
    some, every, _ = cases.rows[0]
    if not isinstance(some, int) or not isinstance(every, int):
        return ""
    if some == 0:
        return f"Nothing: none of {count(every, 'case', 'cases')} has any of these."
    return f"{some:,} of {count(every, 'case', 'cases')} {'has' if some == 1 else 'have'} one or more of these."


def _links(asked: Asked, table: Table) -> Links:
    if not may_list(asked.actor):
        return {}
    return {
        (place, "cases"): f"{PATH}?{asked.form.query(reason=str(row[0]), after='')}#list"
        for place, row in enumerate(table.rows)
        if row[2] not in (HIDDEN, 0)
    }


async def _listed(conn: Connection, asked: Asked) -> tuple[list[Listed], str]:
    """One page of the list and where the next begins. The place is that of a pseudonym, so it names nobody."""
    form, (first, last) = asked.form, asked.form.period
    after = asked.pseudonyms.behind(read_cursor(form.values["after"])) if "after" in form.values else None
    reason = form.values.get("reason")
    found: dict[UUID, list[Any]] = {}
    for item in await items(conn, form.scope, first=first, last=last, reason=reason, after=after, limit=MOST + 1):
        found.setdefault(item.case_id, []).append(item)
    page = dict([*found.items()][:MOST])
    names = await named(conn, asked, {case_id: each[0].team_id for case_id, each in page.items()}, path=PATH)
    listed = [
        Listed(
            case=names[case_id],
            team=each[0].team_id,
            received_on=each[0].received_on,
            reasons=tuple(_SHORT[item.reason] for item in each),
        )
        for case_id, each in page.items()
        if case_id in names
    ]
    if len(found) <= MOST:
        return listed, ""
    end = [*page][-1]
    return listed, write_cursor(page[end][0].received_on, asked.pseudonyms.of(end))


PAGE = Page(
    path=PATH,
    title="Data quality",
    template="data_quality.jinja",
    ask=_ask,
    fields=(*WITH_FILTERS[:5], _REASON, *WITH_FILTERS[5:], _AFTER),
    on_record=True,
)
