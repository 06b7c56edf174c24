"""Events to JSON and back: strict from outside, lenient from the store, lifted to the newest version."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.kernel.codec import Codec, Registry, UnknownEventType, split_wire_type, to_json, wire_type
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, VoidReason
from shared.kernel.values import event, heard, value


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@value
class Part:
    part_id: UUID
    weight: Decimal | None = None


@event("Made", 3)
class Made:
    on: date
    at: datetime
    colour: Colour
    count: int
    parts: tuple[Part, ...] = ()


@heard("Made", 3)
class MadeElsewhere:
    colour: str


def _second(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "colour": data["color"]}


def _third(data: dict[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in data.items() if name != "color"}


REGISTRY: Registry[Made] = Registry([Made], upcasters={("Made", 1): _second, ("Made", 2): _third}, ignored=["Broken"])
TEXT = b'{"on":"2026-02-03","at":"2026-02-03T04:05:06Z","colour":"red","count":2,"parts":[]}'
MADE = Made(on=date(2026, 2, 3), at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC), colour=Colour.RED, count=2)

parts = st.builds(Part, part_id=st.uuids(), weight=st.none() | st.decimals(0, 99, places=2))
made = st.builds(
    Made,
    on=st.dates(),
    at=st.datetimes(timezones=st.just(UTC)),
    colour=st.sampled_from(Colour),
    count=st.integers(-(2**53), 2**53),
    parts=st.lists(parts, max_size=3).map(tuple),
)


@given(made)
def test_what_is_said_is_read_back_strictly_and_leniently(item: Made) -> None:
    codec: Codec[Made] = Codec(Made)
    text = to_json(item)
    assert codec.parse(text) == item
    assert codec.load(orjson.loads(text)) == item
    assert to_json(codec.parse(text)) == text


@given(made)
def test_corrections_are_read_back_too(item: Made) -> None:
    said = Corrected(corrects_event_id=UUID(int=1), reason=CorrectionReason.NEW_INFORMATION, data=item)
    text = REGISTRY.type_of(said)
    assert text == "dyad.MadeCorrected.v3"
    assert REGISTRY.codec(text).parse(to_json(said)) == said
    assert REGISTRY.load(text, orjson.loads(to_json(said))) == said


def test_the_text_is_compact_and_instants_end_in_z() -> None:
    assert to_json(MADE) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        *(
            TEXT.replace(b'"count":2', other)
            for other in (b'"count":"2"', b'"count":2.0', b'"count":true', b'"count":null')
        ),
        TEXT.replace(b'"count":2', b'"count":2,"more":1'),
        TEXT.replace(b'"count":2,', b""),
        TEXT.replace(b"red", b"green"),
        TEXT.replace(b'"2026-02-03"', b'"2026-02-30"'),
        TEXT.replace(b'"2026-02-03"', b"0"),
        TEXT.replace(b'"2026-02-03"', b'"2026-02-03T00:00:00"'),
        TEXT.replace(b"[]", b"{}"),
        TEXT.replace(b"[]", b'[{"part_id":"x"}]'),
        b"[]",
        b"null",
        TEXT[:-1],
        TEXT.replace(b'"count":2', b'"count":1e400'),
        TEXT.replace(b'"count":2', b'"count":NaN'),
    ],
)
def test_what_comes_from_outside_is_read_strictly(text: bytes) -> None:
    with pytest.raises(ValidationError):
        Codec[Made](Made).parse(text)


def test_numbers_that_are_none_are_refused_in_decimals_too() -> None:
    for weight in (b'"NaN"', b'"Infinity"', b"1e400"):
        with pytest.raises(ValidationError):
            Codec[Part](Part).parse(b'{"part_id":"00000000-0000-0000-0000-000000000001","weight":' + weight + b"}")


def test_what_others_say_is_read_for_the_fields_used() -> None:
    registry: Registry[MadeElsewhere] = Registry([MadeElsewhere])
    assert registry.load("dyad.Made.v3", orjson.loads(TEXT)) == MadeElsewhere(colour="red")


@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_stored_version_stays_readable(version: int) -> None:
    data = orjson.loads(TEXT)
    if version < 3:
        data["color"] = data["colour"]
    if version == 1:
        del data["colour"]
    assert REGISTRY.load(f"dyad.Made.v{version}", data) == MADE


def test_a_correction_is_lifted_by_what_it_carries() -> None:
    data = {**orjson.loads(TEXT), "color": "red"}
    del data["colour"]
    said = {"corrects_event_id": str(UUID(int=1)), "reason": "entered_in_error", "data": data}
    lifted = REGISTRY.load("dyad.MadeCorrected.v1", said)
    assert isinstance(lifted, Corrected)
    assert lifted.data == MADE


@pytest.mark.parametrize(
    "text", ["dyad.Made.v4", "dyad.Made.v0", "dyad.Other.v1", "dyad.OtherCorrected.v1", "dyad.EventVoided.v2"]
)
def test_an_unknown_type_or_version_is_kept_for_later(text: str) -> None:
    with pytest.raises(UnknownEventType):
        REGISTRY.load(text, {"data": {}})


@pytest.mark.parametrize("text", ["dyad.Made.v1", "dyad.Made.v4", "dyad.Other.v1"])
def test_only_the_newest_version_can_be_said(text: str) -> None:
    with pytest.raises(UnknownEventType):
        REGISTRY.codec(text)


def test_names_that_are_listed_as_ignored_give_nothing_in_any_version() -> None:
    for text in ("dyad.Broken.v1", "dyad.Broken.v9", "dyad.BrokenCorrected.v1"):
        assert REGISTRY.load(text, {}) is None


def test_a_process_manager_ignores_every_name_that_it_does_not_list() -> None:
    registry: Registry[Made] = Registry([Made], ignore_others=True)
    assert registry.load("dyad.Other.v1", {}) is None
    with pytest.raises(UnknownEventType):
        registry.load("dyad.Made.v9", {})


def test_voids_are_part_of_every_registry() -> None:
    said = EventVoided(corrects_event_id=UUID(int=1), reason=VoidReason.WRONG_CASE)
    assert REGISTRY.load(REGISTRY.type_of(said), orjson.loads(to_json(said))) == said
    assert REGISTRY.wire_types == ("dyad.EventVoided.v1", "dyad.Made.v3", "dyad.MadeCorrected.v3")


@given(st.from_regex(r"[A-Z][A-Za-z]{0,20}", fullmatch=True), st.integers(1, 99))
def test_a_wire_type_says_its_name_and_version(name: str, version: int) -> None:
    assert split_wire_type(wire_type(name, version)) == (name, version)


@pytest.mark.parametrize(
    "text",
    [
        *("", "dyad", "dyad.Made", "dyad.Made.v", "dyad.Made.v-1", "dyad.Made.v01", "dyad.Made.v1.0", "dyad..v1"),
        *(
            "Made.v1",
            "other.Made.v1",
            "dyad.Ma de.v1",
            "dyad.Made.v1 ",
            "dyad.Made.v\u0661",
            "dyad.Made.v" + "9" * 5000,
        ),
        "dyad.Made.w1",
    ],
)
def test_any_other_text_is_no_type(text: str) -> None:
    with pytest.raises(UnknownEventType):
        split_wire_type(text)


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_it(text: str) -> None:
    try:
        name, version = split_wire_type(text)
    except UnknownEventType:
        return
    assert wire_type(name, version) == text
