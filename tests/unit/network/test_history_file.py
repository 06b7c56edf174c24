"""A simulated history as a file: the same for the same arguments, whole or refused, and read as it was written."""

import gzip
from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest

from deploy.local.network.big import Simulation, simulated
from deploy.local.network.history_file import NotAHistory, counts, events, rule_records, write
from shared.eventstore.envelope import leaf_hash
from shared.settings import STORES

SMALL = Simulation(teams=3, years=0.5, families_per_team=8, last_day=date(2026, 11, 20))


def written(simulation: Simulation, path: Path, jobs: int = 1) -> Path:
    with simulated(simulation, jobs=jobs) as (spools, _):
        write(path, {"seed": simulation.seed}, spools)
    return path


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(SMALL, tmp_path_factory.mktemp("history") / "history.ndjson")


def test_the_same_arguments_give_the_same_bytes_however_many_processes_make_them(history: Path, tmp_path: Path) -> None:
    assert written(SMALL, tmp_path / "again", jobs=2).read_bytes() == history.read_bytes()


def test_another_seed_gives_another_history(history: Path, tmp_path: Path) -> None:
    other = written(replace(SMALL, seed=8), tmp_path / "other")
    mine = {event.event_id for store in STORES for event in events(history, store)}
    assert mine.isdisjoint(event.event_id for store in STORES for event in events(other, store))


def test_positions_run_from_one_in_the_order_of_recording(history: Path) -> None:
    for store, count in counts(history).items():
        found = list(events(history, store))
        assert [event.position for event in found] == list(range(1, count + 1))
        assert [event.recorded_at for event in found] == sorted(event.recorded_at for event in found)
        assert all(event.leaf_hash == leaf_hash(event.doc.encode()) for event in found)


def test_every_rule_that_acted_names_a_place_in_its_store(history: Path) -> None:
    for store in STORES:
        places = {(event.stream, event.version) for event in events(history, store)}
        acted = [record for record in rule_records(history, store) if record.outcome == "acted"]
        assert {(record.stream, record.version) for record in acted} <= places
    assert list(rule_records(history, "intervention"))


def test_a_compressed_history_says_the_same(history: Path, tmp_path: Path) -> None:
    packed = written(SMALL, tmp_path / "history.ndjson.gz")
    assert gzip.decompress(packed.read_bytes()) == history.read_bytes()
    assert counts(packed) == counts(history)
    assert list(events(packed, "referral")) == list(events(history, "referral"))
    assert written(SMALL, tmp_path / "again.ndjson.gz").read_bytes() == packed.read_bytes()


def test_a_history_that_was_cut_off_is_refused(history: Path, tmp_path: Path) -> None:
    lines = history.read_bytes().splitlines(keepends=True)
    (tmp_path / "cut").write_bytes(b"".join(lines[:-1]))
    with pytest.raises(NotAHistory, match="cut off"):
        counts(tmp_path / "cut")
    packed = gzip.compress(history.read_bytes())
    (tmp_path / "cut.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(NotAHistory, match="cut off"):
        counts(tmp_path / "cut.gz")


def test_a_history_of_days_to_come_is_refused_with_the_day(history: Path, tmp_path: Path) -> None:
    lines = history.read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if line.startswith(b'{"store":'))
    lines[last] = orjson.dumps({**orjson.loads(lines[last]), "recorded_at": "2999-12-31T09:00:00.000000+00:00"}) + b"\n"
    (tmp_path / "later").write_bytes(b"".join(lines))
    with pytest.raises(NotAHistory, match="2999-12-31"):
        counts(tmp_path / "later")


def test_something_else_is_no_history(tmp_path: Path) -> None:
    (tmp_path / "notes").write_bytes(orjson.dumps({"notes": []}) + b"\n")
    with pytest.raises(NotAHistory, match="no history"):
        counts(tmp_path / "notes")


def test_nothing_half_written_stands_in_the_files_place(history: Path, tmp_path: Path) -> None:
    with simulated(SMALL) as (spools, _):
        spools[-1].rules.unlink()
        with pytest.raises(FileNotFoundError):
            write(tmp_path / "history.ndjson", {}, spools)
    assert not (tmp_path / "history.ndjson").exists()
