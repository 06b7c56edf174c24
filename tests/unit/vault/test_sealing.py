"""Sealing: what was sealed comes back with all its keys, and with anything else not at all."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.vault import keyring, tombstones
from shared.vault.fields import POSTED, Reader
from shared.vault.keyring import Keyring, NoKey
from shared.vault.personal import PersonalEntry
from shared.vault.sealing import Tampered, new_key, opened, seal, unseal, unwrap, wrap

EVENT = uuid4()


def entry(*about: UUID, value: str = "Wilhelmina") -> PersonalEntry:
    return PersonalEntry(about=tuple(sorted(about, key=str)), field="full_name", value=value)


@given(
    st.lists(st.uuids(), min_size=1, max_size=3, unique=True),
    st.sampled_from(sorted(POSTED)),
    st.text(min_size=1),
    st.sets(st.sampled_from(Reader)),
)
def test_what_was_sealed_comes_back(about: list[UUID], code: str, value: str, readers: set[Reader]) -> None:
    keys = {subject: new_key() for subject in about}
    wanted = PersonalEntry(
        about=tuple(sorted(about, key=str)), field=code, value=value, disclosable_to=tuple(sorted(readers))
    )
    sealed = seal(EVENT, [wanted], keys)
    assert sealed[0] == 1
    assert [unseal(EVENT, item, keys) for item in opened(sealed)] == [wanted]


def test_what_is_about_three_people_is_gone_with_the_key_of_any_one_of_them() -> None:
    people = [uuid4() for _ in range(3)]
    keys = {person: new_key() for person in people}
    [box] = opened(seal(EVENT, [entry(*people)], keys))
    for person in people:
        assert unseal(EVENT, box, {other: key for other, key in keys.items() if other != person}) is None


def test_a_box_opens_in_its_own_event_for_its_own_subject_and_field_only() -> None:
    person, other = uuid4(), uuid4()
    keys = {person: new_key()}
    [box] = opened(seal(EVENT, [entry(person)], keys))
    for wrong in (replace(box, field="address"), replace(box, about=(other,)), replace(box, box=box.box[:-1] + b"\0")):
        with pytest.raises(Tampered):
            unseal(EVENT, wrong, keys | {other: keys[person]})
    with pytest.raises(Tampered):
        unseal(uuid4(), box, keys)


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    person = uuid4()
    keys = {person: new_key()}
    boxes = {opened(seal(EVENT, [entry(person)], keys))[0].box for _ in range(10)}
    nonces = {opened(seal(EVENT, [entry(person)], keys))[0].nonce for _ in range(10)}
    assert (len(boxes), len(nonces)) == (10, 10)


def test_sealed_bytes_hold_no_text_in_the_clear() -> None:
    person = uuid4()
    assert b"Wilhelmina" not in seal(EVENT, [entry(person)], {person: new_key()})


def test_a_wrapped_key_fits_its_store_and_subject_only() -> None:
    kek, key, person = new_key(), new_key(), uuid4()
    wrapped = wrap(kek, "referral", person, key)
    assert key not in wrapped
    assert unwrap(kek, "referral", person, wrapped) == key
    for other in ((kek, "assessment", person), (kek, "referral", uuid4()), (new_key(), "referral", person)):
        with pytest.raises(Tampered):
            unwrap(*other, wrapped)


def test_another_format_is_refused() -> None:
    with pytest.raises(Tampered):
        opened(b"\x02[]")


def test_the_key_of_the_highest_number_is_in_use_and_a_new_one_is_found_at_once(tmp_path: Path) -> None:
    keys = Keyring(tmp_path)
    with pytest.raises(NoKey):
        keys.newest()
    for number in (1, 2, 10):
        (tmp_path / keyring.file_name(number)).write_text(f"{number:064x}\n")
        assert keys.newest() == (number, number.to_bytes(32, "big"))
    assert keys.key(2) == (2).to_bytes(32, "big")
    with pytest.raises(NoKey):
        keys.key(3)


@pytest.mark.parametrize("content", ["", "abc", "00" * 31, "zz" * 32])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / keyring.file_name(1)).write_text(content)
    with pytest.raises(NoKey):
        Keyring(tmp_path).newest()


def test_the_list_of_the_erased_survives_a_line_that_a_crash_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "tombstones.ndjson"
    first, second, third = uuid4(), uuid4(), uuid4()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert tombstones.read(path) == ()
    tombstones.append(path, first, at)
    with path.open("ab") as file:
        file.write(f'{{"subject":"{second}'.encode())
    tombstones.append(path, third, at)
    tombstones.append(path, first, at)
    assert tombstones.read(path) == (first, third)
