"""A report as a file: its result as canonical JSON, or its tables as a workbook or a zip of CSV files."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from starlette.responses import Response

from services.reporting.exports import csv, xlsx
from services.reporting.exports.provenance import Definition, Provenance
from services.reporting.metrics.catalogue import METRICS
from services.reporting.reports.answering import Again
from services.reporting.reports.canonical import Part
from services.reporting.reports.frozen import Frozen
from services.reporting.reports.question import ReportKind, said_of
from services.reporting.tables import Table

TITLES = {ReportKind.VIEW: "Frozen report", ReportKind.EVIDENCE_PACK: "Evidence pack"}


class ReportFile(StrEnum):
    """In which form a report may be had."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def provenance_of(computed: Again) -> Provenance:
    """Where the numbers of a report come from; the same for ever, as long as the result is."""
    report = computed.report
    asked = report.question
    now = () if computed.verified else (("SHA-256 of this file's result: NOT what was frozen", _now(computed)),)
    return Provenance(
        title=f"{TITLES[report.kind]} {report.name}",
        filters=(
            ("team", asked.team or "all"),
            *said_of(asked.filters).items(),
            ("first day", asked.first_day.isoformat()),
            ("last day", asked.last_day.isoformat()),
            ("report", str(report.report_id)),
            ("SHA-256 of the result", report.result_hash.hex()),
            *now,
        ),
        at=asked.at,
        known_at=asked.known_at,
        complete_to=report.complete_to,
        definitions=tuple(
            Definition(code=metric.code, title=metric.title, unit=metric.unit, source=metric.source)
            for metric in (METRICS[name] for name in asked.metrics if name in METRICS)
        ),
        definition_version=versions_said(report),
        role=report.role,
    )


def _now(computed: Again) -> str:
    return computed.result_hash.hex()


def versions_said(report: Frozen) -> str:
    """The versions of the definitions in words: `waits 1, flow 2; facts 7`."""
    pairs = zip(report.question.metrics, report.versions, strict=True)
    return f"{', '.join(f'{name} {version}' for name, version in pairs)}; facts {report.definition}"


def own_names(parts: Sequence[Part]) -> tuple[Table, ...]:
    """The tables under names and titles of their own: of several metrics each may have a table `completed`."""
    if len(parts) == 1:
        return parts[0].tables
    return tuple(
        replace(table, name=f"{number:02d}-{table.name}"[:31], title=f"{METRICS[part.metric].title}: {table.title}")
        for number, part in enumerate(parts, 1)
        for table in part.tables
    )


def report_file(computed: Again, kind: ReportFile) -> Response:
    """The file. Of JSON, `sha256sum` is the result's hash."""
    report = computed.report
    own, tables, provenance = not report.question.suppressed, own_names(computed.parts), provenance_of(computed)
    if kind is ReportFile.JSON:
        body, media_type, ending = computed.result, "application/json", "json"
    elif kind is ReportFile.CSV:
        body, media_type, ending = csv.csv_files(tables, provenance, inside_team=own), csv.MEDIA_TYPE, "csv.zip"
    else:
        body, media_type, ending = xlsx.workbook(tables, provenance, inside_team=own), xlsx.MEDIA_TYPE, "xlsx"
    return Response(
        body,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{report.name}.{ending}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Dyad-Verified": "true" if computed.verified else "false",
        },
    )
