"""What `make bench` writes: one row a measurement, with what it must reach and whether it does."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from tests.bench.rows import Row, at_least, below, compared, load, markdown, save, show
from tests.bench.work import in_turn, percentile


def test_a_comparison_is_met_by_its_ratio() -> None:
    assert compared("append", 700, 1_000, "events/s", target=0.7).met is True
    assert compared("append", 699, 1_000, "events/s", target=0.7).met is False
    assert compared("append", 700, 1_000, "events/s", target=0.7).ratio == pytest.approx(0.7)


def test_a_figure_of_its_own_is_met_at_the_target() -> None:
    assert at_least("post", 1_000, "requests/s", target=1_000).met is True
    assert below("p99", 100, "ms", target=100).met is False


def test_what_is_only_reported_is_neither_met_nor_missed() -> None:
    assert below("p95", 12, "ms").met is None


def test_the_file_is_a_list_of_rows_with_exactly_the_members_that_were_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "build" / "bench.json"
    save([compared("append", 7, 10, "events/s", target=0.7), below("p95", 12, "ms")], path)
    rows = json.loads(path.read_text())
    assert [set(row) for row in rows] == [{"name", "value", "unit", "versus", "ratio", "target", "met"}] * 2
    assert rows[0]["met"] is True
    assert rows[1]["met"] is None


def test_the_table_says_which_targets_are_missed() -> None:
    console = Console(record=True, width=120)
    show([compared("append", 6, 10, "events/s", target=0.7), Row(name="p95", value=12, unit="ms")], console)
    assert "NO" in console.export_text()


def test_what_was_saved_is_printed_as_the_table_of_the_documents(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    save([compared("append", 600, 1_000, "events/s", target=0.7), below("p95", 12, "ms")], path)
    assert markdown(load(path)).splitlines()[2:] == [
        "| append | 600 events/s | 1,000 events/s | 0.60 | ratio >= 0.7 | **no** |",
        "| p95 | 12.0 ms |  |  |  |  |",
    ]


async def test_work_is_done_in_turn_and_judged_by_its_median() -> None:
    order: list[str] = []
    slow, fast = iter([1.0, 9.0, 2.0]), iter([4.0, 5.0, 6.0])

    async def one() -> float:
        order.append("one")
        return next(slow)

    async def other() -> float:
        order.append("other")
        return next(fast)

    assert await in_turn(3, one, other) == (2.0, 5.0)
    assert order == ["one", "other"] * 3


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile([1, 2], 0.99) == 2
