"""docs/privacy.md lists the personal fields that the code takes, and whom one may be disclosed to."""

import re
from pathlib import Path

from shared.vault.fields import FIELDS, POSTED, Reader

TEXT = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text()


def test_every_field_that_can_be_posted_stands_there_with_its_length() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (\d+) \|", TEXT, re.MULTILINE)
    assert {field: int(longest) for field, longest in rows} == {code: FIELDS[code].longest for code in POSTED}


def test_everybody_whom_something_may_be_disclosed_to_is_named() -> None:
    [line] = [line for line in TEXT.splitlines() if line.startswith("- `disclosable_to` names")]
    assert set(re.findall(r"`([a-z]+)`", line)) == {reader.value for reader in Reader}
