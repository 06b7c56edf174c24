"""dyad keys status, rotate, rewrap, retire."""

import typer

from deploy.local.installation import Installation
from deploy.local.output import Output, OutputOption, messages, show, step
from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_USAGE, Trouble
from shared.settings import STORES

COLUMNS = ("key", "file", "in_use", *STORES)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        help="Keys under which the keys of people are wrapped; rotating them rewrites no event.", no_args_is_help=True
    )
    group.command()(status)
    group.command()(rotate)
    group.command()(rewrap)
    group.command()(retire)
    app.add_typer(group, name="keys")


def status(output: OutputOption = Output.TABLE) -> None:
    """Show each key-encryption key and how many keys of people each service has under it."""
    from deploy.local import keys  # noqa: PLC0415 - cryptography that the other commands need not wait for

    show(keys.status(Installation.chosen().settings), COLUMNS, output)


def rotate() -> None:
    """Make a new key-encryption key and wrap every person's key under it; services need no restart."""
    from deploy.local import keys  # noqa: PLC0415

    settings = Installation.chosen().settings
    try:
        number = keys.add(settings)
    except PermissionError:
        raise Trouble(
            f"{settings.secrets_dir} cannot be written to.",
            "Put a file kek-<next number>.key of 64 hex digits there by your own means, then say `dyad keys rewrap`.",
            EXIT_USAGE,
        ) from None
    messages.print(f"kek-{number}.key is in use now. Back it up apart from the databases.")
    rewrap()


def rewrap() -> None:
    """Wrap every person's key under the newest key-encryption key; can be cut off and said again."""
    from deploy.local import keys  # noqa: PLC0415

    with step("Wrapping the keys of people anew") as tell:
        changed = keys.rewrap(Installation.chosen().settings, lambda service, done: tell(f"{service}, {done} keys"))
    messages.print(f"{changed} keys were wrapped anew. Older files are not needed any more: `dyad keys retire`.")


def retire() -> None:
    """Remove the files of older key-encryption keys; refused while anything is wrapped under one of them."""
    from deploy.local import keys  # noqa: PLC0415

    try:
        removed = keys.retire(Installation.chosen().settings)
    except keys.StillNeeded:
        raise Trouble(
            "Keys of people are still wrapped under an older key.", "Say `dyad keys rewrap` first.", EXIT_DIFFERENCE
        ) from None
    messages.print(
        f"{len(removed)} key files removed. A backup of the databases from before needs the key of its time."
    )
