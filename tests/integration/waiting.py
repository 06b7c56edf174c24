"""Waiting for a condition, with a bound, in tests that are not asynchronous."""

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], bound_s: float) -> None:
    """Returns once the condition holds.

    Raises:
        AssertionError: it does not hold within `bound_s` seconds.
    """
    ends = time.monotonic() + bound_s
    while not condition():
        assert time.monotonic() < ends, f"not within {bound_s} s"
        time.sleep(0.02)
