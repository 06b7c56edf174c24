"""How wide a text will be, and where it is broken into lines: estimated, for the server knows no font."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"  # not a hyphen: it is as wide as a figure, and read as "minus"
_NARROW = frozenset("iIjl.,:;'’!|()[] tfr-")
_WIDE = frozenset("mwMW%@–—")


def width(text: str, size: float) -> float:
    """Estimated width of one line in units of the drawing at font size `size`; a little over for Arial and its like."""
    return sum(0.36 if sign in _NARROW else 0.92 if sign in _WIDE else 0.6 for sign in text) * size * 1.04 + sum(
        0.1 * size for sign in text if sign.isupper()
    )


def wrap(text: str, size: float, room: float) -> tuple[str, ...]:
    """The text in lines no wider than `room`; a word that is wider itself is broken where it must be."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width(line, size) > room and len(line) > 1:
            cut = max((n for n in range(1, len(line)) if width(line[:n], size) <= room), default=1)
            lines.append(line[:cut])
            line = line[cut:]
    return (*lines, line) if line else tuple(lines)


def plain(value: float | Decimal, step: str) -> str:
    """A number rounded half up to `step` ("0.1"), without noughts at its end; thousands apart, a true minus."""
    rounded = Decimal(str(value)).quantize(Decimal(step), ROUND_HALF_UP) + 0  # nought has no sign
    text = f"{rounded:,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", MINUS)


def figure(value: float, unit: str = "") -> str:
    """A number as read, with one decimal at most; the unit in words ("days") or %."""
    return plain(value, "0.1") + (unit if unit in {"", "%"} else f" {unit}")


def percent(share: float) -> str:
    """A share from 0 to 1 as whole percent, half up."""
    return f"{plain(Decimal(str(share)) * 100, '1')}%"


def long_date(day: date) -> str:
    """A day as read: 3 March 2026."""
    return f"{day.day} {day:%B %Y}"


def count(number: int, one: str, many: str) -> str:
    """1 case, 2 cases."""
    return f"{number:,} {one if number == 1 else many}"
