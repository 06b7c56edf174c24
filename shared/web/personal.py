"""Personal data in a post: taken out of its data before anything is parsed, so no command or event has room for it."""

from typing import Any

from shared.process.aggregate import Aggregate
from shared.vault.fields import CASE_REFERENCE, FIELDS
from shared.vault.personal import PersonalEntry, PersonalRefused, numbers, parse_personal
from shared.web.problems import Problem


def personal_entries(data: Any, aggregate: Aggregate[Any, Any, Any, Any]) -> tuple[PersonalEntry, ...]:
    """The entries of `data.personal`.

    Args:
        data: parsed JSON.
        aggregate: the service; national numbers go to the one that identifies people.

    Raises:
        Problem: 422, with pointer and rule, never with content.
    """
    if aggregate.keyed_by != "case":
        raise _refused("/personal", "personal-data-not-accepted-here")
    try:
        entries = parse_personal(data)
    except PersonalRefused as refusal:
        raise _refused(refusal.pointer, refusal.rule) from None
    if aggregate.identify is None:
        for place, entry in enumerate(entries):
            if FIELDS[entry.field].identifies is not None:
                raise _refused(f"/personal/{place}/field", "identifier-at-referral-only")
    return entries


def identifications(entries: tuple[PersonalEntry, ...], aggregate: Aggregate[Any, Any, Any, Any]) -> tuple[Any, ...]:
    """The commands that record that somebody's national number came, and what it is worth; never the number."""
    if aggregate.identify is None:
        return ()
    return tuple(aggregate.identify(subject, str(kind), str(quality)) for subject, kind, quality in numbers(entries))


def sealed_reference(value: str) -> PersonalEntry:
    """A sender's own reference of a case: its keyed hash is public, the plain value is sealed about the family."""
    return PersonalEntry(about=(), field=CASE_REFERENCE, value=value, implied=True)


def _refused(pointer: str, rule: str) -> Problem:
    return Problem(
        422, "invalid-data", "the data does not fit the published schema", field=pointer, within="data", rule=rule
    )
