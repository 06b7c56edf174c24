"""A small aggregate and generated histories of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from shared.kernel.codec import Registry
from shared.kernel.decider import Decider, once
from shared.kernel.errors import Rejected
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, Recorded, VoidReason
from shared.kernel.values import event, value

START = datetime(2026, 1, 1, tzinfo=UTC)


@event("Opened")
class Opened:
    size: int


@event("Filled")
class Filled:
    amount: int


Event = Opened | Filled
Any_ = Opened | Filled | EventVoided | Corrected[Opened | Filled]


@value
class Open:
    size: int


@value
class State:
    opened: Opened | None = None
    filled: int = 0


def evolve(state: State, item: Event) -> State:
    match item:
        case Opened():
            return replace(state, opened=item)
        case Filled(amount=amount):
            return replace(state, filled=state.filled + amount)


def decide(state: State, command: Open, known: None) -> tuple[Event, ...]:
    return once(state.opened, Opened(size=command.size))


def check(state: State) -> None:
    if state.opened is not None and state.filled > state.opened.size:
        raise Rejected("overfilled", field="/amount")


vessel: Decider[State, Open, Event, None] = Decider("vessel", State(), evolve, decide, check)
REGISTRY: Registry[Event] = Registry([Opened, Filled])


def at(version: int, item: Any_) -> Recorded[Any_]:
    """The event of this version; its id is the version."""
    return Recorded(
        event=item,
        event_id=UUID(int=version),
        store="referral",
        stream="vessel-1",
        version=version,
        recorded_at=START + timedelta(hours=version),
        occurred_at=START,
    )


def history(*items: Any_) -> list[Recorded[Any_]]:
    """Versions 1, 2, 3 ... of these events."""
    return [at(version, item) for version, item in enumerate(items, start=1)]


def void(version: int) -> EventVoided:
    return EventVoided(corrects_event_id=UUID(int=version), reason=VoidReason.ENTERED_IN_ERROR)


def correct(version: int, item: Event) -> Corrected[Event]:
    return Corrected(corrects_event_id=UUID(int=version), reason=CorrectionReason.NEW_INFORMATION, data=item)


facts = st.one_of(
    st.builds(Opened, size=st.integers(0, 9)),
    st.builds(Filled, amount=st.integers(0, 9)),
)
"""Plain events."""


@st.composite
def histories(draw: st.DrawFn) -> list[Recorded[Any_]]:
    """Any sequence at all: voids and corrections of anything, of what is not there, of themselves, of later ones."""
    length = draw(st.integers(0, 8))
    targets = st.integers(1, length + 2)
    items: Sequence[Any_] = draw(
        st.lists(
            st.one_of(facts, st.builds(void, targets), st.builds(correct, targets, facts)),
            min_size=length,
            max_size=length,
        )
    )
    return history(*items)
