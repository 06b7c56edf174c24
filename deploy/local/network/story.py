"""The whole story of one family, and the day on which it has to begin to be where its path says on the last day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from deploy.local.network.assessment_chapter import assessment
from deploy.local.network.chance import Chance
from deploy.local.network.diary import Diary
from deploy.local.network.family import Age, Family, Shape, family
from deploy.local.network.family_chapter import births, loss_known_on, lost
from deploy.local.network.paths import Befalls, Stage, Way
from deploy.local.network.post import Post
from deploy.local.network.programme_chapter import programme
from deploy.local.network.referral_chapter import referral, withdrawal
from deploy.local.network.roster import Roster
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.telling import Case, Telling
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


@dataclass(frozen=True, slots=True)
class Story:
    """What is posted about one case, and when each stage of it began."""

    posts: tuple[Post, ...]
    begins: dict[Stage, date]

    @property
    def received_on(self) -> date:
        """The day of the referral."""
        return self.begins[Stage.AWAITING_DECISION]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all stories of a team have in common."""

    seed: int
    roster: Roster
    first_day: date
    """Since when the growing waits grow."""
    last_day: date
    """The network's last day."""


def tell(case: Case, setting: Setting) -> Story:
    """The story of a case; one that is still in a stage on the last day begins as late as that takes."""
    still = case.path.still
    if still is None:
        return _told(case, setting, case.received_on)
    days = RECENTLY_DAYS if case.path.recently else STILL_SINCE_DAYS[still]
    entered = setting.last_day - timedelta(days=days)
    received_on = entered
    story = _told(case, setting, received_on)
    while (too_late := (story.begins[still] - entered).days) > 0:
        received_on -= timedelta(days=too_late)
        story = _told(case, setting, received_on)
    for later in range(1, CLOSER_DAYS):  # weekends may have moved it further back than was needed
        candidate = _told(case, setting, received_on + timedelta(days=later))
        if candidate.begins[still] <= entered:
            story = candidate
    return replace(story, posts=tuple(post for post in story.posts if _is_before(post, story.begins, still)))


def _is_before(post: Post, begins: dict[Stage, date], still: Stage) -> bool:
    """Whether a post comes before the stage that follows `still` begins."""
    following = [begins[stage] for stage in tuple(Stage)[tuple(Stage).index(still) + 1 :] if stage in begins]
    return not following or civil_date(post.at) < min(following)


def family_of(case: Case, seed: int, received_on: date) -> Family:
    """Who the case is about: the family of the earlier case, if there is one."""
    if case.other is not None:
        return family_of(case.other, seed, case.other.received_on)
    path = case.path
    age = Age(
        window_months=case.team.max_age_months,
        too_old=path.reason == "outside_age",
        slightly=path.has(Befalls.OVERRIDE) and path.way is not Way.DECLINED,
    )
    shape = path.shape or Shape.DYAD
    return family(shape, received_on, Chance(seed, case.team.team_id, "family", case.number), age)


def _told(case: Case, setting: Setting, received_on: date) -> Story:
    received_on = working_day(received_on)
    seed, team_id = setting.seed, case.team.team_id
    chance = Chance(seed, team_id, "story", case.number)
    diary = Diary(case.case_id, team_id, f"SN-{team_id}-{case.number:05}", chance)
    telling = Telling(
        diary=diary,
        case=case,
        roster=setting.roster,
        family=family_of(case, seed, received_on),
        chance=chance,
    )
    begins = _chapters(telling, received_on, setting.first_day)
    return Story(diary.posts(), begins)


def _chapters(telling: Telling, received_on: date, first_day: date) -> dict[Stage, date]:
    path = telling.path
    begins = {Stage.AWAITING_DECISION: received_on}
    accepted_on = referral(telling, received_on)
    if accepted_on is None:
        return begins
    begins[Stage.WAITING_ASSESSMENT] = accepted_on
    if path.way is Way.WITHDRAWN_AFTER_ACCEPTANCE:
        withdrawn_on = working_days_later(accepted_on, telling.chance.between(5, 20))
        births(telling, until=withdrawn_on)
        withdrawal(telling, withdrawn_on)
        return begins
    if path.way is Way.LOSS:
        _bereaved(telling, accepted_on)
        return begins
    assessed = assessment(telling, accepted_on)
    begins[Stage.IN_ASSESSMENT] = assessed.started_on
    if assessed.completed_on is None or path.way is Way.RECOMMENDED_ELSEWHERE:
        births(telling, until=assessed.ended_on)
        return begins
    begins[Stage.WAITING_PROGRAMME] = assessed.completed_on
    stretch = telling.team.stretch(received_on, first_day)
    return begins | programme(telling, assessed.completed_on, stretch)


def _bereaved(telling: Telling, accepted_on: date) -> None:
    """After a loss nothing goes on by itself: a person closes the case with the family (rule P7)."""
    lost(telling, accepted_on)
    closed_on = working_days_later(loss_known_on(telling, accepted_on), telling.chance.between(4, 15))
    abandoned = {"on": closed_on.isoformat(), "reason": "pregnancy_ended"}
    telling.diary.say("AssessmentAbandoned", abandoned, on=closed_on)
    discharged = {
        "discharged_on": closed_on.isoformat(),
        "reason": telling.path.reason,
        "planned": True,
        "destination": ["maternal_MH"],
    }
    telling.diary.say("Discharged", discharged, on=closed_on, late=True)
