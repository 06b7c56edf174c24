"""The embedded servers heal what a kill, a reused process id or a broken download left behind."""

import os
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from deploy.local import jars, ports, processes, secret_files
from deploy.local.kafka import KafkaServer, jar_folder
from deploy.local.postgres import PostgresServer
from deploy.local.processes import Process
from deploy.local.trouble import Trouble, require_free_space


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL of the test's own, with its data folder made; ended afterwards if it runs."""
    server = PostgresServer(
        folder=tmp_path / "postgres", port=ports.free_port(), password_file=tmp_path / "secrets" / "password"
    )
    server.initialise()
    yield server
    running = processes.recall(server.record)
    if running:
        server.stop(running)


def kill_all_of(process: Process) -> None:
    """SIGKILL a server and its children at once, as a kill of everything does."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for member in family:
        member.kill()
    assert processes.wait_until(lambda: not processes.is_alive(process), timeout_s=30)


def test_what_was_committed_is_there_after_a_kill_of_everything(postgres: PostgresServer) -> None:
    process = postgres.start()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create table kept as select 42 as answer")
    kill_all_of(process)
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


def test_a_stale_lock_whose_process_id_now_belongs_to_a_stranger_does_not_stop_the_start(
    postgres: PostgresServer,
) -> None:
    kill_all_of(postgres.start())
    lock = postgres.folder / "data" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    # The test runner itself: alive, and of the very user that PostgreSQL would ask about.
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    postgres.start()
    assert postgres.answers()


def test_a_first_start_that_was_cut_off_in_the_making_of_the_data_folder_is_begun_again(tmp_path: Path) -> None:
    server = PostgresServer(folder=tmp_path / "pg", port=ports.free_port(), password_file=tmp_path / "password")
    (tmp_path / "pg" / "data.new" / "base").mkdir(parents=True)
    assert server.initialise()
    assert not server.initialise(), "the second time there is nothing to do"


def test_postgres_listens_on_loopback_only_and_asks_for_the_password(postgres: PostgresServer) -> None:
    process = postgres.start()
    listening = {
        connection.laddr[0]
        for connection in psutil.Process(process.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {ports.LOOPBACK}
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url.replace(secret_files.read_or_make(postgres.password_file), "guess"))


def test_postgres_that_cannot_start_says_why(postgres: PostgresServer) -> None:
    (postgres.folder / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(Trouble, match=r"postgresql\.conf"):
        postgres.start()
    assert processes.recall(postgres.record) is None


def test_postgres_started_as_root_does_not_run_as_root_and_opens_no_folder(postgres: PostgresServer) -> None:
    before = [stat.S_IMODE(parent.stat().st_mode) for parent in postgres.folder.parents]
    process = postgres.start()
    assert [stat.S_IMODE(parent.stat().st_mode) for parent in postgres.folder.parents] == before
    status = Path(f"/proc/{process.pid}/status").read_text()
    effective = next(line for line in status.splitlines() if line.startswith("CapEff"))
    assert int(effective.split()[1], 16) & ~(1 << 1) == 0, "no right but, where folders are closed, to pass them"


def test_secrets_are_for_their_owner_only_and_never_made_twice(tmp_path: Path) -> None:
    secret_files.make(tmp_path / "secrets")
    first = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    secret_files.make(tmp_path / "secrets")
    assert {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()} == first
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "secrets").iterdir()} == {0o600}
    assert len(bytes.fromhex(first[secret_files.REFERENCE_KEY])) == 32


@pytest.fixture
def kept_jars(tmp_path: Path) -> Path:
    """A cache of the test's own that holds every jar of the lock, without downloading."""
    source, copy = jar_folder(), tmp_path / "jars"
    for jar in jars.kafka_class_path(source):
        target = copy / jar.relative_to(source)
        target.parent.mkdir(parents=True)
        target.write_bytes(jar.read_bytes())
    return copy


def test_a_broken_jar_is_fetched_again_and_never_used(kept_jars: Path) -> None:
    broken = next(kept_jars.rglob("kafka-clients-*.jar"))
    whole = broken.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    assert broken in jars.kafka_class_path(kept_jars)
    assert broken.read_bytes() == whole


def test_a_download_that_is_not_what_the_lock_names_is_refused_and_removed(kept_jars: Path, tmp_path: Path) -> None:
    lock = tmp_path / "jgo.lock.toml"
    digest = "9" * 64
    text = jars.LOCK.read_text()
    first = text.index('sha256 = "') + len('sha256 = "')
    lock.write_text(text[:first] + digest + text[first + 64 :])
    with pytest.raises(Trouble, match="not the file that the lock names"):
        jars.kafka_class_path(kept_jars, lock)
    kafka = next(iter(tomllib.loads(lock.read_text())["dependencies"]))
    assert not list(kept_jars.rglob(f"{kafka['artifactId']}-{kafka['version']}.jar"))


def test_kafka_that_cannot_start_says_why(tmp_path: Path) -> None:
    port = ports.free_port()
    server = KafkaServer(folder=tmp_path / "kafka", port=port, controller_port=port, jar_folder=jar_folder())
    with pytest.raises(Trouble, match="Kafka"):
        server.initialise()


def test_a_disk_without_room_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="MB free"):
        require_free_space(tmp_path, needed_bytes=10**18)


def test_embedded_servers_die_with_a_test_run_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "shared.testing.platform", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"TMPDIR": str(tmp_path)}) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline().startswith(b"export")
        records = list(tmp_path.glob("*/*/process.json"))
        servers = [process for record in records if (process := processes.recall(record))]
        serving.kill()
        serving.stdout.close()
    assert len(servers) == 2
    assert processes.wait_until(lambda: not any(map(processes.is_alive, servers)), timeout_s=30)
