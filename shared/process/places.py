"""Where requests belong: to a case that they name, to the one that a reference means, or to one that begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.eventstore.store import Connection
from shared.kernel.errors import NotYetKnown, Refusal, Rejected
from shared.kernel.ids import new_id
from shared.process.aggregate import Aggregate
from shared.process.answers import Asked, Reference
from shared.process.references import lock_references, look_up


@dataclass(frozen=True, slots=True)
class Minted:
    """A case that begins with this request."""

    case_id: UUID


Place = UUID | Minted | Refusal
"""Where a request belongs: a case, a new one, or nowhere yet."""


async def place_all(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], asked: Sequence[Asked]
) -> tuple[Mapping[Reference, set[UUID]], list[Place]]:
    """The cases that references mean, and where each request belongs.

    Only where a reference may be linked do others have to wait for the same reference.
    """
    linking = {reference for item in asked for reference in links_of(aggregate, item)}
    await lock_references(conn, linking)
    wanted = {item.reference for item in asked if item.reference is not None}
    found = await look_up(conn, wanted | linking)
    minted: dict[Reference, UUID] = {}
    return found, [_place(item, found, minted) for item in asked]


def links_of(aggregate: Aggregate[Any, Any, Any, Any], item: Asked) -> list[Reference]:
    """The references that a request would link to its case."""
    if aggregate.link is None:
        return []
    kind: type[Any] = aggregate.commands[aggregate.link_name]
    asked = [Reference(each.system, each.reference_hmac) for each in item.commands if isinstance(each, kind)]
    return asked if item.reference is None or not item.mints else [*asked, item.reference]


def _place(item: Asked, found: Mapping[Reference, set[UUID]], minted: dict[Reference, UUID]) -> Place:
    reference = item.reference
    cases = found[reference] if reference is not None else set()
    if item.case_id is not None:
        return item.case_id
    if len(cases) == 1:
        return next(iter(cases))
    if cases:
        return Rejected("reference-ambiguous", "this reference means more than one case", field="/case_reference")
    if reference is not None and reference in minted:
        return Minted(minted[reference])
    if item.mints and not cases:
        case_id = new_id()
        if reference is not None:
            minted[reference] = case_id
        return Minted(case_id)
    return NotYetKnown("case-reference-unknown", "no case is known by this reference here", field="/case_reference")
