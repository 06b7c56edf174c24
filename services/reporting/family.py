"""Who belongs to a case on which day: babies, parents and carers, and the relationships between them. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple, TypeVar
from uuid import UUID

from services.reporting.intervals import Stretch, covers, merged, without

Focus = tuple[UUID, tuple[UUID, ...]]
"""A baby and one or two parents or carers."""
Links = dict[tuple[UUID, UUID], tuple[Stretch, ...]]
"""(baby, parent or carer) to the days on which the one cared for the other."""
Members = tuple[UUID, ...]
T = TypeVar("T", date, int)
Days = tuple[Stretch, ...] | None
"""Of each member of a list, when it counts; None: all of them always."""


class LinkChange(NamedTuple):
    """One thing that the referral's stream says about who cares for a baby."""

    version: int
    infant: UUID
    caregiver: UUID
    begins: bool
    """True: a link from `day` on; False: a link ends with `day`, which no longer counts."""
    day: date


MOVES = frozenset({"placement_change", "adoption"})
"""Reasons for which a link ends when a baby goes to live with others. Source: S42, M16."""


class Replacement(NamedTuple):
    """From here on the baby goes by another id (P10); the links of before no longer count."""

    version: int
    old: UUID
    new: UUID
    day: date


class FamilyView(NamedTuple):
    """The columns of a case row that say who belongs to it."""

    infants: Members
    born_on: tuple[date | None, ...]
    due_on: tuple[date | None, ...]
    gestation_weeks: tuple[int | None, ...]
    caregivers: Members
    caregiver_days: Days
    relationships: Members
    relationship_days: Days
    moves: tuple[date, ...] | None


@lru_cache(maxsize=10_000)
def relationship_key(infant: UUID, caregivers: tuple[UUID, ...]) -> UUID:
    """One id for a baby and the same parents or carers, in whatever order they are named."""
    parts = b"".join(caregiver.bytes for caregiver in sorted(caregivers))
    return UUID(bytes=blake2b(infant.bytes + parts, digest_size=16).digest())


class Family:
    """What the events of a case say about its people. Every addition commutes with every other."""

    __slots__ = (
        "_view", "births", "caregivers", "changes", "due", "focus", "gestations", "infants", "moves", "replacements",
    )  # fmt: skip

    def __init__(self) -> None:
        self.infants: set[UUID] = set()
        self.caregivers: set[UUID] = set()
        self.focus: dict[Focus, date] = {}
        """Relationships that the work is about, each with the first day that named it."""
        self.births: dict[UUID, date] = {}
        self.due: dict[UUID, date] = {}
        self.gestations: dict[UUID, int] = {}
        self.changes: set[LinkChange] = set()
        self.moves: set[tuple[UUID, date]] = set()
        """Each baby that went to live with others, with the day."""
        self.replacements: set[Replacement] = set()
        self._view: FamilyView | None = None

    def changed(self) -> None:
        """To be said after every addition."""
        self._view = None

    def focused(self, infant: UUID, caregivers: tuple[UUID, ...], day: date) -> None:
        """Notes that a relationship was named; the earliest day that was said counts."""
        self.focus[infant, caregivers] = min(self.focus.get((infant, caregivers), day), day)

    def born(self, infant: UUID, day: date | None) -> None:
        """Notes a day of birth; the earliest that was said counts."""
        if day is not None:
            self.births[infant] = min(self.births.get(infant, day), day)

    def expected(self, infant: UUID, day: date | None) -> None:
        """Notes an expected day of birth; the earliest that was said counts."""
        if day is not None:
            self.due[infant] = min(self.due.get(infant, day), day)

    def carried(self, infant: UUID, weeks: int | None) -> None:
        """Notes the weeks of gestation at birth; the lowest that was said counts."""
        if weeks is not None:
            self.gestations[infant] = min(self.gestations.get(infant, weeks), weeks)

    def view(self) -> FamilyView:
        """The columns, kept until something is added."""
        if self._view is None:
            dated = self.changes or self.replacements or self._narrowed()
            self._view = self._dated() if dated else self._undated()
        return self._view

    def _narrowed(self) -> bool:
        """Whether naming the focus changed the relationships from some day on."""
        named = {relationship_key(*each) for each in self.focus}
        return bool(named) and (
            len(set(self.focus.values())) > 1
            or named != {relationship_key(*each) for each in _unstated(self.infants, self.caregivers)}
        )

    def _undated(self) -> FamilyView:
        """Nobody came or went: everybody counts on every day."""
        focus = _unstated(self.infants, self.caregivers)
        infants = tuple(sorted(self.infants))
        return FamilyView(
            infants=infants,
            born_on=tuple(map(self.births.get, infants)),
            due_on=tuple(map(self.due.get, infants)),
            gestation_weeks=tuple(map(self.gestations.get, infants)),
            caregivers=tuple(sorted(self.caregivers)),
            caregiver_days=None,
            relationships=tuple(sorted({relationship_key(*each) for each in focus})),
            relationship_days=None,
            moves=None,
        )

    def _dated(self) -> FamilyView:
        names = _names(self.replacements)
        links = self._links(names)
        infants = tuple(sorted({names.get(infant, infant) for infant in self.infants}))
        stated = {((names.get(infant, infant), carers), day) for (infant, carers), day in self.focus.items()}
        caregivers, caregiver_days = _listed(_by_caregiver(links))
        relationships, relationship_days = _listed(_relationships(infants, links, stated))
        return FamilyView(
            infants=infants,
            born_on=tuple(_under_any_name(self.births, names, infant) for infant in infants),
            due_on=tuple(_under_any_name(self.due, names, infant) for infant in infants),
            gestation_weeks=tuple(_under_any_name(self.gestations, names, infant) for infant in infants),
            caregivers=caregivers,
            caregiver_days=caregiver_days,
            relationships=relationships,
            relationship_days=relationship_days,
            moves=tuple(sorted(day for _, day in {(names.get(infant, infant), day) for infant, day in self.moves}))
            or None,
        )

    def _links(self, names: dict[UUID, UUID]) -> Links:
        """When each parent or carer cared for each baby: always, from the referral on, until something else is said."""
        links: Links = {
            (names.get(infant, infant), caregiver): _ALWAYS
            for infant in self.infants or {_NOBODY}
            for caregiver in self.caregivers
        }
        said: list[LinkChange | Replacement] = [*self.changes, *self.replacements]
        for each in sorted(said, key=lambda each: each.version):
            if isinstance(each, Replacement):
                new = names.get(each.new, each.new)
                links |= {pair: without(days, each.day) for pair, days in links.items() if pair[0] == new}
                continue
            pair = (names.get(each.infant, each.infant), each.caregiver)
            if each.begins:
                links[pair] = merged([*links.get(pair, ()), (each.day, None)])
            else:
                links[pair] = without(links.get(pair, ()), each.day)
        return links


_ALWAYS: tuple[Stretch, ...] = ((None, None),)
_NOBODY = UUID(int=0)


def _unstated(infants: Iterable[UUID], caregivers: Iterable[UUID]) -> set[Focus]:
    """Until somebody states the focus: each baby with all its parents or carers is one relationship."""
    carers = tuple(caregivers)
    return {(infant, carers) for infant in infants} if carers else set()


def _names(replacements: Iterable[Replacement]) -> dict[UUID, UUID]:
    """Each id that a baby ever had, to the last one."""
    ordered = sorted(replacements)
    names = {each.old: each.old for each in ordered}
    for each in ordered:
        names |= {name: each.new for name, last in names.items() if last == each.old}
    return names


def _under_any_name(said: dict[UUID, T], names: dict[UUID, UUID], infant: UUID) -> T | None:
    return min((each for name, each in said.items() if names.get(name, name) == infant), default=None)


def _by_caregiver(links: Links) -> dict[UUID, tuple[Stretch, ...]]:
    """A parent or carer counts on the days on which they cared for any baby of the case."""
    found: dict[UUID, list[Stretch]] = {}
    for (_, caregiver), days in links.items():
        found.setdefault(caregiver, []).extend(days)
    return {caregiver: merged(days) for caregiver, days in found.items()}


def _relationships(
    infants: Sequence[UUID], links: Links, stated: set[tuple[Focus, date]]
) -> dict[UUID, tuple[Stretch, ...]]:
    """On each day those stated by then whose links are in force; where none is, each baby with all its carers."""
    bounds = {day for days in links.values() for stretch in days for day in stretch if day is not None}
    bounds |= {day for _, day in stated}
    found: dict[UUID, list[Stretch]] = {}
    for start, end in pairwise([None, *sorted(bounds), None]):
        first = start or date.min
        caring = {pair for pair, days in links.items() if covers(days, first)}
        here = [each for each, day in stated if day <= first and _in_force(each, links, caring)] or [
            focus
            for infant in infants
            for focus in _unstated([infant], {caregiver for cared_for, caregiver in caring if cared_for == infant})
        ]
        for each in here:
            found.setdefault(relationship_key(*each), []).append((start, end))
    return {key: merged(days) for key, days in found.items()}


def _in_force(focus: Focus, links: Links, caring: set[tuple[UUID, UUID]]) -> bool:
    """Whether each of its links is; a link of which nobody has ever said anything is taken to be."""
    infant, caregivers = focus
    return all((infant, each) in caring or (infant, each) not in links for each in caregivers)


def _listed(days: dict[UUID, tuple[Stretch, ...]]) -> tuple[Members, Days]:
    """As two columns of one length: a member stands there once for each of its stretches."""
    entries = [(member, stretch) for member, stretches in sorted(days.items()) for stretch in stretches]
    members = tuple(member for member, _ in entries)
    dated = any(stretch != (None, None) for _, stretch in entries)
    return members, tuple(stretch for _, stretch in entries) if dated else None
