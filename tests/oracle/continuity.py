"""M16, continuity: who led the work, when nobody was there, and where the baby lived (domain 6.6, S42, R12)."""

from datetime import date, timedelta
from itertools import pairwise

from tests.oracle.caseload import in_caseload
from tests.oracle.cases import Case, cases_of, referred
from tests.oracle.contacts import sessions_of
from tests.oracle.documents import Event
from tests.oracle.filters import lead
from tests.oracle.supervision import absences

ABSENCE = {"practitioner_absent", "practitioner_leave"}
PLACEMENT = {"placement_change", "adoption"}
LONGEST_GAP = 182
"""Contacts further apart than half a year are an ending and a new beginning."""


def lead_changes(case: Case, first: date, last: date) -> int:
    """How often in the period somebody else leads than before, by a change or with another programme."""
    named = [
        (event.day(dated), event.version, event.data[field])
        for name, dated, field in (
            ("ProgrammeAssigned", "assigned_on", "lead_practitioner_id"),
            ("LeadPractitionerChanged", "on", "to_practitioner_id"),
        )
        for event in case.said(name)
        if event.asked(field)
    ]
    return sum(first <= after[0] <= last and before[2] != after[2] for before, after in pairwise(sorted(named)))


def gaps(events: list[Event], case: Case, at: date, first: date, last: date) -> tuple[list[int], list[int]]:
    """Days of the gaps that ended in the period, and of those that go on at t, which an absence explains.

    A gap lies between two days with an attended contact. A session between them fell out since a practitioner was away;
    or whoever led on its first day was away on a week of the days between, and on more than half of them.
    """
    met = sorted({day for day in case.contacts if first - timedelta(days=LONGEST_GAP) <= day <= at})
    missed = [day for day, event in sessions_of(case) if event.name == "SessionNotHeld" and said_away(event)]
    over, going_on = [], []
    for before, after in pairwise(met):
        if first <= after <= last and _explained(events, case, missed, before, after):
            over.append((after - before).days)
    if met and met[-1] < at and in_caseload(case, at) and _explained(events, case, missed, met[-1], _next(at)):
        going_on.append((at - met[-1]).days)
    short = [[days for days in found if days <= LONGEST_GAP] for found in (over, going_on)]
    return short[0], short[1]


def said_away(event: Event) -> bool:
    return event.asked("reason") in ABSENCE


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _explained(events: list[Event], case: Case, missed: list[date], before: date, until: date) -> bool:
    between = [before + timedelta(days=number) for number in range(1, (until - before).days)]
    if any(day in between for day in missed):
        return True
    who = lead(case, before)
    away = [] if who is None else absences(events, case.team, who)
    gone = sum(any(start <= day <= end for start, end in away) for day in between)
    return gone >= 7 and 2 * gone > len(between)


def placement_changes(case: Case, first: date, last: date) -> int:
    """Days in the period on which an infant lost a caregiver by a change of placement or an adoption."""
    names: dict[str, str] = {}
    for event in case.said("InfantIdentityReplaced"):
        old, new = event.data["infant_id"], event.data["new_infant_id"]
        names = {each: new if called == old else called for each, called in names.items()} | {old: new}
    moves = {
        (names.get(event.data["infant_id"], event.data["infant_id"]), event.day("to_on"))
        for event in case.said("LinkEnded")
        if event.asked("reason") in PLACEMENT and first <= event.day("to_on") <= last
    }
    return len(moves)


def continuity(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, dict[str, int]]:
    """By case with any of the three: lead changes, gaps and their days, placement changes, in the period and by t."""
    answer = {}
    end = min(last, at)
    for case in referred(cases_of(events, team)):
        over, going_on = gaps(events, case, at, first, end)
        row = {
            "lead_changes": lead_changes(case, first, end),
            "gaps": len(over),
            "gap_days": sum(over),
            "going_on_days": sum(going_on),
            "placement_changes": placement_changes(case, first, end),
        }
        if any(row.values()):
            answer[case.id] = row
    return answer
