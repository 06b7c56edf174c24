"""Folded states kept between requests, so that a case of which little is new is not folded from its first event again.

Nothing rests on them: what is kept is told by the very events (objects, not ids) that it was folded from. Whatever does
not begin with exactly those is folded anew; so is every history in which something new amends what came before.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from shared.kernel.decider import Decider
from shared.kernel.history import Corrected, EventVoided, Recorded

_KEPT = 10_000
"""Cases; a state holds little more than its events, which `shared.process.open` keeps too."""


class FoldedStates:
    """The latest state of each stream, the least used forgotten first."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._by_stream: OrderedDict[tuple[int, str], tuple[tuple[Recorded[Any], ...], Any]] = OrderedDict()

    def state_of(self, decider: Decider[Any, Any, Any, Any], stream: str, history: Sequence[Recorded[Any]]) -> Any:
        """What `decider.state_of(history)` gives.

        Args:
            decider: of the stream's category.
            stream: its name.
            history: its events by version.
        """
        key = (id(decider), stream)  # deciders live as long as the process
        folded, state = self._by_stream.get(key, ((), decider.initial))
        if not _begins_with(history, folded) or any(map(amends, history[len(folded) :])):
            state = decider.state_of(history)
        else:
            for item in history[len(folded) :]:
                state = decider.evolve(state, item.event)
        self._by_stream[key] = (tuple(history), state)
        self._by_stream.move_to_end(key)
        if len(self._by_stream) > self._kept:
            self._by_stream.popitem(last=False)
        return state


def amends(item: Recorded[Any]) -> bool:
    """Whether an event voids or corrects another."""
    return isinstance(item.event, EventVoided | Corrected)


def _begins_with(history: Sequence[Recorded[Any]], folded: Sequence[Recorded[Any]]) -> bool:
    return len(folded) <= len(history) and all(mine is theirs for mine, theirs in zip(folded, history, strict=False))
