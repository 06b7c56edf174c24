"""The named clocks of one case, side by side (domain 3.3, 3.4, 6.6)."""

from datetime import date

from tests.oracle.cases import Case, by_then, cases_of, earliest
from tests.oracle.documents import Event
from tests.oracle.four_weeks import FOUR_WEEKS_DAYS, four_weeks
from tests.oracle.readings import EIGHTEEN_WEEKS, NOT_APPLICABLE, Reading, from_to, is_duplicate, treated
from tests.oracle.rtt import rtt
from tests.oracle.scotland import scotland
from tests.oracle.spells import ended, over, same_babies, spell_of
from tests.oracle.stages import configuration

TARGETS = {"decide_days": 14, "assess_days": 42, "programme_days": 14, "first_session_days": 28}
NAMES = ("local", "team", "weeks", "dashboard", "rtt", "camhs", "therapies")


def readings(events: list[Event], case_id: str, at: date) -> dict[str, Reading]:
    """Every clock of a case as at t, but the baby's, which is `window.windows`."""
    cases = {case.id: case for case in cases_of(events)}
    case = cases[case_id]
    if not by_then(case.received_on, at):
        return dict.fromkeys(NAMES, NOT_APPLICABLE)
    spell = spell_of(case, same_babies(case, cases.values()), at)
    return {
        "local": local(spell, at),
        "team": of_team(events, case, at),
        "weeks": four_weeks(events, case, cases.values(), at, FOUR_WEEKS_DAYS),
        "dashboard": four_weeks(events, case, cases.values(), at, FOUR_WEEKS_DAYS - 1),
        "rtt": rtt(case, at),
        "camhs": scotland(case, at, always=False),
        "therapies": scotland(case, at, always=True),
    }


def local(spell: list[Case], at: date) -> Reading:
    """First referral of the spell to first treatment; nothing is deducted."""
    start = min(case.received_on for case in spell)  # type: ignore[type-var]
    stop = earliest(day for case in spell for day in treated(case, at))
    return from_to(start, stop, over(spell, at), at, EIGHTEEN_WEEKS)  # type: ignore[arg-type]


def of_team(events: list[Event], case: Case, at: date) -> Reading:
    """This referral to the programme's first treatment, within the sum of the team's targets."""
    if is_duplicate(case, at):
        return NOT_APPLICABLE
    found = configuration(events, case.team, at)
    targets = TARGETS | ({} if found is None else found.data["targets"])
    most = sum(targets[name] for name in TARGETS)
    stop = case.first_programme_treatment_on
    return from_to(case.received_on, stop if by_then(stop, at) else None, ended(case, at), at, most)  # type: ignore[arg-type]
