"""Who asks: every route takes `CurrentActor` in its signature, from the first day.

Until access control is built it is one fixed local actor, and services listen on loopback only (design 5).
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that asks; opaque id and role code, never a name."""

    id: str
    role: str


LOCAL = Actor(id="local", role="practitioner")


async def local_actor() -> Actor:
    """The fixed actor of an installation without access control."""
    return LOCAL


CurrentActor = Annotated[Actor, Depends(local_actor)]
