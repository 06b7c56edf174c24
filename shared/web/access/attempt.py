"""One browser's way to the sign-in and back; what binds it follows from a secret in its cookie, no row is needed."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

ATTEMPT_S = 600
"""How long one may take to sign in."""
_LONGEST_COOKIE = 3500


@dataclass(frozen=True, slots=True)
class Attempt:
    """One browser's way to the provider and back.

    Args:
        secret: known to this browser alone, from its cookie.
        began_s: seconds since 1970.
        going_on: where the reader wanted to go; whoever uses it checks that it is an address of ours.
    """

    secret: str = field(repr=False)
    began_s: int
    going_on: str

    @classmethod
    def begin(cls, going_on: str, now_s: float) -> "Attempt":
        """A new one."""
        return cls(secrets.token_urlsafe(32), int(now_s), going_on)

    @classmethod
    def of_cookie(cls, value: str | None, now_s: float) -> "Attempt | None":
        """The attempt that a browser began; None if it began none, or too long ago."""
        secret, _, rest = (value or "").partition(".")
        began, _, going_on = rest.partition(".")
        if not secret or not began.isdecimal() or len(began) > 12 or not 0 <= now_s - int(began) + 1 <= ATTEMPT_S:
            return None
        return cls(secret, int(began), unquote(going_on))

    @property
    def cookie(self) -> str:
        """What the browser's cookie holds; too long an address to go on to is left out."""
        text = f"{self.secret}.{self.began_s}."
        going_on = quote(self.going_on, safe="")
        return text + (going_on if len(text) + len(going_on) <= _LONGEST_COOKIE else quote("/", safe=""))

    @property
    def state(self) -> str:
        """Says that the answer belongs to this browser's question."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Says that the ID token does."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Says that whoever redeems the code asked for it."""
        return self._derived("verifier")

    @property
    def form(self) -> str:
        """What a form of this attempt carries: the double submit of those who have no session yet."""
        return self._derived("form")

    def _derived(self, purpose: str) -> str:
        made = hmac.digest(self.secret.encode(), purpose.encode(), "sha256")
        return urlsafe_b64encode(made).rstrip(b"=").decode()
