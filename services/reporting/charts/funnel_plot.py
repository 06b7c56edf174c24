"""Funnel plot: teams by how many cases they have and by their share, with the limits that chance alone would keep."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from services.reporting.charts.frame import (
    Plot,
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


@dataclass(frozen=True, slots=True)
class Team:
    """One team's point; `share` 0 to 1 of `n` cases, `outside` beyond the outer limits."""

    label: str
    n: int
    share: float
    outside: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits for `n` cases: inner (95%) and outer (99.8%), shares 0 to 1."""

    n: int
    inner: tuple[float, float]
    outer: tuple[float, float]


def finding(teams: Sequence[Team], overall: float | None) -> str:
    """One sentence: the network's share, how many teams differ by more than chance, and whether one's own does."""
    if not teams or overall is None:
        return "No team has enough cases to compare yet."
    differing = sum(team.outside for team in teams)
    own = next((team for team in teams if team.own), None)
    said = f"The network's share is {percent(overall)}; {differing} of {count(len(teams), 'team', 'teams')} "
    said += "lies" if differing == 1 else "lie"
    said += " beyond what chance alone would explain"
    if own is not None:
        said += f"; {own.label} ({percent(own.share)}) lies {'outside' if own.outside else 'within'} the limits"
    return said + "."


def funnel_plot(
    name: str, title: str, teams: Sequence[Team], *, overall: float | None, limits: Sequence[Limit], axis: str
) -> Markup:
    """A point a team between the limits; one's own is named and square, those beyond the outer limits are diamonds.

    Nothing while no team can be compared.

    Args:
        name: unique in its page.
        title: which share of which cases.
        teams: only those whose figures may be shown.
        overall: the network's share; None: there is none.
        limits: by ascending number of cases.
        axis: the unit, written above the upright axis.
    """
    said = finding(teams, overall)
    if not teams or overall is None:
        return Markup("")
    return picture(name, title, said, lambda size: _draw(size, teams, overall, limits, axis))


def _draw(size: Size, teams: Sequence[Team], overall: float, limits: Sequence[Limit], axis: str) -> Drawn:
    shares = [team.share for team in teams] + [overall] + [each for limit in limits for each in limit.outer]
    levels = nice_ticks(max(min(shares), 0), min(max(shares), 1), 6)
    numbers = nice_ticks(0, max([team.n for team in teams] + [limit.n for limit in limits]), 7, whole=True)
    plot = plot_of(size, [percent(level) for level in levels])
    across = Scale(0, numbers[-1], plot.left, plot.right)
    up = Scale(levels[0], levels[-1], plot.bottom, plot.top)
    parts = [
        value_axis(plot, up, levels, percent, axis),
        number_axis(plot, across, numbers, lambda n: f"{n:,.0f}"),
        *_limits(plot, across, up, overall, limits),
        *(_point(across, up, team) for team in teams if not team.own),
    ]
    for team in teams:
        if team.own:
            parts += [_point(across, up, team), _name(plot, across(team.n), up(team.share), team.label)]
    entries = [(shape_sample("circle", "dot common"), "Team within the limits")]
    if any(team.outside and not team.own for team in teams):
        entries.append((shape_sample("diamond", "dot neutral"), "Team beyond them"))
    if any(team.own for team in teams):
        entries.append((shape_sample("square", "dot own"), "This team"))
    entries += [
        (line_sample("mean"), f"Network {percent(overall)}"),
        (line_sample("inner"), "95% limits"),
        (line_sample("limit"), "99.8% limits"),
    ]
    drawn, low = key(size, plot.bottom + size.line + size.letters, entries)
    below, low = notes(size, low, ["Across: cases of the team."])
    return Drawn(join([*parts, drawn, below]), low)


def _limits(plot: Plot, across: Scale, up: Scale, overall: float, limits: Sequence[Limit]) -> list[Markup]:
    parts = [line(plot.left, up(overall), plot.right, up(overall), "mean")]
    for side in (0, 1):
        for class_, chosen in (("inner", [each.inner for each in limits]), ("limit", [each.outer for each in limits])):
            points = [
                (across(limit.n), up(min(max(pair[side], up.low), up.high)))
                for limit, pair in zip(limits, chosen, strict=True)
            ]
            if points:
                parts.append(path(points, class_))
    return parts


def _point(across: Scale, up: Scale, team: Team) -> Markup:
    said = f"{team.label}: {percent(team.share)} of {team.n:,}"
    if team.own:
        return shape("square", across(team.n), up(team.share), "dot own", said=said, radius=6)
    kind, class_ = ("diamond", "dot neutral") if team.outside else ("circle", "dot common")
    return shape(kind, across(team.n), up(team.share), class_, said=said)


def _name(plot: Plot, x: float, y: float, label: str) -> Markup:
    wide = width(label, plot.size.letters)
    y = y - 10 if y - 10 - plot.size.letters > plot.top else y + 10 + plot.size.letters
    if x + wide > plot.right:
        return text(x, y, label, anchor="end", class_="value")
    return text(x, y, label, class_="value")
