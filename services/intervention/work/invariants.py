"""Invariants between the events of a team's other work."""

from services.intervention.work.events import Event
from services.intervention.work.state import State, place
from shared.kernel.errors import Rejected


def check(state: State) -> None:
    """Refuses a state that breaks an invariant.

    Raises:
        Rejected: `conflicts-with-record`, `unknown-consultation`, `referred-before-consultation`, `unknown-series`.
    """
    for items in (state.activities, state.referrals, state.series, state.capacity, state.reach):
        _once(items)
    consultations = state.consultations
    for referral in state.referrals:
        consultation = consultations.get(referral.activity_id)
        if consultation is None:
            raise Rejected("unknown-consultation", "no such consultation is on record", field="/activity_id")
        if referral.on < consultation.on:
            raise Rejected("referred-before-consultation", "earlier than the consultation", field="/on")
    planned = {item.series_id for item in state.series}
    if any(item.series_id is not None and item.series_id not in planned for item in state.activities):
        raise Rejected("unknown-series", "no such series of supervision is planned", field="/series_id")


def _once(items: tuple[Event, ...]) -> None:
    if len({place(item) for item in items}) < len(items):
        raise Rejected("conflicts-with-record", "two different answers to the same question would be on record")
