"""Who belongs to the case, and since when, from what the referral's stream says. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.intervention.heard import (
    FamilyMemberLinked,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
    PregnancyEnded,
    ReferralReceived,
)

Pair = tuple[UUID, UUID]
"""(caregiver, infant)."""


@dataclass(frozen=True, slots=True)
class Family:
    """The infants and caregivers of one case by opaque ids; the day on which care ends no longer counts."""

    infants: tuple[UUID, ...] = ()
    """All ids that an infant of the case goes or went by."""
    replaced_on: dict[UUID, date] = field(default_factory=dict)
    """Ids that no longer hold from a day on (adoption, rule P10)."""
    named_on: dict[UUID, date] = field(default_factory=dict)
    """Ids that hold only from a day on."""
    turns: dict[Pair, tuple[tuple[date, bool], ...]] = field(default_factory=dict)
    """(civil date, whether care begins or ends with it) in the order of the stream; of the referral from `date.min`."""
    born_on: dict[UUID, date] = field(default_factory=dict)
    due_on: dict[UUID, date] = field(default_factory=dict)
    """Expected dates of those who were referred unborn."""
    lost: frozenset[UUID] = frozenset()
    """Infants whose pregnancy ended without a birth."""

    @property
    def everybody(self) -> frozenset[UUID]:
        """All who ever belonged to the case."""
        return frozenset(self.infants) | {caregiver for caregiver, _ in self.turns}

    @property
    def people(self) -> frozenset[UUID]:
        """Those whose details may be shown and added now; as in the referral service.

        Somebody who left stays one of them. An adoption is the exception (P10): the former id, and those who only ever
        cared for the infant under it, are left out.
        """
        if not self.replaced_on:
            return self.everybody
        present = frozenset(self.infants) - self.replaced_on.keys()
        return present | {caregiver for caregiver, infant in self.turns if infant in present}

    @property
    def without_infant(self) -> bool:
        """Whether the pregnancy ended and there is no other infant."""
        return bool(self.lost) and self.lost.issuperset(self.infants)

    def unborn_on(self, infant: UUID, day: date) -> bool:
        """Whether an infant was not born yet on a civil date; past the due date that is not taken for granted."""
        born_on, due_on = self.born_on.get(infant), self.due_on.get(infant)
        return day < born_on if born_on is not None else due_on is not None and day < due_on

    def infants_on(self, day: date) -> frozenset[UUID]:
        """Infants under the ids that hold on a civil date."""
        return frozenset(
            infant
            for infant in self.infants
            if self.named_on.get(infant, day) <= day < self.replaced_on.get(infant, date.max)
        )

    def caregivers_on(self, day: date) -> frozenset[UUID]:
        """Caregivers who cared for any infant of the case on a civil date."""
        return frozenset(caregiver for (caregiver, _), turns in self.turns.items() if _holds(turns, day))


def _holds(turns: tuple[tuple[date, bool], ...], day: date) -> bool:
    """What the latest turn up to a day says; of several on one day the last that was told."""
    told = sorted((turn for turn in turns if turn[0] <= day), key=lambda turn: turn[0])
    return bool(told) and told[-1][1]


def family_of(events: Iterable[Any]) -> Family:
    """The family as the referral's stream now stands.

    Args:
        events: those of the referral's stream, voids and corrections applied, in order of version; what says nothing of
            the family is passed over.
    """
    family = _Growing()
    for item in events:
        family.add(item)
    return family.grown()


class _Growing:
    """The family while its events are read."""

    def __init__(self) -> None:
        self.infants: list[UUID] = []
        self.replaced: dict[UUID, date] = {}
        self.named: dict[UUID, date] = {}
        self.turns: dict[Pair, tuple[tuple[date, bool], ...]] = {}
        self.born: dict[UUID, date] = {}
        self.due: dict[UUID, date] = {}
        self.lost: set[UUID] = set()

    def add(self, event: Any) -> None:
        match event:
            case ReferralReceived():
                self._received(event)
            case FamilyMemberLinked():
                self._turn((event.caregiver_id, event.infant_id), event.from_on, begins=True)
            case LinkEnded():
                self._turn((event.caregiver_id, event.infant_id), event.to_on, begins=False)
            case InfantBorn():
                self.born[event.infant_id] = event.born_on
            case PregnancyEnded():
                self.lost.add(event.infant_id)
            case InfantIdentityReplaced():
                self._replace(event)

    def _received(self, event: ReferralReceived) -> None:
        for infant in event.subjects:
            self.infants.append(infant.infant_id)
            if infant.born_on is not None:
                self.born[infant.infant_id] = infant.born_on
            elif infant.edd is not None:
                self.due[infant.infant_id] = infant.edd
            for caregiver in event.caregivers:
                self._turn((caregiver.caregiver_id, infant.infant_id), date.min, begins=True)

    def _turn(self, pair: Pair, day: date, *, begins: bool) -> None:
        self.turns[pair] = (*self.turns.get(pair, ()), (day, begins))

    def _replace(self, event: InfantIdentityReplaced) -> None:
        """The infant goes on under another id; the former caregivers have no part in that (rule P10)."""
        former, new = event.infant_id, event.new_infant_id
        self.infants.append(new)
        self.replaced[former], self.named[new] = event.on, event.on
        if former in self.born:
            self.born[new] = self.born[former]
        for pair in [pair for pair in self.turns if pair[1] == former]:
            self._turn(pair, event.on, begins=False)

    def grown(self) -> Family:
        return Family(
            infants=tuple(self.infants),
            replaced_on=self.replaced,
            named_on=self.named,
            turns=self.turns,
            born_on=self.born,
            due_on=self.due,
            lost=frozenset(self.lost),
        )
