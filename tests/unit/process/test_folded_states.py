"""States kept between requests are exactly those that folding everything again would give."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.decider import Decider
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, Recorded, VoidReason
from shared.kernel.values import event
from shared.process.folded import FoldedStates

AT = datetime(2026, 1, 1, tzinfo=UTC)


@event("Noted", 1)
class Noted:
    number: int


@dataclass(frozen=True, slots=True)
class State:
    numbers: tuple[int, ...] = ()


def evolve(state: State, item: Noted) -> State:
    return State((*state.numbers, item.number))


def decide(_state: State, _command: object, _known: object) -> tuple[Noted, ...]:
    return ()


DECIDER: Decider[State, object, Noted, object] = Decider("noted", State(), evolve, decide)


def said(version: int, item: Any) -> Recorded[Any]:
    return Recorded(
        event=item,
        event_id=UUID(int=version),
        store="noted",
        stream="noted-1",
        version=version,
        recorded_at=AT,
        occurred_at=AT,
    )


def voids(version: int) -> EventVoided:
    return EventVoided(corrects_event_id=UUID(int=version), reason=VoidReason.ENTERED_IN_ERROR)


def corrects(version: int, number: int) -> Corrected[Noted]:
    return Corrected(
        corrects_event_id=UUID(int=version), reason=CorrectionReason.NEW_INFORMATION, data=Noted(number=number)
    )


items = st.one_of(
    st.integers(0, 9).map(lambda number: Noted(number=number)),
    st.integers(1, 12).map(voids),
    st.builds(corrects, st.integers(1, 12), st.integers(10, 19)),
)


@given(st.lists(items, max_size=12), st.lists(st.integers(0, 12), max_size=8))
def test_any_steps_through_any_history_give_what_folding_gives(events: list[Any], steps: list[int]) -> None:
    history = [said(version, item) for version, item in enumerate(events, start=1)]
    states = FoldedStates()
    for upto in steps:
        part = history[:upto]
        assert states.state_of(DECIDER, "noted-1", part) == DECIDER.state_of(part)


def test_another_history_of_the_same_stream_and_ids_is_folded_anew() -> None:
    states = FoldedStates()
    one, other = said(1, Noted(number=1)), said(1, Noted(number=2))
    assert states.state_of(DECIDER, "noted-1", [one]) == State((1,))
    assert states.state_of(DECIDER, "noted-1", [other, replace(one, version=2)]) == State((2, 1))


def test_what_is_new_alone_is_folded() -> None:
    folded: list[int] = []

    def counting(state: State, item: Noted) -> State:
        folded.append(item.number)
        return evolve(state, item)

    decider = replace(DECIDER, evolve=counting)
    history = [said(version, Noted(number=version)) for version in range(1, 4)]
    states = FoldedStates()
    states.state_of(decider, "noted-1", history[:2])
    states.state_of(decider, "noted-1", history)
    assert folded == [1, 2, 3]


def test_no_more_cases_are_kept_than_it_was_told() -> None:
    states = FoldedStates(kept=1)
    for stream in ("noted-1", "noted-2", "noted-1"):
        assert states.state_of(DECIDER, stream, [said(1, Noted(number=1))]) == State((1,))
