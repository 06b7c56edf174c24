"""Statistical process control: the XmR chart of NHS England's Making Data Count, and what it says.

Two published variants of the limits differ, and a chart prints which one it uses (`Xmr.method`): NHS England's Excel
tool uses every moving range, the R package NHSRplotthedots leaves out the ranges of 3.267 times their mean and more.
Source: domain 3.6; NHSRplotthedots (`ptd_spc_standard`, `ptd_calculate_point_type`, `ptd_calculate_assurance_type`).

Everything is computed exactly from the decimal form of the values (0.1 is a tenth, not its nearest binary fraction), so
that "exactly on the mean" means what it says, and given as floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from services.reporting.statistics.signals import LIMIT_FACTOR, NEAR_FACTOR, Signal, Spread, signals

RANGE_FACTOR = Fraction("3.267")  # a moving range beyond this multiple of the mean is itself special cause
ENOUGH = 12  # values; limits from fewer are trial limits


class Variation(StrEnum):
    """What a value says about the process."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL_HIGH = "neutral_high"
    """Special cause upwards, of a measure of which neither direction is better."""
    NEUTRAL_LOW = "neutral_low"


class Assurance(StrEnum):
    """What the limits say about a target."""

    PASSES = "consistent_pass"
    FAILS = "consistent_fail"
    INCONSISTENT = "inconsistent"
    """The target lies between the limits: it is hit or missed by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Points between two rebases, which share a mean and limits.

    Attributes:
        first: index of its first point.
        last: index of its last point.
        n: how many of them have a value.
        mean: of the values; None if there are none.
        mean_range: mean of the moving ranges that count; None with fewer than two values, and so are all below.
        lower, upper: limits, strict: a value on a limit is inside.
        near_lower, near_upper: two thirds of the way to the limits.
        range_limit: a moving range above this is special cause.
        trial: the limits rest on fewer than 12 values.
    """

    first: int
    last: int
    n: int
    mean: float | None
    mean_range: float | None
    lower: float | None
    upper: float | None
    near_lower: float | None
    near_upper: float | None
    range_limit: float | None
    trial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value against its segment's limits.

    Attributes:
        value: None where nothing was measured; such a point has no signal and breaks no run.
        moving_range: distance from the value before, in the same segment.
        signal: the rule that it breaks, by precedence: outside, trend, two of three, shift.
        signals: every rule that it breaks.
        upwards: direction of `signal`; None without one.
    """

    value: float | None
    mean: float | None
    lower: float | None
    upper: float | None
    near_lower: float | None
    near_upper: float | None
    moving_range: float | None
    signal: Signal | None
    signals: frozenset[Signal]
    upwards: bool | None
    variation: Variation


@dataclass(frozen=True, slots=True, kw_only=True)
class Xmr:
    """A chart in numbers."""

    segments: tuple[Segment, ...]
    points: tuple[Point, ...]
    assurance: Assurance | None
    """By the limits of the last segment; None without a target, a direction or limits."""
    screened: bool

    @property
    def trial(self) -> bool:
        """Whether the limits that stand now rest on fewer than 12 values."""
        return not self.segments or self.segments[-1].trial

    @property
    def variation(self) -> Variation | None:
        """What the latest value says; None if there is none."""
        return next((point.variation for point in reversed(self.points) if point.value is not None), None)

    @property
    def method(self) -> str:
        """Which variant of the limits this is, for the chart."""
        if self.screened:
            return "Limits leave out moving ranges of 3.267 times their mean or more (as NHSRplotthedots does)."
        return "Limits use every moving range (as NHS England's Excel tool does)."


def xmr(
    points: Sequence[float | Decimal | None],
    *,
    higher_is_better: bool | None,
    target: float | Decimal | None = None,
    screened: bool = False,
    rebase: Sequence[int] = (),
) -> Xmr:
    """Mean, limits, signals and assurance of a series in time.

    Args:
        points: values at equal distances in time, oldest first; None where nothing was measured.
        higher_is_better: None if neither direction is.
        target: in the values' unit.
        screened: leave out moving ranges of 3.267 times their mean and more before the limits are drawn.
        rebase: index of the first point of each further segment, ascending: a recorded decision of a person, never
            made here.

    Raises:
        ValueError: a value is not finite, or the indexes do not ascend within the series.

    Example: [1,2,1,2,10,1,2,1,2,1,2,1,2,1,2,1,2,1] -> mean 1.944, limits -3.063 and 6.952; screened -0.716 and 4.604.
    """
    values = [None if point is None else _exact(point) for point in points]
    starts = [0, *rebase]
    if any(one >= other for one, other in pairwise([*starts, len(values)])) and (values or rebase):
        raise ValueError("segments start at ascending places within the series")
    aim = None if target is None else _exact(target)
    return _chart(tuple(values), tuple(starts), higher_is_better, aim, screened)


@lru_cache(maxsize=512)
def _chart(
    values: tuple[Fraction | None, ...],
    starts: tuple[int, ...],
    higher_is_better: bool | None,
    target: Fraction | None,
    screened: bool,
) -> Xmr:
    """The chart of exact values: worked out once for tile, chart and table, page after page, while the months stay."""
    spans = list(pairwise([*starts, len(values)])) if values else []
    spreads = [_spread(values[start:end], screened=screened) for start, end in spans]
    return Xmr(
        segments=tuple(
            _segment(start, end, values[start:end], spread) for (start, end), spread in zip(spans, spreads, strict=True)
        ),
        points=tuple(
            point
            for (start, end), spread in zip(spans, spreads, strict=True)
            for point in _points(values[start:end], spread, higher_is_better)
        ),
        assurance=_assurance(spreads[-1], higher_is_better, target) if spreads else None,
        screened=screened,
    )


def _exact(value: float | Decimal) -> Fraction:
    try:
        return Fraction(str(value))
    except ValueError as error:
        raise ValueError("a value is not finite") from error


def _known(values: Sequence[Fraction | None]) -> list[Fraction]:
    return [value for value in values if value is not None]


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction()) / len(values)


def _spread(values: Sequence[Fraction | None], *, screened: bool) -> Spread | None:
    """Mean and mean moving range of a segment; None without a value."""
    known = _known(values)
    if not known:
        return None
    ranges = [abs(other - one) for one, other in pairwise(known)]
    if not ranges:
        return Spread(_mean(known), None)
    mean_range = _mean(ranges)
    if screened and mean_range:  # where nothing varies there is nothing to leave out
        mean_range = _mean([each for each in ranges if each < RANGE_FACTOR * mean_range])
    return Spread(_mean(known), mean_range)


def _segment(start: int, end: int, values: Sequence[Fraction | None], spread: Spread | None) -> Segment:
    n = len(_known(values))
    mean_range = None if spread is None else spread.mean_range
    return Segment(
        first=start,
        last=end - 1,
        n=n,
        mean=None if spread is None else float(spread.mean),
        mean_range=None if mean_range is None else float(mean_range),
        range_limit=None if mean_range is None else float(RANGE_FACTOR * mean_range),
        trial=n < ENOUGH,
        **_limits(spread),
    )


def _limits(spread: Spread | None) -> dict[str, float | None]:
    names = ("lower", "upper", "near_lower", "near_upper")
    factors = (-LIMIT_FACTOR, LIMIT_FACTOR, -NEAR_FACTOR, NEAR_FACTOR)
    found = [None if spread is None else spread.at(factor) for factor in factors]
    return {name: None if limit is None else float(limit) for name, limit in zip(names, found, strict=True)}


def _points(values: Sequence[Fraction | None], spread: Spread | None, higher_is_better: bool | None) -> list[Point]:
    """The points of one segment: neither ranges nor runs reach over its ends."""
    limits, mean = _limits(spread), None if spread is None else float(spread.mean)
    known = _known(values)
    found = iter(signals(known, spread) if spread is not None else ())
    ranges = iter([None, *(float(abs(other - one)) for one, other in pairwise(known))])
    points = []
    for value in values:
        directions = {} if value is None else next(found)
        signal = next((each for each in Signal if each in directions), None)
        upwards = None if signal is None else directions[signal]
        points.append(
            Point(
                value=None if value is None else float(value),
                mean=mean,
                moving_range=None if value is None else next(ranges),
                signal=signal,
                signals=frozenset(directions),
                upwards=upwards,
                variation=_variation(upwards, higher_is_better),
                **limits,
            )
        )
    return points


def _variation(upwards: bool | None, higher_is_better: bool | None) -> Variation:
    if upwards is None:
        return Variation.COMMON_CAUSE
    if higher_is_better is None:
        return Variation.NEUTRAL_HIGH if upwards else Variation.NEUTRAL_LOW
    return Variation.IMPROVEMENT if upwards == higher_is_better else Variation.CONCERN


def _assurance(spread: Spread | None, higher_is_better: bool | None, aim: Fraction | None) -> Assurance | None:
    """A target on a limit is inconsistent, as in NHSRplotthedots."""
    if spread is None or higher_is_better is None or aim is None:
        return None
    lower, upper = spread.at(-LIMIT_FACTOR), spread.at(LIMIT_FACTOR)
    if lower is None or upper is None:
        return None
    if aim > upper:
        return Assurance.FAILS if higher_is_better else Assurance.PASSES
    if aim < lower:
        return Assurance.PASSES if higher_is_better else Assurance.FAILS
    return Assurance.INCONSISTENT
