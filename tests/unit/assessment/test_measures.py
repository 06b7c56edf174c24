"""The registry of measures against domain 2.4."""

from decimal import Decimal

import pytest

from services.assessment.codes import Band, MeasureCode
from services.assessment.measures import REGISTRY, band_of, check_total
from shared.kernel.errors import Rejected


@pytest.mark.parametrize(
    ("code", "total", "band"),
    [
        ("EPDS", "9", "low"),
        ("EPDS", "10", "moderate"),
        ("EPDS", "12", "moderate"),
        ("EPDS", "13", "relatively_high"),
        ("EPDS", "14", "relatively_high"),
        ("EPDS", "15", "high"),
        ("EPDS", "24", "high"),
        ("EPDS", "26", "very_high"),
        ("PHQ-9", "4", "none"),
        ("PHQ-9", "20", "severe"),
        ("GAD-7", "14", "moderate"),
        ("CORE-10", "25", "moderately_severe"),
        ("KIPS", "2.9", "low"),
        ("KIPS", "3.0", "moderate"),
        ("KIPS", "4.0", "high"),
        ("PIR-GAS", "10", "documented_maltreatment"),
        ("PIR-GAS", "40", "disordered"),
        ("PIR-GAS", "91", "well_adapted"),
        ("PIIOS", "26", None),
        ("HADS-A", "11", None),
    ],
)
def test_a_total_lies_in_its_band_and_unsettled_cut_offs_give_none(code: str, total: str, band: str | None) -> None:
    assert band_of(MeasureCode(code), Decimal(total)) == (None if band is None else Band(band))


def test_every_measure_has_an_entry() -> None:
    assert set(REGISTRY) == set(MeasureCode)


@pytest.mark.parametrize("code", list(MeasureCode))
def test_a_measure_takes_its_range_and_nothing_beyond(code: MeasureCode) -> None:
    measure = REGISTRY[code]
    check_total(code, measure.lowest, "/total")
    check_total(code, measure.highest, "/total")
    for outside in (measure.lowest - measure.step, measure.highest + measure.step):
        with pytest.raises(Rejected, match="total-out-of-range"):
            check_total(code, outside, "/total")


def test_only_the_two_measures_with_such_an_item_ask_for_a_safety_answer() -> None:
    assert {code for code, measure in REGISTRY.items() if measure.safety_item} == {"EPDS", "PHQ-9"}
