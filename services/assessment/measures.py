"""The registry of measures: versioned data (domain 2.4). Cut-offs that are licensed or unsettled are not shipped."""

from dataclasses import dataclass
from decimal import Decimal

from services.assessment.codes import Band, MeasureCode, SubjectKind
from shared.kernel.errors import Rejected

VERSION = "default-1"
"""Stamped on every recorded measure of a team that configured nothing."""


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


def _measure(
    subject: SubjectKind,
    lowest: int,
    highest: int,
    step: str = "1",
    *,
    bands: tuple[tuple[int, Band], ...] = (),
    safety_item: bool = False,
) -> Measure:
    return Measure(
        subject=subject,
        lowest=Decimal(lowest),
        highest=Decimal(highest),
        step=Decimal(step),
        bands=bands,
        safety_item=safety_item,
    )


_INFANT, _CAREGIVER, _RELATIONSHIP = SubjectKind.INFANT, SubjectKind.CAREGIVER, SubjectKind.RELATIONSHIP

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
    MeasureCode.MORS_CHILD_WARMTH: _measure(_RELATIONSHIP, 0, 35),
    MeasureCode.MORS_CHILD_INVASION: _measure(_RELATIONSHIP, 0, 35),
    MeasureCode.ASQ_SE_2: _measure(_INFANT, 0, 600, "5"),
    MeasureCode.PIIOS: _measure(_RELATIONSHIP, 0, 52, "2"),
    MeasureCode.CARE_INDEX_SYNCHRONY: _measure(_RELATIONSHIP, 0, 14),
    MeasureCode.CARE_INDEX_SENSITIVITY: _measure(_RELATIONSHIP, 0, 14),
    MeasureCode.KIPS: _measure(_CAREGIVER, 1, 5, "0.01", bands=((1, Band.LOW), (3, Band.MODERATE), (4, Band.HIGH))),
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
    MeasureCode.SDQ_2_4: _measure(_INFANT, 0, 40),
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
