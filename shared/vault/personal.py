"""`data.personal` of a post: checked here, and nowhere shown. Errors name the place and the rule, never the content."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as member
from typing import Any
from uuid import UUID

from shared.kernel.ids import derived_id
from shared.vault.fields import FIELDS, POSTED, Reader
from shared.vault.identifiers import NumberKind, NumberQuality, quality

REFERRER = "referrer"
"""Who sent the family, in `about`: a pseudonymous subject of each case, see `resolved`."""
MOST_ENTRIES = 40
MOST_SUBJECTS = 3
_MEMBERS = frozenset({"about", "field", "value", "disclosable_to"})
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class PersonalRefused(Exception):
    """An entry does not fit: `pointer` into the data, and the rule."""

    def __init__(self, pointer: str, rule: str) -> None:
        super().__init__(rule)
        self.pointer = pointer
        self.rule = rule


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalEntry:
    """One piece of personal data on its way into the vault, or out of it."""

    about: tuple[UUID | str, ...]
    """1 to 3 subjects, sorted and distinct; `referrer` until the case is known."""
    field: str
    value: str = member(repr=False)
    disclosable_to: tuple[Reader, ...] = ()
    implied: bool = False
    """Not in `data.personal`: it came as a case reference, and is left out where nothing is recorded."""


def parse_personal(data: Any) -> tuple[PersonalEntry, ...]:
    """The entries of `data.personal`.

    Args:
        data: parsed JSON.

    Raises:
        PersonalRefused: pointer (`/personal/<i>/<member>`) and rule.
    """
    if not isinstance(data, list):
        raise PersonalRefused("/personal", "array")
    if not data:
        raise PersonalRefused("/personal", "too-short")
    if len(data) > MOST_ENTRIES:
        raise PersonalRefused("/personal", "too-long")
    entries = [_entry(item, f"/personal/{place}") for place, item in enumerate(data)]
    seen: set[tuple[tuple[UUID | str, ...], str]] = set()
    for place, entry in enumerate(entries):
        if (entry.about, entry.field) in seen:
            raise PersonalRefused(f"/personal/{place}/field", "given-twice")
        seen.add((entry.about, entry.field))
    return tuple(entries)


def _entry(item: Any, at: str) -> PersonalEntry:
    if not isinstance(item, dict):
        raise PersonalRefused(at, "object")
    if not item.keys() <= _MEMBERS:
        raise PersonalRefused(at, "unknown-member")
    for name in ("about", "field", "value"):
        if name not in item:
            raise PersonalRefused(f"{at}/{name}", "required")
    code = item["field"]
    if not isinstance(code, str) or code not in POSTED:
        raise PersonalRefused(f"{at}/field", "enum")
    about = _about(item["about"], f"{at}/about")
    if FIELDS[code].identifies is not None and (len(about) != 1 or about[0] == REFERRER):
        raise PersonalRefused(f"{at}/about", "one-person")
    readers = _readers(item.get("disclosable_to", []), f"{at}/disclosable_to")
    return PersonalEntry(
        about=about,
        field=code,
        value=_value(item["value"], FIELDS[code].longest, f"{at}/value"),
        disclosable_to=readers,
    )


def _about(given: Any, at: str) -> tuple[UUID | str, ...]:
    if not isinstance(given, list):
        raise PersonalRefused(at, "array")
    if not 1 <= len(given) <= MOST_SUBJECTS:
        raise PersonalRefused(at, "one-to-three-subjects")
    subjects = [_subject(item, f"{at}/{place}") for place, item in enumerate(given)]
    if len(set(subjects)) != len(subjects):
        raise PersonalRefused(at, "given-twice")
    return tuple(sorted(subjects, key=str))


def _subject(given: Any, at: str) -> UUID | str:
    if given == REFERRER:
        return REFERRER
    if not isinstance(given, str):
        raise PersonalRefused(at, "uuid")
    try:
        subject = UUID(given)
    except ValueError:
        raise PersonalRefused(at, "uuid") from None
    if str(subject) != given.lower():
        raise PersonalRefused(at, "uuid")
    return subject


def _value(given: Any, longest: int, at: str) -> str:
    if not isinstance(given, str):
        raise PersonalRefused(at, "string")
    text = given.strip()
    if not text:
        raise PersonalRefused(at, "too-short")
    if len(text) > longest:
        raise PersonalRefused(at, "too-long")
    if _UNPRINTABLE.search(text):
        raise PersonalRefused(at, "printable-text")
    return text


def _readers(given: Any, at: str) -> tuple[Reader, ...]:
    if not isinstance(given, list):
        raise PersonalRefused(at, "array")
    readers: list[Reader] = []
    for place, item in enumerate(given):
        if not isinstance(item, str) or item not in list(Reader):
            raise PersonalRefused(f"{at}/{place}", "enum")
        readers.append(Reader(item))
    if len(set(readers)) != len(readers):
        raise PersonalRefused(at, "given-twice")
    return tuple(sorted(readers))


def resolved(entry: PersonalEntry, case_id: UUID) -> PersonalEntry:
    """The entry with the referrer of its case as a subject like the others."""
    about = {referrer_of(case_id) if subject == REFERRER else UUID(str(subject)) for subject in entry.about}
    return PersonalEntry(
        about=tuple(sorted(about, key=str)),
        field=entry.field,
        value=entry.value,
        disclosable_to=entry.disclosable_to,
        implied=entry.implied,
    )


def referrer_of(case_id: UUID) -> UUID:
    """The subject that stands for who referred this family; each case has its own."""
    return derived_id("referrer", case_id)


def numbers(entries: Iterable[PersonalEntry]) -> list[tuple[UUID, NumberKind, NumberQuality]]:
    """The national numbers among some entries: whose, of which kind, worth what."""
    found = []
    for entry in entries:
        kind = FIELDS[entry.field].identifies
        if kind is not None:
            [subject] = entry.about
            found.append((UUID(str(subject)), NumberKind(kind), quality(NumberKind(kind), entry.value)))
    return found


PERSONAL_SCHEMA: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_ENTRIES,
    "description": "Sealed under the keys of the people it is about; never part of the event's public data",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["about", "field", "value"],
        "properties": {
            "about": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_SUBJECTS,
                "uniqueItems": True,
                "items": {"anyOf": [{"type": "string", "format": "uuid"}, {"const": REFERRER}]},
            },
            "field": {"type": "string", "enum": sorted(POSTED)},
            "value": {"type": "string", "minLength": 1, "maxLength": 4000},
            "disclosable_to": {
                "type": "array",
                "uniqueItems": True,
                "items": {"type": "string", "enum": [str(reader) for reader in Reader]},
            },
        },
    },
}
"""JSON Schema of `data.personal`."""
