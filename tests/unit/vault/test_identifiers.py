"""National numbers: golden cases, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.vault.identifiers import NumberKind, NumberQuality, check_digit, quality

ASCII_DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        (NumberKind.NHS, "943 476 5919", NumberQuality.VALID),
        (NumberKind.NHS, "943-476-5919", NumberQuality.VALID),
        (NumberKind.NHS, "9434765919", NumberQuality.VALID),
        (NumberKind.NHS, "9434765918", NumberQuality.CHECK_DIGIT_FAILED),
        # UK Core's own example of a baby: kept and marked, never a crash (domain 4.3)
        (NumberKind.NHS, "9912003890", NumberQuality.CHECK_DIGIT_FAILED),
        (NumberKind.NHS, "9990548609", NumberQuality.TEST_RANGE),
        (NumberKind.NHS, "943476591", NumberQuality.MALFORMED),
        (NumberKind.NHS, "94347659199", NumberQuality.MALFORMED),
        (NumberKind.NHS, "943476591X", NumberQuality.MALFORMED),
        (NumberKind.NHS, "٩٤٣٤٧٦٥٩١٩", NumberQuality.MALFORMED),
        (NumberKind.NHS, "", NumberQuality.MALFORMED),
        (NumberKind.CHI, "0101110014", NumberQuality.VALID),
        (NumberKind.CHI, "0101110015", NumberQuality.CHECK_DIGIT_FAILED),
        (NumberKind.CHI, "3202110015", NumberQuality.MALFORMED),
        (NumberKind.CHI, "9434765919", NumberQuality.MALFORMED),
        (NumberKind.HEALTH_AND_CARE, "3200000000", NumberQuality.MALFORMED),
        (NumberKind.HEALTH_AND_CARE, "9434765919", NumberQuality.MALFORMED),
    ],
)
def test_a_number_is_judged(kind: NumberKind, text: str, wanted: NumberQuality) -> None:
    assert quality(kind, text) is wanted


@pytest.mark.parametrize("digit", ASCII_DIGITS)
def test_ten_times_the_same_digit_is_nobodys_number_though_it_passes_the_check(digit: str) -> None:
    assert check_digit(digit * 9) == int(digit)
    for kind in NumberKind:
        assert quality(kind, digit * 10) is NumberQuality.REPEATED_DIGITS


def test_a_scottish_number_begins_with_a_date_of_either_century() -> None:
    for nine, wanted in (("290204123", True), ("290203123", False), ("311299123", True), ("310499123", False)):
        tenth = check_digit(nine)
        assert tenth is not None
        found = quality(NumberKind.CHI, f"{nine}{tenth}")
        assert (found is NumberQuality.VALID) is wanted


def test_a_number_of_northern_ireland_lies_in_its_range() -> None:
    first = next(nine for nine in range(320_000_001, 320_000_100) if check_digit(str(nine)) is not None)
    assert quality(NumberKind.HEALTH_AND_CARE, f"{first}{check_digit(str(first))}") is NumberQuality.VALID


@given(st.text(alphabet=ASCII_DIGITS, min_size=9, max_size=9), st.integers(0, 9))
def test_at_most_one_tenth_digit_makes_a_valid_number(nine: str, tenth: int) -> None:
    passes = quality(NumberKind.NHS, f"{nine}{tenth}") in {NumberQuality.VALID, NumberQuality.TEST_RANGE}
    repeated = len(set(f"{nine}{tenth}")) == 1
    assert passes == (check_digit(nine) == tenth and not repeated)


@given(st.text(alphabet=ASCII_DIGITS, min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(nine: str, place: int, shift: int) -> None:
    tenth = check_digit(nine)
    if tenth is None:
        return
    wrong = nine[:place] + str((int(nine[place]) + shift) % 10) + nine[place + 1 :]
    assert check_digit(wrong) != tenth


@given(st.sampled_from(NumberKind), st.text(max_size=40))
def test_any_text_is_judged_without_an_error(kind: NumberKind, text: str) -> None:
    assert quality(kind, text) in NumberQuality
