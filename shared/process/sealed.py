"""Personal data of requests on its way into the vault: whom it may be about, and sealing right before the append.

Decisions never see it. It is put beside the first event that its request records, and sealed once all requests of the
transaction are decided: one statement for the keys of all of them, none where nobody brought personal data.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from shared.eventstore.store import Connection
from shared.kernel.errors import NotYetKnown, Rejected
from shared.process.answers import Asked
from shared.process.dossier import Dossier
from shared.process.settle import Race
from shared.vault.personal import MOST_SUBJECTS, PersonalEntry, referrer_of, resolved
from shared.vault.sealing import seal
from shared.vault.vault import Vault


def subjects_of(asked: Iterable[Asked]) -> set[UUID]:
    """Every id that requests name and that could be a person's."""
    found: set[UUID] = set()
    for item in asked:
        for command in item.commands:
            found.update(_ids_in(command))
        for entry in item.personal:
            found.update(UUID(str(subject)) for subject in entry.about if isinstance(subject, UUID))
            if item.case_id is not None:
                found.add(referrer_of(item.case_id))
    return found


def _ids_in(item: Any) -> Iterator[UUID]:
    if isinstance(item, UUID):
        yield item
    elif isinstance(item, tuple):
        for part in item:
            yield from _ids_in(part)
    elif dataclasses.is_dataclass(item) and not isinstance(item, type):
        for name in _names(type(item)):
            yield from _ids_in(getattr(item, name))


@lru_cache(maxsize=1024)
def _names(cls: type) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(cls))


def refuse_erased(item: Asked, case_id: UUID, erased: frozenset[UUID]) -> None:
    """Refuses a request that names somebody who was erased.

    Raises:
        Rejected: `subject-erased`.
    """
    if not erased:
        return
    for place, entry in enumerate(item.personal):
        if not entry.implied and not erased.isdisjoint(resolved(entry, case_id).about):
            raise Rejected("subject-erased", _ERASED, field=f"/personal/{place}/about")
    if not erased.isdisjoint(_ids_in(item.commands)):
        raise Rejected("subject-erased", _ERASED)


_ERASED = "a person whom this names was erased; nothing about them is taken any more"


def put_personal(dossier: Dossier[Any, Any, Any, Any], item: Asked, event_ids: Sequence[UUID]) -> None:
    """Puts a request's personal data beside its first event, to be sealed before the append.

    Args:
        dossier: the case, with what the request records.
        item: the request.
        event_ids: what it records.

    Raises:
        Rejected: `personal-needs-event`, nothing is recorded; `unknown-subject`, not a person of this case.
        NotYetKnown: `referral-unknown`, who belongs to the case has not arrived here.
    """
    if not item.personal:
        return
    if not event_ids:
        if all(entry.implied for entry in item.personal):
            return
        raise Rejected("personal-needs-event", "nothing was recorded that this could be sealed onto", field="/personal")
    people = dossier.aggregate.people(dossier.state, dossier.known)
    allowed = {*people, referrer_of(dossier.case_id)}
    entries = []
    for place, given in enumerate(item.personal):
        entry = _about_family(given, people, dossier.case_id) if given.implied else resolved(given, dossier.case_id)
        if not allowed.issuperset(entry.about):
            raise _unknown(dossier, f"/personal/{place}/about")
        entries.append(entry)
    dossier.personal[event_ids[0]] = tuple(entries)


def _about_family(entry: PersonalEntry, people: frozenset[UUID], case_id: UUID) -> PersonalEntry:
    """A case's reference is about its family, so far as a sealed entry can be about several."""
    about = tuple(sorted(people, key=str)[:MOST_SUBJECTS]) or (referrer_of(case_id),)
    return dataclasses.replace(entry, about=about)


def _unknown(dossier: Dossier[Any, Any, Any, Any], field: str) -> Exception:
    if dossier.aggregate.mints or dossier.heard.get("referral"):
        return Rejected("unknown-subject", "personal data is about infants and caregivers of this case", field=field)
    return NotYetKnown("referral-unknown", "who belongs to this case has not arrived here yet", field=field)


async def seal_pending(conn: Connection, vault: Vault | None, dossiers: Iterable[Dossier[Any, Any, Any, Any]]) -> None:
    """Seals what was put beside events; call it right before `settle`, in its transaction.

    Raises:
        Race: somebody whom it is about was erased meanwhile: judged again, it is refused.
        LookupError: personal data came, and this process has no vault.
    """
    waiting = [dossier for dossier in dossiers if dossier.personal]
    if not waiting:
        return
    if vault is None:
        raise LookupError("personal data was accepted by a process that cannot seal it")
    everything = [entry for dossier in waiting for entries in dossier.personal.values() for entry in entries]
    subjects = {UUID(str(subject)) for entry in everything for subject in entry.about}
    keys = await vault.keys_to_seal(conn, subjects)
    if not subjects <= keys.keys():
        raise Race
    for dossier in waiting:
        for event_id, entries in dossier.personal.items():
            dossier.seal(event_id, seal(event_id, entries, keys))
