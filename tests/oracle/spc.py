"""XmR limits (domain 3.6), for the monthly series of M11."""

from itertools import pairwise
from statistics import fmean


def limits(points: list[float], *, screened: bool = False) -> dict[str, float]:
    """Mean, mean moving range, and both limits.

    Args:
        points: the series, in order.
        screened: leave out moving ranges of at least 3.267 times their mean, once (NHSRplotthedots).
    """
    ranges = [abs(after - before) for before, after in pairwise(points)]
    moving = fmean(ranges)
    if screened:
        moving = fmean(each for each in ranges if each < 3.267 * moving)
    mean = fmean(points)
    return {"mean": mean, "mean_range": moving, "upper": mean + 2.66 * moving, "lower": mean - 2.66 * moving}


def special(points: list[float], *, screened: bool = False) -> list[int]:
    """Places (from 1) of points outside the limits."""
    found = limits(points, screened=screened)
    return [place for place, value in enumerate(points, 1) if not found["lower"] <= value <= found["upper"]]
