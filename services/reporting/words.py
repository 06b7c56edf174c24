"""Plain words for codes that pages, tables and answers show. Pure."""

from collections.abc import Mapping

STAGE_TITLES: Mapping[str, str] = {
    "awaiting_decision": "Awaiting decision",
    "waiting_assessment": "Accepted, waiting for assessment",
    "in_assessment": "In assessment",
    "waiting_programme": "Assessed, waiting for programme",
    "waiting_first_session": "Programme assigned, waiting for first treatment session",
    "active": "Active",
    "paused": "Paused",
    "ending": "Ending",
}
"""M1's sub-states."""

UNIT_TITLES: Mapping[str, str] = {
    "cases": "Cases",
    "infants": "Babies",
    "caregivers": "Parents and carers",
    "relationships": "Relationships (dyads and triads)",
}
"""What the open caseload is counted in."""


TARGET_TITLES: Mapping[str, str] = {
    "acknowledge": "Word to the referrer",
    "decide": "Decision",
    "information": "Information from the referrer",
    "offer_assessment": "Offer of an assessment",
    "complete_assessment": "Assessment",
    "answer_safety_item": "Answer to a safety item",
    "contact": "First contact",
    "programme": "Programme",
    "first_session": "First treatment session",
    "silence": "Next session",
    "ending": "Ending session or discharge",
}
"""What a case waits for, by the code of its target (`targets.Target`)."""


def worded(code: str) -> str:
    """A code as words: `practitioner_absent` -> `Practitioner absent`; capitals of an abbreviation stay."""
    text = code.replace("_", " ")
    return text[:1].upper() + text[1:]
