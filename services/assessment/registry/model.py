"""What the registry says of a measure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from services.assessment.measure_codes import Band, Direction, Licence, MeasureCode, Rater, SubjectKind, Subscale
from shared.kernel.civil import birthday_months


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeWindow:
    """The ages for which a measure is made; months are completed months, and both lower bounds must be reached."""

    from_weeks: int = 0
    from_months: int = 0
    before_months: int

    def holds(self, born_on: date, on: date) -> bool:
        """Whether an infant born on one civil date is within the window on another."""
        earliest = max(born_on + timedelta(weeks=self.from_weeks), birthday_months(born_on, self.from_months))
        return earliest <= on < birthday_months(born_on, self.before_months)


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale: both ends are included; which way is better."""

    lowest: Decimal
    highest: Decimal
    step: Decimal
    better: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure as the registry has it. Without cut-offs where they are licensed or unsettled."""

    code: MeasureCode
    name: str
    subject: SubjectKind
    raters: tuple[Rater, ...]
    total: Scale
    subscales: Mapping[Subscale, Scale] = field(default_factory=dict)
    bands: tuple[tuple[Decimal, Band], ...] = ()
    """(lowest total, band) from low to high: each ends where the next begins, so they cover the range."""
    reliable_change: Decimal | None = None
    """Points by which a total must move to count, where NHS England publishes them."""
    ages: AgeWindow | None = None
    """The infant's age, by the calendar and not adjusted for a preterm birth; outside is warned of, never refused."""
    safety_item: int | None = None
    """Number of an item whose answer above 0 needs a safety response whatever the total."""
    nationally_counted: bool = False
    """Stands in NHS England's list of outcome tools: stops the national four-week clock (domain 2.4, 3.4)."""
    ordinal: bool = False
    """Levels that are not equidistant: never averaged, never subtracted."""
    outcome: bool = True
    """False for measures of experience: what a family thinks of the service is no outcome."""
    licence: Licence
    note: str = ""
    snomed: str | None = None
    """SNOMED CT code of the total, where one was read."""
    basis: str
    """Sources as in `docs/measures.md`; B: background, to be checked against the manual."""


def scale(lowest: str, highest: str, better: Direction, step: str = "1") -> Scale:
    """A scale written down as texts, so that no decimal is a float."""
    return Scale(Decimal(lowest), Decimal(highest), Decimal(step), better)


def bands(*pairs: tuple[str, Band]) -> tuple[tuple[Decimal, Band], ...]:
    """Bands written down as (lowest total, band) from low to high."""
    return tuple((Decimal(lowest), band) for lowest, band in pairs)
