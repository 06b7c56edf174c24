"""The open cases by stage as one bar: how the whole divides. Each part has a number, so the key needs no colour."""

from collections.abc import Sequence

from markupsafe import Markup

from services.reporting.charts.frame import GAP
from services.reporting.charts.svg import Drawn, Size, element, join, picture, text
from services.reporting.charts.words import count, percent, width, wrap

SHADES = 8
"""Stages that have a shade of their own; further ones begin again."""
DARK = 6  # from this shade on letters are white


def finding(parts: Sequence[tuple[str, int]]) -> str:
    """One sentence: how many, and the largest stage."""
    total = sum(number for _, number in parts)
    if total == 0:
        return "There is no open case."
    largest, number = max(parts, key=lambda each: each[1])
    return (
        f"{count(total, 'open case', 'open cases')}; most are in “{largest}” ({number:,}, {percent(number / total)})."
    )


def stage_bar(name: str, title: str, parts: Sequence[tuple[str, int]]) -> Markup:
    """One bar of all, divided by (stage, cases) in the order of the pathway; the key below tells each part's count.

    Nothing while no case is open.

    Raises:
        ValueError: a count is below nought.
    """
    if any(number < 0 for _, number in parts):
        raise ValueError("nobody counts below nought")
    said = finding(parts)
    if sum(number for _, number in parts) == 0:
        return Markup("")
    return picture(name, title, said, lambda size: _draw(size, parts))


def _draw(size: Size, parts: Sequence[tuple[str, int]]) -> Drawn:
    total = sum(number for _, number in parts)
    high = size.letters * 2.4
    drawn: list[Markup] = []
    x = 1.0
    for index, (_, number) in enumerate(parts):
        wide = number / total * (size.width - 2)
        shade = index % SHADES + 1
        if number:
            drawn.append(element("rect", x=x, y=1, width=wide, height=high, class_=f"stage-{shade}"))
        sign = str(index + 1)
        if width(sign, size.letters) + 4 <= wide:
            drawn.append(
                text(x + wide / 2, 1 + high * 0.65, sign, anchor="middle", class_="on-dark" if shade >= DARK else None)
            )
        x += wide
    y = high + GAP
    for index, (label, number) in enumerate(parts):
        shade = index % SHADES + 1
        box = size.letters * 1.5
        drawn.append(element("rect", x=1, y=y + 1, width=box, height=box, class_=f"stage-{shade}"))
        drawn.append(
            text(
                1 + box / 2,
                y + 1 + box * 0.72,
                str(index + 1),
                anchor="middle",
                class_="on-dark" if shade >= DARK else None,
            )
        )
        lines = wrap(f"{label}: {number:,}", size.letters, size.width - box - GAP)
        for row, each in enumerate(lines):
            drawn.append(text(box + GAP, y + 1 + box * 0.72 + row * size.line, each))
        y += max(box, len(lines) * size.line) + 5
    return Drawn(join(drawn), y + 4)
