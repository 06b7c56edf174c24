"""dyad report freeze, list, show, diff, verify: frozen reports, in one's own name."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import typer

from deploy.local.asking import ask
from deploy.local.installation import Installation
from deploy.local.output import Output, OutputOption, Row, messages, show
from deploy.local.trouble import EXIT_DIFFERENCE

LISTED = ("report_id", "name", "kind", "team", "at", "known_at", "frozen_at", "suppressed", "result_hash")
VERIFIED = ("report_id", "name", "verified", "result_hash", "result_hash_now", "redefined")
DIFFERENT = ("metric", "table", "row", "column", "then", "now")
EVENTS = ("type", "occurred_on", "recorded_at", "team", "case_id", "event_id")

Name = Annotated[str, typer.Argument(help="A code, such as board-march-2026; never anybody's name.")]
Metrics = Annotated[list[str] | None, typer.Option("--metric", help="A metric; once for each.")]
Pack = Annotated[bool, typer.Option("--evidence-pack", help="All metrics of one team, small numbers hidden.")]
Team = Annotated[str | None, typer.Option("--team", help="Team code; left out: all of your teams.")]
At = Annotated[str | None, typer.Option("--at", help="As at the end of this day, YYYY-MM-DD; left out: today.")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", help="As known at this instant; left out: all that is complete.")
]
FirstDay = Annotated[str | None, typer.Option("--first-day", help="Of the period; left out: a year before its last.")]
LastDay = Annotated[str | None, typer.Option("--last-day", help="Of the period; left out: --at.")]
Suppressed = Annotated[bool, typer.Option("--suppressed", help="Hide small numbers also inside your own team.")]
ReportId = Annotated[UUID, typer.Argument(help="As `dyad report list` shows it.")]
Some = Annotated[list[UUID] | None, typer.Argument(help="Which reports; left out: all that you may see.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        help="Frozen reports: a question whose answer is computed again and compared, byte for byte.",
        no_args_is_help=True,
    )
    group.command()(freeze)
    group.command("list")(list_reports)
    group.command("show")(show_report)
    group.command()(diff)
    group.command()(verify)
    app.add_typer(group, name="report")


def freeze(
    *,
    name: Name,
    metric: Metrics = None,
    evidence_pack: Pack = False,
    team: Team = None,
    at: At = None,
    known_at: KnownAt = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    suppressed: Suppressed = False,
) -> None:
    """Freeze a question, in the name of the token in DYAD_TOKEN; prints the report's id."""
    asked: dict[str, Any] = {"name": name, "kind": "evidence-pack" if evidence_pack else "view"}
    given: dict[str, Any] = {"metrics": metric, "team": team, "at": at, "known_at": known_at, "first_day": first_day}
    given |= {"last_day": last_day, "suppressed": suppressed or None}
    report = _ask("POST", "/reports", asked | {member: each for member, each in given.items() if each is not None})
    messages.print(f"Frozen as known at {report['known_at']}; SHA-256 {report['result_hash']}:")
    sys.stdout.write(f"{report['report_id']}\n")


def list_reports(output: OutputOption = Output.TABLE) -> None:
    """Show the reports that you may see, the latest first."""
    show(_every(), LISTED, output)


def show_report(report_id: ReportId, output: OutputOption = Output.TABLE) -> None:
    """Show a report's tables, computed again; exit 1 if they are not what was frozen."""
    found = _ask("GET", f"/reports/{report_id}")
    for table in found["tables"]:
        names = [column["name"] for column in table["columns"]]
        messages.print(f"{table['name']}: {table['title']}", markup=False)
        show([dict(zip(names, row, strict=True)) for row in table["rows"]], names, output)
    _tell(found)


def diff(report_id: ReportId, output: OutputOption = Output.TABLE) -> None:
    """Show which numbers differ today, and which events came since; exit 1 if any number differs."""
    found = _ask("GET", f"/reports/{report_id}/diff")
    show(found["differences"], DIFFERENT, output)
    counts = ", ".join(f"{name} {number}" for name, number in found["by_type"].items())
    messages.print(f"Events since: {counts or 'none'}.", markup=False)
    if found["events"]:
        show(found["events"], EVENTS, output)
    if found["differences"]:
        raise typer.Exit(EXIT_DIFFERENCE)


def verify(reports: Some = None, output: OutputOption = Output.TABLE) -> None:
    """Compute reports again and compare them with what was frozen; exit 1 if any is not the same."""
    wanted = [str(each) for each in reports] if reports else [str(each["report_id"]) for each in _every()]
    rows: list[Row] = []
    for report_id in wanted:
        found = _ask("GET", f"/reports/{report_id}")
        changed = ", ".join(f"{each['name']} {each['then']} -> {each['now']}" for each in found["redefined"])
        rows.append({**found["report"], **found, "redefined": changed})
    show([{column: row[column] for column in VERIFIED} for row in rows], VERIFIED, output)
    if not all(row["verified"] for row in rows):
        raise typer.Exit(EXIT_DIFFERENCE)


def _tell(found: Mapping[str, Any]) -> None:
    if not found["verified"]:
        messages.print(f"This is not what was frozen: SHA-256 is {found['result_hash_now']} now.", style="red")
        raise typer.Exit(EXIT_DIFFERENCE)
    messages.print("Verified: byte for byte what was frozen.")


def _every() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = _ask("GET", f"/reports?limit=500{after}")
        found += page["reports"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def _ask(method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
    return ask(Installation.chosen().settings, "reporting", method, path, body=body)
