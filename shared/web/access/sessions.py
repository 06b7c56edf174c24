"""Sessions of the pages' readers: a random key in the browser's cookie, a row here that is worth nothing without it.

The row is found by the key's hash, and the access token in it is sealed under the key: whoever reads the table can
neither sign in nor learn who is signed in; whoever steals a cookie loses it when its owner signs out.
Why a table and not a sealed cookie: docs/adr/0015-sign-in.md.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg
import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.kernel.ids import utc_now

IDLE = timedelta(minutes=30)
"""How long a session lasts in which nothing is done; the default of DYAD_SESSION_IDLE_MINUTES (ASVS 5.0, 7.3.1)."""
LONGEST = timedelta(hours=24)
"""How long a session lasts at most, however long its token does (ASVS 5.0, 7.3.2)."""
WARNED_BEFORE = timedelta(minutes=5)
"""How long before its end a reader is warned (WCAG 2.2.1 asks for twenty seconds at the least)."""
_SEEN_EVERY = timedelta(seconds=30)
"""A session's last use is noted this exactly: not every page has to write."""
_NONCE_BYTES = 12

_BEGIN = """
WITH gone AS (DELETE FROM browser_sessions WHERE ends_at <= $2 OR seen_at <= $5 OR id_hash = $6)
INSERT INTO browser_sessions (id_hash, seen_at, ends_at, sealed) VALUES ($1, $2, $3, $4)
"""
_FIND = "SELECT seen_at, ends_at, sealed FROM browser_sessions WHERE id_hash = $1 AND ends_at > $2 AND seen_at > $3"
_SEEN = "UPDATE browser_sessions SET seen_at = $2 WHERE id_hash = $1 AND seen_at < $2"
_END = "DELETE FROM browser_sessions WHERE id_hash = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One reader's session in one browser."""

    key: str = field(repr=False)
    """What the cookie holds."""
    token: str = field(repr=False)
    """The access token by which the reader signed in."""
    id_token: str | None = field(repr=False)
    """The provider's word on who signed in; it wants it back when one signs out there."""
    asked_at: datetime
    """The instant of which this is told."""
    idle_ends_at: datetime
    """When it ends if nothing is done; never later than `ends_at`."""
    ends_at: datetime
    """When it ends whatever is done: the token expires then."""

    @property
    def csrf(self) -> str:
        """What every form of this session carries; no other site, and no other session, can know it."""
        return _derived(self.key, "csrf").hex()

    @property
    def may_be_extended(self) -> bool:
        """Whether doing something moves its end."""
        return self.idle_ends_at < self.ends_at

    @property
    def ends_in_s(self) -> int:
        """Seconds until it ends if nothing is done."""
        return int((self.idle_ends_at - self.asked_at).total_seconds())

    @property
    def warns_in_s(self) -> int:
        """Seconds until its reader is warned that it is about to end; negative once he should be."""
        return self.ends_in_s - int(WARNED_BEFORE.total_seconds())


class Sessions:
    """The table `browser_sessions`.

    Args:
        pool: connections as `dyad_writer`.
        idle: how long a session lasts in which nothing is done.
        clock: aware, UTC.
    """

    def __init__(self, pool: asyncpg.Pool, idle: timedelta = IDLE, clock: Callable[[], datetime] = utc_now) -> None:
        self._pool = pool
        self._idle = idle
        self._clock = clock

    async def begin(
        self, token: str, ends_at: datetime, *, id_token: str | None = None, former: str | None = None
    ) -> Session:
        """A new session under a new key; the one that this browser had ends, and so do rows that are over.

        Args:
            token: the access token, verified.
            ends_at: when that expires.
            id_token: the provider's, if there is one.
            former: what the browser's cookie holds now, whoever put it there.
        """
        now, key = self._clock(), secrets.token_urlsafe(32)
        digest = _digest(key)
        plain = orjson.dumps([token, id_token])
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(_derived(key, "seal")).encrypt(nonce, plain, digest)
        over = now - self._idle
        await self._pool.execute(_BEGIN, digest, now, ends_at, sealed, over, _digest(former or ""))
        return self._session(key, now, now, ends_at, plain)

    async def find(self, key: str, *, active: bool) -> Session | None:
        """The session of a cookie, if it is not over.

        Args:
            key: what the cookie holds.
            active: whether a person did something; a page that asks by itself keeps no session alive.
        """
        now, digest = self._clock(), _digest(key)
        row = await self._pool.fetchrow(_FIND, digest, now, now - self._idle)
        if row is None:
            return None
        seen_at, sealed = row["seen_at"], row["sealed"]
        try:
            plain = AESGCM(_derived(key, "seal")).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], digest)
        except InvalidTag:  # somebody wrote into the table
            await self.end(key)
            return None
        if active and now - seen_at >= _SEEN_EVERY:
            await self._pool.execute(_SEEN, digest, now)
            seen_at = now
        return self._session(key, now, seen_at, row["ends_at"], plain)

    async def end(self, key: str) -> None:
        """Ends a session; its cookie opens nothing from now on."""
        await self._pool.execute(_END, _digest(key))

    def _session(self, key: str, now: datetime, seen_at: datetime, ends_at: datetime, plain: bytes) -> Session:
        token, id_token = orjson.loads(plain)
        return Session(
            key=key,
            token=token,
            id_token=id_token,
            asked_at=now,
            idle_ends_at=min(seen_at + self._idle, ends_at),
            ends_at=ends_at,
        )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _derived(key: str, purpose: str) -> bytes:
    """32 bytes for one purpose; the key has 256 random bits, so one HMAC is enough (RFC 5869, expand)."""
    return hmac.digest(key.encode(), purpose.encode(), "sha256")
