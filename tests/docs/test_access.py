"""docs/access.md says of roles and scopes exactly what the code's table says."""

import re
from pathlib import Path

from shared.process.relationship import Right
from shared.web.access.roles import SCOPES, Role, Scope

TEXT = (Path(__file__).parents[2] / "docs" / "access.md").read_text()


def test_the_table_of_scopes_is_the_codes_own() -> None:
    rows = re.findall(r"^\| `([a-z-]+:[a-z-]+)` \| ([a-z_, ]+) \|$", TEXT, re.MULTILINE)
    told = {scope: tuple(roles.split(", ")) for scope, roles in rows}
    assert told == {scope.value: tuple(role.value for role in SCOPES if scope in SCOPES[role]) for scope in Scope}


def test_every_role_and_every_right_is_told() -> None:
    assert {role.value for role in Role} <= set(re.findall(r"\*\*([a-z_]+)\*\*", TEXT))
    rights = set(re.findall(r"^\| `([a-z-]+)` \| ", TEXT, re.MULTILINE))
    assert {right.value for right in Right} <= rights
