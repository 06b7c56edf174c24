"""A team's work with other professionals -> the rows of `work_history`. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.reporting.heard import Fact
from services.reporting.heard_team import ConsultationBecameReferral, SystemActivityRecorded
from services.reporting.topics import Kind


class WorkRow(NamedTuple):
    """What we believed about one activity during one period of the known axis."""

    kind: str
    """training, consultation, supervision or system_advice."""
    day: date
    minutes: int
    """Of the activity; each practitioner of the team spent as many."""
    audience: int
    professions: tuple[str, ...]
    sector: str | None
    outcome: str | None
    practitioners: tuple[UUID, ...]
    became_case_id: UUID | None
    """The case that a consultation became; the last word counts."""
    series_id: UUID | None
    """The planned series of supervision that it belongs to."""


def _topic(fact: Fact) -> Iterable[UUID]:
    event: Any = fact.event
    return (event.activity_id,)


def _rows(activity: UUID, about: Sequence[Fact]) -> dict[UUID, WorkRow]:
    given: SystemActivityRecorded | None = None
    became: UUID | None = None
    for fact in about:
        if isinstance(fact.event, SystemActivityRecorded):
            given = fact.event
        elif isinstance(fact.event, ConsultationBecameReferral):
            became = fact.event.case_id
    if given is None:
        return {}
    row = WorkRow(
        kind=given.kind,
        day=given.on,
        minutes=given.minutes,
        audience=given.audience_count,
        professions=given.professions,
        sector=given.sector or None,
        outcome=given.outcome,
        practitioners=given.practitioners,
        became_case_id=became,
        series_id=given.series_id,
    )
    return {activity: row}


WORK: Kind[WorkRow] = Kind(dict.fromkeys((SystemActivityRecorded, ConsultationBecameReferral), _topic), _rows)
"""From the team's stream of work; one row per activity."""
