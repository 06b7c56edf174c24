"""The whole story of one family, and the day on which it has to begin to be where its path says on the last day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from deploy.local.network.assessment_chapter import assessment
from deploy.local.network.chance import Chance
from deploy.local.network.diary import Diary
from deploy.local.network.family import Shape, family
from deploy.local.network.paths import Path, Stage, Way
from deploy.local.network.post import Post
from deploy.local.network.programme_chapter import programme
from deploy.local.network.referral_chapter import Telling, births, referral, withdrawal
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.team import Team
from shared.kernel.civil import civil_date

STILL_SINCE_DAYS = {
    Stage.AWAITING_DECISION: 9,
    Stage.WAITING_ASSESSMENT: 12,
    Stage.IN_ASSESSMENT: 10,
    Stage.WAITING_PROGRAMME: 11,
    Stage.WAITING_FIRST_SESSION: 15,
    Stage.ACTIVE: 30,
}
"""How long a family that is still in a stage on the last day has been in it: longer than the last week."""
RECENTLY_DAYS = 3
"""The same of one that entered it in the last week."""
CLOSER_DAYS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case before its story is told."""

    number: int
    """1..n in the network."""
    case_id: UUID
    path: Path
    team: Team
    received_on: date


@dataclass(frozen=True, slots=True)
class Story:
    """What is posted about one case, and when each stage of it began."""

    posts: tuple[Post, ...]
    begins: dict[Stage, date]


def tell(case: Case, seed: int, *, first_day: date, last_day: date) -> Story:
    """The story of a case; one that is still in a stage on the last day begins as late as that takes.

    Args:
        case: who, where, which way.
        seed: of the network.
        first_day: since when the growing waits grow.
        last_day: the network's last day.
    """
    still = case.path.still
    if still is None:
        return _told(case, seed, case.received_on, first_day)
    entered = last_day - timedelta(days=RECENTLY_DAYS if case.path.recently else STILL_SINCE_DAYS[still])
    received_on = entered
    story = _told(case, seed, received_on, first_day)
    while (too_late := (story.begins[still] - entered).days) > 0:
        received_on -= timedelta(days=too_late)
        story = _told(case, seed, received_on, first_day)
    for later in range(1, CLOSER_DAYS):  # weekends may have moved it further back than was needed
        candidate = _told(case, seed, received_on + timedelta(days=later), first_day)
        if candidate.begins[still] <= entered:
            story = candidate
    return replace(story, posts=tuple(post for post in story.posts if _is_before(post, story.begins, still)))


def _is_before(post: Post, begins: dict[Stage, date], still: Stage) -> bool:
    """Whether a post comes before the stage that follows `still` begins."""
    following = [begins[stage] for stage in tuple(Stage)[tuple(Stage).index(still) + 1 :] if stage in begins]
    return not following or civil_date(post.at) < min(following)


def _told(case: Case, seed: int, received_on: date, first_day: date) -> Story:
    chance = Chance(seed, "story", case.number)
    shape = case.path.shape or Shape.DYAD
    diary = Diary(case.case_id, case.team.team_id, f"SN-{case.number:05}", chance)
    telling = Telling(
        diary=diary,
        path=case.path,
        team=case.team,
        family=family(shape, received_on, chance, too_old=case.path.reason == "outside_age"),
        chance=chance,
    )
    begins = _chapters(telling, working_day(received_on), first_day)
    return Story(diary.posts(), begins)


def _chapters(telling: Telling, received_on: date, first_day: date) -> dict[Stage, date]:
    path, chance = telling.path, telling.chance
    begins = {Stage.AWAITING_DECISION: received_on}
    accepted_on = referral(telling, received_on)
    if accepted_on is None:
        return begins
    begins[Stage.WAITING_ASSESSMENT] = accepted_on
    if path.way is Way.WITHDRAWN_AFTER_ACCEPTANCE:
        withdrawn_on = working_days_later(accepted_on, chance.between(5, 20))
        births(telling, until=withdrawn_on)
        withdrawal(telling, withdrawn_on)
        return begins
    assessed = assessment(telling, accepted_on)
    begins[Stage.IN_ASSESSMENT] = assessed.started_on
    begins[Stage.WAITING_PROGRAMME] = assessed.completed_on
    if path.way is Way.RECOMMENDED_ELSEWHERE:
        births(telling, until=assessed.completed_on)
        return begins
    stretch = telling.team.stretch(received_on, first_day)
    return begins | programme(telling, assessed.completed_on, stretch)
