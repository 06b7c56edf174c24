"""One service as one process: the roles that it is asked to play, each a task; HTTP for health in every role."""

import argparse
import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import uvicorn
from fastapi import FastAPI

from shared.settings import Settings
from shared.telemetry.logs import configure_logging, logger
from shared.web.health import Check

ROLES = ("api", "relay", "consumer", "timers", "erasure", "outbox", "watch")
_DRAIN_S = 10
"""How long running requests may take after a signal to stop."""
_GARBAGE = (20_000, 20, 50)
"""Thresholds of the cyclic garbage collector. Measured: with Python's own (700, 10, 10) it took a fifth of a post's
time, looking again and again through decoded events that are kept on purpose; cycles are rare here."""
_log = logger(__name__)


class Runner(Protocol):
    """A long-running part: the relay, the consumer."""

    @property
    def ready(self) -> bool:
        """Whether it can work at the moment."""

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; raises when it cannot go on."""


Make = Callable[[Settings], Runner]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a service is made of.

    `app` gets the settings, whether the service's own routes are wanted (else health only), and the checks of
    readiness that come from the roles.
    """

    name: str
    app: Callable[[Settings, bool, Mapping[str, Check]], FastAPI]
    runners: Mapping[str, Make] = field(default_factory=dict)
    """By role: `relay`, `consumer`, `timers`."""
    apart: Mapping[str, Make] = field(default_factory=dict)
    """By role too; each plays only in a process of its own, so that `all` neither waits for it nor falls with it."""


class _Server(uvicorn.Server):
    """Leaves signals to the process, which stops all roles together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Nothing is captured here."""
        yield


def run_service(service: Service, arguments: list[str] | None = None) -> None:
    """The `main` of a service: `--role all|api|relay|consumer|timers`, `--port`; settings from the environment."""
    parser = argparse.ArgumentParser(prog=f"services.{service.name}")
    parser.add_argument("--role", choices=("all", *ROLES), default="all")
    parser.add_argument("--port", type=int, help="HTTP port; by default the service's, or that of a role apart")
    given = parser.parse_args(arguments)
    settings = Settings()  # type: ignore[call-arg]  # from the environment
    configure_logging(service.name, given.role, settings.log_level)
    name = given.role if given.role in service.apart else service.name
    port = settings.port(name) if given.port is None else given.port
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(serve(service, settings, given.role, port))


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop  # noqa: PLC0415 - the only place that needs it

    return uvloop.new_event_loop()


async def serve(service: Service, settings: Settings, role: str, port: int) -> None:
    """Runs the roles until SIGTERM or SIGINT; one that fails ends the process, so that a supervisor sees it.

    Raises:
        ExceptionGroup: what a role failed with.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    makers = {name: make for name, make in service.runners.items() if role in {"all", name}}
    makers |= {name: make for name, make in service.apart.items() if role == name}
    runners = {name: make(settings) for name, make in makers.items()}
    checks: dict[str, Check] = {name: _runs(runner) for name, runner in runners.items()}
    app = service.app(settings, role in {"all", "api"}, checks)
    app.state.stopping = stop
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=_DRAIN_S,
    )
    server = _Server(config)
    gc.freeze()  # code and routes stay for as long as the process
    gc.set_threshold(*_GARBAGE)
    _log.info("starting", host=settings.host, port=port)
    async with asyncio.TaskGroup() as group:
        for runner in runners.values():
            group.create_task(_play(runner, stop))
        group.create_task(_answer(server, stop))
        await stop.wait()
        server.should_exit = True
    _log.info("stopped")


async def _play(runner: Runner, stop: asyncio.Event) -> None:
    try:
        await runner.run(stop)
    finally:
        stop.set()


async def _answer(server: uvicorn.Server, stop: asyncio.Event) -> None:
    try:
        await server.serve()
    except SystemExit:  # uvicorn's way to say that it could not start; it has logged why
        raise ChildProcessError("the HTTP server could not start") from None
    finally:
        stop.set()
    if not server.started:
        raise ChildProcessError("the HTTP server could not start")


def _runs(runner: Runner) -> Check:
    async def check() -> bool:
        return runner.ready

    return check
