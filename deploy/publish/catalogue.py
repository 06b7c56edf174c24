"""The catalogue for people, from the code: what each service says, what its rules do, what it refuses."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.process.aggregate import Aggregate

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "events.md"
_HEAD = """# Events, rules and refusals

Written by `python -m deploy.publish` from the code; a test compares. Shapes: `GET /schemas/<name>/1` of the service, or
the files under `shared/contracts`. A posted event is a request in the event's shape, less what the service computes.
Every event can be taken back with `EventVoided`, and every one that may be posted corrected with `<Name>Corrected`; an
amendment is refused with `corrects-unknown-event`, `corrects-other-type`, `already-voided`, or the code of whatever
rule the amended history would break. `conflicts-with-record` means everywhere: something else is on record; it
can only be changed by a correction. What rests on news from another service that is still on its way is
`not-known-yet`: ask again.

A case begins with a `ReferralReceived` in the referral service and nowhere else. Without `subject` the service makes
the case id. A `subject` that no case has begins a case of that id: so a sender can post a whole history in one batch,
and bring the ids of cases that it has moved; such an id must be a fresh random UUID. Which case a reference means is
the referral service's to say too: `reference-linked-elsewhere` when another case has it already, `reference-ambiguous`
when it means more than one case.
"""


def catalogue(services: Mapping[str, Aggregate[Any, Any, Any, Any]]) -> str:
    """The page, Markdown."""
    parts = [_HEAD]
    for store, aggregate in services.items():
        parts.append(f"\n## {store.capitalize()} service\n")
        parts.append("| event | posted by a sender | what it says |\n|---|---|---|")
        parts.extend(_events(aggregate))
        if aggregate.rules:
            parts.append("\n| rule | hears | what it does |\n|---|---|---|")
            parts.extend(_rules(aggregate))
        parts.append("\n| refusal | member | meaning |\n|---|---|---|")
        parts.extend(_refusals(store))
    return "\n".join(parts) + "\n"


def _events(aggregate: Aggregate[Any, Any, Any, Any]) -> Iterator[str]:
    for name, cls in aggregate.registry.classes.items():
        if name != "EventVoided":
            posted = "yes" if name in aggregate.commands else "no, only the service itself"
            yield f"| `{name}` | {posted} | {_first_line(cls)} |"


def _rules(aggregate: Aggregate[Any, Any, Any, Any]) -> Iterator[str]:
    for rule in aggregate.rules:
        causes = ", ".join(f"`{cause}`" for cause in sorted(rule.causes))
        yield f"| {rule.name} | {causes} | {_first_line(rule.react)} |"


def _refusals(store: str) -> Iterator[str]:
    found: dict[str, tuple[set[str], str]] = {}
    for path in sorted((ROOT / "services" / store).glob("*.py")):
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


def _first_line(item: Any) -> str:
    return (inspect.getdoc(item) or "").split("\n\n")[0].replace("\n", " ")
