"""M10, equity: the other numbers again, for each group of families (domain 6.6)."""

from collections.abc import Callable
from typing import TypeVar

from tests.oracle.cases import Case, cases_of, referred
from tests.oracle.documents import Event

Answer = TypeVar("Answer")
UNKNOWN = "unknown"


def deprivation(case: Case) -> set[str]:
    """The infant's decile, else the primary caregiver's; of several the lowest, which is the most deprived."""
    own = [subject.get("deprivation_decile") for subject in case.referral("subjects") or []]
    carers = [carer.get("deprivation_decile") for carer in caregivers(case) if carer.get("primary")]
    known = [decile for decile in own if decile is not None] or [decile for decile in carers if decile is not None]
    return {str(min(known))} if known else {UNKNOWN}


def ethnicity(case: Case) -> set[str]:
    """Every group of its babies; where none is said, of its parents and carers."""
    own = {subject.get("ethnic_group") for subject in case.referral("subjects") or []} - {None}
    carers = {carer.get("ethnic_group") for carer in caregivers(case)} - {None}
    return {str(group) for group in own or carers} or {UNKNOWN}


def role(case: Case) -> set[str]:
    """Every role in which somebody was linked at any time: a case with a father counts under fathers."""
    return {str(carer["role"]) for carer in caregivers(case) if carer.get("role")} or {UNKNOWN}


def interpreter(case: Case) -> set[str]:
    return {"yes"} if any(member.get("interpreter_language") for member in members(case)) else {"no"}


def caregivers(case: Case) -> list[dict]:  # type: ignore[type-arg]
    return [*(case.referral("caregivers") or []), *(event.data for event in case.said("FamilyMemberLinked"))]


def members(case: Case) -> list[dict]:  # type: ignore[type-arg]
    return [*(case.referral("subjects") or []), *caregivers(case)]


DIMENSIONS: dict[str, Callable[[Case], set[str]]] = {
    "deprivation": deprivation,
    "ethnicity": ethnicity,
    "caregiver_role": role,
    "interpreter": interpreter,
}


def by_group(
    events: list[Event], dimension: str, number: Callable[[list[Event]], Answer], team: str | None = None
) -> dict[str, Answer]:
    """Any number of M1 to M9, asked of the cases of each group alone.

    Args:
        events: what is believed.
        dimension: a key of `DIMENSIONS`; a case may belong to several groups of one.
        number: the question, e.g. `lambda events: waits(events, at, first, last)`.
        team: only its cases.
    """
    of_teams = [event for event in events if event.subject == event.team]
    groups: dict[str, list[Event]] = {}
    for case in referred(cases_of(events, team)):
        for group in DIMENSIONS[dimension](case):
            groups.setdefault(group, []).extend(case.events)
    return {group: number([*said, *of_teams]) for group, said in sorted(groups.items())}
