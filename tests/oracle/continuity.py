"""M16, continuity: who led the work, when nobody was there, and where the baby lived (domain 6.6, S42, R12)."""

from datetime import date
from itertools import pairwise

from tests.oracle.cases import Case, cases_of, referred
from tests.oracle.contacts import sessions_of
from tests.oracle.documents import Event

ABSENCE = {"practitioner_absent", "practitioner_leave"}
PLACEMENT = {"placement_change", "adoption"}


def lead_changes(case: Case, first: date, last: date) -> int:
    """Changes of the lead practitioner in the period; to the same one is none."""
    return sum(
        first <= event.day("on") <= last and event.data["from_practitioner_id"] != event.data["to_practitioner_id"]
        for event in case.said("LeadPractitionerChanged")
    )


def absence_gaps(case: Case, first: date, last: date) -> list[int]:
    """Days between one held session and the next, where one between them fell out since a practitioner was away.

    A gap belongs to the period in which it ends. Several sessions that fell out in one gap make one gap.
    """
    told = sessions_of(case)
    held = sorted({day for day, event in told if event.name == "SessionHeld"})
    away = [day for day, event in told if event.name == "SessionNotHeld" and event.asked("reason") in ABSENCE]
    return [
        (after - before).days
        for before, after in pairwise(held)
        if first <= after <= last and any(before <= day <= after for day in away)
    ]


def placement_changes(case: Case, first: date, last: date) -> int:
    """Days in the period on which an infant lost a caregiver by a change of placement or an adoption."""
    moves = {
        (event.data["infant_id"], event.day("to_on"))
        for event in case.said("LinkEnded")
        if event.asked("reason") in PLACEMENT and first <= event.day("to_on") <= last
    }
    return len(moves)


def continuity(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, dict[str, int]]:
    """By case with any of the three: lead changes, gaps, days of gaps, placement changes, in the period and by t."""
    answer = {}
    end = min(last, at)
    for case in referred(cases_of(events, team)):
        gaps = absence_gaps(case, first, end)
        row = {
            "lead_changes": lead_changes(case, first, end),
            "gaps": len(gaps),
            "gap_days": sum(gaps),
            "placement_changes": placement_changes(case, first, end),
        }
        if any(row.values()):
            answer[case.id] = row
    return answer
