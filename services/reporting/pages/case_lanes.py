"""One case as lanes of a timeline, from what its clocks look at and its milestones."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.reporting.charts.case_timeline import Baby, Lane, Mark, Stretch
from services.reporting.clocks.facts import CaseFacts, Session
from services.reporting.sentences import words

_SESSIONS = {
    "held": ("held", "Session held"),
    "not_held": ("missed", "Session not held"),
    "booked": ("event", "Session booked"),
}
"""Kind of mark and its label, by how a session stands."""


def lanes(case: CaseFacts, row: Mapping[str, Any], at: date) -> tuple[Lane, ...]:
    """The parts of the pathway, from above.

    Args:
        case: as at the date (`clocks.facts.as_at`).
        row: the case's milestones, as `queries.one_case` gives them.
        at: civil date.
    """
    told = {name: day if isinstance(day, date) and day <= at else None for name, day in row.items()}
    end = case.closed_on
    decided = told["decided_on"]
    started, assessed = told["assessment_started_on"], told["assessed_on"]
    programme, treated = told["programme_on"], told["first_programme_treatment_on"]
    closing = f"Closed: {case.closed_by}" if case.closed_by else "Closed"
    return (
        Lane(
            "Referral",
            (*_marks(("Referral received", case.received_on), ("Decision", decided), (closing, end)),),
            (*_stretch(case.received_on, decided, end, "Awaiting decision", "waiting"),),
        ),
        Lane(
            "Assessment",
            (*_marks(("First contact", case.first_contact_on), ("Assessment completed", assessed)),),
            (
                *_stretch(case.accepted_on, started or assessed, end, "Waiting for assessment", "waiting"),
                *_stretch(started, assessed, end, "In assessment", "working"),
            ),
        ),
        Lane(
            "Programme",
            (*_marks(("Programme assigned", programme), ("First treatment", treated)),),
            (
                *_stretch(programme, treated, end, "Waiting for the first session", "waiting"),
                *_stretch(treated, told["programme_completed_on"], end, "Treatment", "working"),
            ),
        ),
        Lane("Sessions", tuple(_session(each) for each in case.sessions)),
        Lane(
            "Pauses",
            (),
            tuple(
                stretch
                for pause in case.pauses
                for stretch in _stretch(pause.from_on, pause.until_on, end, f"Paused: {words(pause.reason)}", "paused")
            ),
        ),
    )


def baby(case: CaseFacts) -> Baby | None:
    """Whose age the drawing tells: the eldest, or the first who is expected; None: no day is known."""
    born = min((each.born_on for each in case.babies if each.born_on is not None), default=None)
    due = min((each.due_on for each in case.babies if each.due_on is not None), default=None)
    origin = born or due
    return None if origin is None else Baby(origin=origin, born=born is not None)


def _session(session: Session) -> Mark:
    kind, label = _SESSIONS[session.status]
    return Mark(session.day, label, kind)


def _marks(*told: tuple[str, date | None]) -> Iterator[Mark]:
    return (Mark(day, label) for label, day in told if day is not None)


def _stretch(first: date | None, last: date | None, end: date | None, label: str, kind: str) -> Iterator[Stretch]:
    """From one milestone to the next, or to the end of the case; nothing where they stand in another order."""
    until = last or end
    if first is not None and (until is None or first <= until):
        yield Stretch(first, until, label, kind)
