"""A pure function's results, kept for as long as the very same argument comes again."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

A = TypeVar("A", bound=tuple[object, ...])
R = TypeVar("R")

KEPT = 500
"""Results of one function: more than there are teams."""


def kept(function: Callable[[A], R]) -> Callable[[A], R]:
    """The same function, which works out a tuple's result once.

    The tuple is known again by identity, not by value: to compare or hash one of dozens of events takes as long as the
    work itself. It is held meanwhile, so that no other can have its address.
    """
    results: OrderedDict[int, tuple[A, R]] = OrderedDict()

    @wraps(function)
    def known_again(items: A) -> R:
        found = results.get(id(items))
        if found is None:
            found = results[id(items)] = (items, function(items))
            if len(results) > KEPT:
                results.popitem(last=False)
        return found[1]

    return known_again
