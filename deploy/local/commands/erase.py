"""dyad erase request, approve, cancel, list; dyad export-subject."""

import json
import sys
from typing import Annotated, Any
from uuid import UUID

import typer

from deploy.local.installation import Installation
from deploy.local.output import Output, OutputOption, messages, show, step
from deploy.local.trouble import EXIT_DIFFERENCE, Trouble
from shared.settings import STORES

COLUMNS = (
    "request_id",
    "subject",
    "state",
    "reason",
    "asked_by",
    "approved_by",
    "not_before",
    "executed_at",
    "awaited",
)

Subject = Annotated[UUID, typer.Argument(help="The person: id of an infant or caregiver.")]
RequestId = Annotated[UUID, typer.Argument(help="As `dyad erase list` shows it.")]
Reason = Annotated[
    str,
    typer.Option(
        "--reason", help="consultation_contact, wrong_person, non_care_contact, retention_expired or court_order."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        help="Make everything personal about somebody unreadable, for good: needs a reason and a second person.",
        no_args_is_help=True,
    )
    group.command("request")(request)
    group.command()(approve)
    group.command()(cancel)
    group.command("list")(list_erasures)
    app.add_typer(group, name="erase")
    app.command("export-subject")(export_subject)


def request(subject: Subject, reason: Reason) -> None:
    """Ask for it, in the name of the token in DYAD_TOKEN. Nothing happens before somebody else approves."""
    asked = _ask("POST", "/erasures", {"subject": str(subject), "reason": reason})
    messages.print("Asked for, as request:")
    sys.stdout.write(f"{asked['request_id']}\n")
    messages.print("A second person says `dyad erase approve` with that.")


def approve(request_id: RequestId) -> None:
    """Approve it as the second person."""
    answer = _ask("POST", f"/erasures/{request_id}/approval")
    messages.print(f"Approved. It is executed after {answer['not_before']}; until then `dyad erase cancel` stops it.")


def cancel(request_id: RequestId) -> None:
    """Take it back before it is executed."""
    _ask("POST", f"/erasures/{request_id}/cancellation")
    messages.print("Cancelled.")


def list_erasures(output: OutputOption = Output.TABLE) -> None:
    """Show every request, and for executed ones which services have not acknowledged it yet."""
    rows = _ask("GET", "/erasures")["erasures"]
    told = [{**row, "awaited": " ".join(sorted({item["service"] for item in row["awaited"]})) or None} for row in rows]
    show(told, COLUMNS, output)


def export_subject(subject: Subject) -> None:
    """Write everything that all services hold about one person as JSON; what is about others is replaced by a mark."""
    from deploy.local.asking import ask  # noqa: PLC0415 - an import that the other commands need not wait for

    settings = Installation.chosen().settings
    with step("Asking each service"):
        services = {service: ask(settings, service, "GET", f"/subjects/{subject}/export") for service in STORES}
    if not any(found["cases"] for found in services.values()):
        raise Trouble("No case of yours knows this person.", "Check the id and the token.", EXIT_DIFFERENCE)
    sys.stdout.write(json.dumps({"subject": str(subject), "services": services}, indent=2, ensure_ascii=False) + "\n")


def _ask(method: str, path: str, body: dict[str, object] | None = None) -> Any:
    from deploy.local.asking import ask  # noqa: PLC0415

    return ask(Installation.chosen().settings, "referral", method, path, body=body)
