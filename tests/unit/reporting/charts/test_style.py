"""The charts' style: contrast, no colour alone, forced colours, print."""

import re
from pathlib import Path

import pytest

from services.reporting.charts import svg

CSS = (Path(svg.__file__).parents[1] / "static" / "charts.css").read_text()
TOKENS = dict(re.findall(r"--(chart-[a-z]+): (#[0-9a-f]{6});", CSS))
WHITE = "#ffffff"


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def shade(number: int) -> str:
    (found,) = re.findall(rf"\.stage-{number} {{ fill: (#[0-9a-f]+);", CSS)
    return found if len(found) == 7 else "#" + "".join(sign * 2 for sign in found[1:])


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#767676", WHITE) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("token", TOKENS)
def test_every_stroke_and_point_stands_out_from_the_page(token: str) -> None:
    assert contrast(TOKENS[token], WHITE) >= 3


@pytest.mark.parametrize("token", ["chart-ink", "chart-quiet"])
def test_letters_can_be_read(token: str) -> None:
    assert contrast(TOKENS[token], WHITE) >= 4.5


@pytest.mark.parametrize("number", range(1, 9))
def test_the_number_of_a_stage_can_be_read_on_its_shade(number: int) -> None:
    letters = WHITE if number >= 6 else TOKENS["chart-ink"]
    assert contrast(letters, shade(number)) >= 4.5


def test_the_style_names_each_colour_once_and_fetches_nothing() -> None:
    assert set(re.findall(r"var\(--(chart-[a-z]+)\)", CSS)) == set(TOKENS)
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_under_forced_colours_every_token_is_the_systems() -> None:
    forced = CSS.split("@media (forced-colors: active)")[1].split("@media print")[0]
    assert set(re.findall(r"--(chart-[a-z]+): CanvasText;", forced)) == set(TOKENS)
    assert "#" not in forced


def test_letters_in_the_style_are_those_the_drawing_reckons_with() -> None:
    for size in svg.SIZES:
        assert f".chart-{size.name} text {{ font-size: {size.letters}px; }}" in CSS
