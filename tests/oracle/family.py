"""Who belongs to a case on a day: infants, caregivers, relationships (S2, S3, S26, 6.3)."""

from datetime import date

from tests.oracle.cases import Case
from tests.oracle.documents import Event


def links(case: Case, at: date) -> set[tuple[str, str]]:
    """(infant, caregiver) pairs in force at t: a link holds from its first day to before its last."""
    held: set[tuple[str, str]] = set()
    gone: set[str] = set()
    for event in _in_order(case):
        data = event.data
        if event.name == "ReferralReceived" and event.day("received_on") <= at:
            for subject in data["subjects"]:
                held |= {(subject["infant_id"], carer["caregiver_id"]) for carer in data["caregivers"]}
        elif event.name == "FamilyMemberLinked" and event.day("from_on") <= at:
            held.add((data["infant_id"], data["caregiver_id"]))
        elif event.name == "LinkEnded" and event.day("to_on") <= at:
            held.discard((data["infant_id"], data["caregiver_id"]))
        elif event.name == "InfantIdentityReplaced" and event.day("on") <= at:
            gone.add(data["infant_id"])
    present = _as_called(case, at)
    return {(infant, carer) for infant, carer in held if infant in present and infant not in gone}


def infants(case: Case, at: date) -> set[str]:
    """The babies of a case at t, under the ids they go by last.

    A baby whose pregnancy ended stays one of the case until it closes: the loss is what the work is then about.
    """
    last = _last_names(case)
    return {last.get(infant, infant) for infant in _as_called(case, at)}


def _as_called(case: Case, at: date) -> set[str]:
    """The same under the ids they went by at t."""
    found: set[str] = set()
    for event in _in_order(case):
        if event.name == "ReferralReceived" and event.day("received_on") <= at:
            found |= {subject["infant_id"] for subject in event.data["subjects"]}
        elif event.name == "InfantIdentityReplaced" and event.day("on") <= at and event.data["infant_id"] in found:
            found.discard(event.data["infant_id"])
            found.add(event.data["new_infant_id"])
    return found


def _last_names(case: Case) -> dict[str, str]:
    """Each id that a baby ever had, to its last."""
    last: dict[str, str] = {}
    for event in case.said("InfantIdentityReplaced"):
        old, new = event.data["infant_id"], event.data["new_infant_id"]
        last = {name: new if called == old else called for name, called in last.items()} | {old: new}
    return last


def caregivers(case: Case, at: date) -> set[str]:
    return {carer for _infant, carer in links(case, at)}


def relationships(case: Case, at: date) -> set[tuple[str, frozenset[str]]]:
    """Dyads and triads of day t: those that an assessment or programme named by then and whose links are in force.

    While there is none, each infant with all its caregivers of that day.
    """
    pairs = links(case, at)
    naming = case.up_to(at, "AssessmentCompleted", "completed_on") + case.up_to(at, "ProgrammeAssigned", "assigned_on")
    named = {
        (each["infant_id"], frozenset(each["caregiver_ids"]))
        for event in naming
        for each in event.asked("focus_relationships") or []
    }
    in_force = {one for one in named if all((one[0], carer) in pairs for carer in one[1])}
    found = in_force or {
        (infant, frozenset(carer for one, carer in pairs if one == infant)) for infant in {one for one, _ in pairs}
    }
    last = _last_names(case)
    return {(last.get(infant, infant), carers) for infant, carers in found}


def _in_order(case: Case) -> list[Event]:
    return case.said("ReferralReceived", "FamilyMemberLinked", "LinkEnded", "InfantIdentityReplaced")
