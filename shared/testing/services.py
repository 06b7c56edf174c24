"""Real service processes for tests and measurements: started, waited for, stopped."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from shared.settings import SERVICES, Settings

READY_WITHIN_S = 120.0
STOPPED_WITHIN_S = 30.0


class NotReady(Exception):
    """A service process ended or did not become ready; says what it logged last."""


@contextmanager
def running(
    settings: Settings,
    environment: Mapping[str, str],
    services: Sequence[str] = SERVICES,
    *,
    role: str = "all",
    logs: Path | None = None,
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Service processes, ready, for as long as the block; by name.

    Args:
        settings: what `environment` says.
        environment: the whole environment of the processes.
        services: which ones; each on its own port.
        role: what each of them does.
        logs: folder for a file of each one's log; a temporary one otherwise.

    Raises:
        NotReady: one of them does not become ready within READY_WITHIN_S seconds.
    """
    with ExitStack() as undo:
        logs = logs or Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="dyad-services-")))
        processes: dict[str, subprocess.Popen[bytes]] = {}
        for service in services:
            log = undo.enter_context((logs / service).open("wb"))
            command = [sys.executable, "-m", f"services.{service}.main", "--role", role]
            processes[service] = subprocess.Popen(command, env=dict(environment), stdout=log, stderr=log)
            undo.callback(_stop, processes[service])
        undo.callback(_tell, processes.values())
        for service, process in processes.items():
            _wait_until_ready(settings.url(service), process, logs / service)
        yield processes


def _tell(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """Asks all of them to end before any is waited for."""
    for process in processes:
        process.terminate()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_s = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < give_up_s:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise NotReady(f"{url} is not ready: {log.read_text()[-2000:]}")
