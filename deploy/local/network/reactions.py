"""What people do about tasks: mostly in time, sometimes late, now and then not at all."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.local.network.chance import Chance
from deploy.local.network.diary import REFERRAL
from deploy.local.network.post import Post
from deploy.local.network.seasons import AFTER_SESSIONS, at_london, working_days_later
from shared.kernel.civil import civil_date
from shared.kernel.history import Recorded

BY_WHAT_THEY_ASK_FOR = frozenset({"assign_programme", "reassign_lead", "psychologist_needed", "letter_failed"})
"""Done when what they ask for is done: nobody says so."""
DONE_DAYS = ((1, 3), (3, 8), (9, 20))


class Reactions:
    """Posts that follow from the tasks of one case.

    Args:
        case_id: the case.
        team_id: who carries it.
        chance: when and whether.
        nation: which national number is traced.
    """

    def __init__(self, case_id: UUID, team_id: str, chance: Chance, nation: str) -> None:
        self._case_id = case_id
        self._team_id = team_id
        self._chance = chance
        self._number = {"scotland": "chi", "northern_ireland": "health_and_care"}.get(nation, "nhs")

    def __call__(self, store: str, said: Recorded[Any]) -> Iterator[Post]:
        """What is done about something that was recorded in a store."""
        task = said.event
        if type(task).__name__ != "TaskRaised" or task.kind in BY_WHAT_THEY_ASK_FOR:
            return
        place = self._chance.weighted((60, 22, 10, 8))
        if place == len(DONE_DAYS):
            return
        on = working_days_later(civil_date(said.recorded_at), self._chance.between(*DONE_DAYS[place]))
        match task.kind:
            case "trace_nhs_number":
                found = {"subject_ref": str(task.about), "kind": self._number, "status": "01", "quality": "none"}
                on = max(on, working_days_later(task.due_on - timedelta(days=7), self._chance.between(0, 8)))
                yield self._post(REFERRAL, "IdentifierRecorded", found, on, task.task_id)
            case "send_discharge_summary":
                sent = {"to": "referrer", "on": on.isoformat()}
                yield self._post(REFERRAL, "DischargeSummarySent", sent, on, task.task_id)
            case _:
                done = {"task_id": str(task.task_id), "on": on.isoformat()}
                yield self._post(store, "TaskDone", done, on, task.task_id)

    def _post(self, store: str, name: str, data: dict[str, Any], on: date, task_id: UUID) -> Post:
        at: datetime = at_london(on, AFTER_SESSIONS) + timedelta(minutes=self._chance.between(0, 50))
        return Post(
            at=at,
            occurred_at=at,
            store=store,
            case_id=self._case_id,
            team_id=self._team_id,
            reference="",
            key=f"task-{task_id}",
            name=name,
            data=data,
            actor_role="administrator" if store == REFERRAL else "practitioner",
            soft=True,
        )
