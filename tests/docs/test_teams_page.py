"""The page about teams prints the defaults that the code has."""

from dataclasses import fields
from pathlib import Path

import pytest

from services.intervention.team import defaults
from services.intervention.team.commands import COMMANDS as TEAM
from services.intervention.team.values import CatalogueItem, Eligibility, Targets
from services.intervention.work.codes import ActivityKind, Outcome
from services.intervention.work.commands import COMMANDS as WORK

PAGE = (Path(__file__).parents[2] / "docs" / "teams.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]


def row(name: str) -> list[str]:
    """The one row whose first cell is a name."""
    [found] = [cells for cells in ROWS if cells[0] == f"`{name}`"]
    return found


@pytest.mark.parametrize("target", fields(Targets), ids=lambda target: target.name)
def test_every_target_stands_there_with_its_default(target: object) -> None:
    assert row(target.name)[1] == str(target.default)  # type: ignore[attr-defined]


def test_every_eligibility_rule_stands_there_with_its_default() -> None:
    assert {item.name for item in fields(Eligibility)} == {row(item.name)[0].strip("`") for item in fields(Eligibility)}
    assert row("max_age_months_exclusive")[1] == str(int(Eligibility().max_age_months_exclusive))
    assert row("accepts_antenatal")[1] == str(Eligibility().accepts_antenatal).lower()


@pytest.mark.parametrize("item", defaults.CATALOGUE, ids=lambda item: item.component_code)
def test_every_component_of_the_default_catalogue_stands_there(item: CatalogueItem) -> None:
    ages = "any" if item.min_age_months is None else f"{item.min_age_months}-{item.max_age_months}"
    yes = {True: "yes", False: "no"}
    assert row(item.component_code)[1:] == [
        item.kind,
        item.format,
        ages,
        yes[item.antenatal_ok],
        yes[item.infant_presence_expected],
        f"{item.sessions_default} ({item.sessions_min}-{item.sessions_max})",
    ]


@pytest.mark.parametrize("name", [*TEAM, *WORK, *ActivityKind, *Outcome])
def test_every_event_kind_and_outcome_is_named(name: str) -> None:
    assert f"`{name}`" in PAGE or f".{name}.v1`" in PAGE
