"""Every way through the service that a family of the synthetic network takes, and what befalls it on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from deploy.local.network.chance import Chance
from deploy.local.network.family import COMMON, Shape


class Way(StrEnum):
    """How a story ends."""

    DECLINED = "declined"
    DUPLICATE = "duplicate"
    WITHDRAWN_BEFORE_DECISION = "withdrawn-before-decision"
    WITHDRAWN_AFTER_ACCEPTANCE = "withdrawn-after-acceptance"
    ACCEPTANCE_VOIDED = "acceptance-voided"
    LOSS = "loss"
    ABANDONED = "abandoned"
    RECOMMENDED_ELSEWHERE = "recommended-elsewhere"
    TREATMENT_DECLINED = "treatment-declined"
    PROGRAMME = "programme"


class Stage(StrEnum):
    """Where a family that is still in care is on the network's last day."""

    AWAITING_DECISION = "awaiting_decision"
    WAITING_ASSESSMENT = "waiting_assessment"
    IN_ASSESSMENT = "in_assessment"
    WAITING_PROGRAMME = "waiting_programme"
    WAITING_FIRST_SESSION = "waiting_first_session"
    ACTIVE = "active"


class Befalls(StrEnum):
    """What happens to a family on its way, or to its record."""

    CONCERN = "concern"
    """A safety item of a measure is above zero."""
    CORRECTED = "corrected"
    """The referral is corrected later."""
    SESSION_VOIDED = "session-voided"
    """A session is recorded on the wrong case and taken back."""
    SESSION_CORRECTED = "session-corrected"
    BACK_DATED = "back-dated"
    """A session is recorded days after it was held."""
    ENQUIRY = "enquiry"
    """More information is asked for before the decision."""
    PRIORITY = "priority"
    OVERRIDE = "override"
    """A little too old, and taken on all the same."""
    CONSULTATION = "consultation"
    """A consultation became the referral."""
    RE_REFERRED = "re-referred"
    """The family was here before."""
    CONSENTS = "consents"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    FLAGS = "flags"
    DETAILS = "details"
    DENIED = "denied"
    """Somebody who knows the family may not read the case."""
    GLASS = "glass"
    """Somebody without a part in it opens the case."""
    PLACEMENT = "placement"
    """The infant moves to other carers."""
    ADOPTION = "adoption"
    NEWCOMER = "newcomer"
    """Another caregiver joins the family."""
    OBSERVED = "observed"
    NOT_MEASURED = "not-measured"
    REASSESSED = "reassessed"
    PAUSED = "paused"
    MONITORED = "monitored"
    STEP_UP = "step-up"
    STEP_DOWN = "step-down"
    REVISED = "revised"
    NOT_BROUGHT = "not-brought"
    """Not brought twice in a row: a review, never a discharge."""
    INFANT_ABSENT = "infant-absent"
    HANDED_OVER = "handed-over"
    """Another practitioner leads, because the family asks for it."""
    REOPENED = "reopened"
    """Discharged in error and open again within days."""
    FOLLOWED_UP = "followed-up"


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
    reopened: bool = False
    """After the voided acceptance the family is accepted after all."""
    befalls: frozenset[Befalls] = frozenset()
    usual: bool = False
    """Dealt by chance: a team that is full declines it."""

    def has(self, what: Befalls) -> bool:
        """Whether something befalls the family."""
        return what in self.befalls


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
B = Befalls


def _path(
    way: Way = Way.PROGRAMME, reason: str = "planned_completed", shape: Shape | None = None, *befalls: Befalls
) -> Path:
    return Path(way=way, reason=reason, shape=shape, befalls=frozenset(befalls))


EVERY_PATH: tuple[Path, ...] = (
    _path(Way.PROGRAMME, "planned_completed", Shape.DYAD, B.CONSENTS, B.OBSERVED, B.FOLLOWED_UP, B.STEP_DOWN),
    _path(Way.PROGRAMME, "planned_completed", Shape.TRIAD, B.CONCERN, B.PRIORITY, B.REVISED),
    _path(Way.PROGRAMME, "planned_completed", Shape.TWINS, B.CORRECTED, B.FLAGS, B.PAUSED),
    _path(Way.PROGRAMME, "planned_completed", Shape.UNBORN, B.CONSENTS, B.REASSESSED),
    _path(Way.PROGRAMME, "planned_completed", Shape.FOSTER_CARER, B.PLACEMENT, B.FLAGS),
    _path(Way.PROGRAMME, "planned_completed", Shape.KINSHIP, B.SESSION_VOIDED, B.NOT_BROUGHT, B.DETAILS),
    _path(Way.PROGRAMME, "planned_completed", Shape.FATHER, B.BACK_DATED, B.HANDED_OVER, B.CONSENT_WITHDRAWN),
    _path(Way.PROGRAMME, "planned_completed", Shape.SEVERAL_CAREGIVERS, B.SESSION_CORRECTED, B.STEP_UP, B.GLASS),
    _path(Way.PROGRAMME, "planned_partial", Shape.DYAD, B.ENQUIRY, B.DENIED),
    _path(Way.PROGRAMME, "stepped_down_universal", None, B.MONITORED, B.CONSULTATION),
    _path(Way.PROGRAMME, "stepped_up_specialist", None, B.INFANT_ABSENT),
    _path(Way.PROGRAMME, "not_engaged", None, B.NOT_BROUGHT, B.NOT_MEASURED),
    _path(Way.PROGRAMME, "moved_area", None, B.RE_REFERRED),
    _path(Way.PROGRAMME, "family_withdrew", None, B.REOPENED),
    _path(Way.PROGRAMME, "transferred_other_service", Shape.DYAD, B.OVERRIDE),
    _path(Way.PROGRAMME, "infant_removed_or_placed", Shape.FOSTER_CARER, B.ADOPTION),
    _path(Way.PROGRAMME, "aged_out", Shape.DYAD, B.NEWCOMER),
    *(_path(Way.DECLINED, reason) for reason in DECLINE_REASONS),
    *(_path(Way.RECOMMENDED_ELSEWHERE, recommendation) for recommendation in ELSEWHERE),
    _path(Way.WITHDRAWN_BEFORE_DECISION, ""),
    _path(Way.WITHDRAWN_AFTER_ACCEPTANCE, ""),
    _path(Way.DUPLICATE, ""),
    _path(Way.ACCEPTANCE_VOIDED, ""),
    replace(_path(Way.ACCEPTANCE_VOIDED), reopened=True),
    _path(Way.LOSS, "pregnancy_ended", Shape.UNBORN),
    _path(Way.ABANDONED, "not_engaged"),
    _path(Way.TREATMENT_DECLINED, "family_withdrew"),
    *(Path(way=Way.PROGRAMME, reason="planned_completed", still=stage) for stage in Stage),
    *(Path(way=Way.PROGRAMME, reason="planned_completed", still=stage, recently=True) for stage in Stage),
)
"""Each way at least once: the smallest network that has everything."""

OFTEN: tuple[tuple[Befalls, float], ...] = (
    (B.CONCERN, 0.06),
    (B.CORRECTED, 0.02),
    (B.SESSION_VOIDED, 0.015),
    (B.SESSION_CORRECTED, 0.03),
    (B.BACK_DATED, 0.1),
    (B.ENQUIRY, 0.15),
    (B.PRIORITY, 0.05),
    (B.OVERRIDE, 0.015),
    (B.CONSULTATION, 0.06),
    (B.RE_REFERRED, 0.04),
    (B.CONSENTS, 0.55),
    (B.CONSENT_WITHDRAWN, 0.02),
    (B.FLAGS, 0.12),
    (B.DETAILS, 0.05),
    (B.DENIED, 0.01),
    (B.GLASS, 0.01),
    (B.PLACEMENT, 0.03),
    (B.ADOPTION, 0.006),
    (B.NEWCOMER, 0.03),
    (B.OBSERVED, 0.4),
    (B.NOT_MEASURED, 0.08),
    (B.REASSESSED, 0.05),
    (B.PAUSED, 0.08),
    (B.MONITORED, 0.02),
    (B.STEP_UP, 0.04),
    (B.STEP_DOWN, 0.06),
    (B.REVISED, 0.1),
    (B.NOT_BROUGHT, 0.09),
    (B.INFANT_ABSENT, 0.02),
    (B.HANDED_OVER, 0.02),
    (B.REOPENED, 0.01),
    (B.FOLLOWED_UP, 0.3),
)
"""How often each befalls a family of a big network [B]."""


def deal(count: int, chance: Chance) -> list[Path]:
    """A path for each of `count` families: every one at least once if there are enough families, in a random order.

    Families beyond the deck take usual paths, with a usual share of what can go wrong.
    """
    dealt = list(EVERY_PATH[:count]) + [usual(chance) for _ in range(count - len(EVERY_PATH))]
    return chance.shuffled([replace(path, shape=path.shape or any_shape(chance)) for path in dealt])


def any_shape(chance: Chance) -> Shape:
    """A shape as often as it occurs."""
    return tuple(Shape)[chance.weighted(COMMON)]


WAYS = {
    Way.DECLINED: 13,
    Way.DUPLICATE: 1,
    Way.WITHDRAWN_BEFORE_DECISION: 3,
    Way.WITHDRAWN_AFTER_ACCEPTANCE: 4,
    Way.ACCEPTANCE_VOIDED: 1,
    Way.LOSS: 1,
    Way.ABANDONED: 4,
    Way.RECOMMENDED_ELSEWHERE: 11,
    Way.TREATMENT_DECLINED: 2,
    Way.PROGRAMME: 60,
}
"""In percent [B]."""


def usual(chance: Chance) -> Path:
    """A path as families usually take it."""
    way = tuple(WAYS)[chance.weighted(tuple(WAYS.values()))]
    reason = ""
    match way:
        case Way.DECLINED:
            reason = DECLINE_REASONS[chance.weighted((12, 10, 11, 9, 19, 14, 6, 6, 7, 6))]
        case Way.RECOMMENDED_ELSEWHERE:
            reason = chance.one(ELSEWHERE)
        case Way.LOSS:
            reason = "pregnancy_ended"
        case Way.ABANDONED:
            reason = chance.one(("not_engaged", "not_engaged", "family_withdrew", "moved_area"))
        case Way.TREATMENT_DECLINED:
            reason = "family_withdrew"
        case Way.PROGRAMME:
            reason = DISCHARGE_REASONS[chance.weighted((55, 12, 8, 3, 7, 4, 5, 3, 1, 2))]
        case Way.ACCEPTANCE_VOIDED:
            reason = "planned_completed"
    return Path(
        way=way,
        reason=reason,
        shape=Shape.UNBORN if way is Way.LOSS else any_shape(chance),
        reopened=way is Way.ACCEPTANCE_VOIDED and chance.of(0.5),
        befalls=frozenset(_befalls(chance)),
        usual=True,
    )


def _befalls(chance: Chance) -> Iterable[Befalls]:
    return [what for what, often in OFTEN if chance.of(often)]
