"""Which cases are about the same baby, and how a team's referrals of one baby join into spells (domain 3.4 rule 2)."""

from collections.abc import Iterable
from datetime import date

from tests.oracle.cases import Case, by_then

JOINING_DAYS = 5


def babies(case: Case) -> dict[str, set[str]]:
    """Each baby of a case under the id it goes by last, with every id it ever had."""
    names = {subject["infant_id"]: {subject["infant_id"]} for subject in case.referral("subjects") or []}
    for event in case.said("InfantIdentityReplaced"):
        if event.data["infant_id"] in names:
            known = names.pop(event.data["infant_id"])
            names.setdefault(event.data["new_infant_id"], {event.data["new_infant_id"]}).update(known)
    return names


def same_babies(case: Case, cases: Iterable[Case]) -> list[Case]:
    """This case and the team's other ones of any of its babies."""
    own = babies(case).keys()
    return [each for each in cases if each.id == case.id or (each.team == case.team and own & babies(each).keys())]


def ended(case: Case, at: date) -> date | None:
    """When a referral ended, not before it came; None while it is open at t."""
    if case.received_on is None or not by_then(case.closed_on, at):
        return None
    return max(case.closed_on, case.received_on)  # type: ignore[type-var]


def joined(cases: list[Case], at: date) -> list[list[Case]]:
    """Cases received by t as spells: the next joins when it comes at most five days after the end of all before."""
    received = sorted((case for case in cases if by_then(case.received_on, at)), key=lambda c: (c.received_on, c.id))
    found: list[list[Case]] = []
    for case in received:
        ends = [ended(each, at) for each in found[-1]] if found else []
        open_still = None in ends
        if found and (open_still or (case.received_on - max(end for end in ends if end)).days <= JOINING_DAYS):  # type: ignore[operator]
            found[-1].append(case)
        else:
            found.append([case])
    return found


def spell_of(case: Case, cases: list[Case], at: date) -> list[Case]:
    return next(spell for spell in joined(cases, at) if any(each.id == case.id for each in spell))


def over(cases: list[Case], at: date) -> date | None:
    """When the last of the cases ended; None while any is open."""
    ends = [ended(case, at) for case in cases]
    return None if None in ends else max(end for end in ends if end is not None)
