"""What is kept is the result for the very same tuple, and no more of them than is said."""

from typing import Any

from shared.kernel.kept import KEPT, kept


def counted() -> tuple[Any, list[tuple[object, ...]]]:
    """A kept function and the arguments that it really worked on."""
    seen: list[tuple[object, ...]] = []

    @kept
    def length(items: tuple[object, ...]) -> int:
        seen.append(items)
        return len(items)

    return length, seen


def test_the_same_tuple_is_worked_out_once() -> None:
    length, seen = counted()
    items = (1, 2, 3)
    assert [length(items), length(items)] == [3, 3]
    assert len(seen) == 1


def test_another_tuple_has_its_own_result_though_it_is_equal() -> None:
    length, seen = counted()
    first, second = tuple(range(2)), tuple(range(2))
    assert [length(first), length(second), length((1,))] == [2, 2, 1]
    assert len(seen) == 3


def test_the_oldest_goes_when_there_are_too_many() -> None:
    length, seen = counted()
    many = [(number,) for number in range(KEPT + 1)]
    for items in many:
        length(items)
    length(many[-1])
    assert len(seen) == KEPT + 1
    length(many[0])
    assert len(seen) == KEPT + 2
