"""The registry of measures: versioned data (domain 2.4). Cut-offs that are licensed or unsettled are not shipped."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.assessment.codes import Band, MeasureCode, MeasureWarning, SubjectKind
from shared.kernel.civil import birthday_months
from shared.kernel.errors import Rejected

VERSION = "default-1"
"""Stamped on every recorded measure of a team that configured nothing."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure: range of its total, size of a step, bands as (lowest total, band) from low to high."""

    subject: SubjectKind
    lowest: Decimal
    highest: Decimal
    step: Decimal
    bands: tuple[tuple[int, Band], ...] = ()
    safety_item: bool = False
    """Has an item whose answer needs a safety response whatever the total (EPDS item 10, PHQ-9 item 9)."""
    ages: AgeWindow | None = None
    """The infant's age, by the calendar and not adjusted for a preterm birth; outside is warned of, never refused."""


def _measure(
    subject: SubjectKind,
    lowest: int,
    highest: int,
    step: str = "1",
    *,
    bands: tuple[tuple[int, Band], ...] = (),
    safety_item: bool = False,
    ages: AgeWindow | None = None,
) -> Measure:
    return Measure(
        subject=subject,
        lowest=Decimal(lowest),
        highest=Decimal(highest),
        step=Decimal(step),
        bands=bands,
        safety_item=safety_item,
        ages=ages,
    )


_INFANT, _CAREGIVER, _RELATIONSHIP = SubjectKind.INFANT, SubjectKind.CAREGIVER, SubjectKind.RELATIONSHIP

_AGED_2_TO_4 = AgeWindow(from_months=24, before_months=60)
_SEVENTH_MONTH_ENDS = 7
"""Completed months: a baby is in the seventh month of life until it has completed seven."""

REGISTRY: dict[MeasureCode, Measure] = {
    # 25 itself is unassigned on the page read (domain 2.4): counted with 15 to 24
    MeasureCode.EPDS: _measure(
        _CAREGIVER,
        0,
        30,
        bands=((0, Band.LOW), (10, Band.MODERATE), (13, Band.RELATIVELY_HIGH), (15, Band.HIGH), (26, Band.VERY_HIGH)),
        safety_item=True,
    ),
    MeasureCode.PHQ_9: _measure(
        _CAREGIVER,
        0,
        27,
        bands=(
            (0, Band.NONE),
            (5, Band.MILD),
            (10, Band.MODERATE),
            (15, Band.MODERATELY_SEVERE),
            (20, Band.SEVERE),
        ),
        safety_item=True,
    ),
    MeasureCode.GAD_7: _measure(
        _CAREGIVER, 0, 21, bands=((0, Band.NONE), (5, Band.MILD), (10, Band.MODERATE), (15, Band.SEVERE))
    ),
    MeasureCode.CORE_10: _measure(
        _CAREGIVER,
        0,
        40,
        bands=(
            (0, Band.HEALTHY),
            (6, Band.LOW),
            (11, Band.MILD),
            (16, Band.MODERATE),
            (21, Band.MODERATELY_SEVERE),
            (26, Band.SEVERE),
        ),
    ),
    MeasureCode.CORE_OM: _measure(_CAREGIVER, 0, 40, "0.01"),
    MeasureCode.HADS_A: _measure(_CAREGIVER, 0, 21),
    MeasureCode.HADS_D: _measure(_CAREGIVER, 0, 21),
    MeasureCode.MORS_SF_WARMTH: _measure(_RELATIONSHIP, 0, 35),
    MeasureCode.MORS_SF_INVASION: _measure(_RELATIONSHIP, 0, 35),
    MeasureCode.MORS_CHILD_WARMTH: _measure(_RELATIONSHIP, 0, 35, ages=_AGED_2_TO_4),
    MeasureCode.MORS_CHILD_INVASION: _measure(_RELATIONSHIP, 0, 35, ages=_AGED_2_TO_4),
    MeasureCode.ASQ_SE_2: _measure(_INFANT, 0, 600, "5", ages=AgeWindow(from_months=1, before_months=73)),
    MeasureCode.PIIOS: _measure(
        _RELATIONSHIP, 0, 52, "2", ages=AgeWindow(from_weeks=6, before_months=_SEVENTH_MONTH_ENDS)
    ),
    MeasureCode.CARE_INDEX_SYNCHRONY: _measure(_RELATIONSHIP, 0, 14),
    MeasureCode.CARE_INDEX_SENSITIVITY: _measure(_RELATIONSHIP, 0, 14),
    MeasureCode.KIPS: _measure(
        _CAREGIVER,
        1,
        5,
        "0.01",
        bands=((1, Band.LOW), (3, Band.MODERATE), (4, Band.HIGH)),
        ages=AgeWindow(from_months=2, before_months=72),
    ),
    MeasureCode.PIR_GAS: _measure(
        _RELATIONSHIP,
        0,
        100,
        bands=(
            (0, Band.DOCUMENTED_MALTREATMENT),
            (11, Band.GROSSLY_IMPAIRED),
            (21, Band.SEVERELY_DISORDERED),
            (31, Band.DISORDERED),
            (41, Band.DISTURBED),
            (51, Band.DISTRESSED),
            (61, Band.SIGNIFICANTLY_PERTURBED),
            (71, Band.PERTURBED),
            (81, Band.ADAPTED),
            (91, Band.WELL_ADAPTED),
        ),
    ),
    MeasureCode.DC05_AXIS2_A: _measure(_RELATIONSHIP, 1, 4),
    MeasureCode.DC05_AXIS2_B: _measure(_RELATIONSHIP, 1, 4),
    MeasureCode.GBO: _measure(SubjectKind.GOAL, 0, 10),
    MeasureCode.SDQ_2_4: _measure(_INFANT, 0, 40, ages=_AGED_2_TO_4),
    MeasureCode.BPSES: _measure(_CAREGIVER, 5, 25),
    MeasureCode.SWEMWBS: _measure(_CAREGIVER, 7, 35, "0.01"),
    MeasureCode.WEMWBS: _measure(_CAREGIVER, 14, 70),
}


def band_of(code: MeasureCode, total: Decimal) -> Band | None:
    """The band that a total lies in; None for a measure without shipped bands."""
    found: Band | None = None
    for lowest, band in REGISTRY[code].bands:
        if total >= lowest:
            found = band
    return found


def check_total(code: MeasureCode, total: Decimal, field: str) -> None:
    """Refuses a total that the measure cannot give.

    Raises:
        Rejected: `total-out-of-range`, `total-not-on-scale`.
    """
    measure = REGISTRY[code]
    if not measure.lowest <= total <= measure.highest:
        raise Rejected("total-out-of-range", f"{code} runs from {measure.lowest} to {measure.highest}", field=field)
    if (total - measure.lowest) % measure.step:
        raise Rejected("total-not-on-scale", f"{code} moves in steps of {measure.step}", field=field)


def warnings_of(code: MeasureCode, births: Collection[date | None], on: date) -> tuple[MeasureWarning, ...]:
    """What is odd about a measure taken on a day (domain 6.4: the age window is checked, and warned of).

    Args:
        code: the measure.
        births: civil dates of birth of the infants whom it may be about; None for one that is not known.
        on: civil date on which it was completed.
    """
    ages = REGISTRY[code].ages
    if ages is None or not births or any(born_on is None or ages.holds(born_on, on) for born_on in births):
        return ()
    return (MeasureWarning.OUTSIDE_AGE_WINDOW,)
