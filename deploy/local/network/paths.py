"""Every way through the service that a family of the synthetic network takes."""

from dataclasses import dataclass, replace
from enum import StrEnum

from deploy.local.network.chance import Chance
from deploy.local.network.family import COMMON, Shape


class Way(StrEnum):
    """How a story ends."""

    DECLINED = "declined"
    WITHDRAWN_BEFORE_DECISION = "withdrawn-before-decision"
    WITHDRAWN_AFTER_ACCEPTANCE = "withdrawn-after-acceptance"
    ACCEPTANCE_VOIDED = "acceptance-voided"
    RECOMMENDED_ELSEWHERE = "recommended-elsewhere"
    PROGRAMME = "programme"


class Stage(StrEnum):
    """Where a family that is still in care is on the network's last day."""

    AWAITING_DECISION = "awaiting_decision"
    WAITING_ASSESSMENT = "waiting_assessment"
    IN_ASSESSMENT = "in_assessment"
    WAITING_PROGRAMME = "waiting_programme"
    WAITING_FIRST_SESSION = "waiting_first_session"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way through, with what befalls the family on it."""

    way: Way
    reason: str = ""
    """Of the decline, the withdrawal or the discharge; or the recommendation."""
    shape: Shape | None = None
    """The family's shape; None: any."""
    still: Stage | None = None
    """Still in this stage on the last day."""
    recently: bool = False
    """That stage began in the last week: the step into it is posted, not restored."""
    concern: bool = False
    """A safety item of a measure is above zero."""
    corrected: bool = False
    """The referral is corrected later."""
    session_voided: bool = False
    """A session is recorded on the wrong case and taken back."""
    session_corrected: bool = False
    """A session's record is corrected."""
    back_dated: bool = False
    """A session is recorded days after it was held."""
    reopened: bool = False
    """After the voided acceptance the family is accepted after all."""


DECLINE_REASONS = (
    "capacity_closed",
    "outside_age",
    "outside_area",
    "no_relationship_concern",
    "needs_met_by_universal",
    "needs_other_specialist",
    "crisis_or_risk_needs_other_service",
    "already_in_equivalent_service",
    "no_consent",
    "incomplete_no_response",
)
DISCHARGE_REASONS = (
    "planned_completed",
    "planned_partial",
    "stepped_down_universal",
    "stepped_up_specialist",
    "not_engaged",
    "moved_area",
    "family_withdrew",
    "transferred_other_service",
    "infant_removed_or_placed",
    "aged_out",
)
ELSEWHERE = ("SIGNPOST", "NO_FURTHER", "CONSULTATION")

_PLANNED = Path(way=Way.PROGRAMME, reason="planned_completed")

EVERY_PATH: tuple[Path, ...] = (
    *(replace(_PLANNED, shape=shape) for shape in Shape),
    *(Path(way=Way.PROGRAMME, reason=reason) for reason in DISCHARGE_REASONS[1:]),
    *(Path(way=Way.DECLINED, reason=reason) for reason in DECLINE_REASONS),
    *(Path(way=Way.RECOMMENDED_ELSEWHERE, reason=recommendation) for recommendation in ELSEWHERE),
    Path(way=Way.WITHDRAWN_BEFORE_DECISION),
    Path(way=Way.WITHDRAWN_AFTER_ACCEPTANCE),
    Path(way=Way.ACCEPTANCE_VOIDED),
    Path(way=Way.ACCEPTANCE_VOIDED, reopened=True, reason="planned_completed"),
    replace(_PLANNED, concern=True, shape=Shape.TRIAD),
    replace(_PLANNED, corrected=True),
    replace(_PLANNED, session_voided=True),
    replace(_PLANNED, session_corrected=True),
    replace(_PLANNED, back_dated=True, shape=Shape.FATHER),
    *(replace(_PLANNED, still=stage) for stage in Stage),
    *(replace(_PLANNED, still=stage, recently=True) for stage in Stage),
)
"""Each way at least once: the smallest network that has everything."""


def deal(count: int, chance: Chance) -> list[Path]:
    """A path for each of `count` families: every one at least once if there are enough families, in a random order.

    Families beyond the deck take usual paths, with a usual share of what can go wrong.
    """
    dealt = list(EVERY_PATH[:count]) + [_usual(chance) for _ in range(count - len(EVERY_PATH))]
    return chance.shuffled([replace(path, shape=path.shape or _any_shape(chance)) for path in dealt])


def _any_shape(chance: Chance) -> Shape:
    return tuple(Shape)[chance.weighted(COMMON)]


def _usual(chance: Chance) -> Path:
    way = tuple(Way)[chance.weighted((14, 3, 4, 1, 12, 66))]
    if way is Way.DECLINED:
        return Path(way=way, reason=DECLINE_REASONS[chance.weighted((25, 8, 9, 8, 16, 12, 5, 5, 6, 6))])
    if way is Way.RECOMMENDED_ELSEWHERE:
        return Path(way=way, reason=chance.one(ELSEWHERE))
    if way is Way.ACCEPTANCE_VOIDED:
        return Path(way=way, reopened=chance.of(0.5), reason="planned_completed")
    if way is not Way.PROGRAMME:
        return Path(way=way)
    return Path(
        way=way,
        reason=DISCHARGE_REASONS[chance.weighted((55, 12, 8, 3, 7, 4, 5, 3, 1, 2))],
        concern=chance.of(0.06),
        corrected=chance.of(0.02),
        session_voided=chance.of(0.02),
        session_corrected=chance.of(0.02),
        back_dated=chance.of(0.1),
    )
