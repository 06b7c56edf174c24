"""The list of metrics in `docs/metrics.md`, from the catalogue that pages, files and the API are made of."""

from collections.abc import Iterator
from pathlib import Path

from services.reporting.metrics.catalogue import FILTERED, METRICS

FILE = Path(__file__).parents[2] / "docs" / "metrics.md"
_BEGIN = "<!-- Written by `python -m deploy.publish`; do not edit. -->\n"
_END = "<!-- End of what is written. -->\n"


def written(text: str) -> str:
    """The document with its list as the catalogue has it.

    Args:
        text: as it stands, with the two marks.

    Raises:
        ValueError: a mark is missing.
    """
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    return "".join((before, _BEGIN, *(f"{line}\n" for line in _lines()), _END, after))


def _lines() -> Iterator[str]:
    yield "| Code | Name | Title | Counted in | Source | Filters change |"
    yield "|---|---|---|---|---|---|"
    for metric in METRICS.values():
        filtered = FILTERED.get(metric.name, "all")
        yield f"| {metric.code} | `{metric.name}` | {metric.title} | {metric.unit} | {metric.source} | {filtered} |"
