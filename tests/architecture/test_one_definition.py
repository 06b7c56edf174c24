"""What has a meaning is written once: forms of texts in `shared.kernel.fields`, the leaf hash beside the envelope."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.eventstore import envelope
from shared.kernel import fields

PROJECT = Path(__file__).parents[2]
FORMS = (fields.CODE_FORM, fields.REASON_FORM, fields.DATE_FORM, fields.INSTANT_FORM)
LEAF_PREFIX = b"\x00"


def constants(path: Path) -> Iterator[object]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant):
            yield node.value.removeprefix("^").removesuffix("$") if isinstance(node.value, str) else node.value


@pytest.mark.parametrize(
    ("home", "wanted"),
    [
        *((fields, form.removeprefix("^").removesuffix("$")) for form in FORMS),
        (envelope, LEAF_PREFIX),
    ],
)
def test_it_stands_in_one_file(home: object, wanted: object) -> None:
    sources = [path for folder in ("shared", "services", "deploy") for path in (PROJECT / folder).rglob("*.py")]
    found = [path for path in sources if wanted in constants(path)]
    assert found == [Path(home.__file__)]  # type: ignore[attr-defined]
