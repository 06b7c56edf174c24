"""What the referral service hears: whether the case was discharged, and how its team is set up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.referral.team_settings import TEAM_HEARD, TeamHeard, TeamSettings, settings_of
from shared.kernel.civil import Moment
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate
from shared.kernel.history import Recorded
from shared.kernel.values import heard


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


Heard = EpisodeOpened | Discharged | EpisodeReopened | TeamHeard

HEARS: tuple[str, ...] = ("intervention",)
HEARD: Registry[Heard] = Registry([EpisodeOpened, Discharged, EpisodeReopened, *TEAM_HEARD], ignore_others=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a decision may rest on beyond the referral itself."""

    moment: Moment
    discharged: Discharged | None = None
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
    return Known(moment=moment, discharged=discharged, team=settings_of(heard.get("team", ())))
