"""Service processes by role, each of which a test may kill, stop and start again at any moment."""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.local import ports, processes
from deploy.local.processes import Process
from shared.settings import Settings
from shared.testing.services import READY_WITHIN_S, STOPPED_WITHIN_S, NotReady

ALL = "all"
POLL_S = 0.05
Program = Callable[[str], Sequence[str]]
"""Gives the module (and first arguments) that run a service."""


def product(service: str) -> Sequence[str]:
    """The service as it is delivered."""
    return (f"services.{service}.main",)


@dataclass(slots=True)
class RoleProcess:
    """One role of one service as a process of its own; it dies with the test run."""

    service: str
    role: str
    port: int
    environment: Mapping[str, str]
    folder: Path
    """Where it logs."""
    program: Program = product
    """What is run."""
    process: Process | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """Standard output and error of all its lives."""
        return self.folder / f"{self.service}-{self.role}.log"

    @property
    def url(self) -> str:
        """Where it answers `/livez` and `/readyz`, and the API if that is among its roles."""
        return f"http://{ports.LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Starts it; see `wait_until_ready`."""
        options = ("--role", self.role, "--port", str(self.port))
        command = [sys.executable, "-m", *self.program(self.service), *options]
        self.process = processes.start(
            command, log=self.log, folder=Path.cwd(), environment=self.environment, die_with_parent=True
        )

    def wait_until_ready(self) -> None:
        """Returns once `/readyz` says yes.

        Raises:
            NotReady: it ended, or READY_WITHIN_S seconds have passed.
        """
        if not processes.wait_until(self._settled, timeout_s=READY_WITHIN_S, poll_s=POLL_S) or not self.alive:
            raise NotReady(f"{self.service} {self.role}: {self.log.read_text()[-2000:]}")

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and processes.is_alive(self.process)

    def _settled(self) -> bool:
        if not self.alive:
            return True
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """SIGKILL, and waits until it is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and waits until it is gone; killed if it does not end in time."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            processes.end(self.process, with_signal=number, grace_s=STOPPED_WITHIN_S)

    def restart(self) -> None:
        """Starts it again and waits until it is ready."""
        self.start()
        self.wait_until_ready()


@contextmanager
def role_processes(
    settings: Settings,
    environment: Mapping[str, str],
    wanted: Sequence[tuple[str, str]],
    *,
    program: Program = product,
) -> Iterator[dict[tuple[str, str], RoleProcess]]:
    """Processes for (service, role), ready, for as long as the block; by what was wanted.

    The role that has the API (`api` or `all`) answers on the service's own port, every other one on a free port.

    Args:
        settings: what `environment` says.
        environment: the whole environment of the processes.
        wanted: which; an API at most once for each service.
        program: runs a service.

    Raises:
        NotReady: one of them does not become ready.
    """
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="dyad-roles-")))
        found: dict[tuple[str, str], RoleProcess] = {}
        for service, role in wanted:
            port = settings.port(service) if role in {ALL, "api"} else ports.free_port()
            found[service, role] = RoleProcess(service, role, port, environment, folder, program)
            found[service, role].start()
            undo.callback(found[service, role].stop)
        undo.callback(_tell, found.values())
        for each in found.values():
            each.wait_until_ready()
        yield found


def _tell(roles: Iterable[RoleProcess]) -> None:
    """Asks all of them to end before any is waited for."""
    for each in roles:
        if each.process is not None and each.alive:
            os.kill(each.process.pid, signal.SIGTERM)
