"""What the referral service hears: who carries the case, whether it was discharged, and how its team is set up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.referral.team_settings import TEAM_HEARD, TeamHeard, TeamSettings, settings_of
from shared.kernel.civil import Moment
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate
from shared.kernel.history import Recorded
from shared.kernel.values import heard, heard_value


@heard("EpisodeOpened", 1)
class EpisodeOpened:
    """The episode is open; said again it removes a discharge as administrative error before it."""

    on: CivilDate


@heard("Discharged", 1)
class Discharged:
    """The intervention service closed the case."""

    discharged_on: CivilDate
    reason: str


@heard("EpisodeReopened", 1)
class EpisodeReopened:
    """The case was closed in error and is open again."""

    on: CivilDate


@heard_value
class Practitioner:
    """One who held a session."""

    id: UUID


@heard("ProgrammeAssigned", 1)
class ProgrammeAssigned:
    """The family has its own programme, and somebody who leads it."""

    lead_practitioner_id: UUID


@heard("LeadPractitionerChanged", 1)
class LeadPractitionerChanged:
    """Another practitioner leads the work."""

    on: CivilDate
    to_practitioner_id: UUID


@heard("SessionHeld", 1)
class SessionHeld:
    """A session took place, with these practitioners."""

    practitioners: tuple[Practitioner, ...] = ()


@heard("AssessmentStarted", 1)
class AssessmentStarted:
    """The assessment began, with these practitioners."""

    practitioners: tuple[UUID, ...] = ()


Carried = ProgrammeAssigned | LeadPractitionerChanged | SessionHeld | AssessmentStarted
"""What makes somebody a carer of the case: a legitimate relationship."""
Heard = EpisodeOpened | Discharged | EpisodeReopened | Carried | TeamHeard

HEARS: tuple[str, ...] = ("assessment", "intervention")
HEARD: Registry[Heard] = Registry(
    [
        EpisodeOpened,
        Discharged,
        EpisodeReopened,
        ProgrammeAssigned,
        LeadPractitionerChanged,
        SessionHeld,
        AssessmentStarted,
        *TEAM_HEARD,
    ],
    ignore_others=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a decision may rest on beyond the referral itself."""

    moment: Moment
    discharged: Discharged | None = None
    carers: frozenset[UUID] = frozenset()
    """Practitioners who assess, lead now or held sessions."""
    team: TeamSettings = field(default_factory=TeamSettings)


def know(heard: Mapping[str, tuple[Recorded[Heard], ...]], moment: Moment) -> Known:
    """The discharge that stands in the episode's stream, and the team's settings.

    A discharge falls when the episode is reopened after it; one as administrative error also when it is opened again.
    """
    discharged: Discharged | None = None
    for item in sorted(heard.get("intervention", ()), key=lambda item: item.version):
        match item.event:
            case Discharged():
                discharged = item.event
            case EpisodeReopened():
                discharged = None
            case EpisodeOpened():
                if discharged is not None and discharged.reason == "administrative_error":
                    discharged = None
    return Known(
        moment=moment,
        discharged=discharged,
        carers=frozenset(_carers(heard)),
        team=settings_of(heard.get("team", ())),
    )


def _carers(heard: Mapping[str, tuple[Recorded[Heard], ...]]) -> Iterator[UUID]:
    """Assessors, whoever held a session, and the lead who now leads: a former one has handed the case on."""
    lead: tuple[date, UUID] | None = None
    for item in (*heard.get("assessment", ()), *heard.get("intervention", ())):
        match item.event:
            case ProgrammeAssigned(lead_practitioner_id=who):
                lead = lead or (date.min, who)
            case LeadPractitionerChanged(on=day, to_practitioner_id=who):
                lead = (day, who) if lead is None or day >= lead[0] else lead
            case SessionHeld(practitioners=found):
                yield from (practitioner.id for practitioner in found)
            case AssessmentStarted(practitioners=assessors):
                yield from assessors
    if lead is not None:
        yield lead[1]
