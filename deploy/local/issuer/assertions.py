"""Client assertions (RFC 7523): short-lived, signed by the client, each taken once, also after a restart."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from deploy.local.issuer.clients import Client
from shared.web.access.verify import ALGORITHMS, LARGEST_TOKEN, LEEWAY_S

LONGEST_S = 300
"""How far ahead an assertion may expire (SMART Backend Services: five minutes)."""


class BadAssertion(Exception):
    """The assertion is not taken; says the rule, never what it holds."""


class Assertions:
    """Checks assertions, and remembers those that were taken until they expire.

    Args:
        file: of the memory, a SQLite database; made if it is missing.
        audience: what `aud` must be or contain: the issuer's name or the address of its token endpoint.
        clock: seconds since 1970.
    """

    def __init__(self, file: Path, audience: frozenset[str], clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._audience = audience
        self._clock = clock
        with closing(self._open()) as memory, memory:
            memory.execute(
                "CREATE TABLE IF NOT EXISTS taken (client TEXT, jti TEXT, exp REAL, PRIMARY KEY (client, jti))"
            )

    def _open(self) -> sqlite3.Connection:
        memory = sqlite3.connect(self._file, timeout=5)
        memory.execute("PRAGMA synchronous = FULL")  # what was taken stays taken when the power fails
        return memory

    def take(self, text: str, clients: Mapping[str, Client]) -> Client:
        """The client that an assertion proves.

        Raises:
            BadAssertion: it is not taken, or was taken before.
        """
        client, algorithm = self._client_of(text, clients)
        try:
            claims = jwt.decode(text, client.key, algorithms=[algorithm]).claims
        except (JoseError, ValueError, TypeError):
            raise BadAssertion("assertion-signature") from None
        if claims.get("iss") != client.id or claims.get("sub") != client.id:
            raise BadAssertion("assertion-client")
        audience = claims.get("aud")
        if not self._audience & set(audience if isinstance(audience, list) else [audience]):
            raise BadAssertion("assertion-audience")
        self._take_once(client.id, claims)
        return client

    def _client_of(self, text: str, clients: Mapping[str, Client]) -> tuple[Client, str]:
        """Whose it says it is: nothing of it is believed before the signature has been checked by that client's key."""
        if len(text) > LARGEST_TOKEN:
            raise BadAssertion("assertion-form")
        try:
            header = extract_compact(text.encode()).headers()
            algorithm = header["alg"]
            kind, curve = ALGORITHMS[algorithm]
        except (JoseError, ValueError, TypeError, KeyError):
            raise BadAssertion("assertion-form") from None
        named = str(header.get("kid", ""))
        client = next((item for item in clients.values() if item.key.kid == named), None)
        if client is None or client.key.key_type != kind or curve not in {None, client.key.get("crv")}:
            raise BadAssertion("assertion-key")
        return client, algorithm

    def _take_once(self, client: str, claims: Mapping[str, Any]) -> None:
        now = self._clock()
        expires_s, jti = claims.get("exp"), claims.get("jti")
        if not isinstance(expires_s, int | float) or isinstance(expires_s, bool) or now >= expires_s + LEEWAY_S:
            raise BadAssertion("assertion-expired")
        if expires_s > now + LONGEST_S + LEEWAY_S:
            raise BadAssertion("assertion-too-long")
        not_before_s = claims.get("nbf", 0)
        if not isinstance(not_before_s, int | float) or not_before_s > now + LEEWAY_S:
            raise BadAssertion("assertion-not-yet-valid")
        if not isinstance(jti, str) or not 1 <= len(jti) <= 200:
            raise BadAssertion("assertion-jti")
        with closing(self._open()) as memory, memory:
            memory.execute("DELETE FROM taken WHERE exp < ?", [now - 2 * LEEWAY_S])
            taken = memory.execute("INSERT OR IGNORE INTO taken VALUES (?, ?, ?)", [client, jti, expires_s]).rowcount
        if taken != 1:
            raise BadAssertion("assertion-replayed")
