"""What may leave a team: small numbers hidden and the rest rounded (domain 3.5), one cell at a time."""

from decimal import ROUND_HALF_UP, Decimal

HIDDEN = "*"


def count(value: int) -> int | str:
    """Below five, nothing included, hidden; else to the nearest five."""
    return HIDDEN if value < 5 else 5 * ((value + 2) // 5)


def percent(part: int, whole: int) -> int | str:
    """Hidden with its numerator, else whole, half up."""
    if part < 5:
        return HIDDEN
    return int((Decimal(100 * part) / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def days(value: Decimal, n: int) -> Decimal | str:
    """A median or percentile, hidden when fewer than five cases make it."""
    return HIDDEN if n < 5 else value
