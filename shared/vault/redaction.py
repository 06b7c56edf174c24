"""What a person may be given of a shared record: what is about others is replaced by a mark. Pure.

Two marks: `third-party` stands for another person, `withheld` for what may endanger somebody if told (flags of the
case, safety concerns, an adoption) and is only given by a person who has weighed it (domain 5).
"""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from shared.vault.fields import FIELDS, Reader
from shared.vault.reading import Held

THIRD_PARTY = "third-party"
WITHHELD = "withheld"
ERASED = "erased"
_PERSON = re.compile(r'"[a-z_]*(infant|caregiver)_id":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
_ENDANGERING_MEMBERS = frozenset({"flags"})
_ENDANGERING_TYPES = (
    "dyad.SafetyConcernRaised",
    "dyad.AccessDenied",
    "dyad.AccessDenialLifted",
    "dyad.BreakGlassOpened",
    "dyad.InfantIdentityReplaced",
)


def introduced(docs: Iterable[str]) -> dict[UUID, Reader]:
    """The people whom stored documents name, each as infant or caregiver."""
    found: dict[UUID, Reader] = {}
    for doc in docs:
        for kind, text in _PERSON.findall(doc):
            found.setdefault(UUID(text), Reader(kind))
    return found


def redacted_event(members: dict[str, Any], subject: UUID, family: Iterable[UUID]) -> dict[str, Any]:
    """A stored event as one of its people may have it.

    Args:
        members: the parsed document.
        subject: who asks for it.
        family: everybody whom the case names.
    """
    if members["type"].startswith(_ENDANGERING_TYPES):
        return {**members, "data": {"redacted": WITHHELD}}
    others = {str(person) for person in family if person != subject}
    return {**members, "data": _redacted(members["data"], str(subject), others)}


def _redacted(item: Any, subject: str, others: set[str]) -> Any:
    if isinstance(item, str):
        return THIRD_PARTY if item in others else item
    if isinstance(item, list):
        return [_redacted(part, subject, others) for part in item]
    if not isinstance(item, dict):
        return item
    named = {value for value in item.values() if isinstance(value, str)}
    if named & others and subject not in named and not _names(item, subject):
        return {"redacted": THIRD_PARTY}
    return {
        name: WITHHELD if name in _ENDANGERING_MEMBERS and value else _redacted(value, subject, others)
        for name, value in item.items()
    }


def _names(item: Any, subject: str) -> bool:
    if isinstance(item, dict):
        return any(_names(value, subject) for value in item.values())
    if isinstance(item, list):
        return any(_names(value, subject) for value in item)
    return bool(item == subject)


def redacted_entry(entry: Held, subject: UUID, reader: Reader) -> dict[str, Any] | None:
    """A sealed entry as one of the people that it is about may have it; None for one that is about others alone.

    A name, address or number is its subject's own; a note is given only where it was marked so.
    """
    if subject not in entry.about:
        return None
    given: dict[str, Any] = {"field": entry.field, "event_id": entry.event_id, "recorded_at": entry.recorded_at}
    if entry.about != (subject,):
        return {**given, "redacted": THIRD_PARTY}
    if entry.content is None:
        return {**given, "redacted": ERASED}
    own = entry.field in FIELDS and FIELDS[entry.field].replaces
    if not own and reader not in entry.content.disclosable_to:
        return {**given, "redacted": WITHHELD}
    return {**given, "value": entry.content.value}
