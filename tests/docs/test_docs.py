"""Documentation says what exists: named paths, tests, settings, verbs, events and decisions."""

import re
import tomllib
from pathlib import Path

import pytest

from shared.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PATH = re.compile(r"`((?:docs|shared|services|deploy|tests)/[\w./<>*-]+)`")
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def test_there_are_pages_to_read() -> None:
    assert {page.name for page in PAGES} >= {
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "architecture.md",
        "guarantees.md",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    missing = []
    for name in PATH.findall(page.read_text()):
        pattern = re.sub(r"<[^>]+>", "*", name).split("::")[0].rstrip("/")
        if not list(ROOT.glob(pattern)):
            missing.append(name)
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()] == []


def test_decisions_have_unique_numbers_and_fit_a_page() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [decision.name[:4] for decision in decisions]
    assert numbers == sorted(set(numbers))
    assert [decision.name for decision in decisions if len(decision.read_text().splitlines()) > 70] == []
    assert [decision.name for decision in decisions if "**Decision.**" not in decision.read_text()] == []


def test_every_promise_names_a_test_that_exists() -> None:
    rows = [line for line in (ROOT / "docs" / "guarantees.md").read_text().splitlines() if re.match(r"\| \d+ ", line)]
    assert len(rows) == 10
    sources = {path: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named or "later" in row, row
        for name in named:
            assert any(f"def {name}(" in text for text in sources.values()), name


def test_every_setting_is_documented() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    assert [name for name in Settings.model_fields if f"DYAD_{name.upper()}" not in text] == []


def test_every_verb_of_the_makefile_is_documented() -> None:
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    verbs = phony.group(1).replace("\\\n", " ").split()
    assert 1 < len(verbs) <= 12
    readme = (ROOT / "README.md").read_text()
    assert [verb for verb in verbs if f"make {verb}" not in readme] == []


def test_nothing_names_a_registry_or_a_folder_outside_the_project() -> None:
    forbidden = re.compile(r"https?://[^/\s]*(?:pypi|npmjs|maven|debian|pythonhosted|sonatype)|\.\./shared")
    offenders = []
    for path in ROOT.rglob("*"):
        inside = path.relative_to(ROOT)
        if inside.parts[0] in {".git", ".venv", "build", ".dyad", "dyad.egg-info"} or not path.is_file():
            continue
        text = path.suffix in {".py", ".md", ".toml", ".yml", ".lock", ".sh", ".sql", ""} and path != Path(__file__)
        if text and forbidden.search(path.read_text(errors="replace")):
            offenders.append(str(inside))
    assert offenders == []


def test_the_project_has_one_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
