"""What an event says, member by member, in codes and dates: no event that reporting hears holds a person's details."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.heard import Fact
from services.reporting.words import worded
from shared.kernel.history import Corrected


def details(fact: Fact) -> list[tuple[str, str]]:
    """Title and value of each member that says something; of a correction what it puts in place."""
    event: Any = fact.event
    said = list(_members(event.data if isinstance(event, Corrected) else event))
    if isinstance(event, Corrected):
        said.append(("Corrects the event", str(event.corrects_event_id)))
    return said


def _members(event: Any) -> Iterator[tuple[str, str]]:
    for member in fields(event):
        text = _text(getattr(event, member.name))
        if text:
            yield worded(member.name), text


def _text(value: Any) -> str:
    """A value as people read it; ids in full, because they are what one looks for."""
    match value:
        case None | "" | ():
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat()
        case date() | UUID():
            return str(value)
        case tuple() | list() | frozenset():
            return "; ".join(_text(each) for each in value)
        case dict():
            return "; ".join(f"{key}: {_text(each)}" for key, each in value.items())
        case _ if is_dataclass(value):
            return ", ".join(f"{title.lower()} {text}" for title, text in _members(value))
        case _:
            return str(value)
