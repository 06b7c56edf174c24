"""The targets of a team that a wait is held against: their codes, their days, and whose they are. Pure data.

Codes, names of the days and defaults are those of the deciding services (rules P1, P2, P9), which reporting does not
import; a test compares them.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Target(StrEnum):
    """What is to happen by a day; on the wire as the services say it in `TargetBreached`."""

    ACKNOWLEDGE = "acknowledge"
    """The referrer is told that the referral has arrived."""
    DECIDE = "decide"
    """Accepted, declined, withdrawn or linked as a duplicate."""
    INFORMATION = "information"
    """What was asked of the referrer comes."""
    OFFER_ASSESSMENT = "offer_assessment"
    """An assessment is offered or begins."""
    COMPLETE_ASSESSMENT = "complete_assessment"
    """The assessment ends."""
    ANSWER_SAFETY_ITEM = "answer_safety_item"
    """Somebody answers a safety item above nought."""
    CONTACT = "contact"
    """The team is in contact with the family."""
    PROGRAMME = "programme"
    """A recommended programme is put together."""
    FIRST_SESSION = "first_session"
    """The first treatment session of the programme: the hidden wait W5."""
    SILENCE = "silence"
    """The next session, while the work is under way."""
    ENDING = "ending"
    """An ending session, or the discharge, once the programme is through."""


ACKNOWLEDGE_WORKING_DAYS = "acknowledge_working_days"
"""The one target that is counted in working days."""

DAYS: Mapping[Target, str] = MappingProxyType(
    {
        Target.ACKNOWLEDGE: ACKNOWLEDGE_WORKING_DAYS,
        Target.DECIDE: "decide_days",
        Target.COMPLETE_ASSESSMENT: "assess_days",
        Target.CONTACT: "contact_days",
        Target.PROGRAMME: "programme_days",
        Target.FIRST_SESSION: "first_session_days",
        Target.SILENCE: "silence_days",
        Target.ENDING: "ending_days",
    }
)
"""Name of the days in a team's configuration; of a target that is not here the event itself says when it is due."""

DEFAULTS: Mapping[str, int] = MappingProxyType(
    {
        ACKNOWLEDGE_WORKING_DAYS: 1,
        "decide_days": 14,
        "assess_days": 42,
        "contact_days": 28,
        "programme_days": 14,
        "first_session_days": 28,
        "silence_days": 28,
        "ending_days": 28,
    }
)
"""Days of a team that has configured nothing."""

OWNERS: Mapping[Target, str] = MappingProxyType(
    {
        Target.ACKNOWLEDGE: "administrator",
        Target.DECIDE: "triage_clinician",
        Target.INFORMATION: "administrator",
        Target.OFFER_ASSESSMENT: "team_lead",
        Target.COMPLETE_ASSESSMENT: "practitioner",
        Target.ANSWER_SAFETY_ITEM: "team_lead",
        Target.CONTACT: "team_lead",
        Target.PROGRAMME: "team_lead",
        Target.FIRST_SESSION: "lead_practitioner",
        Target.SILENCE: "lead_practitioner",
        Target.ENDING: "lead_practitioner",
    }
)
"""Whose worklist a missed target stands on, as the services say it."""
