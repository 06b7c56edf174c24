"""What holds for every chart, whatever it shows."""

from datetime import date
from pathlib import Path
from re import findall, search

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.reporting.charts import bars, case_timeline, funnel_plot, sparkline, stages, survival, weekly, xmr
from services.reporting.charts.svg import Drawn, Size, element, picture, text
from services.reporting.statistics.funnel import funnel
from services.reporting.statistics.kaplan_meier import kaplan_meier
from services.reporting.statistics.xmr import xmr as measure
from tests.unit.reporting.charts.drawings import CHARTS
from tests.unit.reporting.charts.reading import Element, outside, overlapping, size_of, wide_and_narrow

CSS = (Path(bars.__file__).parents[1] / "static" / "charts.css").read_text()


def shapes(drawing: Element) -> list[tuple[float, float, str]]:
    """Where everything lies that is drawn, and its classes."""
    found = []
    for each in drawing.within():
        at = each.attributes
        kind = at.get("class", "")
        if each.name == "line":
            found += [(float(at["x1"]), float(at["y1"]), kind), (float(at["x2"]), float(at["y2"]), kind)]
        elif each.name == "rect":
            x, y = each.number("x"), each.number("y")
            found += [(x, y, kind), (x + each.number("width"), y + each.number("height"), kind)]
        elif each.name == "circle":
            found.append((each.number("cx"), each.number("cy"), kind))
        elif each.name == "path":
            found += [(x, y, kind) for x, y in each.points()]
    return found


def says_what_it_is(drawing: Element) -> bool:
    title, said, *_ = drawing.children
    return (
        (title.name, said.name) == ("title", "desc")
        and bool(title.text)
        and bool(said.text)
        and drawing.attributes["role"] == "img"
        and drawing.attributes["aria-labelledby"] == title.attributes["id"]
        and drawing.attributes["aria-describedby"] == said.attributes["id"]
    )


def beyond_the_drawing(drawing: Element) -> list[tuple[float, float, str]]:
    across, down = size_of(drawing)
    return [each for each in shapes(drawing) if not (-2 <= each[0] <= across + 2 and -1 <= each[1] <= down + 1)]


def without_a_rule(drawing: Element) -> set[str]:
    classes = {class_ for each in [drawing, *drawing.within()] for class_ in each.classes}
    return {class_ for class_ in classes if not search(rf"\.{class_}\b", CSS)}


@pytest.mark.parametrize("name", CHARTS)
@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_chart_is_readable_at_both_sizes_whatever_it_shows(name: str, data: st.DataObject) -> None:
    markup = data.draw(CHARTS[name])
    assert len(markup.encode()) < 60_000
    for drawing in wide_and_narrow(markup):
        assert says_what_it_is(drawing)
        assert beyond_the_drawing(drawing) == []
        assert overlapping(drawing) == []
        assert outside(drawing) == []
        assert not any("style" in each.attributes for each in drawing.within())
        assert without_a_rule(drawing) == set()


def test_texts_that_touch_are_noticed() -> None:
    def draw(size: Size) -> Drawn:
        return Drawn(text(10, 20, "Midwife") + text(40, 22, "Self-referral") + text(300, 20, "Health visitor"), 30)

    _, narrow = wide_and_narrow(picture("a", "t", "f", draw))
    assert overlapping(narrow) == [("Midwife", "Self-referral")]
    assert outside(narrow) == ["Health visitor"]


def test_ids_are_unique_in_a_page() -> None:
    markup = stages.stage_bar("one", "Stages", [("Active", 3)]) + stages.stage_bar("two", "Stages", [("Active", 3)])
    ids = findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids)) == 8


def test_a_title_and_a_label_cannot_break_out() -> None:
    markup = bars.bars("b", '"><script>', [bars.Row("<i>&", (bars.Bar(1),))])
    assert "<script" not in markup
    assert "<i>" not in markup
    wide, _ = wide_and_narrow(markup)
    assert wide.children[0].text == '"><script>'
    assert "<i>&" in wide.texts()


def test_a_name_that_could_break_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="lower case"):
        picture('x"', "t", "f", lambda _: Drawn(element("g"), 1))


@pytest.mark.parametrize(
    ("drawing", "said"),
    [
        (
            xmr.xmr_chart("a", "t", [], measure([], higher_is_better=None), axis="Days"),
            xmr.finding([], measure([], higher_is_better=None)),
        ),
        (survival.survival_curve("a", "t", kaplan_meier([], [])), survival.finding(kaplan_meier([], []))),
        (bars.bars("a", "t", []), bars.finding([])),
        (stages.stage_bar("a", "t", []), stages.finding([])),
        (weekly.weekly_bands("a", "t", [0, 0]), weekly.finding([0, 0], target_weeks=4)),
        (funnel_plot.funnel_plot("a", "t", funnel([]), axis="Share"), funnel_plot.finding(funnel([]))),
        (
            case_timeline.case_timeline("a", "t", [], at=date(2026, 1, 1), baby=None),
            case_timeline.finding([], date(2026, 1, 1)),
        ),
        (sparkline.sparkline("t", [3]), sparkline.finding([3])),
    ],
)
def test_without_data_nothing_is_drawn_and_the_finding_says_so(drawing: str, said: str) -> None:
    assert drawing == ""
    assert said.endswith(".")
    assert len(said) > 10
