"""Data on standard output, messages on standard error, in the form that the caller asked for."""

import csv
import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

# Both honour NO_COLOR and show neither colour nor movement where there is no terminal.
messages = Console(stderr=True, highlight=False, soft_wrap=True)


class Output(StrEnum):
    """The forms in which data can be had."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"


OutputOption = Annotated[Output, typer.Option("--output", "-o", help="The form of the data on standard output.")]

_UNBROKEN = 1_000
"""Columns where there is no terminal: what is searched or cut up by another program is not broken into lines."""

Row = Mapping[str, str | int | float | bool | None]


def show(rows: Sequence[Row], columns: Sequence[str], output: Output) -> None:
    """Write rows to standard output.

    Args:
        rows: each a mapping from column name to value.
        columns: the names in the order of the table and of the CSV file.
        output: which form.
    """
    sys.stdout.write(_rendered(rows, columns, output))


def _rendered(rows: Sequence[Row], columns: Sequence[str], output: Output) -> str:
    match output:
        case Output.JSON:
            return json.dumps([dict(row) for row in rows], indent=2) + "\n"
        case Output.NDJSON:
            return "".join(json.dumps(dict(row)) + "\n" for row in rows)
        case Output.CSV:
            text = io.StringIO()
            writer = csv.DictWriter(text, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            return text.getvalue()
        case Output.TABLE:
            return _table(rows, columns)


def _table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        # The first says which row it is, often by an id that is copied into the next command: never broken.
        table.add_column(column.replace("_", " "), overflow="fold", no_wrap=place == 0)
    for row in rows:
        table.add_row(*("-" if row.get(column) is None else str(row[column]) for column in columns))
    console = Console()
    if not console.is_terminal:
        console.width = _UNBROKEN
    with console.capture() as captured:
        console.print(table)
    return captured.get()


@contextmanager
def step(what: str) -> Iterator[Callable[[str], None]]:
    """Show that something is at work and how long it took; at a terminal while it lasts, elsewhere one line after.

    The block is given a function that says how far it is.
    """
    begin = time.monotonic()
    try:
        if messages.is_terminal:
            with messages.status(what) as status:
                yield lambda how_far: status.update(f"{what}: {how_far}")
        else:
            yield lambda _how_far: None
    except BaseException:
        messages.print(f"[red]✗[/red] {what} ({time.monotonic() - begin:.1f} s)")
        raise
    messages.print(f"[green]✓[/green] {what} ({time.monotonic() - begin:.1f} s)")
