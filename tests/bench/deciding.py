"""Deciding: one request to an episode of a hundred events, and folding that episode; in memory, no server."""

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from time import perf_counter_ns
from typing import Any
from uuid import UUID

from services.intervention import commands
from services.intervention.case import decider
from services.intervention.deadlines import deadlines
from services.intervention.heard import AssessmentCompleted, Caregiver, Infant, ReferralAccepted, ReferralReceived
from services.intervention.known import Known, know
from services.intervention.rule_commands import OpenEpisode
from services.intervention.state import State
from shared.kernel.civil import Moment, civil_date
from shared.kernel.history import Recorded
from tests.bench.material import Material
from tests.bench.rows import Row, below
from tests.bench.work import Bench

EVENTS = 100
TARGET_US = 1_000
ROUNDS = 2_000
OPENED_ON = date(2025, 3, 5)
TODAY = date(2027, 3, 1)


async def deciding(bench: Bench, _made: Material) -> list[Row]:
    """Microseconds of `decide` and `evolve` for one request, and of what surrounds it.

    The case has a programme, and every week a scheduled session that was held or, each fifth, not: a hundred events.
    """
    known, state, events = long_case()
    bench.say(f"deciding: {len(events)} events, {len(state.held)} sessions held")
    command = _session(len(state.scheduled) + 1)
    decided = _us(lambda: _take(state, command, known, []))
    return [
        below("decide and evolve, case of 100 events", decided, "us", target=TARGET_US),
        below("fold those 100 events", _us(lambda: decider.fold(events)), "us"),
        below("deadlines of that case", _us(lambda: deadlines(state, known)), "us"),
    ]


def long_case() -> tuple[Known, State, list[Any]]:
    """What is known of the family, and an episode of a hundred events by its own decider."""
    known = _known()
    state, events = decider.initial, list[Any]()
    number = 0
    for command in [OpenEpisode(on=OPENED_ON), commands.EXAMPLES["ProgrammeAssigned"]]:
        state = _take(state, command, known, events)
    while len(events) < EVENTS:
        number += 1
        held = _session(number)
        for command in (_booked(held), _missed(held) if number % 5 == 0 else held):
            if len(events) < EVENTS:
                state = _take(state, command, known, events)
    return known, state, events[:EVENTS]


def _take(state: State, command: Any, known: Known, events: list[Any]) -> State:
    for event in decider.decide(state, command, known):
        state = decider.evolve(state, event)
        events.append(event)
    return state


def _us(work: Callable[[], object]) -> float:
    """Median microseconds of one call; the garbage collector is let off."""
    gc.collect()
    gc.disable()
    taken = []
    try:
        for _ in range(ROUNDS):
            before = perf_counter_ns()
            work()
            taken.append(perf_counter_ns() - before)
    finally:
        gc.enable()
    return median(taken) / 1e3


def _session(number: int) -> Any:
    day = OPENED_ON + timedelta(days=60 + 7 * number)
    example: Any = commands.EXAMPLES["SessionHeld"]
    return replace(example, session_id=UUID(int=5_000 + number), held_on=day, started_at=None)


def _booked(held: Any) -> Any:
    example: Any = commands.EXAMPLES["SessionScheduled"]
    day = timedelta(days=(held.held_on - civil_date(example.at)).days)
    return replace(example, session_id=held.session_id, at=example.at + day)


def _missed(held: Any) -> Any:
    example: Any = commands.EXAMPLES["SessionNotHeld"]
    return replace(example, session_id=held.session_id, on=held.held_on, cancelled_on=held.held_on)


def _known() -> Known:
    infant, caregiver = _session(1).infants_present[0], _session(1).caregivers_present[0]
    received = ReferralReceived(
        received_on=OPENED_ON,
        subjects=(Infant(infant_id=infant, born_on=date(2025, 1, 1)),),
        caregivers=(Caregiver(caregiver_id=caregiver),),
    )
    completed = AssessmentCompleted(completed_on=date(2025, 4, 14), recommendation="PROGRAMME")
    streams = {"referral": (received, ReferralAccepted(decided_on=OPENED_ON)), "assessment": (completed,)}
    now = Moment.of(TODAY)
    heard = {
        store: tuple(
            Recorded(
                event=event,
                event_id=UUID(int=number),
                store=store,
                stream=f"{store}-{UUID(int=1)}",
                version=number,
                recorded_at=now.now,
                occurred_at=now.now,
            )
            for number, event in enumerate(events, 1)
        )
        for store, events in streams.items()
    }
    return know(heard, now)
