"""The registry of measures against domain 2.4."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from services.assessment.measure_codes import Band, Direction, Licence, MeasureCode, SubjectKind, Subscale
from services.assessment.measures import REGISTRY, VERSION, band_of, check_subscales, check_total, version_of
from services.assessment.registry.model import Scale
from services.assessment.team_settings import BandRange, MeasureSettings, TeamSettings
from services.intervention.outcome import RELIABLE_CHANGE
from shared.kernel.errors import Rejected
from tests.unit.assessment.build import acceptance as accepted
from tests.unit.assessment.build import given, heard, measure, measured, received, started

DEFAULT = TeamSettings()
GOLDEN = {
    "EPDS": ("0", "30", "lower"),
    "PHQ-9": ("0", "27", "lower"),
    "GAD-7": ("0", "21", "lower"),
    "CORE-10": ("0", "40", "lower"),
    "CORE-OM": ("0", "40", "lower"),
    "HADS-A": ("0", "21", "lower"),
    "HADS-D": ("0", "21", "lower"),
    "MORS-SF-WARMTH": ("0", "35", "higher"),
    "MORS-SF-INVASION": ("0", "35", "lower"),
    "MORS-CHILD-WARMTH": ("0", "35", "higher"),
    "MORS-CHILD-INVASION": ("0", "35", "lower"),
    "PIIOS": ("0", "52", "lower"),
    "CARE-INDEX-SENSITIVITY": ("0", "14", "higher"),
    "CARE-INDEX-SYNCHRONY": ("0", "14", "higher"),
    "KIPS": ("1", "5", "higher"),
    "PIR-GAS": ("0", "100", "higher"),
    "DC05-AXIS2-A": ("1", "4", "lower"),
    "DC05-AXIS2-B": ("1", "4", "lower"),
    "GBO": ("0", "10", "higher"),
    "SDQ-2-4": ("0", "40", "lower"),
    "BPSES": ("5", "25", "higher"),
    "SWEMWBS": ("7", "35", "higher"),
    "WEMWBS": ("14", "70", "higher"),
    "ADBB": ("0", "32", "lower"),
    "CHI-ESQ": ("1", "3", "higher"),
}
"""Range and direction, written by hand from domain 2.4."""


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
        ("PHQ-9", "5", "mild"),
        ("PHQ-9", "10", "moderate"),
        ("PHQ-9", "15", "moderately_severe"),
        ("PHQ-9", "20", "severe"),
        ("GAD-7", "14", "moderate"),
        ("CORE-10", "5", "healthy"),
        ("CORE-10", "25", "moderately_severe"),
        ("KIPS", "2.9", "low"),
        ("KIPS", "3.0", "moderate"),
        ("KIPS", "4.0", "high"),
        ("PIR-GAS", "10", "documented_maltreatment"),
        ("PIR-GAS", "11", "grossly_impaired"),
        ("PIR-GAS", "21", "severely_disordered"),
        ("PIR-GAS", "40", "disordered"),
        ("PIR-GAS", "41", "disturbed"),
        ("PIR-GAS", "61", "significantly_perturbed"),
        ("PIR-GAS", "71", "perturbed"),
        ("PIR-GAS", "81", "adapted"),
        ("PIR-GAS", "91", "well_adapted"),
        ("PIIOS", "26", None),
        ("HADS-A", "11", None),
    ],
)
def test_a_total_lies_in_its_band_and_unsettled_cut_offs_give_none(code: str, total: str, band: str | None) -> None:
    assert band_of(MeasureCode(code), Decimal(total), DEFAULT) == (None if band is None else Band(band))


@pytest.mark.parametrize("code", GOLDEN)
def test_range_and_direction_are_those_of_the_domain(code: str) -> None:
    lowest, highest, better = GOLDEN[code]
    total = REGISTRY[MeasureCode(code)].total
    assert (total.lowest, total.highest, total.better) == (Decimal(lowest), Decimal(highest), Direction(better))


def test_every_code_has_one_entry_with_a_name_a_rater_a_licence_and_a_source() -> None:
    assert set(REGISTRY) == set(MeasureCode)
    for code, entry in REGISTRY.items():
        assert entry.code is code
        assert entry.name
        assert entry.raters
        assert entry.basis
        assert entry.licence in Licence
    assert len({entry.name for entry in REGISTRY.values()}) == len(REGISTRY)


def scales(code: MeasureCode) -> list[Scale]:
    return [REGISTRY[code].total, *REGISTRY[code].subscales.values()]


@pytest.mark.parametrize("code", list(MeasureCode))
def test_a_measure_takes_its_range_and_nothing_beyond(code: MeasureCode) -> None:
    total = REGISTRY[code].total
    check_total(code, total.lowest, "/total")
    check_total(code, total.highest, "/total")
    for outside in (total.lowest - total.step, total.highest + total.step):
        with pytest.raises(Rejected, match="total-out-of-range"):
            check_total(code, outside, "/total")
    with pytest.raises(Rejected, match="total-not-on-scale"):
        check_total(code, total.lowest + total.step / 2, "/total")


@pytest.mark.parametrize("code", list(MeasureCode))
def test_a_range_is_a_whole_number_of_steps(code: MeasureCode) -> None:
    for each in scales(code):
        assert each.lowest < each.highest
        assert (each.highest - each.lowest) % each.step == 0


@pytest.mark.parametrize("code", [code for code in MeasureCode if REGISTRY[code].subscales])
def test_a_subscale_takes_its_range_and_nothing_beyond(code: MeasureCode) -> None:
    for name, part in REGISTRY[code].subscales.items():
        check_subscales(code, {name: part.lowest}, "/subscales")
        check_subscales(code, {name: part.highest}, "/subscales")
        with pytest.raises(Rejected) as refused:
            check_subscales(code, {name: part.highest + part.step}, "/subscales")
        assert (refused.value.code, refused.value.field) == ("subscale-out-of-range", f"/subscales/{name}")
        with pytest.raises(Rejected, match="subscale-not-on-scale"):
            check_subscales(code, {name: part.lowest + part.step / 2}, "/subscales")


def test_a_subscale_of_another_measure_is_refused() -> None:
    with pytest.raises(Rejected, match="unknown-subscale"):
        check_subscales(MeasureCode.EPDS, {Subscale.CONDUCT: Decimal(1)}, "/subscales")


def test_no_refusal_of_a_score_says_what_the_score_was() -> None:
    with pytest.raises(Rejected) as refused:
        check_total(MeasureCode.EPDS, Decimal(777), "/total")
    assert "777" not in str(refused.value)


@pytest.mark.parametrize("code", [code for code in MeasureCode if REGISTRY[code].bands])
def test_shipped_bands_cover_the_range_without_overlap(code: MeasureCode) -> None:
    entry = REGISTRY[code]
    edges = [lowest for lowest, _ in entry.bands]
    assert edges[0] == entry.total.lowest
    assert edges == sorted(set(edges))
    assert edges[-1] <= entry.total.highest
    assert len({band for _, band in entry.bands}) == len(entry.bands)
    assert band_of(code, entry.total.highest, DEFAULT) == entry.bands[-1][1]


def test_licensed_or_unsettled_cut_offs_are_not_shipped() -> None:
    shipped = {code for code, entry in REGISTRY.items() if entry.bands}
    assert shipped == {"EPDS", "PHQ-9", "GAD-7", "CORE-10", "KIPS", "PIR-GAS"}


def test_only_the_two_measures_with_such_an_item_ask_for_a_safety_answer() -> None:
    assert {code: entry.safety_item for code, entry in REGISTRY.items() if entry.safety_item} == {
        "EPDS": 10,
        "PHQ-9": 9,
    }


def test_the_nationally_counted_ones_are_those_of_the_domain() -> None:
    counted = {code for code, entry in REGISTRY.items() if entry.nationally_counted}
    assert counted == {"GBO", "CORE-10", "PHQ-9", "GAD-7", "SDQ-2-4", "SWEMWBS", "BPSES"}


def test_reliable_change_is_shipped_where_nhs_england_publishes_it_and_is_what_outcomes_are_made_with() -> None:
    shipped = {code.value: entry.reliable_change for code, entry in REGISTRY.items() if entry.reliable_change}
    assert shipped == {
        "PHQ-9": Decimal(6),
        "GAD-7": Decimal(4),
        "CORE-10": Decimal(5),
        "GBO": Decimal(3),
        "SWEMWBS": Decimal(3),
        "WEMWBS": Decimal(9),
    }
    assert shipped == {code: rule.threshold for code, rule in RELIABLE_CHANGE.items()}
    for code, rule in RELIABLE_CHANGE.items():
        assert (REGISTRY[MeasureCode(code)].total.better is Direction.HIGHER) is rule.higher_is_better


def test_ordinal_levels_and_measures_of_experience_have_no_reliable_change() -> None:
    assert {code for code, entry in REGISTRY.items() if entry.ordinal} == {"DC05-AXIS2-A", "DC05-AXIS2-B"}
    assert {code for code, entry in REGISTRY.items() if not entry.outcome} == {"CHI-ESQ", "SRS", "PEM"}
    assert not any(entry.reliable_change for entry in REGISTRY.values() if entry.ordinal or not entry.outcome)


def test_an_infant_never_rates() -> None:
    assert not any("self" in entry.raters for entry in REGISTRY.values() if entry.subject is not SubjectKind.CAREGIVER)


OWN = TeamSettings(
    version="north-3",
    measures={
        "HADS-A": MeasureSettings(
            measure_code="HADS-A",
            bands=(
                BandRange(code="in_range", lowest=Decimal(0), highest=Decimal(7)),
                BandRange(code="case", lowest=Decimal(11), highest=Decimal(21)),
            ),
        ),
        "PHQ-9": MeasureSettings(measure_code="PHQ-9", reliable_change=Decimal(5)),
    },
)


@pytest.mark.parametrize(("total", "band"), [("7", "in_range"), ("8", None), ("11", "case"), ("21", "case")])
def test_a_teams_own_cut_offs_give_the_band_and_the_version(total: str, band: str | None) -> None:
    assert band_of(MeasureCode.HADS_A, Decimal(total), OWN) == band
    assert version_of(MeasureCode.HADS_A, OWN) == "north-3"


def test_a_measure_for_which_the_team_has_no_cut_offs_is_read_with_the_registry() -> None:
    for code in (MeasureCode.PHQ_9, MeasureCode.EPDS):
        assert version_of(code, OWN) == VERSION == "registry-1"
        assert band_of(code, Decimal(10), OWN) == Band.MODERATE


def test_a_measure_is_recorded_with_the_teams_band_and_version() -> None:
    known = replace(heard(received, accepted), team=OWN)
    asked = replace(measure, measure_code=MeasureCode.HADS_A, total=Decimal(12), safety_item_flag=None)
    expected = replace(
        measured, measure_code=MeasureCode.HADS_A, total=Decimal(12), band="case", measure_version="north-3"
    )
    given.knowing(known)(started).when(asked).then(expected)


def test_the_entries_are_immutable_data() -> None:
    entry = REGISTRY[MeasureCode.EPDS]
    for member in fields(entry):
        with pytest.raises(AttributeError):
            setattr(entry, member.name, None)
