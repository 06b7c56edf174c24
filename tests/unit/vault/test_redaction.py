"""What a person may be given of a record that is about several: hers in full, others as a mark."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from shared.kernel.codec import to_json
from shared.vault.fields import Reader
from shared.vault.personal import PersonalEntry
from shared.vault.reading import Held
from shared.vault.redaction import THIRD_PARTY, WITHHELD, introduced, redacted_entry, redacted_event

MOTHER, INFANT, TWIN = uuid4(), uuid4(), uuid4()


def event(data: Any, name: str = "SessionHeld") -> dict[str, Any]:
    return {"type": f"dyad.{name}.v1", "data": data}


def given_to(subject: UUID, data: Any, name: str = "SessionHeld") -> Any:
    return redacted_event(event(data, name), subject, {MOTHER, INFANT, TWIN})["data"]


def test_an_object_about_somebody_else_is_replaced_and_ones_own_stays() -> None:
    subjects = [{"infant_id": str(INFANT), "decile": 3}, {"infant_id": str(TWIN), "decile": 4}]
    assert given_to(INFANT, {"subjects": subjects, "priority": "3"}) == {
        "subjects": [subjects[0], {"redacted": THIRD_PARTY}],
        "priority": "3",
    }


def test_others_in_a_list_and_in_a_relationship_are_marks() -> None:
    assert given_to(INFANT, {"infants_present": [str(TWIN), str(INFANT)]}) == {
        "infants_present": [THIRD_PARTY, str(INFANT)]
    }
    focus = {"infant_id": str(INFANT), "caregiver_ids": [str(MOTHER)]}
    assert given_to(MOTHER, focus) == {"infant_id": THIRD_PARTY, "caregiver_ids": [str(MOTHER)]}


def test_an_event_about_somebody_else_alone_is_replaced_whole() -> None:
    assert given_to(MOTHER, {"subject_ref": str(INFANT), "on": "2025-03-04"}) == {"redacted": THIRD_PARTY}


@pytest.mark.parametrize("name", ["SafetyConcernRaised", "AccessDenied", "BreakGlassOpened"])
def test_what_may_endanger_somebody_is_withheld(name: str) -> None:
    assert given_to(MOTHER, {"subject_ref": str(MOTHER), "kind": "x"}, name) == {"redacted": WITHHELD}
    assert given_to(MOTHER, {"flags": ["dva"]}) == {"flags": WITHHELD}
    assert given_to(MOTHER, {"flags": []}) == {"flags": []}


EXAMPLES = [
    (name, orjson.loads(to_json(said)))
    for aggregate in (referral, assessment, intervention)
    for name, said in aggregate.examples.items()
]


@pytest.mark.parametrize(("name", "data"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_no_event_of_any_service_gives_one_person_the_id_of_another(name: str, data: dict[str, Any]) -> None:
    everybody = introduced(
        to_json(said).decode() for a in (referral, assessment, intervention) for said in a.examples.values()
    )
    assert len(everybody) >= 2
    for subject in everybody:
        told = orjson.dumps(redacted_event(event(data, name), subject, everybody)).decode()
        assert [str(other) for other in everybody if other != subject and str(other) in told] == []


@given(
    st.recursive(
        st.sampled_from([str(MOTHER), str(INFANT), str(TWIN), "x", 1, None]),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    )
)
def test_whatever_the_data_no_other_person_is_left_in_it(data: Any) -> None:
    told = orjson.dumps(given_to(MOTHER, {"data": data})).decode()
    assert str(INFANT) not in told
    assert str(TWIN) not in told


def held(*about: UUID, field: str = "note", readers: tuple[Reader, ...] = (), gone: bool = False) -> Held:
    content = PersonalEntry(about=about, field=field, value="text", disclosable_to=readers)
    return Held(
        about=about,
        field=field,
        event_id=uuid4(),
        recorded_at=datetime(2025, 1, 1, tzinfo=UTC),
        content=None if gone else content,
    )


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (held(MOTHER, field="full_name"), "text"),
        (held(MOTHER), "withheld"),
        (held(MOTHER, readers=(Reader.CAREGIVER,)), "text"),
        (held(MOTHER, readers=(Reader.REFERRER,)), "withheld"),
        (held(INFANT, MOTHER, field="full_name", readers=(Reader.CAREGIVER,)), "third-party"),
        (held(MOTHER, field="full_name", gone=True), "erased"),
        (held(INFANT, field="full_name"), None),
    ],
)
def test_a_sealed_entry_is_given_where_it_is_ones_own(entry: Held, told: str | None) -> None:
    given_out = redacted_entry(entry, MOTHER, Reader.CAREGIVER)
    assert (None if given_out is None else given_out.get("value", given_out.get("redacted"))) == told
