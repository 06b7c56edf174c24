"""Processes that outlive the command which started them, and are known again without doubt.

A process id alone proves nothing: ids are used again, at once in a fresh container. A process is known by its
id together with the instant of its start, so nothing that we did not start is ever signalled.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

POLL_S = 0.05
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

# Our own children stay here until they have been reaped, so that a dead child is not taken for a living process.
_children: dict[int, subprocess.Popen[bytes]] = {}
# "When the parent dies" means the thread that started it, so one thread that lives as long as we do starts them all.
_starter = ThreadPoolExecutor(1, thread_name_prefix="process-starter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process for all time: its id, and when it started (clock ticks since which boot)."""

    pid: int
    started: str


def find(pid: int) -> Process | None:
    """The living process with this id; None if there is none (a zombie is not alive)."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
    try:
        found = psutil.Process(pid)
        # A killed process of many threads is a zombie at once, but holds its ports until the last thread is gone.
        if found.status() == psutil.STATUS_ZOMBIE and found.num_threads() <= 1 and pid not in _children:
            return None
        return Process(pid=pid, started=_start_of(found))
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return None


def _start_of(process: psutil.Process) -> str:
    if not BOOT_ID.exists():
        return str(process.create_time())
    # psutil's create_time moves when the machine's clock is set; ticks since boot do not.
    fields_after_name = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return f"{BOOT_ID.read_text().strip()}:{fields_after_name[19]}"


def is_alive(process: Process) -> bool:
    """Whether exactly this process still runs."""
    return find(process.pid) == process


def start(
    command: Sequence[str],
    *,
    log: Path,
    folder: Path,
    prefix: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    record: Path | None = None,
    die_with_parent: bool = False,
) -> Process:
    """Start a process in a session of its own, output appended to a log file.

    Args:
        command: program and arguments.
        prefix: words before the command that change its rights (they must become the command, not start it).
        log: file that receives standard output and error.
        folder: the working folder.
        environment: the whole environment; None hands on this process's own.
        record: file in which the process is remembered at once, so that it is found again whatever happens next.
        die_with_parent: SIGKILL it when this process ends, however it ends (tests; needs util-linux `setpriv`).
    """
    # After the prefix, because a change of rights makes the kernel forget the signal.
    guard = ("setpriv", "--pdeathsig", "KILL", "--") if die_with_parent else ()
    whole = [*prefix, *guard, *command]
    with log.open("ab") as output:

        def spawn() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                whole,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

        child = _starter.submit(spawn).result()
    _children[child.pid] = child
    process = find(child.pid) or Process(pid=child.pid, started="ended at once")
    if record is not None:
        _remember(process, record)
    return process


def end(process: Process, *, with_signal: signal.Signals = signal.SIGTERM, grace_s: float) -> None:
    """End exactly this process: ask, wait up to `grace_s` seconds, then kill. Nothing happens if it is gone."""
    for step, patience_s in ((with_signal, grace_s), (signal.SIGKILL, 10.0)):
        if not is_alive(process):
            return
        os.kill(process.pid, step)
        if wait_until(lambda: not is_alive(process), timeout_s=patience_s):
            return
    raise TimeoutError(f"process {process.pid} does not end, not even by SIGKILL")


def wait_until(reached: Callable[[], bool], *, timeout_s: float, poll_s: float = POLL_S) -> bool:
    """Wait until a condition holds; False if it does not within `timeout_s` seconds."""
    deadline = time.monotonic() + timeout_s
    while not reached():
        if time.monotonic() >= deadline:
            return False
        time.sleep(poll_s)
    return True


def _remember(process: Process, record: Path) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    fresh = record.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(process)))
    fresh.replace(record)


def recall(record: Path) -> Process | None:
    """The remembered process if it is still alive; None for a stale, reused, unreadable or missing record."""
    try:
        written = json.loads(record.read_text())
        process = Process(pid=int(written["pid"]), started=str(written["started"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return process if is_alive(process) else None
