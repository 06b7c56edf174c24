"""Who works in a team of the synthetic network, from when to when, and who is away: told before any family is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from deploy.local.network.chance import Chance
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.team import Team
from shared.kernel.ids import derived_id

THERAPISTS = (
    "clinical_psychologist",
    "parent_infant_psychotherapist",
    "child_adolescent_psychotherapist",
    "adult_psychotherapist",
    "counselling_psychologist",
)
OTHERS = (
    "health_visitor",
    "family_support_worker",
    "social_worker",
    "nursery_nurse",
    "mental_health_nurse",
    "assistant_psychologist",
    "midwife",
    "occupational_therapist",
)
VIG = "vig-accredited"
LONG_DAYS = 21
"""An absence that a family notices: somebody else takes over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """An absence: first day, first day back, and whether its end was known when it began."""

    from_on: date
    back_on: date
    planned: bool

    @property
    def long(self) -> bool:
        """Whether somebody else must take over."""
        return (self.back_on - self.from_on).days > LONG_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """Somebody who works in the team, under an opaque id."""

    practitioner_id: UUID
    discipline: str
    role: str
    wte: str
    years: int
    """Whole years of experience with children under two at joining."""
    competencies: tuple[str, ...]
    triage_rota: bool
    joined_on: date
    left_on: date | None = None
    away: tuple[Away, ...] = ()

    @property
    def clinical(self) -> bool:
        """Whether families are seen."""
        return self.role != "administrator"

    def there(self, day: date) -> bool:
        """Whether they are at work on a civil date."""
        here = self.joined_on <= day and (self.left_on is None or day <= self.left_on)
        return here and not any(each.from_on <= day < each.back_on for each in self.away)

    def gone(self, day: date) -> str | None:
        """Why they cannot lead a case on a civil date: `left`, `leave` or `absence`; None if they can."""
        if self.left_on is not None and day > self.left_on:
            return "left"
        away = next((each for each in self.away if each.long and each.from_on <= day < each.back_on), None)
        return None if away is None else ("leave" if away.planned else "absence")


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who ever worked in the team while it is told of; the first is its lead."""

    people: tuple[Practitioner, ...]

    def who(self, practitioner_id: UUID) -> Practitioner:
        """The practitioner of an id."""
        return next(person for person in self.people if person.practitioner_id == practitioner_id)

    def at_work(self, day: date) -> list[Practitioner]:
        """Those who see families and are there on a civil date; the lead steps in where nobody else is."""
        return [person for person in self.people if person.clinical and person.there(day)] or [self.people[0]]

    def able(self, day: date, competency: str | None) -> list[Practitioner]:
        """Those who can lead a case from a civil date on."""
        fit = [
            person
            for person in self.people
            if person.clinical
            and person.joined_on <= day
            and person.gone(day) is None
            and (competency is None or competency in person.competencies)
        ]
        return fit or [self.people[0]]


def roster(team: Team, first_day: date, last_day: date, chance: Chance) -> Roster:
    """The people of a team; those who leave are replaced, mostly after a while."""
    days = (last_day - first_day).days
    began_on = first_day - timedelta(days=120)
    psychological = 1 if team.lonely else max(1, round(team.staff * 0.4))
    people = [_person(team, place, began_on, chance, therapist=place < psychological) for place in range(team.staff)]
    people.append(replace(_person(team, team.staff, began_on, chance, therapist=False), role="administrator"))
    people[0] = replace(people[0], role="lead", wte="1", years=9, triage_rota=True, competencies=(VIG,))
    for place in range(1, team.staff):
        leaves = chance.of(0.17) if not team.lonely else False
        if leaves and days > 120:
            left_on = working_day(first_day + timedelta(days=chance.between(60, days - 30)))
            people[place] = replace(people[place], left_on=left_on)
            people.append(_successor(team, len(people), people[place], left_on, chance))
        else:
            people[place] = replace(people[place], away=_absences(first_day, days, chance))
    if team.lonely and days > 200:
        people += _one_more_psychologist(team, people, first_day, days, chance)
    return Roster(tuple(person for person in people if person.joined_on <= last_day))


def _person(team: Team, place: int, joined_on: date, chance: Chance, *, therapist: bool) -> Practitioner:
    return Practitioner(
        practitioner_id=derived_id("synthetic-practitioner", team.team_id, place),
        discipline=chance.one(THERAPISTS if therapist else OTHERS),
        role="practitioner",
        wte=chance.one(("1", "0.8", "0.8", "0.6", "0.5")),
        years=chance.between(0, 12),
        competencies=(VIG,) if chance.of(0.5) else (),
        triage_rota=therapist or chance.of(0.2),
        joined_on=joined_on,
    )


def _successor(team: Team, place: int, former: Practitioner, left_on: date, chance: Chance) -> Practitioner:
    joined_on = working_days_later(left_on, chance.between(15, 80))
    therapist = former.discipline in THERAPISTS
    return replace(_person(team, place, joined_on, chance, therapist=therapist), discipline=former.discipline, years=1)


def _one_more_psychologist(
    team: Team, people: list[Practitioner], first_day: date, days: int, chance: Chance
) -> Sequence[Practitioner]:
    """The only psychologist leaves; the lead's place is taken weeks later, by one who is psychologist too."""
    left_on = working_day(first_day + timedelta(days=days // 2))
    first = people[0]
    people[0] = replace(first, discipline="health_visitor")
    people[1] = replace(people[1], discipline="clinical_psychologist", left_on=left_on, away=())
    return [_successor(team, len(people), people[1], left_on, chance)]


def _absences(first_day: date, days: int, chance: Chance) -> tuple[Away, ...]:
    if days < 60 or chance.of(0.45):
        return ()
    planned = chance.of(0.4)
    length = chance.between(90, 270) if planned and chance.of(0.5) else chance.between(8, 60)
    from_on = working_day(first_day + timedelta(days=chance.between(10, days - 20)))
    return (Away(from_on=from_on, back_on=working_day(from_on + timedelta(days=length)), planned=planned),)
