"""What is told about one case, day by day, turned into posts with a time of day each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from deploy.local.network.aggregates import aggregates
from deploy.local.network.chance import Chance
from deploy.local.network.post import Post
from deploy.local.network.seasons import AFTER_SESSIONS, FIRST_POST, at_london

REFERRAL = "referral"
ASSESSMENT = "assessment"
INTERVENTION = "intervention"

OWNER = {name: store for store, aggregate in aggregates().items() for name in aggregate.commands if name != "TaskDone"}
"""Which service takes which posted type; all of them have tasks."""


@dataclass(frozen=True, slots=True)
class _Entry:
    day: date
    late: bool
    store: str
    key: str
    name: str
    data: dict[str, Any]
    happened: date | datetime
    role: str
    amends: str | None


class Diary:
    """Collects the entries of one case or of one stream of a team.

    Days may come in any order, entries of one day keep theirs.

    Args:
        case_id: the case, or the team's key.
        team_id: who carries it.
        reference: the sender's own.
        chance: for the time of day.
        stream: `team` or `work` for a team's own stream.
        store: whose it all is, where that does not follow from the names.
    """

    def __init__(
        self, case_id: UUID, team_id: str, reference: str, chance: Chance, *, stream: str = "", store: str = ""
    ) -> None:
        self._case_id = case_id
        self._team_id = team_id
        self._reference = reference
        self._chance = chance
        self._stream = stream
        self._store = store
        self._entries: list[_Entry] = []

    def say(
        self,
        name: str,
        data: dict[str, Any],
        *,
        on: date,
        happened: date | datetime | None = None,
        key: str = "",
        role: str = "practitioner",
        late: bool = False,
        amends: str | None = None,
        store: str = "",
        once: bool = False,
    ) -> None:
        """One thing that is said.

        Args:
            name: the event's name.
            data: its data as a clinical system posts it.
            on: the day on which it is recorded.
            happened: when it was true, if not that day.
            key: its name within the case, if the event's name is not enough.
            role: who says it.
            late: recorded when the day's sessions are over.
            amends: key of what it voids or corrects.
            store: whose it is, where the name does not say it (an EventVoided).
            once: nothing is said if something of this key was said before.
        """
        if once and any(entry.key == (key or name) for entry in self._entries):
            return
        owner = store or self._store or OWNER[name.removesuffix("Corrected")]
        self._entries.append(_Entry(on, late, owner, key or name, name, data, happened or on, role, amends))

    def posts(self) -> tuple[Post, ...]:
        """All entries in the order of recording, minutes apart."""
        ordered = sorted(self._entries, key=lambda entry: entry.day)
        posts: list[Post] = []
        at = datetime.min.replace(tzinfo=UTC)
        for entry in ordered:
            opening = at_london(entry.day, AFTER_SESSIONS if entry.late else FIRST_POST)
            at = max(at + timedelta(minutes=2), opening) + timedelta(seconds=self._chance.between(0, 40 * 60))
            posts.append(self._post(entry, at))
        return tuple(posts)

    def _post(self, entry: _Entry, at: datetime) -> Post:
        happened = entry.happened
        if not isinstance(happened, datetime):
            happened = at if happened == entry.day else at_london(happened, time(12))
        return Post(
            at=at,
            occurred_at=min(happened, at),
            store=entry.store,
            case_id=self._case_id,
            team_id=self._team_id,
            reference=self._reference,
            key=entry.key,
            name=entry.name,
            data=entry.data,
            actor_role=entry.role,
            amends=entry.amends,
            stream=self._stream,
        )
