"""Funnel plots: which teams differ from the network by more than chance, given how few families each has.

Exact binomial limits: a team is beyond the upper 95 % limit if so many or more would come by chance in less than 2.5 %
of such teams. They are whole numbers of families over the denominator, so the funnel has small steps; the smooth limits
of the normal approximation call 1 of 1 an outlier. Source: Spiegelhalter 2005, "Funnel plots for comparing
institutional performance", without his interpolation between whole numbers, which does the same.

They assume that nothing but chance moves a team from the network's share. A point beyond a limit starts a conversation;
it proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import exp, lgamma, log, sqrt

QUANTILES = (0.001, 0.025, 0.975, 0.999)  # of the 99.8 % and 95 % limits, from below


class Standing(StrEnum):
    """Where a team stands; the further limit counts."""

    WITHIN = "within"
    ABOVE_95 = "above_95"
    ABOVE_998 = "above_998"
    BELOW_95 = "below_95"
    BELOW_998 = "below_998"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a share in [0, 1] around the network's, for one denominator; strict: on a limit is within."""

    lower_998: float
    lower_95: float
    upper_95: float
    upper_998: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One point of the plot. `share` and `limits` are None where the denominator is 0."""

    team: str
    part: int
    whole: int
    share: float | None
    limits: Limits | None
    standing: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The plot in numbers; `mean` is the share of the whole network, None of nothing."""

    mean: float | None
    teams: tuple[Team, ...]


def funnel(teams: Sequence[tuple[str, int, int]]) -> Funnel:
    """Each team's share against the limits around the share of all teams together.

    Args:
        teams: code, numerator and denominator, in whole families, cases or sessions.

    Raises:
        ValueError: a numerator is negative or beyond its denominator.
    """
    if any(not 0 <= part <= whole for _, part, whole in teams):
        raise ValueError("a numerator lies between 0 and its denominator")
    every = sum(whole for _, _, whole in teams)
    if every == 0:
        return Funnel(mean=None, teams=tuple(_team(code, part, whole, None) for code, part, whole in teams))
    mean = float(Fraction(sum(part for _, part, _ in teams), every))
    return Funnel(mean=mean, teams=tuple(_team(code, part, whole, mean) for code, part, whole in teams))


def _team(code: str, part: int, whole: int, mean: float | None) -> Team:
    if mean is None or whole == 0:
        return Team(team=code, part=part, whole=whole, share=None, limits=None, standing=None)
    limits = funnel_limits(mean, whole)
    share = part / whole
    return Team(team=code, part=part, whole=whole, share=share, limits=limits, standing=_standing(share, limits))


def _standing(share: float, limits: Limits) -> Standing:
    if share > limits.upper_998:
        return Standing.ABOVE_998
    if share > limits.upper_95:
        return Standing.ABOVE_95
    if share < limits.lower_998:
        return Standing.BELOW_998
    return Standing.BELOW_95 if share < limits.lower_95 else Standing.WITHIN


def funnel_limits(mean: float, whole: int) -> Limits:
    """Limits for a denominator, for a team's point or for drawing the funnel.

    Args:
        mean: the network's share, in [0, 1].
        whole: denominator, at least 1.

    Returns:
        95 % and 99.8 % limits (2.5 and 0.1 % in each tail), within [0, 1].

    Raises:
        ValueError: the arguments lie outside these ranges.
    """
    if not 0 <= mean <= 1 or whole < 1:
        raise ValueError("a share lies in [0, 1], a denominator is at least 1")
    if mean in (0.0, 1.0):
        return Limits(lower_998=mean, lower_95=mean, upper_95=mean, upper_998=mean)
    low_998, low_95, high_95, high_998 = (count / whole for count in _quantiles(mean, whole, QUANTILES))
    return Limits(lower_998=low_998, lower_95=low_95, upper_95=high_95, upper_998=high_998)


def _quantiles(mean: float, whole: int, levels: Sequence[float]) -> list[int]:
    """For each level, ascending, the least count that is reached or undershot with at least that probability."""
    odds = mean / (1 - mean)
    # Everything below this is rarer than 1 in 10^30; a large team would spend its time there.
    count = max(0, int(whole * mean - 12 * sqrt(whole * mean * (1 - mean)) - 30))
    chance = _chance(count, mean, whole)
    reached = chance
    found: list[int] = []
    for level in levels:
        while reached < level and count < whole:
            chance *= odds * (whole - count) / (count + 1)
            count += 1
            reached += chance
        found.append(count)
    return found


def _chance(count: int, mean: float, whole: int) -> float:
    """Binomial probability of so many of the whole, by logarithms: powers would fall below the least float."""
    ways = lgamma(whole + 1) - lgamma(count + 1) - lgamma(whole - count + 1)
    return exp(ways + count * log(mean) + (whole - count) * log(1 - mean))
