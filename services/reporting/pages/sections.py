"""A page as sections: one for each metric that there is, with figures, links to cases, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.reporting.metrics.metric import Metric
from services.reporting.metrics.scope import Scope as Question
from services.reporting.pages.case_list import PATH
from services.reporting.pages.figures import Figure, Links, Measured
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked
from services.reporting.pages.named import may_list
from services.reporting.tables import HIDDEN, Table
from shared.eventstore.store import Connection

FEW = 1
"""So many families at most are a page about one family rather than about a team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Figures under one heading; `metric` is the name under which its files are found, empty if it has none."""

    name: str
    title: str
    figures: Sequence[Figure]
    metric: str = ""
    source: str = ""


def section(found: Measured, figures: Sequence[Figure], *, title: str = "") -> Section:
    """The section of a metric."""
    metric = found.metric
    return Section(
        name=metric.name,
        title=title or metric.title,
        figures=figures,
        metric=metric.name,
        source=source_of(metric),
    )


def source_of(metric: Metric) -> str:
    """Under which name a metric's definition is found, and its unit; the files say where it is from."""
    return f"Definition {metric.code}; unit: {metric.unit}."


def cases_behind(asked: Asked, table: Table, column: str, codes: Sequence[str], **filters: str) -> Links:
    """Links from a column's numbers to the lists of cases, row by row; none for who may not list cases.

    Args:
        asked: the page's question, which the lists take over.
        table: as it is shown; what is hidden leads nowhere.
        column: name of the column.
        codes: a code of `selections.SELECTIONS` for each row from the top, empty for none.
        **filters: further parameters of the lists.
    """
    if not may_list(asked.actor):
        return {}
    cells = table.column(column)
    return {
        (place, column): f"{PATH}?{files_of(asked, which=code, **filters)}"
        for place, code in enumerate(codes)
        if code and cells[place] not in (HIDDEN, 0, None)
    }


def files_of(asked: Asked, **changes: str) -> str:
    """The page's question for files and lists of cases: without the fields that are this page's alone."""
    own = {field.name for field in asked.form.fields} - {field.name for field in WITH_FILTERS}
    return asked.form.query(**{**dict.fromkeys(own, ""), **changes})


def case_query(asked: Asked) -> str:
    """What a single case is asked as well: as at which day, as known when."""
    return asked.form.query(**{field.name: "" for field in asked.form.fields if field.name not in _OF_A_CASE})


_OF_A_CASE = ("at", "known_at")


async def answer(conn: Connection, asked: Asked, sections: Sequence[Section | None]) -> dict[str, Any]:
    """What `sections.jinja` shows; a metric that there is not is left out."""
    return {
        "sections": [each for each in sections if each is not None],
        "families": await families(conn, asked.form.scope),
        "few": FEW,
        "files": files_of(asked),
    }


async def families(conn: Connection, scope: Question) -> int:
    """How many cases are known of whose referral, by the day of the question; no further than two."""
    cases, given = scope.cases(after=0)
    found: int = await conn.fetchval(
        f"SELECT count(*) FROM (SELECT FROM ({cases}) AS c WHERE received_on <= $1::date LIMIT {FEW + 1}) AS few",
        scope.at, scope.team, *given,
    )  # fmt: skip
    return found
