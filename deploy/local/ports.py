"""TCP ports on this machine's loopback address."""

import secrets
import socket

import psutil

from deploy.local.trouble import Trouble

LOOPBACK = "127.0.0.1"


_LOWEST, _NUMBER = 12_000, 20_000
"""Below the ports that systems give to outgoing connections (Linux: from 32768): one of those may be taken at any time
by a connection of a process that listens nowhere."""


def free_port() -> int:
    """A port that nobody listens on now; another process may still take it first.

    Raises:
        Trouble: none was found.
    """
    for _ in range(100):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, _LOWEST + secrets.randbelow(_NUMBER)))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Trouble("No free port was found on this machine.", "See what listens on all of them.")


def accepts(port: int, *, timeout_s: float = 1.0) -> bool:
    """Whether something on loopback accepts connections on this port."""
    return accepts_at(f"{LOOPBACK}:{port}", timeout_s=timeout_s)


def accepts_at(address: str, *, timeout_s: float = 1.0) -> bool:
    """Whether something accepts connections at host:port."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=timeout_s):
            return True
    except (OSError, ValueError):
        return False


def require_free(port: int, *, purpose: str, variable: str) -> None:
    """Raise Trouble when this port is taken, with the name of who holds it where that can be seen."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            raise Trouble(
                f"Port {port}, wanted for {purpose}, is in use{_by_whom(port)}.",
                f"End that process, or set {variable} to a free port, then say `make up` again.",
            ) from None


def _by_whom(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
            if listens and connection.pid:
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except (psutil.Error, PermissionError):
        return " by a process that this user cannot see"
    return ""
