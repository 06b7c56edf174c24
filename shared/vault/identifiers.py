"""National identifiers: NHS number, CHI number, Health and Care number. Pure.

A number that fails is never refused: it is kept sealed with a mark of its quality, because a wrong number on a letter
is a fact about that letter (domain 4.3: warn and quarantine). Source of the rules: NHS Data Dictionary, NHS NUMBER
(modulus 11); Public Health Scotland, CHI number (DDMMYY + 4); HSC Northern Ireland, H&C number ranges.
"""

from datetime import date
from enum import StrEnum

_WEIGHTS = range(10, 1, -1)
_SEPARATORS = str.maketrans("", "", " -\u00a0")
_HEALTH_AND_CARE = range(320_000_001, 400_000_000)
"""First nine digits of a number that Northern Ireland issues."""


class NumberKind(StrEnum):
    """Which nation's number it is."""

    NHS = "nhs"
    CHI = "chi"
    HEALTH_AND_CARE = "health_and_care"


class NumberQuality(StrEnum):
    """What a number is worth, as far as its digits tell."""

    VALID = "valid"
    TEST_RANGE = "test_range"
    """A passing number beginning with 999: never issued to a person."""
    CHECK_DIGIT_FAILED = "check_digit_failed"
    REPEATED_DIGITS = "repeated_digits"
    """Ten times the same digit: all ten of them pass the check, none is anybody's."""
    MALFORMED = "malformed"
    """Not ten digits, or (CHI) no date in front, or (Health and Care) outside the range."""


def quality(kind: NumberKind, text: str) -> NumberQuality:
    """What a number is worth; spaces and hyphens between its digits do not matter.

    Args:
        kind: whose rules apply.
        text: as it was sent, of any form and length.
    """
    digits = text.translate(_SEPARATORS)
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        return NumberQuality.MALFORMED
    if len(set(digits)) == 1:
        return NumberQuality.REPEATED_DIGITS
    if kind is NumberKind.CHI and not _begins_with_date(digits):
        return NumberQuality.MALFORMED
    if kind is NumberKind.HEALTH_AND_CARE and int(digits[:9]) not in _HEALTH_AND_CARE:
        return NumberQuality.MALFORMED
    if check_digit(digits[:9]) != int(digits[9]):
        return NumberQuality.CHECK_DIGIT_FAILED
    if kind is NumberKind.NHS and digits.startswith("999"):
        return NumberQuality.TEST_RANGE
    return NumberQuality.VALID


def check_digit(nine: str) -> int | None:
    """The tenth digit that modulus 11 gives to nine digits; None where no number may have these nine."""
    remainder = 11 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, nine, strict=True)) % 11
    return None if remainder == 10 else remainder % 11


def _begins_with_date(digits: str) -> bool:
    """DDMMYY; the century is not said, so 29 February is taken in a leap year of either."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    return any(_is_date(century + year, month, day) for century in (1900, 2000))


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
