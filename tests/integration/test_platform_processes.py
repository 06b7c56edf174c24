"""Processes are known by id and start, so nothing that we did not start is ever signalled."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import ports, processes
from deploy.local.processes import Process
from deploy.local.trouble import Trouble

FOR_EVER = (sys.executable, "-c", "import signal; signal.pause()")
DEAF_CODE = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
while True:
    signal.pause()
"""
DEAF = (sys.executable, "-c", DEAF_CODE)


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that belongs to somebody else."""
    with subprocess.Popen(FOR_EVER) as process:
        yield process
        process.kill()


def test_a_started_process_is_found_again_by_its_record(tmp_path: Path) -> None:
    record = tmp_path / "run" / "it.json"
    process = processes.start(FOR_EVER, log=tmp_path / "log", folder=tmp_path, record=record)
    try:
        assert processes.recall(record) == process
    finally:
        processes.end(process, grace_s=10)
    assert processes.recall(record) is None


def test_a_record_whose_id_now_belongs_to_a_stranger_is_stale(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    record = tmp_path / "it.json"
    record.write_text(json.dumps({"pid": stranger.pid, "started": "an earlier boot:17"}))
    assert processes.recall(record) is None


def test_ending_a_process_whose_id_was_used_again_leaves_the_stranger_alone(
    stranger: subprocess.Popen[bytes],
) -> None:
    processes.end(Process(pid=stranger.pid, started="an earlier boot:17"), grace_s=1)
    assert stranger.poll() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x", "started": "y"}', '{"pid": 1}'])
def test_an_unreadable_record_is_no_process(tmp_path: Path, text: str) -> None:
    record = tmp_path / "it.json"
    record.write_text(text)
    assert processes.recall(record) is None


def test_a_process_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = processes.start(DEAF, log=log, folder=tmp_path)
    assert processes.wait_until(lambda: "deaf" in log.read_text(), timeout_s=30)
    processes.end(process, grace_s=0.2)
    assert not processes.is_alive(process)


def test_a_started_process_outlives_its_starter_and_the_terminal(tmp_path: Path) -> None:
    record = tmp_path / "it.json"
    starter = (
        "from pathlib import Path; from deploy.local import processes; import sys;"
        f"processes.start({FOR_EVER!r}, log=Path('log'), folder=Path('.'), record=Path({str(record)!r}))"
    )
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", starter], check=True, cwd=tmp_path, env=environment)
    process = processes.recall(record)
    assert process is not None
    try:
        assert os.getsid(process.pid) == process.pid
    finally:
        processes.end(process, grace_s=10)


def test_a_process_that_shall_die_with_its_starter_dies_when_that_is_killed(tmp_path: Path) -> None:
    record = tmp_path / "it.json"
    starter = (
        "from pathlib import Path; from deploy.local import processes; import os, signal;"
        f"processes.start({FOR_EVER!r}, log=Path('log'), folder=Path('.'), record=Path({str(record)!r}),"
        " die_with_parent=True); signal.pause()"
    )
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen([sys.executable, "-c", starter], cwd=tmp_path, env=environment) as parent:
        assert processes.wait_until(lambda: processes.recall(record) is not None, timeout_s=30)
        parent.send_signal(signal.SIGKILL)
    assert processes.wait_until(lambda: processes.recall(record) is None, timeout_s=30)


def test_a_port_in_use_is_said_with_its_holder_and_the_way_out() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(Trouble) as trouble:
            ports.require_free(port, purpose="Kafka", variable="DYAD_KAFKA_PORT")
    assert trouble.value.sentence.startswith(f"Port {port}, wanted for Kafka, is in use by process {os.getpid()} (")
    assert "DYAD_KAFKA_PORT" in trouble.value.way_out


def test_a_free_port_is_no_trouble() -> None:
    ports.require_free(ports.free_port(), purpose="Kafka", variable="DYAD_KAFKA_PORT")
