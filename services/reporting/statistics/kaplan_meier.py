"""How long families wait when some still do: the Kaplan-Meier curve.

The median of completed waits alone flatters a team whose longest waits are not over. Here every family counts for as
long as it has been seen to wait: one still waiting after 30 days says that its wait is longer than 30 days, no more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
MILESTONES = (28, 84, 126)
"""Days by which the share that has started is told: four weeks, twelve weeks, eighteen weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The curve from one day on.

    Attributes:
        day: whole days since the clock started.
        at_risk: families that were still waiting when this day began, and were seen on it.
        events: those that started on this day.
        censored: those still waiting when last seen, on this day; they count as waiting on it.
        share_still_waiting: estimate in [0, 1] from this day on, exactly rounded.
        lower, upper: its 95 % confidence limits, in [0, 1].
    """

    day: int
    at_risk: int
    events: int
    censored: int
    share_still_waiting: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """An estimate in [0, 1] with its 95 % confidence limits."""

    share: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The share still waiting, day by day.

    Attributes:
        n: families.
        events: those that started.
        steps: one for each day on which somebody started or was last seen, ascending.
        median: first day on which half or fewer still wait; None while more do.
        median_lower, median_upper: its 95 % confidence limits (Brookmeyer and Crowley 1982), where the limits of the
            curve cross one half; None where they do not.
    """

    n: int
    events: int
    steps: tuple[Step, ...]
    median: int | None
    median_lower: int | None
    median_upper: int | None

    def share_started(self, day: int) -> Share | None:
        """Share that has started by the end of a day.

        Returns:
            None where the curve says nothing: of nobody, or of a day beyond the longest wait that has been seen while
            somebody still waits.
        """
        if not self.steps or (day > self.steps[-1].day and self.steps[-1].share_still_waiting > 0):
            return None
        past = [step for step in self.steps if step.day <= day]
        if not past:
            return Share(share=0.0, lower=0.0, upper=0.0)
        last = past[-1]
        return Share(share=1 - last.share_still_waiting, lower=1 - last.upper, upper=1 - last.lower)


def kaplan_meier(durations: Sequence[int], observed: Sequence[bool]) -> Curve:
    """The curve of single waits.

    Args:
        durations: whole days from the start of the clock to its stop, or to the day of the question while it runs; 0
            or more.
        observed: for each, whether the clock has stopped.

    Raises:
        ValueError: a duration is negative, or the two differ in length.
    """
    pairs = list(zip(durations, observed, strict=True))
    return curve(
        Counter(day for day, stopped in pairs if stopped), Counter(day for day, stopped in pairs if not stopped)
    )


def curve(started: Mapping[int, int], waiting: Mapping[int, int]) -> Curve:
    """The curve of counted waits.

    Args:
        started: how many clocks stopped after so many days.
        waiting: how many still run after so many days.

    Raises:
        ValueError: a number of days or a count is negative.

    Source: product limit; Greenwood's variance; limits on the log(-log) scale (Kalbfleisch and Prentice 1980), which
    stay within [0, 1]. Where nobody or everybody has started the limits are the estimate itself.
    """
    if any(number < 0 for counts in (started, waiting) for pair in counts.items() for number in pair):
        raise ValueError("waits and counts are not negative")
    n = at_risk = sum(started.values()) + sum(waiting.values())
    above, below, variance = 1, 1, 0.0  # the share is above / below, in whole numbers, so that a half is a half
    steps: list[Step] = []
    for day in sorted({day for counts in (started, waiting) for day, count in counts.items() if count}):
        events, censored = started.get(day, 0), waiting.get(day, 0)
        if events:
            above, below = above * (at_risk - events), below * at_risk
            variance += events / (at_risk * (at_risk - events)) if events < at_risk else 0.0
        share = above / below
        lower, upper = _limits(share, variance)
        steps.append(
            Step(
                day=day,
                at_risk=at_risk,
                events=events,
                censored=censored,
                share_still_waiting=share,
                lower=lower,
                upper=upper,
            )
        )
        at_risk -= events + censored
    return Curve(
        n=n,
        events=sum(started.values()),
        steps=tuple(steps),
        median=next((step.day for step in steps if step.share_still_waiting <= 0.5), None),
        median_lower=next((step.day for step in steps if step.lower <= 0.5), None),
        median_upper=next((step.day for step in steps if step.upper <= 0.5), None),
    )


def _limits(share: float, variance: float) -> tuple[float, float]:
    """Lower and upper; `variance` is Greenwood's sum, of log(share)."""
    if share in (0.0, 1.0):
        return share, share
    middle = log(-log(share))
    width = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * sqrt(variance) / -log(share)
    return exp(-exp(middle + width)), exp(-exp(middle - width))
