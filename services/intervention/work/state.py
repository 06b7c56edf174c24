"""The facts about a team's other work that later rules need, and how each event adds to them. Pure."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.intervention.work.codes import ActivityKind
from services.intervention.work.events import (
    CapacityDeclared,
    ConsultationBecameReferral,
    Event,
    LocalityReachDeclared,
    SupervisionPlanned,
    SystemActivityRecorded,
)


@dataclass(frozen=True, slots=True)
class State:
    """Each kind in the order of the stream."""

    activities: tuple[SystemActivityRecorded, ...] = ()
    referrals: tuple[ConsultationBecameReferral, ...] = ()
    series: tuple[SupervisionPlanned, ...] = ()
    capacity: tuple[CapacityDeclared, ...] = ()
    reach: tuple[LocalityReachDeclared, ...] = ()

    @property
    def consultations(self) -> dict[UUID, SystemActivityRecorded]:
        """Consultations by their id."""
        return {item.activity_id: item for item in self.activities if item.kind is ActivityKind.CONSULTATION}


def evolve(state: State, event: Event) -> State:
    """The state after one more event; never refuses."""
    match event:
        case SystemActivityRecorded():
            return replace(state, activities=(*state.activities, event))
        case ConsultationBecameReferral():
            return replace(state, referrals=(*state.referrals, event))
        case SupervisionPlanned():
            return replace(state, series=(*state.series, event))
        case CapacityDeclared():
            return replace(state, capacity=(*state.capacity, event))
        case LocalityReachDeclared():
            return replace(state, reach=(*state.reach, event))
    assert_never(event)


def place(event: Event) -> Hashable:
    """What an event answers: two different events of one kind and place contradict each other."""
    match event:
        case SystemActivityRecorded() | ConsultationBecameReferral():
            return event.activity_id
        case SupervisionPlanned():
            return event.series_id
        case CapacityDeclared():
            return event.week
        case LocalityReachDeclared():
            return (event.locality, event.year)
    assert_never(event)


def of_kind(state: State, event: Event) -> tuple[Event, ...]:
    """All events of the same kind, in the order of the stream."""
    match event:
        case SystemActivityRecorded():
            return state.activities
        case ConsultationBecameReferral():
            return state.referrals
        case SupervisionPlanned():
            return state.series
        case CapacityDeclared():
            return state.capacity
        case LocalityReachDeclared():
            return state.reach
    assert_never(event)
