"""The issuer's public keys: a JWKS from a file, read again when it changes, or from a URL, kept for a while."""

import json
import re
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from shared.telemetry.logs import logger

MAX_AGE_S = 300.0
"""How long keys from a URL are used before they are asked for again; a key that is withdrawn ends within it."""
RETRY_S = 10.0
"""Least time between two requests to a URL: tokens with made-up key ids cannot make us hammer it."""
_TIMEOUT_S = 3.0
_LARGEST_BYTES = 1_000_000
_SINGLE_LABEL = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
"""A letter first: `2130706433` would be an address of any machine, written as one number."""
_log = logger(__name__)


class NoKeys(Exception):
    """The keys cannot be read: nobody can be let in, and nobody is to blame for it but us."""


class Keys(Protocol):
    """Where verification finds a key."""

    async def find(self, kid: str) -> Key | None:
        """The key of this id; None if the issuer has none. Raises NoKeys."""

    @property
    def generation(self) -> object:
        """Another value whenever the keys may have changed: what was verified before is then verified again."""


def parse_jwks(text: str | bytes) -> dict[str, Key]:
    """The public signature keys of a JWKS document, by their ids.

    Keys without an id, symmetric ones and those for encryption are left out: none of them may verify a token.

    Raises:
        NoKeys: it is no JWKS.
    """
    try:
        document = json.loads(text)
        keys = [JWKRegistry.import_key(item) for item in document["keys"] if _verifies(item)]
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise NoKeys(f"no JWKS: {type(error).__name__}") from None
    return {str(key.kid): key for key in keys}


def _verifies(item: Mapping[str, Any]) -> bool:
    return bool(item.get("kid")) and item.get("kty") in {"EC", "RSA", "OKP"} and item.get("use", "sig") == "sig"


class FileKeys:
    """Keys from a file.

    Args:
        path: of the JWKS; it may be replaced at any time (write another file, then rename it).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    @property
    def generation(self) -> object:
        """Identity, size and time of the file as it is now; None while there is none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    async def find(self, kid: str) -> Key | None:
        """See `Keys`."""
        now = self.generation
        if now is None or now != self._seen:
            try:
                self._keys = parse_jwks(self._path.read_bytes())
            except OSError as error:
                raise NoKeys(f"the JWKS file cannot be read: {type(error).__name__}") from None
            self._seen = now  # type: ignore[assignment]  # read after the stat: a change in between is seen next time
        return self._keys.get(kid)


class UrlKeys:
    """Keys from a URL, asked for again after MAX_AGE_S seconds, or when a token names a key that is not among them.

    Args:
        url: of the JWKS; https, or http within `unencrypted_is_fine`.
        clock: monotonic seconds.
        transport: by which it is asked, httpx's own if not given.
    """

    def __init__(
        self,
        url: str,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._transport = transport
        self._clock = clock
        self._fetched_s: float | None = None
        self._tried_s: float | None = None
        self._keys: dict[str, Key] = {}
        self._text = b""

    @property
    def generation(self) -> object:
        """The document, while it is not too old; then a value that never comes back."""
        return self._text if self._fresh else object()

    @property
    def _fresh(self) -> bool:
        return self._fetched_s is not None and self._clock() - self._fetched_s < MAX_AGE_S

    async def find(self, kid: str) -> Key | None:
        """See `Keys`."""
        if (not self._fresh or kid not in self._keys) and self._may_try:
            await self._fetch()
        if not self._fresh:
            raise NoKeys("the issuer's keys are too old and cannot be fetched")
        return self._keys.get(kid)

    @property
    def _may_try(self) -> bool:
        return self._tried_s is None or self._clock() - self._tried_s >= RETRY_S

    async def _fetch(self) -> None:
        self._tried_s = self._clock()
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_S, transport=self._transport) as client:
                answer = await client.get(self._url, follow_redirects=False)
            answer.raise_for_status()
            self._keys = parse_jwks(answer.content[:_LARGEST_BYTES])
        except (httpx.HTTPError, NoKeys) as error:  # what we have stays in use until it is too old
            _log.warning("jwks_not_fetched", error=type(error).__name__)
            return
        self._text, self._fetched_s = answer.content, self._clock()


def unencrypted_is_fine(url: str) -> bool:
    """Whether a URL may say http: what it asks never leaves this machine.

    Loopback addresses, `localhost`, and names of one label such as `issuer`: those are containers on the network of
    docker-compose.yml, which stays on one machine.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http":
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return _SINGLE_LABEL.fullmatch(host) is not None


def keys_from(place: str, secrets_folder: Path) -> Keys:
    """The keys that a setting names.

    Args:
        place: a URL, a path, or empty for `jwks.json` among the secrets.
        secrets_folder: of the installation.

    Raises:
        ValueError: http to another machine: whoever sits in between could hand us keys of his own.
    """
    if "://" in place:
        if not place.startswith("https://") and not unencrypted_is_fine(place):
            raise ValueError("DYAD_JWKS: https, or http on this machine or to a container by its single-label name")
        return UrlKeys(place)
    return FileKeys(Path(place) if place else secrets_folder / "jwks.json")
