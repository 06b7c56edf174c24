"""A batch of posted events on its way, cut into transactions of one category of streams."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from shared.process.answers import Asked
from shared.process.cases import Answer

_CHUNK = 100
"""Events in one transaction (design 3: marks are short)."""


@dataclass(slots=True)
class Item:
    """One event of a batch on its way."""

    index: int
    key: str
    """Items of the same key concern the same case, or the same stream of a team's own."""
    category: str
    """Of the streams that it is about; empty when nobody knows."""
    asked: Asked | None
    answer: Answer | None = None


def chunks_of(ordered: Sequence[Item]) -> list[list[Item]]:
    """About a hundred events each, of streams of one category; those of one case stay together unless they are more."""
    chunks: list[list[Item]] = []
    category = ""
    for _, group in itertools.groupby(ordered, key=lambda item: item.key):
        for part in _parts(list(group)):
            said = next((item.category for item in part if item.category), category)
            if not chunks or len(chunks[-1]) + len(part) > _CHUNK or said != category:
                chunks.append([])
            chunks[-1].extend(part)
            category = said
    return chunks


def _parts(group: list[Item]) -> list[list[Item]]:
    return [group[start : start + _CHUNK] for start in range(0, len(group), _CHUNK)]
