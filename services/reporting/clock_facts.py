"""From the events of a case to what its clocks look at. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting import heard_intervention as intervention
from services.reporting.case_row import CaseRow
from services.reporting.clocks.facts import Baby, CaseFacts, Monitoring, Pause, Score, Session
from services.reporting.fold import fold
from services.reporting.heard import Fact
from services.reporting.heard_assessment import MeasureRecorded
from services.reporting.heard_referral import ReferralAccepted
from services.reporting.intervals import Said, between
from services.reporting.scores import GOAL_MEASURE
from shared.kernel.civil import civil_date
from shared.kernel.history import Recorded, effective

SELF = "self"
"""Referral source of a family that referred itself."""


def case_facts(case_id: UUID, facts: Sequence[Fact]) -> CaseFacts:
    """What was known of a case, as the clocks take it.

    Args:
        case_id: of the case.
        facts: its events from every store, recorded by the instant of the question, in any order.
    """
    versions = fold(facts)
    if not versions:
        return CaseFacts(case_id=case_id)
    row = versions[-1].row
    standing = [fact for stream in _streams(facts) for fact in effective(stream)]
    said: defaultdict[type, list[Any]] = defaultdict(list)
    for fact in standing:
        said[type(fact.event)].append(fact)
    programmes = [fact.event for fact in said[intervention.ProgrammeAssigned]]
    return CaseFacts(
        case_id=case_id,
        received_on=row.received_on,
        self_referred=row.source == SELF,
        accepted_on=min((fact.event.decided_on for fact in said[ReferralAccepted]), default=None),
        closed_on=row.closed_on,
        closed_by=row.closed_by,
        first_contact_on=row.first_contact_on,
        assessed_on=row.assessed_on,
        decided_on=row.decided_on,
        programmes=tuple(each.assigned_on for each in programmes),
        sessions=_sessions(standing),
        scores=tuple(_scores(standing)),
        care_plans=tuple(each.care_plan_agreed_on for each in programmes if each.care_plan_agreed_on is not None),
        monitoring=_monitoring(said[intervention.ActiveMonitoringStarted], said[intervention.ActiveMonitoringEnded]),
        declined=_days(said[intervention.TreatmentDeclined]),
        pauses=_pauses(said[intervention.EpisodePaused], said[intervention.EpisodeResumed]),
        babies=_babies(row),
        pregnancy_ended_on=row.pregnancy_ended_on,
    )


def _streams(facts: Iterable[Fact]) -> Iterable[list[Fact]]:
    found: dict[tuple[str, str], dict[int, Fact]] = {}
    for fact in facts:
        found.setdefault((fact.store, fact.stream), {})[fact.version] = fact
    return [list(stream.values()) for stream in found.values()]


def _days(said: Iterable[Any]) -> tuple[date, ...]:
    return tuple(fact.event.on for fact in said if fact.event.on is not None)


def _sessions(standing: Iterable[Recorded[Any]]) -> tuple[Session, ...]:
    """Each session once: what its stream says last of it, with the day on which its booking was recorded."""
    booked: dict[UUID, Any] = {}
    ended: dict[UUID, Any] = {}
    for fact in standing:
        match fact.event:
            case intervention.SessionScheduled(session_id=session):
                booked[session] = fact
            case intervention.SessionHeld(session_id=session) | intervention.SessionNotHeld(session_id=session):
                ended[session] = fact.event
    return tuple(_session(ended.get(each), booked.get(each)) for each in sorted(booked.keys() | ended.keys()))


def _session(event: Any, booking: Any) -> Session:
    booked_on = None if booking is None else civil_date(booking.recorded_at)
    match event:
        case intervention.SessionHeld():
            nobody = not event.infants_present and not event.caregivers_present
            return Session(
                day=event.held_on, status="held", attend_status=event.attend_status, modality=event.modality,
                is_treatment=event.is_treatment, indirect=nobody and bool(event.joint_with), booked_on=booked_on,
            )  # fmt: skip
        case intervention.SessionNotHeld():
            return Session(
                day=event.on, status="not_held", attend_status=event.attend_status, cancelled_on=event.cancelled_on,
                rebook=bool(event.rebook), booked_on=booked_on,
            )  # fmt: skip
    return Session(day=civil_date(booking.event.at), status="booked", booked_on=booked_on)


def _scores(standing: Iterable[Recorded[Any]]) -> Iterable[Score]:
    """Measures, ratings of goals, and the first rating that a goal came with."""
    for fact in standing:
        match fact.event:
            case MeasureRecorded(measure_code=code, completed_on=day, rater=rater):
                yield Score(measure_code=code, completed_on=day, rater=rater)
            case intervention.GoalRated(on=day):
                yield Score(measure_code=GOAL_MEASURE, completed_on=day)
            case intervention.ProgrammeAssigned(goals=goals, assigned_on=day):
                yield from _first_ratings(goals, day)
            case intervention.ProgrammeRevised(goals_added=goals, on=date() as day):
                yield from _first_ratings(goals, day)


def _first_ratings(goals: Iterable[intervention.Goal], day: date) -> Iterable[Score]:
    rated = (goal for goal in goals if goal.baseline is not None)
    return (Score(measure_code=GOAL_MEASURE, completed_on=day, rater=goal.rater) for goal in rated)


def _monitoring(started: Iterable[Any], ended: Iterable[Any]) -> tuple[Monitoring, ...]:
    """Each time of watching, to the first end that the stream says after it."""
    ends = sorted((fact.version, fact.event.on) for fact in ended if fact.event.on is not None)
    return tuple(
        Monitoring(
            started_on=fact.event.on, ended_on=next((day for version, day in ends if version > fact.version), None)
        )
        for fact in started
        if fact.event.on is not None
    )


def _pauses(paused: Sequence[Any], resumed: Iterable[Any]) -> tuple[Pause, ...]:
    """The days of each pause by its reason, to the first resumption that the stream says after it."""
    ends: list[Said] = [(fact.version, fact.event.on) for fact in resumed]
    return tuple(
        Pause(from_on=first or fact.event.from_on, until_on=until, reason=fact.event.reason)
        for fact in paused
        for first, until in between([(fact.version, fact.event.from_on)], ends)
    )


def _babies(row: CaseRow) -> tuple[Baby, ...]:
    told = zip(row.infants, row.born_on, row.due_on, row.gestation_weeks, strict=True)
    return tuple(
        Baby(infant_id=infant, born_on=born_on, due_on=due_on, gestation_weeks=weeks)
        for infant, born_on, due_on, weeks in told
    )
