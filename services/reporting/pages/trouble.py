"""Events that reporting heard and could not apply: how many of each kind, what that means and what to do. Pure."""

from collections.abc import Mapping, Sequence

from services.reporting.pages.templates import long_instant
from services.reporting.tables import Column, Kind, Table
from shared.bus.held import HeldItem

KINDS: Mapping[str, tuple[str, str]] = {
    "poison": ("The code failed on it", "Tell who maintains Dyad; try again after the next release."),
    "undecodable": ("Its content is not of its type's form", "Find out which system sent it; correct it there."),
    "unknown": ("A type or version that is not known here", "Upgrade reporting; it is then applied by itself."),
    "content-differs": (
        "Another content for a place that is taken",
        "Compare both with the store; discard the wrong one.",
    ),
    "unreadable": ("A record that does not say what it is", "Find out who writes to this topic; discard it."),
}
"""Kind of `shared/bus/held.py` to what it means and what to do."""


def parked_table(counts: Mapping[str, int]) -> Table:
    """Parked events by kind; they belong to no family's number, so they are no counts that are hidden.

    Args:
        counts: by kind.
    """
    columns = (
        Column("kind", "What happened", Kind.TEXT),
        Column("to_do", "What to do", Kind.TEXT),
        Column("events", "Events", Kind.NUMBER),
    )
    rows = tuple((title, to_do, counts.get(kind, 0)) for kind, (title, to_do) in KINDS.items())
    return Table("parked", "Events that could not be applied, now", columns, rows)


def items_table(items: Sequence[HeldItem]) -> Table:
    """Parked events one by one, oldest first, without case or stream: those stand in `GET /parked`, read on record.

    Args:
        items: as `shared.bus.held.list_held` gives them.
    """
    columns = (
        Column("item", "Item", Kind.NUMBER),
        Column("store", "Records of", Kind.TEXT),
        Column("type", "Type", Kind.TEXT),
        Column("kind", "What happened", Kind.TEXT),
        Column("held_at", "Since", Kind.TEXT),
        Column("error", "Where", Kind.TEXT),
        Column("state", "State", Kind.TEXT),
    )
    rows = tuple(
        (
            item.id,
            item.store.capitalize(),
            item.type,
            KINDS[item.kind][0],
            long_instant(item.held_at),
            item.error,
            "To be tried again" if item.state == "retry" else "Waits for a decision",
        )
        for item in items
    )
    return Table("parked-items", "One by one", columns, rows)
