"""What is measured, as a table on screen and as build/bench.json."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULT = Path("build/bench.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the issue's table "Speed"."""

    name: str
    value: float
    unit: str
    versus: float | None = None
    """What the comparison reached in the same run, in the same unit."""
    ratio: float | None = None
    target: str = ""
    """As the issue words it; empty where it only wants a report."""
    met: bool | None = None


def at_least(name: str, value: float, unit: str, *, target: float) -> Row:
    """A row that must reach a figure of its own."""
    return Row(name=name, value=value, unit=unit, target=f">= {target:,.0f} {unit}", met=value >= target)


def below(name: str, value: float, unit: str, *, target: float | None = None) -> Row:
    """A row that must stay under a figure; without one it is only reported."""
    wanted = "" if target is None else f"< {target:g} {unit}"
    return Row(name=name, value=value, unit=unit, target=wanted, met=None if target is None else value < target)


def compared(name: str, value: float, versus: float, unit: str, *, target: float | None = None) -> Row:
    """A row that must reach a share (or a multiple) of what something else reached in the same run."""
    ratio = value / versus
    return Row(
        name=name,
        value=value,
        unit=unit,
        versus=versus,
        ratio=ratio,
        target="" if target is None else f"ratio >= {target:g}",
        met=None if target is None else ratio >= target,
    )


def save(rows: Sequence[Row], path: Path = RESULT) -> None:
    """All rows as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


def show(rows: Sequence[Row], console: Console) -> None:
    """All rows as a table."""
    table = Table(title="Speed", title_justify="left")
    for heading in ("work", "value", "versus", "ratio", "target", "met"):
        table.add_column(heading, justify="right" if heading in {"value", "versus", "ratio"} else "left")
    for row in rows:
        met = "" if row.met is None else "[green]yes[/]" if row.met else "[red]NO[/]"
        table.add_row(
            row.name,
            f"{_figure(row.value)} {row.unit}",
            "" if row.versus is None else _figure(row.versus),
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.target,
            met,
        )
    console.print(table)


def markdown(rows: Sequence[Row]) -> str:
    """All rows as the table of docs/benchmarks.md."""
    lines = ["| work | measured | beside it, same run | ratio | must reach | met |", "|---|---|---|---|---|---|"]
    for row in rows:
        versus = "" if row.versus is None else f"{_figure(row.versus)} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        met = "" if row.met is None else "yes" if row.met else "**no**"
        lines.append(f"| {row.name} | {_figure(row.value)} {row.unit} | {versus} | {ratio} | {row.target} | {met} |")
    return "\n".join(lines)


def load(path: Path = RESULT) -> list[Row]:
    """The rows of the last run.

    Raises:
        FileNotFoundError: there was none.
    """
    return [Row(**members) for members in json.loads(path.read_text())]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"
