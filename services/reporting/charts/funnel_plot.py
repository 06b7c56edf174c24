"""Funnel plot: teams by how many cases they have and by their share, with the limits that chance alone would keep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from markupsafe import Markup

from services.reporting.charts.frame import (
    Plot,
    Sample,
    key,
    line_sample,
    notes,
    number_axis,
    plot_of,
    shape,
    shape_sample,
    value_axis,
)
from services.reporting.charts.scale import Scale, nice_ticks
from services.reporting.charts.svg import Drawn, Size, join, line, path, picture, text
from services.reporting.charts.words import count, percent, width
from services.reporting.statistics.funnel import Funnel, Limits, Standing, funnel_limits

OUTSIDE = {Standing.ABOVE_998, Standing.BELOW_998}
FINENESS = 40  # places at which the limits are calculated


def finding(found: Funnel, *, own: str | None = None) -> str:
    """One sentence: the network's share, how many teams differ by more than chance, and whether one's own does."""
    teams = _drawn(found)
    if not teams or found.mean is None:
        return "No team has enough cases to compare yet."
    differing = sum(team.standing in OUTSIDE for team in teams)
    said = (
        f"The network's share is {percent(found.mean)}; {differing or 'none'} of {count(len(teams), 'team', 'teams')} "
    )
    said += "lie" if differing > 1 else "lies"
    said += " beyond what chance alone would explain"
    for team in teams:
        if team.code == own:
            place = "outside" if team.standing in OUTSIDE else "within"
            said += f"; {own} ({percent(team.share)}) lies {place} the 99.8% limits"
    return said + "."


class _Point(NamedTuple):
    code: str
    whole: int
    share: float
    standing: Standing


def _drawn(found: Funnel) -> list[_Point]:
    return [
        _Point(team.team, team.whole, team.share, team.standing)
        for team in found.teams
        if team.share is not None and team.standing is not None
    ]


def funnel_plot(
    name: str, title: str, found: Funnel, *, axis: str, counted: str = "cases", own: str | None = None
) -> Markup:
    """A point a team between the limits; one's own is named and square, those beyond the outer limits are diamonds.

    Nothing while no team can be compared.

    Args:
        name: unique in its page.
        title: which share of which cases.
        found: every number in it can be read from the drawing, so only what may be shown.
        axis: the unit, written above the upright axis.
        counted: what the denominator counts, written below the level axis.
        own: code of the team that looks.
    """
    teams = _drawn(found)
    if not teams or found.mean is None:
        return Markup("")
    numbers = nice_ticks(0, max(team.whole for team in teams), 7, whole=True)
    least, most = min(team.whole for team in teams), int(numbers[-1])
    places = sorted({least + round((most - least) * (at / FINENESS) ** 2) for at in range(FINENESS + 1)})
    limits = [(whole, funnel_limits(found.mean, whole)) for whole in places]
    return picture(
        name, title, finding(found, own=own), _Funnel(teams, found.mean, numbers, limits, axis, counted, own).draw
    )


@dataclass(frozen=True, slots=True)
class _Funnel:
    teams: Sequence[_Point]
    mean: float
    numbers: Sequence[float]
    limits: Sequence[tuple[int, Limits]]
    axis: str
    counted: str
    own: str | None

    def draw(self, size: Size) -> Drawn:
        ends = [end for _, each in self.limits for end in (each.lower_998, each.upper_998)]
        levels = nice_ticks(min(*ends, *self._shares()), max(*ends, *self._shares()), 6)
        plot = plot_of(size, [percent(level) for level in levels])
        across = Scale(0, self.numbers[-1], plot.left, plot.right)
        up = Scale(levels[0], levels[-1], plot.bottom, plot.top)
        parts = [
            value_axis(plot, up, levels, percent, self.axis),
            number_axis(plot, across, self.numbers, lambda n: f"{n:,.0f}"),
            line(plot.left, up(self.mean), plot.right, up(self.mean), "mean"),
            *self._limits(across, up),
            *(_point(across, up, team) for team in self.teams if team.code != self.own),
            *(_own(plot, across, up, team) for team in self.teams if team.code == self.own),
        ]
        drawn, low = key(size, plot.bottom + size.line + size.letters, self._key())
        below, low = notes(size, low, [f"Across: {self.counted} of the team."])
        return Drawn(join([*parts, drawn, below]), low)

    def _shares(self) -> list[float]:
        return [team.share for team in self.teams]

    def _limits(self, across: Scale, up: Scale) -> Iterator[Markup]:
        for class_, side in (
            ("limit", attrgetter("lower_998")),
            ("inner", attrgetter("lower_95")),
            ("inner", attrgetter("upper_95")),
            ("limit", attrgetter("upper_998")),
        ):
            yield path([(across(whole), up(side(limits))) for whole, limits in self.limits], class_)

    def _key(self) -> list[tuple[Sample, str]]:
        others = [team.standing in OUTSIDE for team in self.teams if team.code != self.own]
        entries = [] if all(others) else [(shape_sample("circle", "dot common"), "Team within the limits")]
        if any(others):
            entries.append((shape_sample("diamond", "dot neutral"), "Team beyond the 99.8% limits"))
        if len(others) < len(self.teams):
            entries.append((shape_sample("square", "dot own"), "This team"))
        return [
            *entries,
            (line_sample("mean"), f"Network {percent(self.mean)}"),
            (line_sample("inner"), "95% limits"),
            (line_sample("limit"), "99.8% limits"),
        ]


def _said(team: _Point) -> str:
    return f"{team.code}: {percent(team.share)} of {team.whole:,}"


def _point(across: Scale, up: Scale, team: _Point) -> Markup:
    kind, class_ = ("diamond", "dot neutral") if team.standing in OUTSIDE else ("circle", "dot common")
    return shape(kind, across(team.whole), up(team.share), class_, said=_said(team))


def _own(plot: Plot, across: Scale, up: Scale, team: _Point) -> Markup:
    """One's own point with its name above it, or below; unnamed if the name is wider than the plot."""
    x, y = across(team.whole), up(team.share)
    point = shape("square", x, y, "dot own", said=_said(team), radius=6)
    wide = width(team.code, plot.size.letters)
    if wide > plot.right - plot.left:
        return point  # the key tells which it is
    level = y - 10 if y - 10 - plot.size.letters > plot.top else y + 10 + plot.size.letters
    return point + text(min(x, plot.right - wide), level, team.code, class_="value")
