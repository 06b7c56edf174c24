"""A chart stands beside its table and its finding."""

from datetime import date
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.reporting.charts.cells import cell
from services.reporting.tables import Column, Kind, Table, suppressed
from tests.unit.reporting.charts.reading import Element, parse

TABLE = Table(
    "waits",
    "Waits by source <b>",
    (
        Column("source", "Source", Kind.TEXT),
        Column("n", "Waits", Kind.COUNT),
        Column("median", "Median, days", Kind.DAYS, of="n"),
        Column("first", "First", Kind.DATE),
    ),
    (
        ("Midwife", 12, Decimal("34.5"), date(2026, 3, 1)),
        ("Self & family", 4, None, None),
        ("All", 16, Decimal(30), None),
    ),
    total=True,
)


def figure(chart: str, table: Table = TABLE) -> Element:
    environment = Environment(loader=PackageLoader("services.reporting"), autoescape=True, undefined=StrictUndefined)
    environment.filters["cell"] = cell
    module = environment.get_template("components/figure.jinja").module
    return parse(module.figure(chart, "Most <wait>.", table)).children[0]  # type: ignore[attr-defined]


def test_the_caption_says_what_and_what_it_shows() -> None:
    (caption,) = figure(Markup("<svg/>")).all("figcaption")
    assert caption.all("strong")[0].text == "Waits by source <b>"
    assert caption.text.strip() == "Most <wait>."


def test_the_table_stands_behind_a_summary_with_scopes_and_numbers_to_the_right() -> None:
    found = figure(Markup("<svg/>"))
    (table,) = found.all("details")[0].all("table")
    heads = table.all("thead")[0].all("th")
    assert [each.attributes["scope"] for each in heads] == ["col"] * 4
    assert ["numeric" in each.attributes.get("class", "") for each in heads] == [False, True, True, False]
    rows = table.all("tbody")[0].all("tr")
    assert [[each.text for each in row.children] for row in rows] == [
        ["Midwife", "12", "34.5", "1 March 2026"],
        ["Self & family", "4", "–", "–"],
    ]
    assert rows[0].children[0].attributes["scope"] == "row"
    assert [each.text for each in table.all("tfoot")[0].all("tr")[0].children] == ["All", "16", "30", "–"]
    assert table.all("caption")[0].text == TABLE.title


def test_without_a_drawing_the_table_is_shown_at_once() -> None:
    found = figure(Markup(""))
    assert found.all("details") == []
    assert len(found.all("table")) == 1


def test_a_table_that_left_its_team_says_what_is_hidden() -> None:
    found = figure(Markup("<svg/>"), suppressed(TABLE))
    assert "*" in [each.text for each in found.all("td")]
    assert found.all("p", "hint")[0].text.startswith("* hidden: fewer than 5")


def test_a_table_without_rows_says_so() -> None:
    empty = Table("waits", "Waits", TABLE.columns, ())
    assert "There is nothing to show." in [each.text for each in figure(Markup(""), empty).all("td")]
