"""What a service refuses, read from where its rules say so: code, member named, sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def refusals(store: str) -> Iterator[str]:
    """Rows of the table of one service, by code."""
    found: dict[str, tuple[set[str], str]] = {}
    for path in sorted((ROOT / "services" / store).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node) in _REFUSING:
                code, detail, fields = _of_call(node)
                if code:
                    known = found.setdefault(code, (set(), detail))
                    known[0].update(fields)
    for code in sorted(found):
        fields, detail = found[code]
        yield f"| `{code}` | {', '.join(f'`{field}`' for field in sorted(fields))} | {detail} |"


_HELPERS = {
    "check_members": "nobody of this case",
    "check_distinct": "the same one is named twice",
    "_distinct": "the same one is named twice",
    "_not_before": "earlier than the referral was received",
}
"""What raises a refusal for a caller who gives its code, and what it then says."""
_REFUSING = {"Rejected", "NotYetKnown", *_HELPERS}


def _of_call(call: ast.Call) -> tuple[str, str, set[str]]:
    """Code, sentence and members named in one call; empty where they are not written there."""
    texts = [_text(argument) for argument in call.args]
    texts += [_text(keyword.value) for keyword in call.keywords]
    fields = {text for text in texts if text.startswith(("/", "*/"))}
    words = [text for text in texts if text and text not in fields]
    code = next((text for text in words if " " not in text), "")
    detail = next((text for text in words if " " in text), _HELPERS.get(_name(call), ""))
    return code, detail, fields


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _text(node: ast.expr) -> str:
    """A literal text; the parts of a formatted one that are written, with `*` for the rest."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "*" for part in node.values]
        return "".join(str(part) for part in parts)
    return ""
