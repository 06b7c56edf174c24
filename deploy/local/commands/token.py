"""dyad token."""

import re
import sys
from typing import Annotated
from uuid import UUID

import typer

from deploy.local.installation import Installation
from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_USAGE, Trouble
from shared.kernel.fields import CODE_FORM

ROLES = "referrer, administrator, triage_clinician, practitioner, lead, manager, analyst, auditor, system"


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(token)


def token(
    role: Annotated[str, typer.Option("--role", help=f"What it is for: {ROLES}.")],
    team: Annotated[
        list[str] | None,
        typer.Option("--team", help="Code of a team; may be repeated. None: every team, where allowed."),
    ] = None,
    practitioner: Annotated[
        UUID | None, typer.Option("--practitioner", help="Id by which cases know who carries them.")
    ] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Opaque id of whom it stands for.")] = None,
    hours: Annotated[float, typer.Option("--hours", min=0.01, max=24, help="Until it expires.")] = 1,
) -> None:
    """Make an access token for trying out, signed by this installation's own key; prints the token and nothing else."""
    from deploy.local.issuer.minting import issuer_of  # noqa: PLC0415 - cryptography that other commands need not wait for
    from shared.web.access.roles import Role  # noqa: PLC0415

    teams = team or None
    if role not in set(Role):
        raise Trouble(f"There is no role {role}.", f"The roles are {ROLES}.", EXIT_USAGE)
    if not all(re.fullmatch(CODE_FORM, code) for code in teams or ()):
        raise Trouble("A team is named by its code.", "Say it like --team team-north.", EXIT_USAGE)
    installation = Installation.chosen()
    try:
        settings = installation.settings
        issuer = issuer_of(installation.secrets, name=settings.token_issuer, audience=settings.token_audience)
        made = issuer.mint(Role(role), teams, subject=subject, practitioner_id=practitioner, seconds=int(hours * 3600))
    except FileNotFoundError:
        raise Trouble(
            "This installation has no signing key of its own.",
            "Say `make up` first; where another issuer is used, ask that one.",
            EXIT_DIFFERENCE,
        ) from None
    except ValueError as refusal:
        raise Trouble(f"No such token: {refusal}.", "See `dyad token --help`.", EXIT_USAGE) from None
    sys.stdout.write(f"{made}\n")
