"""What a decision about an episode may rest on beyond its own events. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from services.intervention.family import Family, family_of
from services.intervention.heard import (
    AccessDenialLifted,
    AccessDenied,
    AssessmentCompleted,
    AssessmentStarted,
    BreakGlassOpened,
    MeasureRecorded,
    ReferralAccepted,
    ReferralDeclined,
    ReferralLinkedDuplicate,
    ReferralReceived,
    ReferralWithdrawn,
)
from services.intervention.team_settings import TeamSettings, settings_of
from shared.kernel.civil import Moment
from shared.kernel.errors import NotYetKnown, Rejected
from shared.kernel.history import Recorded

T = TypeVar("T")
_PROGRAMME = "PROGRAMME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was heard of referral, assessment and team as it now stands; what was voided is not in it."""

    moment: Moment
    team: TeamSettings = field(default_factory=TeamSettings)
    received: ReferralReceived | None = None
    family: Family = field(default_factory=Family)
    acceptance: Recorded[ReferralAccepted] | None = None
    declined: ReferralDeclined | None = None
    withdrawal: Recorded[ReferralWithdrawn] | None = None
    duplicate: Recorded[ReferralLinkedDuplicate] | None = None
    assessments_started: tuple[AssessmentStarted, ...] = ()
    completions: tuple[AssessmentCompleted, ...] = ()
    """Of the first assessment and of re-assessments, in the order of the assessment's stream."""
    measures: tuple[MeasureRecorded, ...] = ()
    """In the order of the assessment's stream."""
    denied: frozenset[str] = frozenset()
    """Actors who may not read the case."""
    glass: tuple[tuple[str, datetime], ...] = ()
    """Who has broken the glass, each with the UTC instant until which it stays open."""

    @property
    def completion(self) -> AssessmentCompleted | None:
        """What the latest assessment found."""
        return self.completions[-1] if self.completions else None

    @property
    def recommends_programme(self) -> bool | None:
        """Whether the latest assessment recommends a programme; None if none is complete."""
        return None if self.completion is None else self.completion.recommendation == _PROGRAMME

    def completion_on(self, day: date) -> AssessmentCompleted | None:
        """What the latest assessment that was complete on a civil date found."""
        found = [item for item in reversed(self.completions) if item.completed_on <= day]
        return max(found, key=lambda item: item.completed_on, default=None)

    @property
    def case_id(self) -> str:
        """The case id, from the name of the referral's stream; empty while no acceptance stands."""
        return self.acceptance.stream.partition("-")[2] if self.acceptance is not None else ""

    def not_open(self) -> Rejected | NotYetKnown:
        """Why there is no episode (yet)."""
        if self.declined is not None:
            return Rejected("referral-declined", "the referral was declined")
        if self.acceptance is None and self.withdrawal is not None:
            return Rejected("referral-withdrawn", "the referral was withdrawn before it was accepted")
        if self.acceptance is None and self.duplicate is not None:
            return Rejected("referral-duplicate", "the family has another case, and this one was never accepted")
        return NotYetKnown("not-known-yet", "no acceptance of this case has arrived here")


def know(heard: Mapping[str, tuple[Recorded[Any], ...]], moment: Moment) -> Known:
    """What the referral's, the assessment's and the team's streams say as they now stand, each read alone."""
    referral = sorted(heard.get("referral", ()), key=lambda item: item.version)
    assessment = sorted(heard.get("assessment", ()), key=lambda item: item.version)
    return Known(
        moment=moment,
        team=settings_of(heard.get("team", ())),
        received=_event(_first(referral, ReferralReceived)),
        family=family_of(item.event for item in referral),
        acceptance=_first(referral, ReferralAccepted),
        declined=_event(_first(referral, ReferralDeclined)),
        withdrawal=_first(referral, ReferralWithdrawn),
        duplicate=_first(referral, ReferralLinkedDuplicate),
        assessments_started=_all(assessment, AssessmentStarted),
        completions=_all(assessment, AssessmentCompleted),
        measures=_all(assessment, MeasureRecorded),
        denied=_denied(referral),
        glass=tuple((opened.actor_id, opened.until) for opened in _all(referral, BreakGlassOpened)),
    )


def _first(items: list[Recorded[Any]], kind: type[T]) -> Recorded[T] | None:
    return next((item for item in items if isinstance(item.event, kind)), None)


def _all(items: list[Recorded[Any]], kind: type[T]) -> tuple[T, ...]:
    return tuple(item.event for item in items if isinstance(item.event, kind))


def _event(item: Recorded[T] | None) -> T | None:
    return item.event if item is not None else None


def _denied(items: list[Recorded[Any]]) -> frozenset[str]:
    """Actors whom a denial still keeps out, on whosever account."""
    standing: set[tuple[UUID, str]] = set()
    for item in items:
        match item.event:
            case AccessDenied(subject_ref=subject, actor_id=actor):
                standing.add((subject, actor))
            case AccessDenialLifted(subject_ref=subject, actor_id=actor):
                standing.discard((subject, actor))
    return frozenset(actor for _, actor in standing)
