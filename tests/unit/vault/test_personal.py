"""`data.personal`: what is taken, and that a refusal names place and rule and nothing else."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.vault.fields import POSTED
from shared.vault.identifiers import NumberKind, NumberQuality
from shared.vault.personal import (
    PERSONAL_SCHEMA,
    PersonalEntry,
    PersonalRefused,
    numbers,
    parse_personal,
    referrer_of,
    resolved,
)

CANARY = "Wilhelmina Quackenbush"
INFANT = "0192f0c4-0000-7000-8000-000000000001"
NAME = {"about": [INFANT], "field": "full_name", "value": CANARY}


def test_an_entry_is_taken_with_its_subjects_sorted_and_its_value_trimmed() -> None:
    given = {"about": ["referrer", INFANT.upper()], "field": "note", "value": f"  {CANARY}\n", "disclosable_to": []}
    [entry] = parse_personal([given])
    assert entry == PersonalEntry(about=(UUID(INFANT), "referrer"), field="note", value=CANARY)


@pytest.mark.parametrize(
    ("personal", "pointer", "rule"),
    [
        (CANARY, "/personal", "array"),
        ({"name": CANARY}, "/personal", "array"),
        ([], "/personal", "too-short"),
        ([NAME] * 41, "/personal", "too-long"),
        ([CANARY], "/personal/0", "object"),
        ([{**NAME, CANARY: 1}], "/personal/0", "unknown-member"),
        ([{"about": [INFANT], "field": "full_name"}], "/personal/0/value", "required"),
        ([{**NAME, "field": CANARY}], "/personal/0/field", "enum"),
        ([{**NAME, "field": "case_reference"}], "/personal/0/field", "enum"),
        ([{**NAME, "field": ["full_name"]}], "/personal/0/field", "enum"),
        ([{**NAME, "value": 7}], "/personal/0/value", "string"),
        ([{**NAME, "value": " "}], "/personal/0/value", "too-short"),
        ([{**NAME, "value": "x" * 201}], "/personal/0/value", "too-long"),
        ([{**NAME, "value": f"{CANARY}\x1b"}], "/personal/0/value", "printable-text"),
        ([{**NAME, "about": CANARY}], "/personal/0/about", "array"),
        ([{**NAME, "about": []}], "/personal/0/about", "one-to-three-subjects"),
        ([{**NAME, "about": [str(uuid4()) for _ in range(4)]}], "/personal/0/about", "one-to-three-subjects"),
        ([{**NAME, "about": [CANARY]}], "/personal/0/about/0", "uuid"),
        ([{**NAME, "about": [INFANT.replace("-", "")]}], "/personal/0/about/0", "uuid"),
        ([{**NAME, "about": [7]}], "/personal/0/about/0", "uuid"),
        ([{**NAME, "about": [INFANT, INFANT.upper()]}], "/personal/0/about", "given-twice"),
        ([NAME, {**NAME, "value": "another"}], "/personal/1/field", "given-twice"),
        ([{**NAME, "disclosable_to": CANARY}], "/personal/0/disclosable_to", "array"),
        ([{**NAME, "disclosable_to": [CANARY]}], "/personal/0/disclosable_to/0", "enum"),
        ([{**NAME, "disclosable_to": ["infant", "infant"]}], "/personal/0/disclosable_to", "given-twice"),
        ([{**NAME, "field": "nhs_number", "about": ["referrer"]}], "/personal/0/about", "one-person"),
    ],
)
def test_a_refusal_names_place_and_rule_and_never_the_content(personal: Any, pointer: str, rule: str) -> None:
    with pytest.raises(PersonalRefused) as refusal:
        parse_personal(personal)
    assert (refusal.value.pointer, refusal.value.rule) == (pointer, rule)
    assert CANARY not in repr(refusal.value) + str(refusal.value)


def test_an_entry_never_shows_its_value_when_it_is_printed() -> None:
    [entry] = parse_personal([NAME])
    assert CANARY not in repr(entry)
    assert CANARY not in str([entry])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAME, "x"]), inner, max_size=4),
)


@given(JSON)
def test_any_json_is_taken_or_refused_and_nothing_else(personal: Any) -> None:
    found: list[str] = []
    try:
        found = [entry.field for entry in parse_personal(personal)]
    except PersonalRefused as refusal:
        found = [refusal.pointer]
    assert found
    assert all(text.startswith("/personal") or text in POSTED for text in found)


def test_the_referrer_is_a_subject_of_his_case_alone() -> None:
    case_id = uuid4()
    [entry] = parse_personal([{"about": ["referrer"], "field": "phone", "value": "0113 496 0000"}])
    assert resolved(entry, case_id).about == (referrer_of(case_id),)
    assert referrer_of(case_id) != referrer_of(uuid4())


def test_national_numbers_are_found_with_what_they_are_worth() -> None:
    entries = parse_personal([NAME, {"about": [INFANT], "field": "nhs_number", "value": "943 476 5919"}])
    assert numbers(entries) == [(UUID(INFANT), NumberKind.NHS, NumberQuality.VALID)]


def test_the_published_schema_knows_every_member() -> None:
    assert set(PERSONAL_SCHEMA["items"]["properties"]) == {*NAME, "disclosable_to"}
