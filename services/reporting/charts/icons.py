"""Icons of variation and assurance, drawn by ourselves in the shapes of the XmR chart; each has a text alternative."""

from typing import assert_never

from markupsafe import Markup

from services.reporting.charts.frame import shape
from services.reporting.charts.svg import line, path, small
from services.reporting.charts.xmr import CLASSES, SHAPES
from services.reporting.statistics.xmr import Assurance, Variation

ASSURANCE_TITLES = {
    Assurance.PASSES: "Usual variation always meets the target",
    Assurance.FAILS: "Usual variation never meets the target",
    Assurance.INCONSISTENT: "Usual variation meets the target in some months and misses it in others",
}

_WAVE = [(40.0, 26.0), (45.0, 16.0), (50.0, 24.0), (55.0, 15.0), (60.0, 25.0)]
_UP = [(42.0, 17.0), (50.0, 8.0), (58.0, 17.0)]
_DOWN = [(42.0, 23.0), (50.0, 32.0), (58.0, 23.0)]


def variation_title(variation: Variation, *, upwards: bool | None) -> str:
    """The text alternative: what the latest value says, and in which direction."""
    side = "higher" if upwards else "lower"
    match variation:
        case Variation.COMMON_CAUSE:
            return "Usual variation: no sign of change"
        case Variation.IMPROVEMENT:
            return f"Improvement: {side} than usual"
        case Variation.CONCERN:
            return f"Concern: {side} than usual"
        case Variation.NEUTRAL_HIGH:
            return "Higher than usual; neither is better"
        case Variation.NEUTRAL_LOW:
            return "Lower than usual; neither is better"
    assert_never(variation)


def variation_icon(variation: Variation, *, upwards: bool | None) -> Markup:
    """The shape of the point in the chart, and an arrow up or down, or the wave of usual variation.

    Args:
        variation: what the latest value says.
        upwards: the direction of its signal; None without one.
    """
    point = shape(SHAPES[variation], 18, 20, CLASSES[variation], radius=11)
    if variation is Variation.COMMON_CAUSE:
        sign = [path(_WAVE, "stroke")]
    else:
        sign = [line(50, 8, 50, 32, "stroke"), path(_UP if upwards else _DOWN, "stroke")]
    return small(variation_title(variation, upwards=upwards), 68, 40, "icon", point, *sign)


def assurance_icon(assurance: Assurance) -> Markup:
    """A tick or a cross above the line of the target, or dots on both sides of it."""
    title = ASSURANCE_TITLES[assurance]
    match assurance:
        case Assurance.INCONSISTENT:
            dots = [shape("circle", x, y, "dot common", radius=4) for x, y in ((16, 11), (34, 29), (52, 11))]
            return small(title, 68, 40, "icon", line(6, 20, 62, 20, "target"), *dots)
        case Assurance.PASSES:
            sign = path([(24, 14), (31, 22), (45, 4)], "stroke")
        case Assurance.FAILS:
            sign = shape("cross", 34, 13, "stroke", radius=8)
        case _:
            assert_never(assurance)
    return small(title, 68, 40, "icon", line(6, 32, 62, 32, "target"), sign)
