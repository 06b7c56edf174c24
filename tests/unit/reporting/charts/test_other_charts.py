"""Where bars, steps and marks stand, and the findings of each chart."""

from datetime import date

import pytest

from services.reporting.charts import bars, case_timeline, funnel_plot, sparkline, stages, survival, weekly
from services.reporting.charts.words import percent
from services.reporting.statistics.funnel import funnel
from services.reporting.statistics.kaplan_meier import kaplan_meier
from tests.unit.reporting.charts.reading import parse, wide_and_narrow

DAY = date(2026, 3, 1)


def test_the_curve_of_waits_rises_at_the_days_of_the_starts() -> None:
    curve = kaplan_meier([28, 84, 200, 252], [True, True, False, True])
    drawing, _ = wide_and_narrow(survival.survival_curve("k", "Waits", curve))
    points = drawing.all("path", "curve")[0].points()
    zero, end = points[0][0], points[-1][0]
    per_day = (end - zero) / 252
    assert [x for x, _ in points[1::2]] == pytest.approx(
        [zero + day * per_day for day in (28, 84, 200, 252, 252)], abs=0.02
    )
    bottom, top = points[0][1], points[-1][1]
    shares = [(bottom - y) / (bottom - top) for _, y in points[2::2]]
    assert shares == pytest.approx([0.25, 0.5, 0.5, 1, 1], abs=0.001)
    marks = [each.number("x1") for each in drawing.all("line", "mark")[:3]]
    assert marks == pytest.approx([zero + day * per_day for day in (28, 84, 126)], abs=0.02)


def test_a_curve_may_end_before_the_longest_wait_and_says_so() -> None:
    curve = kaplan_meier([10, 900], [True, False])
    drawing, _ = wide_and_narrow(survival.survival_curve("k", "Waits", curve, until=364))
    assert "Drawn to day 364; the longest wait is 900 days." in drawing.texts()


def test_the_finding_of_the_curve_leaves_out_days_of_which_nothing_is_known() -> None:
    assert survival.finding(kaplan_meier([10, 20, 30], [True, False, False])) == (
        "Of 3 waits, fewer than half had started; 33% by day 28 (5% to 95%) (in brackets: 95% confidence limits)."
    )
    assert survival.finding(kaplan_meier([90, 90], [False, False])) == (
        "Of 2 waits, fewer than half had started; 0% by day 28, 0% by day 84."
    )
    assert survival.finding(kaplan_meier([10], [False])) == "Of 1 wait, fewer than half had started."


def test_days_below_the_curve_go_on_by_eighteen_weeks() -> None:
    assert survival.axis_days(400) == (0, 28, 84, 126, 252, 378)


def test_bars_are_as_long_as_their_values_and_tell_what_they_rest_on() -> None:
    rows = [
        bars.Row("Midwife", (bars.Bar(30, 12),)),
        bars.Row("Self-referral", (bars.Bar(15, 8),)),
        bars.Row("Other", (bars.Bar(None, 3),)),
    ]
    for drawing in wide_and_narrow(bars.bars("b", "Median wait", rows)):
        long, short = drawing.all("rect", "series-1")
        assert long.number("width") == pytest.approx(2 * short.number("width"), abs=0.02)
        assert {"30 (n 12)", "15 (n 8)", "– (n 3)"} < set(drawing.texts())


@pytest.mark.parametrize(
    "rows",
    [
        [bars.Row("a", (bars.Bar(-1),))],
        [bars.Row("a", (bars.Bar(1),)), bars.Row("b", (bars.Bar(1), bars.Bar(2)))],
        [bars.Row("a", (bars.Bar(1),) * 5)],
    ],
)
def test_bars_that_cannot_be_drawn_are_refused(rows: list[bars.Row]) -> None:
    with pytest.raises(ValueError, match=r"nought|same series"):
        bars.bars("b", "t", rows)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.5], "a: 50%."),
        ([0.5, 0.5], "All are the same: 50%."),
        ([0.5, None, 0.1], "Highest: a (50%); lowest: c (10%)."),
    ],
)
def test_the_finding_of_bars_names_the_ends(values: list[float | None], said: str) -> None:
    rows = [bars.Row(name, (bars.Bar(value),)) for name, value in zip("abc", values, strict=False)]
    assert bars.finding(rows, show=percent) == said


def test_stages_share_the_bar_by_their_counts() -> None:
    drawing, _ = wide_and_narrow(stages.stage_bar("s", "Stages", [("Waiting", 30), ("Active", 10), ("Ending", 0)]))
    in_the_bar = [each.number("width") for each in drawing.all("rect")[:2]]
    assert in_the_bar[0] == pytest.approx(3 * in_the_bar[1], abs=0.02)
    assert {"Waiting: 30", "Active: 10", "Ending: 0"} < set(drawing.texts())
    assert stages.finding([("Waiting", 30), ("Active", 10)]) == "40 open cases; most are in “Waiting” (30, 75%)."


def test_weeks_beyond_the_target_are_another_kind_of_column() -> None:
    drawing, _ = wide_and_narrow(weekly.weekly_bands("w", "Waits", [4, 2, 0, 1], target_weeks=2))
    within, beyond = drawing.all("rect", "column")[:2], drawing.all("rect", "column-beyond")[:1]
    assert within[0].number("height") == pytest.approx(2 * within[1].number("height"), abs=0.02)
    target = drawing.all("line", "target")[0].number("x1")
    assert within[1].number("x") < target < beyond[0].number("x")
    assert weekly.finding([4, 2, 0, 1], target_weeks=2) == "7 waits: 6 (86%) within 2 weeks."
    assert weekly.finding([1, 5], target_weeks=None) == "6 waits, most often in week 2."


@pytest.mark.parametrize(
    "draw", [lambda: weekly.weekly_bands("w", "t", [-1, 2]), lambda: stages.stage_bar("s", "t", [("a", -1)])]
)
def test_nobody_counts_below_nought(draw: object) -> None:
    with pytest.raises(ValueError, match="below nought"):
        draw()  # type: ignore[operator]


def test_a_team_beyond_the_outer_limits_has_another_shape_and_ones_own_a_name() -> None:
    found = funnel([*[(f"t{n}", 50, 100) for n in range(9)], ("far", 5, 100), ("ours", 52, 100), ("empty", 0, 0)])
    drawing, _ = wide_and_narrow(funnel_plot.funnel_plot("f", "Started", found, axis="Share", own="ours"))
    (far,) = [each for each in drawing.all("path", "neutral") if each.children]
    assert far.children[0].text == "far: 5% of 100"
    assert "ours" in drawing.texts()
    assert len([each for each in drawing.all("circle", "dot") if each.children]) == 9
    assert funnel_plot.finding(found, own="ours") == (
        "The network's share is 46%; 1 of 11 teams lies beyond what chance alone would explain; "
        "ours (52%) lies within the 99.8% limits."
    )


LANES = [
    case_timeline.Lane(
        "Referral",
        (case_timeline.Mark(date(2026, 1, 12), "Referral received"),),
        (case_timeline.Stretch(date(2026, 1, 12), None, "Waiting for first contact", "waiting"),),
    ),
    case_timeline.Lane(
        "Sessions",
        (
            case_timeline.Mark(date(2026, 2, 2), "Session held", "held"),
            case_timeline.Mark(date(2026, 2, 9), "Not brought", "missed"),
        ),
    ),
]


def test_a_case_is_told_by_date_and_by_the_babys_age() -> None:
    baby = case_timeline.Baby(date(2026, 2, 2), born=True)
    drawing, _ = wide_and_narrow(case_timeline.case_timeline("t", "Case 7F3", LANES, at=DAY, baby=baby))
    (held,) = [each for each in drawing.all("circle", "held") if each.children]
    assert held.children[0].text == "Session held: 2 February 2026"
    assert drawing.all("line", "birth")[0].number("x1") == held.number("cx")
    assert drawing.texts()[0] == "Baby: months from birth, 2 February 2026"
    assert "Session not held" in drawing.texts()
    assert case_timeline.finding(LANES, DAY) == (
        "Since 12 January 2026: 1 session held, 1 not held; on 1 March 2026: Waiting for first contact."
    )


def test_before_birth_ages_count_from_the_due_date() -> None:
    baby = case_timeline.Baby(date(2026, 4, 20), born=False)
    drawing, _ = wide_and_narrow(case_timeline.case_timeline("t", "Case 7F3", LANES, at=DAY, baby=baby))
    assert drawing.texts()[:3] == ["Baby: months from the due date, 20 April 2026", "−3", "−2"]
    assert drawing.all("line", "birth") == []


def test_a_sparkline_is_broken_where_a_month_is_missing() -> None:
    (drawing,) = parse(sparkline.sparkline("Referrals", [1, 2, None, 4])).children
    assert len(drawing.all("path", "curve")) == 2
    assert drawing.attributes["aria-label"] == "Referrals. Higher than the start of the last 4 months."
    assert sparkline.finding([3, None, 3]) == "As at the start of the last 3 months."
