"""The facts about one episode that later rules need, and how each event adds to them. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.intervention.codes import DischargeReason, TaskKind
from services.intervention.events import (
    Discharged,
    EpisodeOpened,
    Event,
    ProgrammeAssigned,
    SessionHeld,
    SessionNotHeld,
    SessionScheduled,
    TaskDone,
    TaskRaised,
)


@dataclass(frozen=True, slots=True)
class State:
    """Each kind in the order of the stream.

    One programme, one discharge and one answer a session is what `decide` allows; an amended history may hold more for
    a moment, which `check` then refuses.
    """

    opened_on: date | None = None
    """Civil date from which the episode is open; the earliest that was said."""
    programmes: tuple[ProgrammeAssigned, ...] = ()
    scheduled: tuple[SessionScheduled, ...] = ()
    held: tuple[SessionHeld, ...] = ()
    not_held: tuple[SessionNotHeld, ...] = ()
    discharges: tuple[Discharged, ...] = ()
    reopened: bool = False
    """Opened again after it was closed as an administrative error."""
    tasks: tuple[TaskRaised, ...] = ()
    done: tuple[TaskDone, ...] = ()

    @property
    def programme(self) -> ProgrammeAssigned | None:
        """The programme that stands."""
        return self.programmes[0] if self.programmes else None

    @property
    def discharge(self) -> Discharged | None:
        """The discharge that stands."""
        return self.discharges[0] if self.discharges else None

    @property
    def last_held_on(self) -> date | None:
        """Civil date of the latest session held."""
        return max((session.held_on for session in self.held), default=None)

    def open_tasks(self, kind: TaskKind) -> tuple[TaskRaised, ...]:
        """Tasks of a kind that nobody has done."""
        done = {item.task_id for item in self.done}
        return tuple(task for task in self.tasks if task.kind is kind and task.task_id not in done)


def evolve(state: State, event: Event) -> State:
    """The state after one more event; never refuses."""
    match event:
        case EpisodeOpened(on=day):
            opened_on = day if state.opened_on is None else min(day, state.opened_on)
            kept = tuple(item for item in state.discharges if item.reason is not DischargeReason.ADMINISTRATIVE_ERROR)
            reopened = state.reopened or kept != state.discharges
            return replace(state, opened_on=opened_on, discharges=kept, reopened=reopened)
        case ProgrammeAssigned():
            return replace(state, programmes=(*state.programmes, event))
        case SessionScheduled():
            return replace(state, scheduled=(*state.scheduled, event))
        case SessionHeld():
            return replace(state, held=(*state.held, event))
        case SessionNotHeld():
            return replace(state, not_held=(*state.not_held, event))
        case Discharged():
            return replace(state, discharges=(*state.discharges, event))
        case TaskRaised():
            return replace(state, tasks=(*state.tasks, event))
        case TaskDone():
            return replace(state, done=(*state.done, event))
    assert_never(event)
