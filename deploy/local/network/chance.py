"""Chance that is always the same: every number of the synthetic network follows from its seed."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


class Chance:
    """A stream of chance of one's own, by name: more families or other names change nothing in it."""

    def __init__(self, seed: int, *name: object) -> None:
        self._random = random.Random("/".join(map(str, (seed, *name))))  # noqa: S311 - nothing secret comes of it

    def of(self, probability: float) -> bool:
        """True with this probability in [0, 1]."""
        return self._random.random() < probability

    def between(self, lowest: int, highest: int) -> int:
        """A whole number, both ends included."""
        return lowest + int(self._random.random() * (highest - lowest + 1))

    def around(self, middle: float) -> int:
        """A number of days around a typical one: never negative, most within a third of it, a long tail."""
        return max(0, round(middle * self._random.lognormvariate(0.0, 0.35)))

    def one(self, items: Sequence[T]) -> T:
        """One of these."""
        return items[int(self._random.random() * len(items))]

    def some(self, items: Sequence[T], count: int) -> tuple[T, ...]:
        """`count` different ones of these, in their order."""
        chosen = set(self._random.sample(range(len(items)), count))
        return tuple(item for place, item in enumerate(items) if place in chosen)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of these in another order."""
        return self._random.sample(items, len(items))

    def weighted(self, weights: Sequence[float]) -> int:
        """The place of one of these weights."""
        return self._random.choices(range(len(weights)), weights)[0]

    def id(self) -> UUID:
        """A random UUID (version 4)."""
        return UUID(int=self._random.getrandbits(128), version=4)

    def id_at(self, instant: datetime) -> UUID:
        """A UUIDv7 (RFC 9562) as a service would have minted it at `instant`."""
        milliseconds = int(instant.astimezone(UTC).timestamp() * 1000)
        noise = self._random.getrandbits(74)
        return UUID(int=milliseconds << 80 | 7 << 76 | (noise >> 62) << 64 | 2 << 62 | noise & ((1 << 62) - 1))
