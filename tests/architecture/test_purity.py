"""Rules stay pure: no clock, no randomness, no waiting, no printing, no environment, no free text in events."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE_NAMES = {"case.py", "rules.py", "commands.py", "events.py", "heard.py", "policy.py", "codes.py", "fold.py"} | {
    "state.py",
    "invariants.py",
    "values.py",
    "closing.py",
    "outcome.py",
    "measures.py",
    "measure_codes.py",
    "known.py",
    "family.py",
    "say.py",
    "deadlines.py",
    "team_settings.py",
    "changes.py",
    "course.py",
    "access.py",
    "allowed.py",
    "examples.py",
    "follow.py",
    "pathway.py",
    "programme.py",
    "relations.py",
    "ruled.py",
    "said.py",
    "sessions.py",
    "tasks.py",
    "register.py",
    "defaults.py",
    "milestones.py",
    "additions.py",
    "clock_facts.py",
    "intervals.py",
    "sentences.py",
    "heard_common.py",
    "heard_referral.py",
    "heard_assessment.py",
    "heard_intervention.py",
    "heard_team.py",
    "targets.py",
    "owed.py",
    "alert_records.py",
    "wait_alerts.py",
    "windows.py",
    "tables.py",
    "secondary.py",
    "xmr.py",
    "signals.py",
    "kaplan_meier.py",
    "weekly_bands.py",
    "funnel.py",
}
PURE_ENDINGS = ("_events.py", "_commands.py", "_codes.py", "_examples.py", "_invariants.py")
ASKING = {"metrics", "pages", "rebuild"}
"""Folders of reporting that ask the database, whatever their files are called; what is pure there is in contracts."""
PURE = sorted(
    [
        path
        for path in (ROOT / "services").rglob("*.py")
        if path.parent.name not in ASKING and (path.name in PURE_NAMES or path.name.endswith(PURE_ENDINGS))
    ]
    + list((ROOT / "services" / "assessment" / "registry").glob("*.py"))
    + list((ROOT / "services" / "reporting" / "clocks").glob("*.py"))
    + [path for path in (ROOT / "shared" / "kernel").glob("*.py") if path.name not in {"ids.py", "codec.py"}]
)
FORBIDDEN_CALLS = {"print", "open", "input", "now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "new_id", "utc_now"}
FORBIDDEN_MODULES = {"os", "random", "secrets", "time", "asyncio", "asyncpg", "aiokafka", "fastapi", "httpx", "logging"}


def _violations(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
                found.append(f"line {node.lineno}: asynchronous code in a pure module")
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)) if name in FORBIDDEN_CALLS:
                found.append(f"line {node.lineno}: calls {name}()")
            case ast.Import(names=names):
                found += [f"line {node.lineno}: imports {n.name}" for n in names if n.name in FORBIDDEN_MODULES]
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in FORBIDDEN_MODULES:
                found.append(f"line {node.lineno}: imports {module}")
    return found


def test_there_are_pure_modules_to_look_at() -> None:
    assert len(PURE) >= 12


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_module_does_nothing_but_compute(path: Path) -> None:
    assert _violations(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "async def f(): ...",
        "import random",
        "from time import monotonic",
        "from datetime import date\nx = date.today()",
        "print('x')",
        "from uuid import uuid4\nx = uuid4()",
    ],
)
def test_the_check_catches_what_it_forbids(source: str) -> None:
    assert _violations(source) != []
