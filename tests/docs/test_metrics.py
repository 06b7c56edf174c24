"""docs/metrics.md says what the code does: every wait with its ends and target, every stage, every milestone."""

import re
from pathlib import Path

from deploy.publish.metrics import written
from services.reporting.case_row import CaseRow
from services.reporting.clocks.catalogue import DEFINITIONS
from services.reporting.clocks.reading import State
from services.reporting.metrics.catalogue import FILTERED, METRICS
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


def test_the_list_of_metrics_is_that_of_the_catalogue() -> None:
    """If not: `python -m deploy.publish`."""
    assert written(TEXT) == TEXT


def test_every_metric_of_the_domain_is_in_the_catalogue_and_has_its_section() -> None:
    codes = set(re.findall(r"M\d+", " ".join(metric.code for metric in METRICS.values())))
    assert codes == {f"M{number}" for number in range(1, 19)}
    headings = " ".join(re.findall(r"^## .*", TEXT, re.MULTILINE))
    assert set(re.findall(r"M\d+", headings)) == codes


def test_only_metrics_that_are_there_are_said_to_be_filtered_in_part() -> None:
    assert METRICS.keys() >= FILTERED.keys()
