"""A letter that an event calls for: what is to go to a person outside the team, never what stands in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to a person, written when it is sent: only then is it known what its reader may see."""

    kind: str
    """`acknowledgement`, `decision`, `discharge_summary`, ...: a code."""
    to: str
    """Role of the reader, e.g. `referrer`; never a name or an address."""
    key: str = ""
    """Tells letters of one kind about one event apart; opaque, no personal data."""
