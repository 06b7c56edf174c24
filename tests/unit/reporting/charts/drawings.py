"""Generated drawings of every chart, and a few with long labels and strange signs."""

from datetime import date, timedelta

from hypothesis import strategies as st
from markupsafe import Markup

from services.reporting.charts import bars, case_timeline, funnel_plot, stages, survival, weekly, xmr
from services.reporting.charts.scale import month_after
from services.reporting.statistics.funnel import funnel
from services.reporting.statistics.kaplan_meier import kaplan_meier
from services.reporting.statistics.xmr import xmr as measure

labels = st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=60).filter(
    str.strip
) | st.sampled_from(["Midwife", "Health visitor, school nurse or other community nursing service", "<b>&\"'"])
counts = st.integers(0, 3000)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def xmr_charts(draw: st.DrawFn) -> Markup:
    values = draw(
        st.lists(st.none() | st.integers(0, 500), min_size=1, max_size=60).filter(lambda found: set(found) != {None})
    )
    cut = draw(st.none() | st.integers(1, len(values)))
    rebase = () if cut is None or cut >= len(values) else (cut,)
    first = draw(days).replace(day=1)
    target = draw(st.none() | st.integers(0, 500))
    found = measure(values, higher_is_better=draw(st.sampled_from([True, False, None])), target=target, rebase=rebase)
    months = [month_after(first, number) for number in range(len(values))]
    return xmr.xmr_chart(
        "series", draw(labels), months, found, axis="Days", target=target, reasons=[draw(labels) for _ in rebase],
        floor=draw(st.sampled_from([None, 0])),
    )  # fmt: skip


@st.composite
def survival_curves(draw: st.DrawFn) -> Markup:
    waits = draw(st.lists(st.tuples(st.integers(0, 900), st.booleans()), min_size=1, max_size=60))
    found = kaplan_meier([days for days, _ in waits], [stopped for _, stopped in waits])
    return survival.survival_curve("curve", draw(labels), found, until=draw(st.none() | st.integers(1, 400)))


@st.composite
def bar_charts(draw: st.DrawFn) -> Markup:
    series = draw(st.integers(1, bars.MOST_SERIES))
    bar = st.builds(bars.Bar, st.floats(0, 5000), st.none() | counts)
    rows = draw(st.lists(st.builds(bars.Row, labels, st.tuples(*[bar] * series)), min_size=1, max_size=12))
    target = draw(st.none() | st.tuples(st.floats(0, 5000), st.just("Target")))
    return bars.bars("bars", draw(labels), rows, series=[f"Series {n}" for n in range(series)], target=target)


@st.composite
def stage_bars(draw: st.DrawFn) -> Markup:
    parts = draw(
        st.lists(st.tuples(labels, counts), min_size=1, max_size=9).filter(lambda found: any(n for _, n in found))
    )
    return stages.stage_bar("stages", draw(labels), parts)


@st.composite
def histograms(draw: st.DrawFn) -> Markup:
    found = draw(st.lists(counts, min_size=1, max_size=110).filter(any))
    target = draw(st.sampled_from([None, 4, 18]))
    return weekly.weekly_bands("weeks", draw(labels), found, target_weeks=target, last_is_open=draw(st.booleans()))


@st.composite
def funnels(draw: st.DrawFn) -> Markup:
    code = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=25)
    parts = st.tuples(st.integers(0, 500), st.integers(0, 500))
    teams = draw(st.dictionaries(code, parts.map(lambda each: (min(each), max(each))), min_size=1, max_size=50))
    teams[draw(code)] = (3, 5)
    found = funnel([(team, part, whole) for team, (part, whole) in teams.items()])
    own = draw(st.none() | st.sampled_from(sorted(teams)))
    return funnel_plot.funnel_plot("funnel", draw(labels), found, axis="Share", own=own)


@st.composite
def timelines(draw: st.DrawFn) -> Markup:
    mark = st.builds(case_timeline.Mark, days, labels, st.sampled_from(sorted(case_timeline.MARKS)))
    begun = st.tuples(days, st.none() | st.integers(0, 900), labels, st.sampled_from(sorted(case_timeline.STRETCHES)))
    stretch = begun.map(
        lambda each: case_timeline.Stretch(
            each[0], None if each[1] is None else each[0] + timedelta(each[1]), each[2], each[3]
        )
    )
    titles = ("Referral", "Assessment", "Programme", "Sessions", "Pauses and other absences")
    lanes = [
        case_timeline.Lane(
            title, draw(st.lists(mark, max_size=8).map(tuple)), draw(st.lists(stretch, max_size=3).map(tuple))
        )
        for title in titles
    ]
    lanes.append(case_timeline.Lane("Referral", (draw(mark),)))
    origin = draw(days)
    baby = draw(
        st.none() | st.builds(case_timeline.Baby, st.just(origin), st.booleans(), st.just(month_after(origin, 24)))
    )
    return case_timeline.case_timeline("time", draw(labels), lanes, at=draw(days), baby=baby)


CHARTS = {
    "xmr": xmr_charts(),
    "survival": survival_curves(),
    "bars": bar_charts(),
    "stages": stage_bars(),
    "weekly": histograms(),
    "funnel": funnels(),
    "timeline": timelines(),
}
