"""Which cases a filtered question is about (contract of the questions: codes that must hold together)."""

from collections.abc import Callable, Mapping
from datetime import date

from tests.oracle.cases import Case, cases_of
from tests.oracle.documents import Event
from tests.oracle.referrals import AGE_BANDS, completed_months, dates_of
from tests.oracle.stages import tier

BAND_CODES = {"0-5 months": "0-5", "6-11 months": "6-11", "12-23 months": "12-23", "24-35 months": "24-35"}


def about(events: list[Event], at: date, asked: Mapping[str, str]) -> list[Event]:
    """What is believed of the cases that meet every filter, and of the teams, whose own events are about no case.

    Args:
        events: what is believed (`belief.believed`).
        at: t; tier and practitioner are those of t.
        asked: code by name of the filter; nothing asked: every case.
    """
    met = {case.id for case in cases_of(events) if all(MEETS[name](case, at, code) for name, code in asked.items())}
    return [event for event in events if event.subject == event.team or event.subject in met]


def priority(case: Case) -> str | None:
    """How urgent the referral is: what its stream says last, at receipt, acceptance or by a change."""
    said = [event.asked("priority") for event in case.said(*URGENCY)]
    return next((code for code in reversed(said) if code), None)


URGENCY = ("ReferralReceived", "ReferralAccepted", "ReferralPriorityChanged")


def lead(case: Case, at: date) -> str | None:
    """Who leads the work at t: named with the programme, or by a change since; of one day the last word."""
    named = [
        (event.day(dated), event.version, event.data[field])
        for name, dated, field in (
            ("ProgrammeAssigned", "assigned_on", "lead_practitioner_id"),
            ("LeadPractitionerChanged", "on", "to_practitioner_id"),
        )
        for event in case.up_to(at, name, dated)
        if event.asked(field)
    ]
    return max(named)[2] if named else None


def age_bands(case: Case) -> set[str]:
    """Of each baby when the referral was received."""
    return {_band(case, subject) for subject in case.referral("subjects") or []}


def _band(case: Case, subject: dict) -> str:  # type: ignore[type-arg]
    born_on, _ = dates_of(case, subject)
    received_on = case.received_on
    if born_on is None or received_on is None or born_on > received_on:
        return "antenatal"
    months = completed_months(born_on, received_on)
    return next((BAND_CODES[band] for most, band in AGE_BANDS if months <= most), "36-plus")


def _concerns(case: Case) -> set[str]:
    return {concern["code"] for concern in case.referral("concerns") or []}


MEETS: Mapping[str, Callable[[Case, date, str], bool]] = {
    "source": lambda case, _, code: case.referral("source") == code,
    "priority": lambda case, _, code: priority(case) == code,
    "locality": lambda case, _, code: case.referral("locality") == code,
    "concern": lambda case, _, code: code in _concerns(case),
    "tier": lambda case, at, code: tier(case, at) == code,
    "practitioner": lambda case, at, code: lead(case, at) == code,
    "age_band": lambda case, _, code: code in age_bands(case),
}
