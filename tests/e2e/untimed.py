"""A service that hears and answers, and does nothing by itself because time passes.

    python -m tests.e2e.untimed <service> [--role ...] [--port ...]

These tests tell of families in the past: in the product every deadline of theirs would ring at once, and letters would
leave. Here time passes when a test says so (see `rule_kit.look`), in a runner of its own over the same database.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

from shared.web.serve import Service, run_service

HEARING = frozenset({"relay", "consumer", "erasure"})


def program(service: str) -> Sequence[str]:
    """How such a service is run, as `shared.testing.roles` takes it."""
    return ("tests.e2e.untimed", service)


def untimed(name: str) -> Service:
    """The service of this name without the roles that act by the clock."""
    service: Service = import_module(f"services.{name}.main").service
    return replace(service, runners={role: make for role, make in service.runners.items() if role in HEARING})


if __name__ == "__main__":
    run_service(untimed(sys.argv[1]), sys.argv[2:])
