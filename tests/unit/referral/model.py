"""A referral as plainly as it can be said: what the machine of random commands is compared with.

Days are counted from the receipt; who cares for whom is a set of carers for each infant and day, nothing cleverer.
"""

from dataclasses import dataclass, field
from uuid import UUID

HAPPENS, QUIET, REFUSED = "happens", "quiet", "refused"
HORIZON = 60
"""Days that the model looks at."""
OPEN = {"received", "asked"}
Denied = tuple[UUID, str]
"""(person, actor)."""


@dataclass
class Care:
    """Somebody cares for an infant from day `first` to the day before `end`."""

    infant: UUID
    carer: UUID
    detail: tuple[bool, bool]
    """(primary, has parental responsibility)."""
    first: int
    end: int = HORIZON
    over: bool = False

    def days(self) -> set[int]:
        return set(range(self.first, self.end))


@dataclass
class Model:
    """What must be true of the referral."""

    status: str = "unknown"
    asked: set[tuple[int, str]] = field(default_factory=set)
    provided: set[tuple[int, str]] = field(default_factory=set)
    asked_on: int = 0
    infants: set[UUID] = field(default_factory=set)
    everybody: set[UUID] = field(default_factory=set)
    unborn: set[UUID] = field(default_factory=set)
    lost: set[UUID] = field(default_factory=set)
    care: list[Care] = field(default_factory=list)
    last: dict[tuple[UUID, UUID], object] = field(default_factory=dict)
    words: dict[Denied, list[tuple[int, bool]]] = field(default_factory=dict)
    """What was said of a person and an actor: (day, whether it denies)."""
    adopted: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    told: set[tuple[UUID, int]] = field(default_factory=set)
    erased: set[UUID] = field(default_factory=set)

    def open_care(self, infant: UUID, carer: UUID) -> Care | None:
        return next((c for c in self.care if (c.infant, c.carer) == (infant, carer) and not c.over), None)

    def link(self, command: object, care: Care) -> str:
        """What comes of somebody joining; changes the model if it happens."""
        pair = (care.infant, care.carer)
        if self.last.get(pair) == command:
            return QUIET
        before = [c for c in self.care if (c.infant, c.carer) == pair]
        current = self.open_care(*pair)
        if care.infant not in self.infants or care.carer in self.erased:
            return REFUSED
        if any(care.first < (c.end if c.over else c.first) for c in before):
            return REFUSED
        if current is not None and current.detail == care.detail:
            return REFUSED
        ended = {id(current)}
        others = [c for c in self.care if c.infant == care.infant and c.detail[0] and id(c) not in ended]
        if care.detail[0] and any(c.days() & care.days() for c in others):
            return REFUSED
        if current is not None:
            current.end, current.over = care.first, True
        self.care.append(care)
        self.last[pair] = command
        self.everybody.add(care.carer)
        return HAPPENS

    def unlink(self, command: object, infant: UUID, carer: UUID, day: int) -> str:
        """What comes of somebody leaving."""
        if self.last.get((infant, carer)) == command:
            return QUIET
        current = self.open_care(infant, carer)
        if infant not in self.infants or current is None or day < current.first:
            return REFUSED
        current.end, current.over = day, True
        self.last[infant, carer] = command
        return HAPPENS

    def adopt(self, infant: UUID, new: UUID, day: int) -> str:
        """What comes of an infant's new identity."""
        if infant in self.adopted:
            return QUIET if self.adopted[infant] == (new, day) else REFUSED
        current = [c for c in self.care if c.infant == infant and not c.over]
        if infant not in self.infants or infant in self.unborn or new in self.everybody:
            return REFUSED
        if any(day < c.first for c in current):
            return REFUSED
        for care in current:
            care.end, care.over = day, True
        self.infants = self.infants - {infant} | {new}
        self.adopted[infant] = (new, day)
        self.everybody.add(new)
        return HAPPENS

    def holds(self, who: Denied) -> bool:
        """Whether a denial holds: the last word counts, whatever day it names."""
        words = self.words.get(who, [])
        return bool(words) and words[-1][1]

    def deny(self, who: Denied, day: int) -> str:
        """What comes of keeping an actor from a person's record."""
        words = self.words.setdefault(who, [])
        if words[-1:] == [(day, True)]:
            return QUIET
        if who[0] not in self.everybody or who[0] in self.erased:
            return REFUSED
        words.append((day, True))
        return HAPPENS

    def lift(self, who: Denied, day: int) -> str:
        """What comes of letting them read it again."""
        words = self.words.setdefault(who, [])
        if words[-1:] == [(day, False)]:
            return QUIET
        if not self.holds(who):
            return REFUSED
        words.append((day, False))
        return HAPPENS

    def tell(self, person: UUID, day: int) -> str:
        """What comes of details of a person."""
        if (person, day) in self.told:
            return QUIET
        if person not in self.people() or person in self.erased:
            return REFUSED
        self.told.add((person, day))
        return HAPPENS

    def people(self) -> set[UUID]:
        """Who is shown: after an adoption not those of before it."""
        return self.infants | {c.carer for c in self.care if c.infant in self.infants}

    def carers(self, infant: UUID, day: int) -> set[UUID]:
        return {c.carer for c in self.care if c.infant == infant and day in c.days()}
