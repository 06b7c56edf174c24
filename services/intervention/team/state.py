"""The facts about one team that later rules need, and how each event adds to them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.intervention.task_events import TaskDone, TaskRaised
from services.intervention.team.codes import PSYCHOLOGICAL
from services.intervention.team.events import (
    Event,
    PractitionerAbsent,
    PractitionerChanged,
    PractitionerJoined,
    PractitionerLeft,
    PractitionerReturned,
    TeamConfigured,
)
from services.intervention.team.register import Member, register

Said = PractitionerJoined | PractitionerChanged | PractitionerAbsent | PractitionerReturned | PractitionerLeft


@dataclass(frozen=True, slots=True)
class State:
    """Each kind in the order of the stream.

    One answer to one question is what `decide` allows; an amended history may hold more for a moment, which `check`
    then refuses.
    """

    configurations: tuple[TeamConfigured, ...] = ()
    said: tuple[Said, ...] = ()
    """What was noted of practitioners."""
    tasks: tuple[TaskRaised, ...] = ()
    done: tuple[TaskDone, ...] = ()

    @property
    def configuration(self) -> TeamConfigured | None:
        """The configuration that counts: the latest."""
        return self.configurations[-1] if self.configurations else None

    @property
    def members(self) -> Mapping[UUID, Member]:
        """All who ever joined."""
        return register(self.said)

    @property
    def psychological(self) -> frozenset[UUID]:
        """Who of the team is a psychologist or psychotherapist and has not left (statement S19)."""
        return frozenset(
            who for who, member in self.members.items() if member.left_on is None and member.discipline in PSYCHOLOGICAL
        )

    @property
    def open_tasks(self) -> tuple[TaskRaised, ...]:
        """Tasks that nothing has done."""
        done = {item.task_id for item in self.done}
        return tuple(task for task in self.tasks if task.task_id not in done)


def evolve(state: State, event: Event) -> State:
    """The state after one more event; never refuses."""
    match event:
        case TeamConfigured():
            return replace(state, configurations=(*state.configurations, event))
        case (
            PractitionerJoined()
            | PractitionerChanged()
            | PractitionerAbsent()
            | PractitionerReturned()
            | PractitionerLeft()
        ):
            return replace(state, said=(*state.said, event))
        case TaskRaised():
            return replace(state, tasks=(*state.tasks, event))
        case TaskDone():
            return replace(state, done=(*state.done, event))
    assert_never(event)


def place(event: Said) -> tuple[str, UUID, date | None]:
    """What an entry of the register answers: two different entries of one place contradict each other."""
    match event:
        case PractitionerJoined():
            return ("joined", event.practitioner_id, None)
        case PractitionerChanged():
            return ("changed", event.practitioner_id, event.on)
        case PractitionerAbsent():
            return ("absent", event.practitioner_id, event.from_on)
        case PractitionerReturned():
            return ("returned", event.practitioner_id, event.on)
        case PractitionerLeft():
            return ("left", event.practitioner_id, None)
    assert_never(event)


def day_of(event: Said) -> date:
    """The civil date from which an entry of the register holds."""
    match event:
        case PractitionerJoined():
            return event.joined_on
        case PractitionerChanged() | PractitionerReturned():
            return event.on
        case PractitionerAbsent():
            return event.from_on
        case PractitionerLeft():
            return event.left_on
    assert_never(event)
