"""Code lists of a team's configuration and register of practitioners; every code stands on the wire for ever."""

from enum import IntEnum, StrEnum

from services.intervention.codes import Discipline


class Nation(StrEnum):
    """Whose identifiers, holidays and national clocks apply (statement S16)."""

    ENGLAND = "england"
    SCOTLAND = "scotland"
    WALES = "wales"
    NORTHERN_IRELAND = "northern_ireland"


class Host(StrEnum):
    """What kind of organisation a team belongs to (statement S16)."""

    NHS_TRUST = "nhs_trust"
    COUNCIL = "council"
    CHARITY = "charity"
    PRIVATE = "private"


class AgeLimit(IntEnum):
    """Completed months at which a child is too old to be referred (statements S31 to S33)."""

    SECOND_BIRTHDAY = 24
    THIRD_BIRTHDAY = 36
    FOURTH_BIRTHDAY = 48
    FIFTH_BIRTHDAY = 60


class Format(StrEnum):
    """How a component is given."""

    INDIVIDUAL = "individual"
    GROUP = "group"


class IndexSubject(StrEnum):
    """On whose record a referral is opened for national returns (domain 3.4)."""

    INFANT = "infant"
    CAREGIVER = "caregiver"


class Clock(StrEnum):
    """Named waiting-time definitions that a team is held to, beside the local one (domain 3.3, 3.4)."""

    LOCAL = "local"
    ENGLAND_RTT_18_WEEKS = "england_rtt_18_weeks"
    ENGLAND_CYP_4_WEEKS = "england_cyp_4_weeks"
    SCOTLAND_CAMHS_18_WEEKS = "scotland_camhs_18_weeks"
    SCOTLAND_PT_18_WEEKS = "scotland_pt_18_weeks"


class TeamRole(StrEnum):
    """What a practitioner is in the team."""

    PRACTITIONER = "practitioner"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    TRIAGE_CLINICIAN = "triage_clinician"
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"


PSYCHOLOGICAL = frozenset(
    {
        Discipline.CLINICAL_PSYCHOLOGIST,
        Discipline.COUNSELLING_PSYCHOLOGIST,
        Discipline.CHILD_ADOLESCENT_PSYCHOTHERAPIST,
        Discipline.PARENT_INFANT_PSYCHOTHERAPIST,
        Discipline.ADULT_PSYCHOTHERAPIST,
    }
)
"""Of these a team has at least one (statement S19); watched, never enforced against care."""
