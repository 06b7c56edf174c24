"""docs/metrics.md says what the code does: every wait with its ends and target, every stage, every milestone."""

import re
from pathlib import Path

from services.reporting.case_row import CaseRow
from services.reporting.clocks.catalogue import DEFINITIONS
from services.reporting.clocks.reading import State
from services.reporting.metrics.scope import STAGES
from services.reporting.metrics.waits import WAITS

TEXT = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()


def test_every_wait_stands_there_as_it_is_counted() -> None:
    for name, wait in WAITS.items():
        assert f"| {name} {wait.title} | `{wait.start}` | `{wait.stop}` | {wait.target_days()} |" in TEXT


def test_every_stage_is_explained() -> None:
    for stage in STAGES:
        assert f"| `{stage}` |" in TEXT


def test_every_milestone_is_defined() -> None:
    for column in CaseRow._fields:
        if column.endswith("_on") and column != "withdrawn_on":
            assert f"`{column}`" in TEXT


def test_every_clock_has_its_row() -> None:
    for definition in DEFINITIONS:
        assert f"| `{definition.code}` |" in TEXT
    assert set(re.findall(r"^\| `((?:england|scotland)_\w+)` \|", TEXT, re.MULTILINE)) <= {
        definition.code for definition in DEFINITIONS
    }


def test_every_state_of_a_clock_is_named() -> None:
    section = TEXT.split("## Clocks")[1].split("## ")[0]
    for state in State:
        assert f"`{state}`" in section
