"""Time that passes when a test says so, and every rule that follows when it has passed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.intervention.team.aggregate import aggregate as team
from services.intervention.work.aggregate import aggregate as work
from services.referral.aggregate import aggregate as referral
from shared.kernel.civil import birthday_months, working_days_after
from shared.process.aggregate import Aggregate
from shared.process.following import follow_teams
from shared.process.timers import Timers
from shared.settings import Settings
from tests.e2e import says
from tests.e2e.clinic import Document
from tests.e2e.rule_kit import said_in
from tests.e2e.story import Story

AGGREGATES: dict[str, Sequence[Aggregate[Any, Any, Any, Any]]] = {
    "referral": (referral,),
    "assessment": (assessment,),
    "intervention": (intervention, team, work),
}
LEAD = says.programme("", [])["lead_practitioner_id"]
WINDOW_MONTHS = 36
"""The age limit of a team that configured nothing."""


async def pass_time(settings: Settings, service: str, now: datetime) -> None:
    """The runner of a service's deadlines looks at an instant, again and again until nothing is due."""
    timers = Timers(settings, AGGREGATES[service], lambda: now)
    conn = await asyncpg.connect(settings.dsn(service, "dyad_consumer"))
    try:
        await follow_teams(conn, service)
        while await timers.look(conn):
            pass
    finally:
        await conn.close()


@dataclass(frozen=True, slots=True)
class Timed:
    """What is said on one day, and what must be said when another one is over."""

    sentence: str
    service: str
    rule: str
    tell: Callable[[Story, date], None]
    """Everything on the given day."""
    due: Callable[[date], date]
    says: str
    some: Document
    """Of the data."""

    def said(self, story: Story) -> int:
        """How often it was said of a family."""
        return sum(
            (each.get("rule"), each["type"]) == (self.rule, f"dyad.{self.says}.v1")
            and {name: each["data"].get(name) for name in self.some} == self.some
            for each in said_in(story, self.service)
        )


def _days(number: int) -> Callable[[date], date]:
    return lambda day: day + timedelta(days=number)


def _refer(story: Story, day: date) -> None:
    story.baby.update(born_on=(day - timedelta(days=100)).isoformat())
    story.refer(received_on=day.isoformat())


def _ask(story: Story, day: date) -> None:
    _refer(story, day)
    asked = {"on": day.isoformat(), "what": ["consent"], "due_on": (day + timedelta(days=10)).isoformat()}
    story.say("referral", "ReferralInfoRequested", asked)


def _accept(story: Story, day: date) -> None:
    _refer(story, day)
    story.accept(day.isoformat())


def _safety(story: Story, day: date) -> None:
    _accept(story, day)
    found = says.phq_9(story.mother, day.isoformat(), 14, "baseline") | {"safety_item_flag": True}
    story.say("assessment", "MeasureRecorded", found)


def _complete(story: Story, day: date) -> None:
    _accept(story, day)
    story.say("assessment", "AssessmentCompleted", says.completion(day.isoformat(), story.dyad))
    story.heard()


def _assign(story: Story, day: date) -> None:
    _complete(story, day)
    story.say("intervention", "ProgrammeAssigned", says.programme(day.isoformat(), story.dyad))


def _hold(story: Story, day: date) -> None:
    _assign(story, day)
    story.hold(day.isoformat())


def _finish(story: Story, day: date) -> None:
    _hold(story, day)
    story.say("intervention", "ProgrammeCompleted", {"on": day.isoformat()})


def _join(story: Story, day: date) -> None:
    _assign(story, day)
    joined = {"discipline": "parent_infant_psychotherapist", "role": "practitioner", "wte": "0.8"}
    story.of_team("PractitionerJoined", {"practitioner_id": LEAD, "joined_on": day.isoformat(), **joined})


def _absent(story: Story, day: date) -> None:
    _join(story, day)
    story.of_team("PractitionerAbsent", {"practitioner_id": LEAD, "from_on": day.isoformat()})


def _left(story: Story, day: date) -> None:
    _join(story, day)
    story.of_team("PractitionerLeft", {"practitioner_id": LEAD, "left_on": day.isoformat()})


def _grow(story: Story, day: date) -> None:
    _born_before(story, day)
    story.refer(received_on=day.isoformat())
    story.accept(day.isoformat())


def _born_before(story: Story, day: date) -> None:
    story.baby.update(born_on=birthday_months(day + timedelta(days=5), -WINDOW_MONTHS).isoformat())


def _breach(target: str, owner: str) -> tuple[str, Document]:
    return "TargetBreached", {"target_code": target, "owner_role": owner}


def _task(kind: str, owner: str) -> tuple[str, Document]:
    return "TaskRaised", {"kind": kind, "owner_role": owner}


TABLE: tuple[Timed, ...] = (
    Timed("P1: not acknowledged in one working day", "referral", "P1", _refer,
          lambda day: working_days_after(day, 1), *_breach("acknowledge", "administrator")),
    Timed("P9: not decided in 14 days", "referral", "P9-decide", _refer, _days(14),
          *_breach("decide", "triage_clinician")),
    Timed("P9: information not there on its day", "referral", "P9-information", _ask, _days(10),
          *_breach("information", "administrator")),
    Timed("P9: no assessment offered in 28 days", "assessment", "offer_assessment", _accept, _days(28),
          *_breach("offer_assessment", "team_lead")),
    Timed("P9: not assessed in 42 days", "assessment", "complete_assessment", _accept, _days(42),
          *_breach("complete_assessment", "practitioner")),
    Timed("a safety item that nobody answered on the next day", "assessment", "answer_safety_item", _safety, _days(1),
          *_breach("answer_safety_item", "team_lead")),
    Timed("P9: no contact in 28 days", "intervention", "P9", _accept, _days(28), *_breach("contact", "team_lead")),
    Timed("P9: no programme in 14 days", "intervention", "P9", _complete, _days(14),
          *_breach("programme", "team_lead")),
    Timed("P9: no treatment 28 days after the programme", "intervention", "P9", _assign, _days(28),
          *_breach("first_session", "lead_practitioner")),
    Timed("P9: no session for 28 days", "intervention", "P9", _hold, _days(28),
          *_breach("silence", "lead_practitioner")),
    Timed("P9: no ending session in 28 days", "intervention", "P9", _finish, _days(28),
          *_breach("ending", "lead_practitioner")),
    Timed("P8: the lead is away for more than 14 days", "intervention", "P8", _absent, _days(14),
          *_task("reassign_lead", "team_lead")),
    Timed("P8: the lead has left", "intervention", "P8", _left, _days(0), *_task("reassign_lead", "team_lead")),
    Timed("P12: the infant outgrows the team's window", "intervention", "P12", _grow, _days(5),
          *_task("aged_past_window", "team_lead")),
)  # fmt: skip
