"""A series as a line of a word's size, for a tile: its shape, not its figures."""

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from services.reporting.charts.frame import shape
from services.reporting.charts.scale import Scale
from services.reporting.charts.svg import path, small
from services.reporting.charts.words import count

WIDTH, HEIGHT = 132, 36


def finding(values: Sequence[float | None]) -> str:
    """One sentence: whether the last value is above or below the first."""
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return "Not enough months for a line yet."
    going = "Higher than" if known[-1] > known[0] else "Lower than" if known[-1] < known[0] else "As at"
    return f"{going} the start of the last {count(len(values), 'month', 'months')}."


def sparkline(title: str, values: Sequence[float | None]) -> Markup:
    """The values from left to right, broken where one is missing, with a point on the last.

    Nothing with fewer than two values.
    """
    known = [(index, each) for index, each in enumerate(values) if each is not None]
    if len(known) < 2:
        return Markup("")
    across = Scale(0, len(values) - 1, 4, WIDTH - 6)
    up = Scale(min(each for _, each in known), max(each for _, each in known), HEIGHT - 6, 6)
    runs = [
        [(across(index), up(each)) for _, (index, each) in run]
        for _, run in groupby(enumerate(known), key=lambda each: each[1][0] - each[0])
    ]
    last = shape("circle", across(known[-1][0]), up(known[-1][1]), "dot common", radius=4)
    return small(
        f"{title}. {finding(values)}", WIDTH, HEIGHT, "spark", *(path([*run, run[-1]], "curve") for run in runs), last
    )
