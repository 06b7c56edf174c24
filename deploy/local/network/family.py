"""The families of the synthetic network: every shape, made of chance, with ids and dates and nothing else.

Nothing here resembles a name, an address or a number of a real person: a family is opaque ids, roles and codes.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from deploy.local.network.chance import Chance
from deploy.local.network.seasons import working_day
from shared.kernel.civil import birthday_months


class Shape(StrEnum):
    """Who belongs to a family."""

    DYAD = "dyad"
    TRIAD = "triad"
    TWINS = "twins"
    UNBORN = "unborn"
    FOSTER_CARER = "foster-carer"
    KINSHIP = "kinship"
    FATHER = "father"
    SEVERAL_CAREGIVERS = "several-caregivers"


CAREGIVERS: dict[Shape, tuple[str, ...]] = {
    Shape.DYAD: ("mother",),
    Shape.TRIAD: ("mother", "father"),
    Shape.TWINS: ("mother", "father"),
    Shape.UNBORN: ("mother",),
    Shape.FOSTER_CARER: ("foster_carer",),
    Shape.KINSHIP: ("kinship_carer",),
    Shape.FATHER: ("father",),
    Shape.SEVERAL_CAREGIVERS: ("mother", "non_birth_parent", "kinship_carer"),
}
"""Roles, the primary caregiver first."""

COMMON = (30, 22, 3, 16, 8, 7, 7, 7)
"""How often each shape occurs in a big network, in the order of `Shape`, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infant:
    """A baby, born or not."""

    infant_id: UUID
    born_on: date
    edd: date | None = None
    """Expected date of delivery: set if the baby was unborn at referral."""
    gestation_weeks: int | None = None
    birth_order: int | None = None
    """1 or 2 for twins."""
    known_on: date
    """When the teams hear of the birth: some days after it, for one who was unborn at referral."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caregiver:
    """A parent or carer."""

    caregiver_id: UUID
    role: str
    has_pr: str
    """Parental responsibility: yes, no or unknown."""
    primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From a day on the infants live with others, or go by other ids."""

    on: date
    infants: tuple[Infant, ...]
    caregivers: tuple[Caregiver, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Who the case is about."""

    shape: Shape
    infants: tuple[Infant, ...]
    caregivers: tuple[Caregiver, ...]
    changes: tuple[Change, ...] = ()
    """In order of time."""

    def changed(self, change: Change) -> "Family":
        """The family with one more change behind the others."""
        return replace(self, changes=(*self.changes, change))

    def present(self, day: date) -> list[str]:
        """Ids of the babies who are there to be seen on this day."""
        return [str(infant.infant_id) for infant in self.babies(day) if infant.known_on < day]

    def babies(self, day: date) -> tuple[Infant, ...]:
        """The babies under the ids of a day."""
        return next((each.infants for each in reversed(self.changes) if each.on <= day), self.infants)

    def carers(self, day: date) -> tuple[Caregiver, ...]:
        """Who cares for them on a day, the primary one first."""
        return next((each.caregivers for each in reversed(self.changes) if each.on <= day), self.caregivers)

    def focus(self, day: date) -> list[dict[str, object]]:
        """The relationships that the work is about: each baby with one or two caregivers."""
        closest = [str(caregiver.caregiver_id) for caregiver in self.carers(day)[:2]]
        return [{"infant_id": str(infant.infant_id), "caregiver_ids": closest} for infant in self.babies(day)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How old a child is at referral, against the team's window in completed months."""

    window_months: int = 36
    too_old: bool = False
    """Past every team's window (for a referral that is declined for it)."""
    slightly: bool = False
    """Just past the team's own window."""


def family(shape: Shape, received_on: date, chance: Chance, age: Age | None = None) -> Family:
    """A family of this shape as it is on the day of its referral."""
    return Family(
        shape=shape,
        infants=_infants(shape, received_on, chance, age or Age()),
        caregivers=tuple(
            Caregiver(
                caregiver_id=chance.id(),
                role=role,
                has_pr=_responsibility(role, chance),
                primary=place == 0,
            )
            for place, role in enumerate(CAREGIVERS[shape])
        ),
    )


def _responsibility(role: str, chance: Chance) -> str:
    if role == "mother":
        return "yes"
    if role == "foster_carer":
        return "no"
    return chance.one(("yes", "yes", "unknown"))


def _infants(shape: Shape, received_on: date, chance: Chance, age: Age) -> tuple[Infant, ...]:
    if shape is Shape.UNBORN:
        edd = received_on + timedelta(days=chance.between(30, 110))
        born_on = edd + timedelta(days=chance.between(-16, 9))
        return (
            Infant(
                infant_id=chance.id(),
                born_on=born_on,
                edd=edd,
                gestation_weeks=40 + (born_on - edd).days // 7,
                known_on=working_day(born_on + timedelta(days=chance.between(1, 3))),
            ),
        )
    born_on = _birthday(received_on, chance, age)
    twins = shape is Shape.TWINS
    weeks = chance.between(33, 37) if twins else chance.between(36, 41)
    orders = (1, 2) if twins else (None,)
    return tuple(
        Infant(infant_id=chance.id(), born_on=born_on, gestation_weeks=weeks, birth_order=order, known_on=born_on)
        for order in orders
    )


def _birthday(received_on: date, chance: Chance, age: Age) -> date:
    """Most are in their first year; the older, the fewer, up to the team's window."""
    if age.too_old:
        return received_on - timedelta(days=chance.between(5 * 366, 6 * 365))
    if age.slightly:
        days = round(age.window_months * 30.44) + chance.between(5, 45)
        born_on = received_on - timedelta(days=days)
        while birthday_months(born_on, age.window_months) > received_on:
            born_on -= timedelta(days=7)
        return born_on
    oldest = round(age.window_months * 30.4) - 15
    bands = ((12, 180, 52), (181, 365, 28), (366, 700, 16), (701, 1070, 3), (1071, 1790, 1))
    fitting = [band for band in bands if band[1] <= oldest]
    youngest, limit, _ = fitting[chance.weighted([band[2] for band in fitting])]
    return received_on - timedelta(days=chance.between(youngest, limit))
