"""The cases of one team before their stories are told: who comes when, and which way each goes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from deploy.local.network.chance import Chance
from deploy.local.network.family import Shape
from deploy.local.network.paths import Befalls, Path, Way
from deploy.local.network.seasons import referral_days
from deploy.local.network.story import Setting, family_of
from deploy.local.network.team import Team
from deploy.local.network.telling import Case
from shared.kernel.civil import birthday_months

TURNED_AWAY = 0.7
"""Share of families that a team without capacity declines for it; the most urgent it takes all the same [B]."""
DUPLICATE_DAYS = (4, 60)
COMES_BACK_DAYS = (200, 500)
"""Earliest and latest: how long after the first referral a family is referred twice, or again."""


def cases(team: Team, paths: Sequence[Path], setting: Setting, closed: frozenset[date]) -> Iterator[Case]:
    """A case for each path, by the day of its referral."""
    chance = Chance(setting.seed, team.team_id, "cases")
    days = sorted(referral_days(setting.first_day, setting.last_day, len(paths), chance))
    told: list[Case] = []
    for number, (path, received_on) in enumerate(zip(paths, days, strict=True), start=1):
        case = Case(
            number=number,
            case_id=chance.id_at(datetime.combine(received_on, time(9), UTC)),
            path=_turned_away(path, received_on, closed, chance),
            team=team,
            received_on=received_on,
        )
        case = _known_before(case, told, setting, chance)
        told.append(case)
        yield case


def _turned_away(path: Path, received_on: date, closed: frozenset[date], chance: Chance) -> Path:
    monday = received_on - timedelta(days=received_on.weekday())
    if path.usual and path.way is not Way.DECLINED and monday in closed and chance.of(TURNED_AWAY):
        return Path(way=Way.DECLINED, reason="capacity_closed", shape=path.shape, usual=True)
    return path


def _known_before(case: Case, told: Sequence[Case], setting: Setting, chance: Chance) -> Case:
    """A family that is referred twice, or comes back, is one of those before."""
    duplicate = case.path.way is Way.DUPLICATE
    comes_back = case.path.has(Befalls.RE_REFERRED) and case.path.way is not Way.LOSS
    if not duplicate and not comes_back:
        return case
    earliest, latest = DUPLICATE_DAYS if duplicate else COMES_BACK_DAYS
    before = [other for other in told if _may_be(other, case, setting, (earliest, latest))]
    if before:
        other = chance.one(before)
        return replace(case, other=other, path=replace(case.path, shape=other.path.shape))
    if duplicate:
        return replace(case, path=replace(case.path, way=Way.DECLINED, reason="already_in_equivalent_service"))
    return case


def _may_be(other: Case, case: Case, setting: Setting, days: tuple[int, int]) -> bool:
    path = other.path
    if not days[0] <= (case.received_on - other.received_on).days <= days[1] or other.other is not None:
        return False
    if path.still is not None or path.shape is Shape.UNBORN or path.has(Befalls.ADOPTION) or case.path.still:
        return False
    oldest = min(infant.born_on for infant in family_of(other, setting.seed, other.received_on).infants)
    return case.received_on < birthday_months(oldest, case.team.max_age_months) - timedelta(days=3)
