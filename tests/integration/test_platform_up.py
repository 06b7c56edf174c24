"""`dyad up` as a person says it: a real installation in a folder of its own, cut off, killed, and healed."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from deploy.local import ports, processes, secret_files
from deploy.local.installation import PROJECT, Installation
from deploy.local.note import FirstStart
from deploy.local.postgres import ADMINISTRATOR

COMMAND_WITHIN_S = 300
PARTS = {"postgres", "kafka", "issuer", "referral", "assessment", "intervention", "reporting", "watch"}
PORTS = (
    "POSTGRES",
    "KAFKA",
    "KAFKA_CONTROLLER",
    "ISSUER",
    "REFERRAL",
    "ASSESSMENT",
    "INTERVENTION",
    "REPORTING",
    "WATCH",
)


@dataclass(frozen=True)
class Machine:
    """One installation, and the `dyad` command as its user would say it."""

    folder: Path
    environment: dict[str, str]
    first_messages: str = ""

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "deploy.local.cli", *arguments]

    def dyad(self, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=PROJECT,
            env=self.environment,
            input=answer,
            capture_output=True,
            text=True,
            timeout=COMMAND_WITHIN_S,
            check=False,
        )

    def up(self) -> dict[str, int]:
        """Bring it up; the process id of every part."""
        finished = self.dyad("up", "--output", "json")
        assert finished.returncode == 0, finished.stderr
        rows = json.loads(finished.stdout)
        assert {row["name"]: row["health"] for row in rows} == dict.fromkeys(PARTS, "healthy")
        return {row["name"]: row["pid"] for row in rows}

    def events(self) -> set[str]:
        """Ids of the events that the referral service has stored; a deadline may add to them at any moment."""
        password = secret_files.read_or_make(self.folder / "secrets" / "administrator-password")
        port = self.environment["DYAD_POSTGRES_PORT"]
        url = f"postgresql://{ADMINISTRATOR}:{password}@{ports.LOOPBACK}:{port}/dyad_referral"
        with psycopg.connect(url) as connection:
            return {str(event_id) for (event_id,) in connection.execute("select event_id from events")}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """An installation whose very first start was killed in the middle of the restore, and that was said `up` again."""
    folder = tmp_path_factory.mktemp("installation") / "state"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DYAD_")}
    own = {f"DYAD_{name}_PORT": str(ports.free_port()) for name in PORTS}
    machine = Machine(folder, inherited | own | {"DYAD_STATE_DIR": str(folder), "NO_COLOR": "1"})
    try:
        with subprocess.Popen(machine.command("up"), cwd=PROJECT, env=machine.environment) as first:
            begun = processes.wait_until(
                lambda: Installation(folder).first_start() is FirstStart.BEGUN, timeout_s=COMMAND_WITHIN_S, poll_s=0.01
            )
            first.kill()
        assert begun
        again = machine.dyad("up")
        assert again.returncode == 0, again.stderr
        yield Machine(folder, machine.environment, again.stderr)
    finally:
        machine.dyad("clean", "--yes")


def test_a_half_finished_first_start_is_begun_again(machine: Machine) -> None:
    assert "half-finished first start" in machine.first_messages
    assert Installation(machine.folder).first_start() is FirstStart.DONE
    assert machine.events()


def test_said_again_it_finds_everything_running(machine: Machine) -> None:
    before = machine.up()
    again = machine.dyad("up", "--output", "json")
    assert "Everything runs already" in again.stderr
    assert {row["name"]: row["pid"] for row in json.loads(again.stdout)} == before


def test_a_kill_of_everything_loses_nothing_and_the_next_up_heals_it(machine: Machine) -> None:
    pids = machine.up()
    stored = machine.events()
    running = [found for pid in pids.values() if (found := processes.find(pid))]
    for process in running:
        os.kill(process.pid, signal.SIGKILL)
    assert processes.wait_until(lambda: not any(map(processes.is_alive, running)), timeout_s=30)
    assert machine.dyad("status").returncode == 3
    assert set(machine.up().values()).isdisjoint(pids.values())
    assert stored <= machine.events()


def test_one_service_killed_is_partial_and_up_starts_only_that_one(machine: Machine) -> None:
    before = machine.up()
    victim = processes.find(before["assessment"])
    assert victim is not None
    processes.end(victim, with_signal=signal.SIGKILL, grace_s=30)
    status = machine.dyad("status", "--output", "ndjson")
    assert status.returncode == 4
    rows = [json.loads(line) for line in status.stdout.splitlines()]
    assert {row["name"] for row in rows if row["health"] == "stopped"} == {"assessment"}
    after = machine.up()
    assert {name for name in PARTS if after[name] != before[name]} == {"assessment"}


def test_down_ends_all_of_it_a_port_in_use_starts_nothing_and_up_finds_the_data_again(machine: Machine) -> None:
    pids = machine.up()
    stored = machine.events()
    assert machine.dyad("down").returncode == 0
    assert [pid for pid in pids.values() if processes.find(pid)] == []
    assert machine.dyad("down").returncode == 0, "twice is no trouble"
    port = int(machine.environment["DYAD_INTERVENTION_PORT"])
    with socket.create_server((ports.LOOPBACK, port)):
        refused = machine.dyad("up")
        assert refused.returncode == 3
        assert f"Port {port}" in refused.stderr
        assert "DYAD_INTERVENTION_PORT" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert machine.dyad("status").returncode == 3
    machine.up()
    assert stored <= machine.events()


def test_a_stale_process_id_that_belongs_to_a_stranger_now_is_left_alone(machine: Machine) -> None:
    pids = machine.up()
    victim = processes.find(pids["reporting"])
    assert victim is not None
    processes.end(victim, with_signal=signal.SIGKILL, grace_s=30)
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as stranger:
        stale = {"pid": stranger.pid, "started": victim.started}
        (machine.folder / "run" / "reporting.json").write_text(json.dumps(stale))
        assert machine.up()["reporting"] != stranger.pid
        assert stranger.poll() is None
        stranger.kill()


def test_two_commands_do_not_work_on_one_installation_at_once(machine: Machine) -> None:
    with (machine.folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = machine.dyad("down")
    assert refused.returncode == 3
    assert "at work" in refused.stderr


def test_services_are_not_given_the_administrators_password(machine: Machine) -> None:
    pid = machine.up()["referral"]
    password = secret_files.read_or_make(machine.folder / "secrets" / "administrator-password")
    assert password not in Path(f"/proc/{pid}/environ").read_text()


def test_clean_asks_first(machine: Machine) -> None:
    machine.up()
    refused = machine.dyad("clean", answer="n\n")
    assert "Nothing was removed" in refused.stderr
    assert machine.dyad("status").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code"), [(("no-such-verb",), 2), (("up", "--no-such-option"), 2), (("logs", "no-such-part"), 2)]
)
def test_wrong_usage_is_exit_code_2_and_says_what_is_right(
    machine: Machine, arguments: tuple[str, ...], code: int
) -> None:
    refused = machine.dyad(*arguments)
    assert refused.returncode == code
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr


def test_an_interrupted_command_is_exit_code_130(machine: Machine) -> None:
    machine.up()
    command = machine.command("logs", "--follow")
    ours = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # tests in the background ignore it, and so would it
    try:
        with subprocess.Popen(
            command, cwd=PROJECT, env=machine.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as following:
            try:
                assert following.stdout is not None
                assert following.stdout.readline()
                following.send_signal(signal.SIGINT)
                assert following.wait(timeout=30) == 130
                following.stdout.close()
            finally:
                following.kill()
    finally:
        signal.signal(signal.SIGINT, ours)


def test_status_of_nothing_makes_nothing(tmp_path: Path, machine: Machine) -> None:
    elsewhere = Machine(tmp_path / "none", machine.environment | {"DYAD_STATE_DIR": str(tmp_path / "none")})
    assert elsewhere.dyad("status").returncode == 3
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_not_ours_is_never_removed(tmp_path: Path, machine: Machine) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "thesis").write_text("years of work")
    elsewhere = Machine(tmp_path, machine.environment | {"DYAD_STATE_DIR": str(tmp_path)})
    refused = elsewhere.dyad("clean", "--yes")
    assert refused.returncode == 2
    assert (tmp_path / "postgres" / "thesis").read_text() == "years of work"
