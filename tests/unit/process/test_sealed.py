"""Personal data beside a decision: whom a request names, and that nothing is asked of the database without need."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.referral.aggregate import aggregate
from services.referral.commands import ReceiveReferral
from shared.eventstore.envelope import Provenance
from shared.kernel.civil import Moment
from shared.kernel.errors import Rejected
from shared.kernel.ids import utc_now
from shared.process.answers import Asked
from shared.process.dossier import Dossier
from shared.process.sealed import put_personal, refuse_erased, seal_pending, subjects_of
from shared.vault.personal import PersonalEntry, referrer_of

CASE = uuid4()
WHO = Provenance(actor="x", actor_role="system", correlation_id=uuid4())


def asked(*commands: Any, personal: tuple[PersonalEntry, ...] = ()) -> Asked:
    return Asked(case_id=CASE, commands=commands, provenance=WHO, personal=personal)


def entry(about: UUID | str) -> PersonalEntry:
    return PersonalEntry(about=(about,), field="note", value="text")


def dossier() -> Dossier[Any, Any, Any, Any]:
    return Dossier(aggregate, CASE, Moment(utc_now()))


def test_every_person_whom_a_request_names_is_looked_up() -> None:
    command = aggregate.request_examples["ReferralReceived"]
    assert isinstance(command, ReceiveReferral)
    other = uuid4()
    found = subjects_of([asked(command, personal=(entry(other), entry("referrer")))])
    people = {infant.infant_id for infant in command.subjects} | {each.caregiver_id for each in command.caregivers}
    assert found >= people | {other, referrer_of(CASE)}


def test_a_request_that_names_an_erased_person_is_refused_wherever_it_names_him() -> None:
    command = aggregate.request_examples["ReferralReceived"]
    assert isinstance(command, ReceiveReferral)
    erased = frozenset({command.subjects[0].infant_id})
    with pytest.raises(Rejected) as in_a_command:
        refuse_erased(asked(command), CASE, erased)
    assert (in_a_command.value.code, in_a_command.value.field) == ("subject-erased", None)
    either: tuple[UUID | str, ...] = (*erased, "referrer")
    for about in either:
        gone = frozenset({referrer_of(CASE)}) if about == "referrer" else erased
        with pytest.raises(Rejected) as in_personal:
            refuse_erased(asked(personal=(entry(about),)), CASE, gone)
        assert (in_personal.value.code, in_personal.value.field) == ("subject-erased", "/personal/0/about")
    refuse_erased(asked(command), CASE, frozenset({uuid4()}))


def test_what_is_only_implied_is_left_out_where_nothing_is_recorded() -> None:
    case = dossier()
    implied = PersonalEntry(about=(), field="case_reference", value="NR-1", implied=True)
    put_personal(case, asked(personal=(implied,)), ())
    assert case.personal == {}
    with pytest.raises(Rejected) as refusal:
        put_personal(case, asked(personal=(implied, entry("referrer"))), ())
    assert refusal.value.code == "personal-needs-event"


async def test_without_personal_data_the_database_is_asked_nothing() -> None:
    case = dossier()
    await seal_pending(None, None, [case])  # type: ignore[arg-type]  # there is nobody whom it could ask
    assert case.pending == []


async def test_a_process_without_a_vault_stores_no_personal_data() -> None:
    case = dossier()
    case.personal[uuid4()] = (entry(uuid4()),)
    with pytest.raises(LookupError):
        await seal_pending(None, None, [case])  # type: ignore[arg-type]
