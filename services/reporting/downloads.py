"""A metric as a file: its tables with where they come from, small numbers hidden unless they stay in their team."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from typing import NamedTuple

from starlette.responses import Response

from services.reporting import queries
from services.reporting.exports import csv, xlsx
from services.reporting.exports.provenance import Definition, Provenance
from services.reporting.fold import DEFINITION
from services.reporting.metrics.metric import Metric, Period
from services.reporting.metrics.scope import Filters, Scope
from services.reporting.tables import Table
from shared.eventstore.store import Connection
from shared.web.actor import Actor
from shared.web.problems import Problem


class FileKind(StrEnum):
    """In which form a metric may be had as a file."""

    CSV = "csv"
    XLSX = "xlsx"


class _Form(NamedTuple):
    write: Callable[..., bytes]
    media_type: str
    ending: str


_FORMS: Mapping[FileKind, _Form] = {
    FileKind.CSV: _Form(csv.csv_files, csv.MEDIA_TYPE, "csv.zip"),
    FileKind.XLSX: _Form(xlsx.workbook, xlsx.MEDIA_TYPE, "xlsx"),
}


async def file_of(
    conn: Connection, metric: Metric, kind: FileKind, scope: Scope, period: Period, *, actor: Actor, inside_team: bool
) -> Response:
    """A metric's tables as a file that is saved under its name, team and date.

    Args:
        conn: a snapshot.
        metric: of the catalogue.
        kind: workbook, or a zip of CSV files.
        scope: the question.
        period: first and last day.
        actor: who asks; his role is told in the file.
        inside_team: keep small numbers.

    Raises:
        Problem: 503 `not-announced-yet`, how complete the data is cannot be told yet.
    """
    found = metric.tables(await metric.measure(conn, scope, period))
    complete_to = (await queries.freshness(conn, scope.known_at)).complete_to
    if complete_to is None:
        raise Problem(503, "not-announced-yet", "how complete the data is has not been announced yet")
    provenance = Provenance(
        title=metric.title,
        filters=(*said(scope), ("first day", period.first.isoformat()), ("last day", period.last.isoformat())),
        at=scope.at,
        known_at=scope.known_at,
        complete_to=complete_to,
        definitions=(Definition(code=metric.code, title=metric.title, unit=metric.unit, source=metric.source),),
        definition_version=str(DEFINITION),
        role=actor.role.value,
    )
    name = f"{metric.name}-{scope.team or 'all-teams'}-{scope.at.isoformat()}"
    return saved(found, provenance, kind, name, inside_team=inside_team)


def saved(tables: Sequence[Table], provenance: Provenance, kind: FileKind, name: str, *, inside_team: bool) -> Response:
    """Tables as a file that the browser saves.

    Args:
        tables: raw or published.
        provenance: of all of them.
        kind: workbook, or a zip of CSV files.
        name: of the file, without its ending.
        inside_team: keep small numbers.
    """
    form = _FORMS[kind]
    return Response(
        form.write(tables, provenance, inside_team=inside_team),
        media_type=form.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{form.ending}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def said(scope: Scope) -> list[tuple[str, str]]:
    """Team and filters of a question, as a file tells them."""
    given = [(each.name, getattr(scope.filters, each.name)) for each in fields(Filters)]
    return [("team", scope.team or "all"), *((name, str(value)) for name, value in given if value is not None)]
