"""Code lists of what a person is asked to do, and by when (domain 6.5)."""

from enum import StrEnum


class TaskKind(StrEnum):
    """What a person is asked to do."""

    TRACE_NHS_NUMBER = "trace_nhs_number"
    REPOINT_MHSDS_SUBJECT = "repoint_mhsds_subject"
    OFFER_CLOSING = "offer_closing"
    REVIEW_BREAK_GLASS = "review_break_glass"
    REVIEW_DISCLOSURE = "review_disclosure"
    SEND_DISCHARGE_SUMMARY = "send_discharge_summary"
    CORRECT_DISCHARGE_SUMMARY = "correct_discharge_summary"
    LETTER_FAILED = "letter_failed"


class OwnerRole(StrEnum):
    """Whose it is to do."""

    TEAM_LEAD = "team_lead"
    PRACTITIONER = "practitioner"
    ADMINISTRATOR = "administrator"
    TRIAGE_CLINICIAN = "triage_clinician"
    LEAD_PRACTITIONER = "lead_practitioner"
    DPO = "dpo"


class TargetCode(StrEnum):
    """A team's targets for a referral (rules P1 and P9)."""

    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    INFORMATION = "information"


class Service(StrEnum):
    """The services that hold a person's key."""

    REFERRAL = "referral"
    ASSESSMENT = "assessment"
    INTERVENTION = "intervention"
    REPORTING = "reporting"
