"""Secondary suppression: which further counts are hidden so that no hidden one follows from those that are shown.

Counts that add up form lines: a column with its total, a row whose columns balance. A count lies in at most one line
down and one line across. Draw every line as a node and every hidden count as an edge between the two lines it lies in
(or between its only line and the open): then a hidden count follows from the shown ones exactly if its edge is a
*bridge*, one that no circle passes through, because along a circle values can be moved without any total changing. "One
cell of a total is hidden" is the simplest bridge; two hidden pairs that are joined by a single hidden cell is another.

Nothing can be moved, however, where all hidden counts of a line are known to be 0, or to be the most that they can be.
Published totals are rounded, so this needs all of them at the very end of their rounding (8, 8, 8, 8 and two hidden 0
make 32: shown as 10, 10, 10, 10, 30; a small 4 and a 7, the next smallest, make 18 with another 7: shown as 5 and 20).
It is looked for line by line.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

Place = tuple[int, int]
"""Row and column of a cell."""
Edge = tuple[Place, int, int]
"""A hidden cell and the two lines it joins; `OPEN` if it lies in one line only."""

OPEN = -1
LEAST_SHOWN = 5  # smaller counts, 0 among them, are hidden
STEP = 5  # what a shown count is rounded to


def rounded(count: int) -> int:
    """A count to the nearest 5: 5 -> 5, 7 -> 5, 8 -> 10. No whole number lies half-way."""
    return STEP * ((count + STEP // 2) // STEP)


@dataclass(frozen=True, slots=True)
class Line:
    """Cells that add up: the sum of `left` is the sum of `right`."""

    left: tuple[Place, ...]
    right: tuple[Place, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """All of its cells."""
        return self.left + self.right


def protected(counts: Mapping[Place, int], lines: Sequence[Line], hidden: Set[Place]) -> frozenset[Place]:
    """The places that must be hidden so that none of them can be worked out.

    Args:
        counts: every count of the table, raw.
        lines: those that add up; a place lies in two of them at most.
        hidden: places that are hidden for their own sake; those that are no counts are handed through.

    Returns:
        `hidden` and, one by one, the next smallest count of a line that would give one of them away.
    """
    found = set(hidden)
    while True:
        for line in lines:
            if sum(place in found for place in line.places) == 1:
                found |= _next_smallest(counts, line, found)
        more = _next(counts, lines, found)
        if not more:
            return frozenset(found)
        found |= more


def _next(counts: Mapping[Place, int], lines: Sequence[Line], hidden: Set[Place]) -> Set[Place]:
    """The next count to hide; none if all is well, or if nothing that would help is left to hide."""
    bridges = _bridges(_edges(lines, hidden & counts.keys()))
    crossed = _crossed(lines)
    for line in lines:
        if not bridges.isdisjoint(line.places) or _tight(counts, line, hidden, crossed):
            more = _next_smallest(counts, line, hidden)
            if more:
                return more
    return frozenset()


def _next_smallest(counts: Mapping[Place, int], line: Line, hidden: Set[Place]) -> Set[Place]:
    """The smallest count of a line that is shown, if there is one; of equal ones a part before their sum."""
    shown = [(counts[place], _is_sum(line, place), place) for place in line.places if place not in hidden]
    return {min(shown)[2]} if shown else frozenset()


def _crossed(lines: Sequence[Line]) -> Set[Place]:
    """Counts that lie in two lines: each may be hidden because of either."""
    found = Counter(place for line in lines for place in line.places)
    return {place for place, number in found.items() if number > 1}


def _is_sum(line: Line, place: Place) -> bool:
    return (place,) in (line.left, line.right)


def _edges(lines: Sequence[Line], hidden: Set[Place]) -> list[Edge]:
    joins: dict[Place, list[int]] = defaultdict(list)
    for node, line in enumerate(lines):
        for place in line.places:
            if place in hidden:
                joins[place].append(node)
    return [(place, nodes[0], nodes[1] if len(nodes) == 2 else OPEN) for place, nodes in joins.items()]


def _bridges(edges: Iterable[Edge]) -> set[Place]:
    """Edges that lie on no circle, by depth-first search (Tarjan 1974); several edges may join the same two nodes."""
    neighbours: dict[int, list[tuple[Place, int]]] = defaultdict(list)
    for place, one, other in edges:
        neighbours[one].append((place, other))
        neighbours[other].append((place, one))
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    found: set[Place] = set()

    def visit(node: int, by: Place | None) -> None:
        order[node] = lowest[node] = len(order)
        for place, other in neighbours[node]:
            if place == by:
                continue
            if other not in order:
                visit(other, place)
                if lowest[other] > order[node]:
                    found.add(place)
            lowest[node] = min(lowest[node], lowest[other])

    for node in neighbours:
        if node not in order:
            visit(node, None)
    return found


def _tight(counts: Mapping[Place, int], line: Line, hidden: Set[Place], crossed: Set[Place]) -> bool:
    """Whether what is shown of a line, rounded as it is, leaves its hidden counts one value only: 0, or the most."""
    if sum(counts[place] for place in line.left) != sum(counts[place] for place in line.right):
        return False
    for side, other in ((line.left, line.right), (line.right, line.left)):
        if hidden.isdisjoint(other) and not hidden.isdisjoint(side):
            shown = [_bounds(counts[place]) for place in side if place not in hidden]
            sums = [_bounds(counts[place]) for place in other]
            least = sum(low for low, _ in sums) - sum(high for _, high in shown)
            most = sum(high for _, high in sums) - sum(low for low, _ in shown)
            why_is_known = crossed.isdisjoint(side)
            return most == 0 or (why_is_known and least == _most_hidden(len(side) - len(shown), shown))
    return False


def _most_hidden(number: int, shown: Sequence[tuple[int, int]]) -> int | None:
    """The most that the hidden counts of a line can come to, for somebody who knows why they are; None: no limit.

    Two are a small one and the next smallest, which is no more than any that is shown; three and more are all small.
    """
    small = LEAST_SHOWN - 1
    if number == 2:
        return small + min(high for _, high in shown) if shown else None
    return number * small


def _bounds(count: int) -> tuple[int, int]:
    """Least and most that a count may be, as its published value tells: 5 -> 5 to 7, 10 -> 8 to 12."""
    shown = rounded(count)
    return max(LEAST_SHOWN, shown - STEP // 2), shown + STEP // 2
