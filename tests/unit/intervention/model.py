"""An episode in plain words: what is on record, and whether one more thing may be said. Dates and sets only."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from services.intervention import events as said
from tests.unit.intervention.build import OPENED_ON, TODAY, completion

REOPEN = timedelta(days=5)


class Answer(Enum):
    """What a request gets."""

    NEWS = "news"
    SILENCE = "silence"
    REFUSAL = "refusal"


@dataclass
class Chain:
    """Something that changes from one to another, each change no earlier than the one before."""

    now: Any = None
    last_on: date = date.min
    steps: set[tuple[Any, ...]] = field(default_factory=set)

    def answer(self, step: tuple[Any, ...]) -> Answer:
        if step in self.steps:
            return Answer.SILENCE
        on, former, _new = step
        return Answer.NEWS if former == self.now and on >= self.last_on else Answer.REFUSAL

    def take(self, step: tuple[Any, ...]) -> None:
        self.steps.add(step)
        self.last_on, _, self.now = step


@dataclass
class Spells:
    """Something that begins and ends in turn."""

    begun: list[date] = field(default_factory=list)
    ended: list[date] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return len(self.begun) > len(self.ended)

    def begin(self, day: date) -> Answer:
        if day in self.begun:
            return Answer.SILENCE
        return Answer.NEWS if not self.running and day >= max(self.ended, default=day) else Answer.REFUSAL

    def end(self, day: date) -> Answer:
        if day in self.ended:
            return Answer.SILENCE
        return Answer.NEWS if self.running and day >= max(self.begun) else Answer.REFUSAL


class Model:
    """The plain record of one open episode; `of` reads it off what stands in the stream."""

    def __init__(self) -> None:
        self.programme_on: date | None = None
        self.completed_on: date | None = None
        self.discharged_on: date | None = None
        self.in_error = False
        """Whether the discharge is one that a new acceptance undoes."""
        self.held: dict[UUID, date] = {}
        self.missed: dict[UUID, date] = {}
        self.ratings: dict[tuple[UUID, date], int] = {}
        self.goals: set[UUID] = set()
        self.tier, self.lead = Chain(), Chain()
        self.pauses = Spells()
        self.reopened: set[date] = set()
        self.follow_ups: set[tuple[date, str]] = set()
        self.days: list[date] = []
        """Of everything that a discharge must not come before, the sessions and the programme left out."""

    @classmethod
    def of(cls, events: list[Any]) -> "Model":
        model = cls()
        for event in events:
            model._take(event)
        return model

    def _take(self, event: Any) -> None:
        match event:
            case said.SessionHeld():
                self.held[event.session_id] = event.held_on
            case said.SessionNotHeld():
                self.missed[event.session_id] = event.on
            case said.EpisodePaused():
                self.pauses.begun.append(event.from_on)
                self.days.append(event.from_on)
            case said.Discharged():
                self.discharged_on = event.discharged_on
                self.in_error = event.reason == "administrative_error"
            case said.EpisodeOpened():
                self.discharged_on = None if self.in_error else self.discharged_on
            case said.EpisodeReopened():
                self.reopened.add(event.on)
                self.discharged_on = None
            case said.FollowUpRecorded():
                self.follow_ups.add((event.on, event.kind))
            case _:
                self._take_change(event)

    def _take_change(self, event: Any) -> None:
        match event:
            case said.ProgrammeAssigned():
                self.programme_on = event.assigned_on
                self.goals = {goal.goal_id for goal in event.goals}
                self.tier.now, self.lead.now = event.tier, event.lead_practitioner_id
                return
            case said.TierChanged():
                self.tier.take((event.on, event.from_tier, event.to_tier))
            case said.LeadPractitionerChanged():
                self.lead.take((event.on, event.from_practitioner_id, event.to_practitioner_id))
            case said.GoalRated():
                self.ratings[event.goal_id, event.on] = event.value
            case said.EpisodeResumed():
                self.pauses.ended.append(event.on)
            case said.ProgrammeCompleted():
                self.completed_on = event.on
            case _:
                return
        self.days.append(event.on)

    def _in_care(self, day: date, since: date | None = OPENED_ON) -> bool:
        """From a day on, no later than today and the discharge."""
        return since is not None and since <= day <= min(TODAY, self.discharged_on or TODAY)

    def assign(self, day: date) -> Answer:
        if self.programme_on is not None:
            return Answer.SILENCE if day == self.programme_on else Answer.REFUSAL
        return self._news(self._in_care(day, max(OPENED_ON, completion.completed_on)))

    def hold(self, session: UUID, day: date) -> Answer:
        if session in self.held:
            return Answer.SILENCE if self.held[session] == day else Answer.REFUSAL
        return self._news(session not in self.missed and self._in_care(day))

    def miss(self, session: UUID, day: date) -> Answer:
        if session in self.missed:
            return Answer.SILENCE if self.missed[session] == day else Answer.REFUSAL
        return self._news(session not in self.held and self._in_care(day))

    def change(self, chain: Chain, step: tuple[Any, ...]) -> Answer:
        answer = chain.answer(step)
        fits = answer is not Answer.NEWS or self._in_care(step[0], self.programme_on)
        return answer if fits else Answer.REFUSAL

    def rate(self, goal: UUID, day: date, value: int) -> Answer:
        if (goal, day) in self.ratings:
            return Answer.SILENCE if self.ratings[goal, day] == value else Answer.REFUSAL
        return self._news(goal in self.goals and self._in_care(day, self.programme_on))

    def pause(self, day: date) -> Answer:
        answer = self.pauses.begin(day)
        return answer if answer is not Answer.NEWS or self._in_care(day) else Answer.REFUSAL

    def resume(self, day: date) -> Answer:
        answer = self.pauses.end(day)
        return answer if answer is not Answer.NEWS or self._in_care(day) else Answer.REFUSAL

    def complete(self, day: date) -> Answer:
        if self.completed_on is not None:
            return Answer.SILENCE if day == self.completed_on else Answer.REFUSAL
        return self._news(self._in_care(day, self.programme_on))

    def discharge(self, day: date) -> Answer:
        if self.discharged_on is not None:
            return Answer.SILENCE if day == self.discharged_on else Answer.REFUSAL
        earliest = max([OPENED_ON, *self.held.values(), *self.days, self.programme_on or OPENED_ON])
        return self._news(earliest <= day <= TODAY)

    def reopen(self, day: date) -> Answer:
        if self.discharged_on is None:
            return Answer.SILENCE if day in self.reopened else Answer.REFUSAL
        return self._news(self.discharged_on <= day <= min(TODAY, self.discharged_on + REOPEN))

    def follow_up(self, day: date, kind: str) -> Answer:
        if (day, kind) in self.follow_ups:
            return Answer.SILENCE
        return self._news(self.discharged_on is not None and self.discharged_on <= day <= TODAY)

    @staticmethod
    def _news(fits: bool) -> Answer:
        return Answer.NEWS if fits else Answer.REFUSAL
