"""From the stored document of one event to the fact that reporting folds; decoded once, remembered by its hash."""

from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import orjson

from services.reporting.heard import HEARD, Fact
from services.reporting.heard_team import TEAM_STREAMS
from shared.eventstore.envelope import leaf_hash
from shared.kernel.ids import team_key

SOURCE = "/dyad/"
"""What a document's `source` begins with; the short name of its store follows."""


def decode(doc: bytes) -> Fact:
    """The fact that a stored document tells.

    Args:
        doc: the CloudEvents document, exactly as stored.

    Raises:
        UnknownEventType: a type or version that this code does not know yet.
        ValueError: not JSON, or the data does not fit its type (pydantic's ValidationError is one).
        KeyError: a member of the envelope is missing.
    """
    document = orjson.loads(doc)
    return Fact(
        event=HEARD.load(document["type"], document["data"]),
        event_id=UUID(document["id"]),
        store=document["source"].removeprefix(SOURCE),
        stream=document["stream"],
        version=document["streamversion"],
        recorded_at=datetime.fromisoformat(document["recordedat"]),
        occurred_at=datetime.fromisoformat(document["time"]),
        team_id=document["teamid"],
    )


class Decoder:
    """Decodes with a bounded memory of what was decoded last.

    A case is folded again whenever it is touched, so most of its documents are met many times in a short while.
    The key is the document's own hash, so what is remembered cannot be stale.

    Args:
        size: how many facts to remember; about 1 kB each.
    """

    def __init__(self, size: int = 50_000) -> None:
        self._size = size
        self._facts: OrderedDict[bytes, Fact] = OrderedDict()
        self.teams: dict[UUID, str] = {}
        """Under which ids the bus hands over what belongs to a team and to no case, as far as met: its code."""

    def known(self, key: bytes) -> Fact | None:
        """The fact of a document met before, if it is still remembered; `key` is its leaf hash."""
        return self._facts.get(key)

    def fact(self, doc: bytes) -> Fact:
        """The fact of a document. Raises what `decode` raises."""
        key = leaf_hash(doc)
        fact = self._facts.get(key)
        if fact is None:
            fact = self._facts[key] = decode(doc)
            if fact.stream.startswith(TEAM_STREAMS):
                self.teams[team_key(fact.team_id)] = fact.team_id
            if len(self._facts) > self._size:
                self._facts.popitem(last=False)
        return fact

    def check(self, _wire_type: str, doc: bytes) -> None:
        """Raises what `decode` raises: what the consumer asks of every new record."""
        self.fact(doc)
