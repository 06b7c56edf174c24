"""What a team does beside families: training, consultation, supervision, advice; its capacity, births around it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from deploy.local.network.chance import Chance
from deploy.local.network.diary import INTERVENTION, Diary
from deploy.local.network.post import Post
from deploy.local.network.roster import Practitioner, Roster
from deploy.local.network.seasons import working_day
from deploy.local.network.team import Team
from shared.kernel.ids import derived_id, team_key

TRAINED = (["health_visitor"], ["midwife"], ["early_years_practitioner"], ["social_worker", "family_support_worker"])
ASKED = (
    ("health_visitor", "nhs_trust", "public"),
    ("health_visitor", "nhs_trust", "public"),
    ("social_worker", "council", "public"),
    ("midwife", "nhs_trust", "public"),
    ("early_years_practitioner", "nursery_or_school", "private"),
    ("voluntary_sector", "charity", "voluntary"),
)
TOPICS = (
    "parent_infant_relationships",
    "infant_mental_health",
    "reading_cues",
    "reflective_practice",
    "perinatal_mental_health",
    "trauma_and_loss",
    "neonatal_care",
)
QUESTIONS = ("understanding_the_relationship", "what_to_do_next", "whether_to_refer", "support_for_the_worker")
OUTCOMES = (("advice_only", 52), ("held_by_referrer_with_our_support", 24), ("signposted", 12), ("joint_visit", 12))
UNDER_THREE_YEARS = 3
"""Of experience with children under two: below it supervision is weekly, else fortnightly (domain 2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """A consultation that became a referral."""

    consultation_id: UUID
    case_id: UUID
    received_on: date


def closed_weeks(team: Team, first_day: date, last_day: date, chance: Chance) -> frozenset[date]:
    """Mondays of the weeks in which the team takes nobody new: in spells of some weeks."""
    monday = first_day - timedelta(days=first_day.weekday())
    found: set[date] = set()
    while monday <= last_day:
        if chance.of(team.closed / 5):
            found |= {monday + timedelta(weeks=week) for week in range(chance.between(3, 7))}
        monday += timedelta(weeks=1)
    return frozenset(found)


class Work:
    """The stream `work-<team id>` of one team.

    Args:
        team: whose.
        roster: its people.
        first_day: first day of the network.
        last_day: last day of the network.
        chance: of its own.
    """

    def __init__(self, team: Team, roster: Roster, first_day: date, last_day: date, chance: Chance) -> None:
        self._team, self._roster, self._chance = team, roster, chance
        self._first, self._last = first_day, last_day
        self._diary = Diary(team_key(team.team_id), team.team_id, "", chance, stream="work", store=INTERVENTION)
        self._count = 0

    def posts(self, closed: frozenset[date], consulted: Iterable[Consulted]) -> tuple[Post, ...]:
        """Everything that is posted, in the order of time."""
        self._reach()
        self._supervision()
        monday = self._first - timedelta(days=self._first.weekday())
        while monday <= self._last:
            self._week(monday, 0 if monday in closed else self._team.slots_per_week)
            monday += timedelta(weeks=1)
        for each in sorted(consulted, key=lambda item: (item.received_on, item.case_id)):
            self._became_referral(each)
        return self._diary.posts()

    def _week(self, monday: date, slots: int) -> None:
        chance, pace = self._chance, self._team.outward * self._team.staff / 6
        known_on = working_day(max(monday, self._first))
        declared = {"week": monday.isoformat(), "new_case_slots": slots}
        self._say("CapacityDeclared", declared, known_on, f"capacity-{monday.isoformat()}")
        for _ in range(_times(1.1 * pace, chance)):
            profession, host, sector = chance.one(ASKED)
            outcome = OUTCOMES[chance.weighted([weight for _, weight in OUTCOMES])][0]
            self._activity(
                "consultation",
                self._day(monday),
                minutes=chance.one((30, 45, 60)),
                audience_count=chance.between(1, 3),
                professions=[profession],
                host_org_type=host,
                sector=sector,
                question=chance.one(QUESTIONS),
                outcome=outcome,
            )
        for _ in range(_times(0.3 * pace, chance)):
            self._activity(
                "training",
                self._day(monday),
                minutes=chance.one((120, 180, 360)),
                audience_count=chance.between(6, 30),
                professions=chance.one(TRAINED),
                host_org_type=chance.one(("nhs_trust", "council", "nursery_or_school")),
                sector="public",
            )
        for _ in range(_times(0.15 * pace, chance)):
            self._activity(
                "system_advice",
                self._day(monday),
                minutes=90,
                audience_count=chance.between(4, 14),
                professions=["commissioner", "system_leader"],
                host_org_type="commissioning_body",
                sector="public",
                topic="strategy_and_commissioning",
            )

    def _day(self, monday: date) -> date:
        return working_day(max(self._first, monday + timedelta(days=self._chance.between(0, 4))))

    def _supervision(self) -> None:
        """Each practitioner's own series by the lead, at the minimum of domain 2.1; most of it takes place."""
        for person in self._roster.people[1:]:
            if not person.clinical:
                continue
            every = 7 if person.years < UNDER_THREE_YEARS else 14
            from_on = working_day(max(self._first, person.joined_on + timedelta(days=7)))
            if from_on > self._last:
                continue
            series = derived_id("synthetic-supervision", person.practitioner_id)
            data = {
                "series_id": str(series),
                "practitioner_id": str(person.practitioner_id),
                "minutes": 60,
                "every_days": every,
                "from_on": from_on.isoformat(),
            }
            if person.left_on is not None and person.left_on >= from_on:
                data["to_on"] = person.left_on.isoformat()
            self._say("SupervisionPlanned", data, from_on, f"series-{series}")
            self._held(person, series, from_on, every)

    def _held(self, person: Practitioner, series: UUID, from_on: date, every: int) -> None:
        day = from_on
        while day <= self._last:
            on = working_day(day)
            if person.there(on) and self._chance.of(0.88):
                self._activity(
                    "supervision",
                    on,
                    minutes=60,
                    audience_count=1,
                    professions=["own_team"],
                    host_org_type="own_team",
                    sector="public",
                    topic="reflective_practice",
                    series_id=str(series),
                    by=self._roster.people[0],
                )
            day += timedelta(days=every)

    def _reach(self) -> None:
        localities = self._team.localities or ("E99999901",)
        births = {locality: self._chance.between(1_800, 7_000) for locality in localities}
        for year in range(self._first.year, self._last.year + 1):
            on = working_day(max(self._first, date(year, 2, 1)))
            for locality in localities:
                data = {"locality": locality, "year": year, "births": births[locality]}
                if on <= self._last:
                    self._say("LocalityReachDeclared", data, on, f"births-{locality}-{year}")

    def _became_referral(self, each: Consulted) -> None:
        profession, host, sector = self._chance.one(ASKED)
        on = working_day(max(self._first, each.received_on - timedelta(days=self._chance.between(2, 15))))
        on = min(on, each.received_on)
        self._activity(
            "consultation",
            on,
            minutes=60,
            audience_count=1,
            professions=[profession],
            host_org_type=host,
            sector=sector,
            question="whether_to_refer",
            outcome="became_referral",
            activity_id=each.consultation_id,
        )
        linked = {
            "activity_id": str(each.consultation_id),
            "case_id": str(each.case_id),
            "on": each.received_on.isoformat(),
        }
        self._say("ConsultationBecameReferral", linked, each.received_on, f"referral-{each.case_id}")

    def _activity(
        self, kind: str, on: date, *, by: Practitioner | None = None, activity_id: UUID | None = None, **said: Any
    ) -> None:
        self._count += 1
        activity_id = activity_id or derived_id("synthetic-activity", self._team.team_id, self._count)
        given_by = by or self._chance.one(self._roster.at_work(on))
        data = {
            "activity_id": str(activity_id),
            "kind": kind,
            "on": on.isoformat(),
            "topic": self._chance.one(TOPICS),
            "practitioners": [str(given_by.practitioner_id)],
            **said,
        }
        self._say("SystemActivityRecorded", data, on, f"activity-{activity_id}")

    def _say(self, name: str, data: dict[str, Any], on: date, key: str) -> None:
        self._diary.say(name, data, on=on, key=key, role="lead", late=name != "CapacityDeclared")


def _times(mean: float, chance: Chance) -> int:
    """How often something happens that happens so often on average."""
    whole = int(mean)
    return whole + chance.of(mean - whole)
