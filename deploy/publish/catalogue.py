"""The catalogue for people, from the code: what each service says, what its rules do, what it refuses."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from deploy.publish.code_lists import code_lists
from deploy.publish.members import members, parts
from deploy.publish.process_rules import process_rules
from deploy.publish.refusals import refusals
from deploy.publish.shipped import components, measures
from shared.process.aggregate import Aggregate

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "events.md"
_HEAD = """# Events, rules and refusals

Written by `python -m deploy.publish` from the code; a test compares. Shapes: `GET /schemas/<name>/1` of the service, or
the files under `shared/contracts`. A posted event is a request in the event's shape, less what the service computes.
Every event can be taken back with `EventVoided` (reasons `entered_in_error`, `wrong_case`), and every one that may be
posted corrected with `<Name>Corrected`; an amendment is refused with `corrects-unknown-event`, `corrects-other-type`,
`already-voided`, or the code of whatever rule the amended history would break. `conflicts-with-record` means
everywhere: something else is on record; it can only be changed by a correction. What rests on news from another service
that is still on its way is `not-known-yet`: ask again.

A case begins with a `ReferralReceived` in the referral service and nowhere else. Without `subject` the service makes
the case id. A `subject` that no case has begins a case of that id: so a sender can post a whole history in one batch,
and bring the ids of cases that it has moved; such an id must be a fresh random UUID. Which case a reference means is
the referral service's to say too: `reference-linked-elsewhere` when another case has it already, `reference-ambiguous`
when it means more than one case.
"""


_RULE_TITLES = {
    1: "the referrer is told that the referral arrived",
    2: "acceptance asks for an assessment and opens the episode",
    3: "a completed assessment leads to a programme or to an end",
    4: "a withdrawal after acceptance closes the episode",
    5: "not brought twice: a review, never a discharge",
    6: "a birth",
    7: "a pregnancy that ended",
    8: "the lead practitioner leaves or is away",
    9: "what was not done in time",
    10: "adoption",
    11: "a summary after the discharge",
    12: "a child grows past the team's age limit",
}
"""Domain 6.5 in a few words each."""
_MEASURES = """
## Measures

As shipped; licensed cut-offs are not, a team loads its own (`TeamConfigured`).

| code | measure | about, rated by | range | better | more |
|---|---|---|---|---|---|"""
_COMPONENTS = """
## Components of a programme

What a team offers that has not set a catalogue of its own.

| code | kind | sessions, as a rule | given |
|---|---|---|---|"""
Aggregates = Sequence[Aggregate[Any, Any, Any, Any]]


def catalogue(services: Mapping[str, Aggregates]) -> str:
    """The page, Markdown.

    Args:
        services: of each store all aggregates.
    """
    written = [_HEAD]
    for store, aggregates in services.items():
        written.append(f"\n## {store.capitalize()} service")
        for aggregate in aggregates:
            written.extend(_aggregate(aggregate))
        written.append("\n### Parts of events and commands\n\n| part | members |\n|---|---|")
        written.extend(_parts(aggregates))
        written.append("\n### Code lists\n\n| list | what it says | values |\n|---|---|---|")
        written.extend(code_lists(store))
        written.append("\n### Refusals\n\n| refusal | member | meaning |\n|---|---|---|")
        written.extend(refusals(store))
    written.append("\n## Process rules P1 to P12\n")
    written.append("What each says in the code, and where; the tables of rules above say on hearing what.\n")
    written.extend(_process_rules(tuple(services)))
    written.append(_MEASURES)
    written.extend(measures())
    written.append(_COMPONENTS)
    written.extend(components())
    return "\n".join(written) + "\n"


def _aggregate(aggregate: Aggregate[Any, Any, Any, Any]) -> Iterator[str]:
    yield f"\n### Stream `{aggregate.decider.category}-<{'team' if aggregate.of_team else 'case'} id>`\n"
    yield "| event | posted as | what it says | members |\n|---|---|---|---|"
    yield from _events(aggregate)
    own = [each for each in commands_of(aggregate) if each not in aggregate.commands.values()]
    if own:
        yield "\n| command that only the service gives itself | what it asks |\n|---|---|"
        yield from (f"| `{each.__name__}` | {_first_line(each)} |" for each in own)
    if aggregate.rules:
        yield "\n| rule | hears | what it does |\n|---|---|---|"
        yield from _rules(aggregate)


def _events(aggregate: Aggregate[Any, Any, Any, Any]) -> Iterator[str]:
    for name, cls in aggregate.registry.classes.items():
        if name != "EventVoided":
            command = aggregate.commands.get(name)
            posted = "never, only the service says it" if command is None else f"`{command.__name__}`"
            computed = _computed(cls, command)
            shown = ", ".join(
                f"`{member}` {form}{' (computed)' if member.rstrip('?') in computed else ''}"
                for member, form in members(cls)
            )
            yield f"| `{name}` | {posted} | {_first_line(cls)} | {shown or 'none'} |"


def _computed(cls: type, command: type | None) -> set[str]:
    """Members of an event that its command does not bring."""
    if command is None:
        return set()
    asked = {name.rstrip("?") for name, _ in members(command)}
    return {name.rstrip("?") for name, _ in members(cls)} - asked


def commands_of(aggregate: Aggregate[Any, Any, Any, Any]) -> list[type]:
    """Every command that the aggregate's decider takes, by name."""
    module = inspect.getmodule(aggregate.decider.decide)
    union = getattr(module, "Command", None)
    return sorted(set(_members_of(union)), key=lambda each: each.__name__)


def _members_of(union: Any) -> Iterator[type]:
    if isinstance(union, type):
        yield union
    for each in get_args(union):
        yield from _members_of(each)


def _rules(aggregate: Aggregate[Any, Any, Any, Any]) -> Iterator[str]:
    for rule in aggregate.rules:
        causes = ", ".join(f"`{cause}`" for cause in sorted(rule.causes))
        yield f"| {rule.name} | {causes} | {_first_line(rule.react)} |"


def _parts(aggregates: Aggregates) -> Iterator[str]:
    said = [cls for each in aggregates for cls in (*each.registry.classes.values(), *each.commands.values())]
    found = {part.__name__: part for cls in said for part in parts(cls)}
    for name in sorted(found):
        yield f"| `{name}` | {', '.join(f'`{member}` {form}' for member, form in members(found[name]))} |"


def _process_rules(services: tuple[str, ...]) -> Iterator[str]:
    for number, title in _RULE_TITLES.items():
        yield f"\n**P{number}**, {title}:\n"
        for said in process_rules(services):
            if said.rule == number:
                yield f"- {said.service}, `{said.where}`: {said.sentence}"


def _first_line(item: Any) -> str:
    return (inspect.getdoc(item) or "").split("\n\n")[0].replace("\n", " ")
