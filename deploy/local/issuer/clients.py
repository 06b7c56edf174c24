"""The clients of the local issuer: who may ask for a token, by which public key, for which role and teams."""

import json
from dataclasses import dataclass
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from shared.eventstore.teams import EVERY_TEAM
from shared.web.access.roles import Role

FILE = "clients.json"


class BadClients(Exception):
    """The file of clients cannot be used; says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One clinical system."""

    id: str
    key: Key
    """Public."""
    role: Role
    teams: tuple[str, ...] | None
    """None = every team."""


def read_clients(folder: Path) -> dict[str, Client]:
    """The clients of `clients.json` among the secrets, by id; none if there is no such file.

    The file is a list of `{"client_id", "role", "teams": [...] | "*", "jwk": {public key}}`.

    Raises:
        BadClients: it cannot be understood.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        return {client.id: client for client in map(_client, json.loads(path.read_text()))}
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise BadClients(f"{path}: {type(error).__name__}") from None


def _client(item: dict[str, object]) -> Client:
    teams = item["teams"]
    jwk = item["jwk"]
    if not isinstance(jwk, dict) or "d" in jwk:
        raise ValueError("a public key is wanted")
    return Client(
        id=str(item["client_id"]),
        key=JWKRegistry.import_key(jwk),
        role=Role(str(item["role"])),
        teams=None if teams == EVERY_TEAM else tuple(str(team) for team in teams),  # type: ignore[attr-defined]
    )
