"""Services, pathway watch and local issuer as processes: started, asked how they are, ended; nothing else ever is."""

import signal
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from deploy.local import ports, processes
from deploy.local.installation import PROJECT, Installation
from deploy.local.processes import Process
from deploy.local.trouble import Trouble, disk_full
from shared.settings import SERVICES

HEALTHY_WITHIN_S = 180.0
HEALTH_ANSWER_WITHIN_S = 3.0
# Longer than a service takes to finish the requests and the batch in hand.
STOP_GRACE_S = 20.0
LOG_KEPT_BYTES = 20_000_000
ISSUER = "issuer"
"""The local issuer of access tokens, where no other is named."""
WATCH = "watch"
"""Role of the reporting service that runs by itself."""
EVERY = (*SERVICES, WATCH, ISSUER)
"""All that may ever run here beside the servers."""


class Health(StrEnum):
    """How a part of the installation is."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"  # runs, but does not answer or says that it is not ready
    STOPPED = "stopped"


def parts(installation: Installation) -> tuple[str, ...]:
    """Everything that is started here beside the servers: services, watch, and the issuer unless another is named."""
    return (ISSUER, *SERVICES, WATCH) if installation.local_issuer else (*SERVICES, WATCH)


def _module(service: str) -> list[str]:
    others = {ISSUER: ["deploy.local.issuer"], WATCH: ["services.reporting.main", "--role", WATCH]}
    return others.get(service) or [f"services.{service}.main", "--role", "all"]


def running(installation: Installation, service: str) -> Process | None:
    """The process of a service that we started and that still runs."""
    return processes.recall(_record(installation, service))


def log_file(installation: Installation, service: str) -> Path:
    """Where a service's standard output and error go."""
    return installation.logs / f"{service}.log"


def start(installation: Installation, services: Iterable[str] | None = None) -> None:
    """Start each of these services (all parts, if none is named) that does not run.

    Raises:
        Trouble: a port that one needs is taken.
    """
    missing = [service for service in (services or parts(installation)) if running(installation, service) is None]
    for service in missing:
        port = installation.settings.port(service)
        ports.require_free(port, purpose=f"the {service} service", variable=f"DYAD_{service.upper()}_PORT")
    installation.logs.mkdir(parents=True, exist_ok=True)
    for service in missing:
        log = log_file(installation, service)
        if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        processes.start(
            [sys.executable, "-m", *_module(service)],
            log=log,
            folder=PROJECT,
            environment=installation.service_environment(),
            record=_record(installation, service),
        )


def stop(installation: Installation, services: Sequence[str] = EVERY) -> int:
    """Ask these services to end, all at once, and wait for them; how many ran."""
    found = [process for service in services if (process := running(installation, service))]
    with ThreadPoolExecutor(len(services)) as pool:
        list(pool.map(lambda process: processes.end(process, with_signal=signal.SIGTERM, grace_s=STOP_GRACE_S), found))
    for service in services:
        _record(installation, service).unlink(missing_ok=True)
    return len(found)


def health(installation: Installation, service: str) -> Health:
    """How a service says it is (`/readyz`)."""
    if running(installation, service) is None:
        return Health.STOPPED
    address = f"{installation.settings.url(service)}/readyz"
    try:
        with urlopen(address, timeout=HEALTH_ANSWER_WITHIN_S):  # noqa: S310 - our own http address
            return Health.HEALTHY
    except (OSError, HTTPException):  # refused, timed out, or an answer of 400 and above
        return Health.UNHEALTHY


def wait_until_healthy(installation: Installation, services: Sequence[str] | None = None) -> None:
    """Wait for all of these services (all parts, if none is named).

    Raises:
        Trouble: as soon as one has ended, or after HEALTHY_WITHIN_S seconds.
    """
    for service in services or parts(installation):
        settled = partial(_is_settled, installation, service)
        if not processes.wait_until(settled, timeout_s=HEALTHY_WITHIN_S, poll_s=0.2) or (
            health(installation, service) is not Health.HEALTHY
        ):
            raise _not_healthy(installation, service)


def _is_settled(installation: Installation, service: str) -> bool:
    return health(installation, service) is not Health.UNHEALTHY


def _not_healthy(installation: Installation, service: str) -> Trouble:
    log = log_file(installation, service)
    lines = [line for line in log.read_text(errors="replace").splitlines()[-200:] if line.strip()]
    if any("No space left on device" in line for line in lines):
        return disk_full(installation.folder)
    last = lines[-1][:300] if lines else "it wrote nothing"
    return Trouble(f"The {service} service is not healthy: {last}", f"See {log}, then say `make up` again.")


def _record(installation: Installation, service: str) -> Path:
    return installation.records / f"{service}.json"
