"""Field types: what fits and what does not, from JSON text as it comes over the wire."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.kernel.codec import Codec, to_json
from shared.kernel.fields import CivilDate, Code, Instant, LanguageCode, OdsCode, OnsCode, Score, Sha256Hex, Version
from shared.kernel.requests import as_said, event_of
from shared.kernel.values import value


@value
class Everything:
    """One member of each kind."""

    day: CivilDate = date(2025, 3, 3)
    at: Instant = datetime(2025, 3, 3, 9, tzinfo=UTC)
    score: Score = Decimal(1)
    code: Code = "team-north"
    ods: OdsCode = "RGD"
    ons: OnsCode = "E08000035"
    language: LanguageCode = "pl"
    digest: Sha256Hex = "a3" * 32
    version: Version = "default-1"


CODEC: Codec[Everything] = Codec(Everything)


def parse(member: str, json: str) -> Any:
    return getattr(CODEC.parse(f'{{"{member}":{json}}}'.encode()), member)


@pytest.mark.parametrize(
    ("member", "json", "expected"),
    [
        ("day", '"2024-02-29"', date(2024, 2, 29)),
        ("at", '"2025-03-03T09:00:00Z"', datetime(2025, 3, 3, 9, tzinfo=UTC)),
        ("at", '"2025-06-03T09:00:00.25+01:00"', datetime(2025, 6, 3, 8, 0, 0, 250000, tzinfo=UTC)),
        ("score", "12.5", Decimal("12.5")),
        ("score", '"12.50"', Decimal("12.5")),
        ("score", "0", Decimal(0)),
        ("code", '"a"', "a"),
    ],
)
def test_what_fits_is_taken(member: str, json: str, expected: object) -> None:
    assert parse(member, json) == expected


@pytest.mark.parametrize(
    ("member", "json"),
    [
        ("day", "0"),
        ("day", '"1735689600"'),
        ("day", '"2025-02-29"'),
        ("day", '"2025-3-3"'),
        ("day", '"20250303"'),
        ("day", '"2025-03-03T00:00:00Z"'),
        ("day", '"1899-12-31"'),
        ("day", '"2200-01-01"'),
        ("day", '" 2025-03-03"'),
        ("day", "null"),
        ("at", "1735689600"),
        ("at", '"1735689600"'),
        ("at", '"2025-03-03T09:00:00"'),
        ("at", '"2025-03-03 09:00:00Z"'),
        ("at", '"2025-03-03T24:00:00Z"'),
        ("at", '"2025-03-03T09:00:60Z"'),
        ("at", '"2025-03-03"'),
        ("at", '"9999-12-31T23:59:59-23:59"'),
        ("score", "-1"),
        ("score", "1001"),
        ("score", "0.125"),
        ("score", "1e400"),
        ("score", '"NaN"'),
        ("score", '"Infinity"'),
        ("score", '"1e999999999"'),
        ("score", "true"),
        ("code", '"Jane Smith"'),
        ("code", '"jane\\u0000"'),
        ("code", '"jane\\n"'),
        ("code", '"-a"'),
        ("code", '""'),
        ("code", f'"{"a" * 41}"'),
        ("ods", '"rgd"'),
        ("ons", '"LS1 4AP"'),
        ("language", '"English"'),
        ("digest", '"a3"'),
        ("version", '"one two"'),
    ],
)
def test_what_does_not_fit_is_refused(member: str, json: str) -> None:
    with pytest.raises(ValidationError):
        parse(member, json)


@given(st.text())
def test_no_text_at_all_stands_where_a_shape_is_asked_unless_it_has_it(text: str) -> None:
    for member in ("day", "at", "code", "ods", "ons", "language", "digest", "version"):
        try:
            found = CODEC.parse(orjson.dumps({member: text}))
        except (ValidationError, TypeError):
            continue
        assert all(letter.isascii() and (letter.isalnum() or letter in "-.:+") for letter in text)
        assert len(str(getattr(found, member))) <= 64


def test_an_instant_is_said_in_utc_and_a_number_exactly() -> None:
    taken = CODEC.parse(b'{"at":"2025-06-03T09:00:00+01:00","score":12.10}')
    said = orjson.loads(to_json(taken))
    assert said["at"] == "2025-06-03T08:00:00Z"
    assert said["score"] == "12.1"
    assert CODEC.load(said) == taken


@value
class Asked:
    """A request."""

    day: CivilDate
    note: int = 0


@value
class Said:
    """The event that it asks for."""

    day: CivilDate
    count: int


DAY = date(2025, 3, 3)


def test_an_event_takes_its_members_from_the_request_and_what_is_computed() -> None:
    assert event_of(Said, Asked(day=DAY, note=7), count=3) == Said(day=DAY, count=3)
    assert event_of(Said, Asked(day=DAY), count=3, day=date(2025, 3, 4)) == Said(day=date(2025, 3, 4), count=3)


def test_the_same_request_asks_for_the_same_though_what_is_computed_moved_on() -> None:
    said, wanted = Said(day=DAY, count=3), Said(day=DAY, count=4)
    assert as_said(said, wanted, {"count"}) == said
    assert as_said(said, replace(wanted, day=date(2025, 3, 4)), {"count"}) != said
    assert as_said(None, wanted, {"count"}) == wanted
    assert as_said(Asked(day=DAY), wanted, {"count"}) == wanted
