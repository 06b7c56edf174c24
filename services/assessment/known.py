"""What a decision may rest on beyond the assessment itself, from what was heard as it now stands. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from services.assessment.family import Family
from services.assessment.heard import (
    AccessDenialLifted,
    AccessDenied,
    BreakGlassOpened,
    Discharged,
    EpisodeOpened,
    EpisodeReopened,
    FamilyMemberLinked,
    Heard,
    InfantBorn,
    InfantIdentityReplaced,
    LeadPractitionerChanged,
    LinkEnded,
    PregnancyEnded,
    ProgrammeAssigned,
    ReferralAccepted,
    ReferralDeclined,
    ReferralLinkedDuplicate,
    ReferralReceived,
    ReferralWithdrawn,
    SessionHeld,
)
from services.assessment.team_settings import TeamSettings, settings_of
from shared.kernel.civil import Moment
from shared.kernel.errors import NotYetKnown, Rejected
from shared.kernel.history import Recorded

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was voided is not in it, and what was corrected is in it as corrected."""

    moment: Moment
    team: TeamSettings = field(default_factory=TeamSettings)
    family: Family = field(default_factory=Family)
    acceptance: Recorded[ReferralAccepted] | None = None
    declined: ReferralDeclined | None = None
    duplicate: ReferralLinkedDuplicate | None = None
    withdrawn: ReferralWithdrawn | None = None
    discharged: bool = False
    """The episode is closed, and was not reopened."""
    carers: frozenset[UUID] = frozenset()
    """Who leads the work or held a session."""
    denied: frozenset[str] = frozenset()
    """Actors who may not read the case."""
    glass: tuple[tuple[str, datetime], ...] = ()
    """Who has broken the glass, each with the UTC instant until which it stays open to them."""

    def accepted(self) -> Recorded[ReferralAccepted]:
        """The acceptance that stands.

        Raises:
            Rejected: the referral was declined, withdrawn or found to be a duplicate instead.
            NotYetKnown: no acceptance has arrived.
        """
        if self.acceptance is not None and self.family.received is not None:
            return self.acceptance
        if self.declined is not None:
            raise Rejected("referral-declined", "the referral was declined")
        if self.duplicate is not None:
            raise Rejected("referral-duplicate", "the family was referred already: that case goes on")
        if self.withdrawn is not None:
            raise Rejected("referral-withdrawn", "the referral was withdrawn before it was accepted")
        raise NotYetKnown("not-known-yet", "no acceptance of this case has arrived here")

    @property
    def quiet(self) -> bool:
        """Whether nothing is to be asked of anybody automatically about the case.

        Not accepted, withdrawn, a duplicate, closed, or about a loss (rule P7): what people do is taken all the same.
        """
        ended = self.withdrawn is not None or self.duplicate is not None or self.discharged
        return self.acceptance is None or ended or self.family.bereaved


def case_id_of(item: Recorded[Any]) -> str:
    """The case id in a stream's name, `<category>-<case_id>`."""
    return item.stream.partition("-")[2]


def know(heard: Mapping[str, tuple[Recorded[Heard], ...]], moment: Moment) -> Known:
    """What the streams of referral, episode and team say as they now stand, each read alone and by version."""
    referral = sorted(heard.get("referral", ()), key=lambda item: item.version)
    episode = sorted(heard.get("intervention", ()), key=lambda item: item.version)
    return Known(
        moment=moment,
        team=settings_of(tuple(heard.get("team", ()))),
        family=Family(
            received=_event(_first(referral, ReferralReceived)),
            ties=tuple(
                item.event
                for item in referral
                if isinstance(item.event, FamilyMemberLinked | LinkEnded | InfantIdentityReplaced)
            ),
            births=tuple(item.event for item in referral if isinstance(item.event, InfantBorn)),
            ended=tuple(item.event for item in referral if isinstance(item.event, PregnancyEnded)),
        ),
        acceptance=_first(referral, ReferralAccepted),
        declined=_event(_first(referral, ReferralDeclined)),
        duplicate=_event(_first(referral, ReferralLinkedDuplicate)),
        withdrawn=_event(_first(referral, ReferralWithdrawn)),
        discharged=_discharged(episode),
        carers=_carers(episode),
        denied=_denied(referral),
        glass=tuple(
            (item.event.actor_id, item.event.until) for item in referral if isinstance(item.event, BreakGlassOpened)
        ),
    )


def _first(items: Iterable[Recorded[Any]], kind: type[T]) -> Recorded[T] | None:
    return next((item for item in items if isinstance(item.event, kind)), None)


def _event(item: Recorded[T] | None) -> T | None:
    return item.event if item is not None else None


_ERROR = "administrative_error"


def _discharged(episode: Iterable[Recorded[Any]]) -> bool:
    """Whether the discharge stands: a reopening undoes it, and one as administrative error falls with a new opening."""
    discharge: Discharged | None = None
    for item in episode:
        match item.event:
            case Discharged():
                discharge = item.event
            case EpisodeReopened():
                discharge = None
            case EpisodeOpened() if discharge is not None and discharge.reason == _ERROR:
                discharge = None
    return discharge is not None


def _carers(episode: Iterable[Recorded[Any]]) -> frozenset[UUID]:
    """The lead who now leads, by the day on which the work was handed on, and whoever held a session."""
    lead: tuple[date, UUID] | None = None
    found: set[UUID] = set()
    for item in episode:
        match item.event:
            case ProgrammeAssigned(lead_practitioner_id=who):
                lead = lead or (date.min, who)
            case LeadPractitionerChanged(on=day, to_practitioner_id=who):
                lead = (day, who) if lead is None or day >= lead[0] else lead
            case SessionHeld(practitioners=practitioners):
                found.update(practitioner.id for practitioner in practitioners)
    return frozenset(found | ({lead[1]} if lead is not None else set()))


def _denied(referral: Iterable[Recorded[Any]]) -> frozenset[str]:
    """Whoever is denied to read of any person of the case does not read the case."""
    found: set[tuple[UUID, str]] = set()
    for item in referral:
        match item.event:
            case AccessDenied(subject_ref=subject, actor_id=actor):
                found.add((subject, actor))
            case AccessDenialLifted(subject_ref=subject, actor_id=actor):
                found.discard((subject, actor))
    return frozenset(actor for _, actor in found)
