"""`docs/measures.md` shows the registry as it is: one row for each measure, and the sources it names."""

import re
from pathlib import Path

import pytest

from services.assessment.measure_codes import MeasureCode
from services.assessment.measures import REGISTRY, VERSION
from services.assessment.registry.model import AgeWindow, Measure, Scale

PAGE = (Path(__file__).parents[2] / "docs" / "measures.md").read_text()


def ages(window: AgeWindow | None) -> str:
    if window is None:
        return "any"
    lowest = f"{window.from_weeks} weeks" if window.from_weeks else f"{window.from_months} months"
    return f"{lowest} to before {window.before_months} months"


def bands(measure: Measure) -> str:
    return ", ".join(f"{lowest} {band}" for lowest, band in measure.bands) or "-"


def span(scale: Scale) -> str:
    return f"{scale.lowest} to {scale.highest}" + ("" if scale.step == 1 else f" by {scale.step}")


def notes(measure: Measure) -> str:
    found = [measure.note] if measure.note else []
    if measure.subscales:
        found.append("; ".join(f"{name} {span(part)} ({part.better})" for name, part in measure.subscales.items()))
    if measure.safety_item:
        found.append(f"**item {measure.safety_item} above 0 needs a safety concern**")
    if measure.ordinal:
        found.append("ordinal")
    if not measure.outcome:
        found.append("experience, no outcome")
    if measure.snomed:
        found.append(f"SNOMED CT {measure.snomed}")
    return ". ".join(found) or "-"


def row(measure: Measure) -> str:
    cells = [
        f"`{measure.code}`",
        measure.name,
        f"{measure.subject.lower()} / {', '.join(measure.raters)}",
        span(measure.total),
        measure.total.better,
        bands(measure),
        str(measure.reliable_change or "-"),
        ages(measure.ages),
        "yes" if measure.nationally_counted else "no",
        measure.licence.replace("_", " "),
        notes(measure),
        measure.basis,
    ]
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("code", list(MeasureCode))
def test_the_page_has_the_row_of_every_measure(code: MeasureCode) -> None:
    assert row(REGISTRY[code]) in PAGE


def test_the_page_has_no_row_of_a_measure_that_is_not_there() -> None:
    assert set(re.findall(r"^\| `([A-Z0-9-]+)` \|", PAGE, re.MULTILINE)) == set(MeasureCode)


def test_the_page_says_the_version_and_every_source_that_a_row_names() -> None:
    assert f"`{VERSION}`" in PAGE
    named = {source for measure in REGISTRY.values() for source in re.split(r",\s*", measure.basis)}
    assert [source for source in sorted(named) if f"- **{source}**" not in PAGE] == []
