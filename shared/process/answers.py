"""What the shell is asked and what it answers.

A refusal is one of the kernel's, or one of these three, which are `Rejected` too: `VersionMismatch`,
`SameIdOtherContent`, `EarlierItemRefused`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.eventstore.envelope import Provenance
from shared.kernel.codec import to_json
from shared.kernel.errors import Rejected
from shared.process.relationship import Seeker
from shared.vault.personal import PersonalEntry


class VersionMismatch(Rejected):
    """The case is at another version than the caller said."""

    def __init__(self) -> None:
        super().__init__("version-mismatch", "the case is at another version in this service; read it again")


class SameIdOtherContent(Rejected):
    """A post of this (source, id) was accepted before, and it said something else."""

    def __init__(self) -> None:
        super().__init__("same-id-other-content", "this source has used this id for other content before", field="/id")


class NotOfYourTeam(Rejected):
    """Another team's case begins under this id: said as if there were none, because for the caller there is none."""

    def __init__(self) -> None:
        super().__init__("case-unknown", "no such case is on record here")


class EarlierItemRefused(Rejected):
    """Not tried: what it may rest on was refused."""

    def __init__(self) -> None:
        super().__init__("earlier-item-refused", "an earlier item of the same case was refused, so this was not tried")


class Reference(NamedTuple):
    """A sending system's own reference of a case; the plain value is never kept."""

    system: str
    hmac: str
    """64 hex digits, see `shared.process.references.reference_hmac`."""


KEYED = "/idempotency-key"
"""Source of the posts that are known by an `Idempotency-Key`; no sender may call itself that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Identity and content of something posted."""

    source: str
    id: str
    fingerprint: bytes
    """HMAC-SHA256 over attributes and parsed data."""
    team_id: str = ""
    """The team of the case that it came to; known once it is decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request to one case, which is named by its id or by the sender's reference."""

    case_id: UUID | None
    """For a team's own stream `shared.kernel.ids.team_key`, with `team_id`."""
    commands: tuple[Any, ...]
    """Commands, `EventVoided`, or `Corrected` holding a command; decided in order, all or none."""
    provenance: Provenance
    reference: Reference | None = None
    """Whose case it is, when `case_id` is None; linked to the case, when it is a new one."""
    mints: bool = False
    """A case may begin with this: without a case id, or with a reference that nobody knows, a fresh one is made."""
    expected: int | None = None
    """The version of this service's stream that the caller believes in."""
    occurred_at: datetime | None = None
    """When it happened, as the sender says; otherwise the event's own date."""
    team_id: str | None = None
    """The team as the sender says; needed where a case begins."""
    post: Post | None = None
    batch: int = 0
    """Items of one batch share a number above 0: after a refusal the later ones of the same case are refused too."""
    personal: tuple[PersonalEntry, ...] = ()
    """Sealed onto the first event that this records."""
    blocked: bool = False
    """An earlier item of the same case was refused already: give the first answer again, or refuse."""
    teams: frozenset[str] | None = None
    """The caller's teams; None for all: whoever is of no team sees and changes nothing of another's."""
    seeker: Seeker | None = None
    """Who must have a right to the case beyond team and role; None: the service itself asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was recorded; said again for a repeated post."""

    case_id: UUID
    stream: str
    version: int
    """Of this service's stream afterwards."""
    event_ids: tuple[UUID, ...]
    """What this request recorded, in order; empty when everything was on record already."""
    wait_for: str
    """Token (`store@stream:version`) that any service takes as `wait_for`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamReceipt:
    """What was recorded in a stream that belongs to a team; see `Receipt`."""

    team_id: str
    stream: str
    version: int
    event_ids: tuple[UUID, ...]
    wait_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An accepted request."""

    status: int
    """201 when something was recorded, 200 when everything was on record already."""
    version: int
    case_id: UUID
    """The case, or the key of the team (`shared.kernel.ids.team_key`)."""
    body: bytes
    """The receipt as JSON: the exact first answer."""
    replayed: bool = False


def at_version(answer: Done, version: int) -> Done:
    """The same answer, its case at a later version of the stream."""
    receipt = orjson.loads(answer.body)
    token, _, _ = receipt["wait_for"].rpartition(":")
    body = orjson.dumps({**receipt, "version": version, "wait_for": f"{token}:{version}"})
    return replace(answer, version=version, body=body)


def done(receipt: Receipt | TeamReceipt, case_id: UUID) -> Done:
    """The answer to a request about a case (or to a team, by its key) that was just decided."""
    status = 201 if receipt.event_ids else 200
    return Done(status=status, version=receipt.version, case_id=case_id, body=to_json(receipt))
