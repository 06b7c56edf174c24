"""Restore: a history from a file into an installation that holds nothing else, then everything started."""

from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.local import startup, supervisor
from deploy.local.installation import Installation
from deploy.local.network.history_file import NotAHistory, counts
from deploy.local.network.install import restore_file
from deploy.local.note import FirstStart
from deploy.local.output import messages, step
from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_USAGE, NEEDED_FREE_BYTES, Trouble, require_free_space
from shared.eventstore.restore import RestoreRefused
from shared.migrations import migrate_all

ROOM = 4
"""Bytes of database and Kafka for one byte of an uncompressed file, with indexes."""
COMPRESSED = 8


def restore(installation: Installation, path: Path) -> None:
    """Restores it and starts everything; cut off at any point, it is simply said again.

    Raises:
        Trouble: the file is no history, or the installation holds something else; what ran before runs again.
    """
    try:
        found = counts(path)
    except NotAHistory as error:
        raise Trouble(f"{error}.", "Make one with `dyad simulate --output-file`.", EXIT_USAGE) from error
    with installation.locked():
        before = installation.first_start()
        installation.require_servers_of_first_start()
        size = path.stat().st_size * ROOM * (COMPRESSED if path.suffix == ".gz" else 1)
        require_free_space(installation.folder, NEEDED_FREE_BYTES + size)
        startup.require_free_ports(installation)
        installation.make_secrets()
        startup.start_servers(installation)
        with step("Stopping the services, roles, databases and schemas"):
            supervisor.stop(installation)
            migrate_all(installation.settings)
        if before is FirstStart.NOT_YET:
            installation.note_first_start(FirstStart.BEGUN)
        try:
            _restore(installation, path, found)
        except RestoreRefused as refusal:
            if before is FirstStart.DONE:
                supervisor.start(installation)
            raise Trouble(
                f"This history does not belong into these stores: {refusal}.",
                "Say `make clean` first, or set DYAD_STATE_DIR to another folder.",
                EXIT_DIFFERENCE,
            ) from refusal
        installation.note_first_start(FirstStart.DONE)
        with step("Starting the services"):
            supervisor.start(installation)
            supervisor.wait_until_healthy(installation)


def _restore(installation: Installation, path: Path, found: dict[str, int]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=messages) as bar:
        tasks = {store: bar.add_task(f"Restoring {store}", total=count) for store, count in found.items()}
        restore_file(installation.settings, path, progress=lambda store, events: bar.advance(tasks[store], events))
