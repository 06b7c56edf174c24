"""The XmR chart: where points, limits and segments stand, and what is said of them."""

import itertools
from datetime import date

import pytest

from services.reporting.charts.icons import ASSURANCE_TITLES, assurance_icon, variation_icon
from services.reporting.charts.scale import month_after
from services.reporting.charts.words import percent
from services.reporting.charts.xmr import SHAPES, finding, xmr_chart
from services.reporting.statistics.xmr import Assurance, Variation, Xmr, xmr
from tests.unit.reporting.charts.reading import Element, parse, wide_and_narrow

RUN = [20, 24, 20, 24, 20, 24, 20, 24, 20, 24, 20, 24]  # mean 22, mean moving range 4, limits 11.36 and 32.64


def months(number: int) -> list[date]:
    return [month_after(date(2025, 4, 1), each) for each in range(number)]


def chart(values: list[float | None], *, rebase: tuple[int, ...] = (), **more: object) -> Element:
    found = xmr(values, higher_is_better=False, rebase=rebase)
    return wide_and_narrow(xmr_chart("x", "Median wait", months(len(values)), found, axis="Days", **more))[0]  # type: ignore[arg-type]


def test_points_and_lines_stand_where_their_values_are() -> None:
    drawing = chart([*RUN])
    ticks = drawing.texts()[1:6]
    assert ticks == ["10", "15", "20", "25", "30"]
    low, high = drawing.all("line", "grid")[0].number("y1"), drawing.all("line", "grid")[4].number("y1")
    per_day = (high - low) / 20
    points = drawing.all("circle", "dot")[:12]
    assert [each.number("cy") for each in points] == pytest.approx([low + (v - 10) * per_day for v in RUN], abs=0.01)
    assert drawing.all("line", "mean")[0].number("y1") == pytest.approx(low + 12 * per_day, abs=0.01)
    upper = [each.number("y1") for each in drawing.all("line", "limit")[:2]]
    assert upper == pytest.approx([low + 1.36 * per_day, low + 22.64 * per_day], abs=0.01)
    gaps = [b.number("cx") - a.number("cx") for a, b in itertools.pairwise(points)]
    assert gaps == pytest.approx([gaps[0]] * 11, abs=0.011)


def test_variation_is_told_by_shape_as_well_as_by_class() -> None:
    worse = chart([*RUN, 60])
    (point,) = [each for each in worse.all("path", "concern") if each.children]
    assert point.children[0].text == "April 2026: 60"
    assert len({SHAPES[each] for each in Variation}) == 4
    better = chart([*RUN, 2])
    assert [each.children[0].text for each in better.all("rect", "improvement") if each.children] == ["April 2026: 2"]


def test_a_recalculation_breaks_the_lines_and_gives_its_reason() -> None:
    drawing = chart([*RUN, *[each - 12 for each in RUN]], rebase=(12,), reasons=["a second clinic opened"])
    means = drawing.all("line", "mean")[:2]
    assert means[0].number("y1") != means[1].number("y1")
    assert means[0].number("x2") < drawing.all("line", "rebase")[0].number("x1") < means[1].number("x1")
    assert len(drawing.all("path", "joining")) == 2
    assert "Recalculated from April 2026: a second clinic opened" in drawing.texts()


def test_few_points_have_trial_limits_and_the_method_is_printed() -> None:
    assert "Trial limits: fewer than 12 points." in chart([3, 5, 4]).texts()
    full = " ".join(chart([*RUN]).texts())
    assert "Trial limits" not in full
    assert "Limits use every moving range" in full


def test_a_month_without_a_value_breaks_the_line() -> None:
    drawing = chart([3, 5, None, 4, 6])
    assert [len(each.points()) for each in drawing.all("path", "joining")] == [2, 2]
    assert len([each for each in drawing.all("circle", "dot") if each.children]) == 4


def test_a_limit_that_no_value_can_pass_is_not_drawn() -> None:
    below = chart([1, 5, 1, 5, 1])
    assert len(list(below.all("line", "limit"))) == 3  # two and the key's
    floored = chart([1, 5, 1, 5, 1], floor=0)
    assert len(list(floored.all("line", "limit"))) == 2
    assert "Upper limit 13.2" in floored.texts()


def test_one_month_is_drawn_without_limits() -> None:
    drawing = chart([7])
    assert [each.children[0].text for each in drawing.all("circle", "dot") if each.children] == ["April 2025: 7"]
    assert drawing.all("line", "limit") == []


def test_the_target_is_a_line_of_its_own() -> None:
    assert "Target 28" in chart([*RUN], target=28).texts()


def test_points_without_their_months_or_reasons_are_refused() -> None:
    found = xmr([1, 2, 3], higher_is_better=None, rebase=(2,))
    with pytest.raises(ValueError, match="month"):
        xmr_chart("x", "t", months(2), found, axis="Days", reasons=["why"])
    with pytest.raises(ValueError, match="one after the other"):
        xmr_chart("x", "t", [*months(2), date(2026, 1, 1)], found, axis="Days", reasons=["why"])
    with pytest.raises(ValueError, match="reason"):
        xmr_chart("x", "t", months(3), found, axis="Days")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([None, 4, None], "One month so far: 4 in May 2025."),
        ([*RUN], "March 2026: 24, mean 22: usual variation, no sign of change."),
        ([*[20, 30] * 6, 60], "April 2026: 60, mean 27.7: unusual, a sign of concern."),
        (
            [*[20, 30] * 6, 90, 30],
            "May 2026: 30, mean 30: usual variation, no sign of change; 1 earlier month was unusual.",
        ),
    ],
)
def test_the_finding_is_one_sentence(values: list[float | None], said: str) -> None:
    assert finding(months(len(values)), xmr(values, higher_is_better=False)) == said


def test_a_share_is_said_in_percent() -> None:
    found: Xmr = xmr([0.125, 0.25], higher_is_better=None)
    assert finding(months(2), found, show=percent).startswith("May 2025: 25%, mean 19%")


@pytest.mark.parametrize("upwards", [True, False])
@pytest.mark.parametrize("variation", Variation)
def test_every_icon_of_variation_has_a_text_and_differs(variation: Variation, upwards: bool) -> None:
    drawing = parse(variation_icon(variation, upwards=upwards)).children[0]
    assert drawing.attributes["role"] == "img"
    assert drawing.children[0].text == drawing.attributes["aria-label"]
    expected = "low" if variation is Variation.NEUTRAL_LOW or not upwards else "high"
    if variation in {Variation.IMPROVEMENT, Variation.CONCERN}:
        assert expected in drawing.attributes["aria-label"]
    arrows = drawing.all("line")
    assert bool(arrows) == (variation is not Variation.COMMON_CAUSE)


def test_every_icon_of_assurance_has_a_text_of_its_own() -> None:
    drawings = [parse(assurance_icon(each)).children[0] for each in Assurance]
    assert [each.attributes["aria-label"] for each in drawings] == [ASSURANCE_TITLES[each] for each in Assurance]
    assert len({str([child.attributes for child in each.within()]) for each in drawings}) == 3
