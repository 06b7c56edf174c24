"""Where the processor time goes: of this process and of every process that it started, servers included."""

import contextlib
from collections import defaultdict

import psutil


class CpuMeter:
    """Processor seconds by kind of process, since it was made."""

    def __init__(self) -> None:
        self._before = _seconds()

    def per_event_ms(self, events: int) -> str:
        """Milliseconds of processor time that each of so many events took, e.g. `postgres 0.41, java 0.20`."""
        spent = {kind: seconds - self._before.get(kind, 0.0) for kind, seconds in _seconds().items()}
        most = sorted(spent.items(), key=lambda item: -item[1])
        return ", ".join(f"{kind} {1000 * seconds / events:.2f}" for kind, seconds in most if seconds > 0.01)


def _seconds() -> dict[str, float]:
    spent: dict[str, float] = defaultdict(float)
    own = psutil.Process()
    for process in [own, *own.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            times = process.cpu_times()
            spent[_kind(process, own)] += times.user + times.system
    return spent


def _kind(process: psutil.Process, own: psutil.Process) -> str:
    if process.pid == own.pid:
        return "bench itself"
    command = process.cmdline()
    services = [part for part in command if part.startswith("services.")]
    if services:
        return f"{services[0].split('.')[1]} {command[-1]}"
    if command and command[0].startswith("postgres"):
        return " ".join(command[0].split()[:2])
    return process.name()
