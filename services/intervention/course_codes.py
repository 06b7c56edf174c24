"""Code lists of an episode's course: changes, pauses, monitoring, ending. Every code stands on the wire for ever."""

from enum import StrEnum


class Phase(StrEnum):
    """Where an episode stands (domain 6.4). `PAUSED` is a side state: clocks keep running."""

    NOT_OPEN = "NOT_OPEN"
    OPEN = "OPEN"
    PROGRAMME_ASSIGNED = "PROGRAMME_ASSIGNED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ENDING = "ENDING"
    DISCHARGED = "DISCHARGED"


class ProgrammeWarning(StrEnum):
    """What was odd about a programme and did not stand in its way."""

    COMPETENCY_UNKNOWN = "competency_unknown"
    """A component needs a competency, and the team has entered no practitioner (statement S45)."""


class RevisionReason(StrEnum):
    """Why a programme was revised."""

    FAMILY_PREFERENCE = "family_preference"
    CLINICAL_REVIEW = "clinical_review"
    NEW_CONCERN = "new_concern"
    GOAL_REACHED = "goal_reached"
    NOT_SUITABLE = "not_suitable"
    INFANT_AGE = "infant_age"
    PRACTITIONER_CHANGE = "practitioner_change"
    CAREGIVER_CHANGE = "caregiver_change"
    GROUP_UNAVAILABLE = "group_unavailable"
    OTHER = "other"


class TierReason(StrEnum):
    """Why a family was stepped up or down (statement S12)."""

    SEVERITY_INCREASED = "severity_increased"
    COMPLEXITY_INCREASED = "complexity_increased"
    SAFEGUARDING = "safeguarding"
    NO_IMPROVEMENT = "no_improvement"
    IMPROVED = "improved"
    GOALS_REACHED = "goals_reached"
    FAMILY_REQUEST = "family_request"
    REASSESSED = "reassessed"
    OTHER = "other"


class LeadReason(StrEnum):
    """Why another practitioner leads (statement S42, M16)."""

    ABSENCE = "absence"
    LEAVE = "leave"
    LEFT = "left"
    CASELOAD = "caseload"
    FAMILY_REQUEST = "family_request"


class PauseReason(StrEnum):
    """Whose doing a pause is; only those of the family come off a net wait (M4)."""

    FAMILY = "family"
    SERVICE = "service"
    INFANT_HOSPITAL = "infant_hospital"


class MonitoringBy(StrEnum):
    """Whose decision active monitoring is (RTT rule 5b, domain 3.3)."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


class DeclinedBy(StrEnum):
    """Who declined the treatment that was offered (RTT rule 5c)."""

    CAREGIVER = "caregiver"
    FAMILY = "family"
    LOCAL_AUTHORITY = "local_authority"


class ReopenReason(StrEnum):
    """Why a discharge is undone: only because it was an error (domain 6.3)."""

    ENTERED_IN_ERROR = "entered_in_error"


class FollowUpKind(StrEnum):
    """How a family was followed up after its discharge."""

    TELEPHONE = "telephone"
    VISIT = "visit"
    VIDEO = "video"
    LETTER = "letter"
    MEASURES = "measures"
    OTHER_SERVICE = "other_service"


class FollowUpOutcome(StrEnum):
    """What the follow-up found."""

    GAINS_KEPT = "gains_kept"
    FURTHER_GAINS = "further_gains"
    DIFFICULTIES_RETURNED = "difficulties_returned"
    NEW_DIFFICULTIES = "new_difficulties"
    RE_REFERRAL_ADVISED = "re_referral_advised"
    SIGNPOSTED = "signposted"
    NOT_REACHED = "not_reached"


class Target(StrEnum):
    """What the episode's part of rule P9 watches."""

    CONTACT = "contact"
    """Accepted, and no contact with the family."""
    PROGRAMME = "programme"
    """Assessed for a programme, and none assigned."""
    FIRST_SESSION = "first_session"
    """Programme assigned, and no treatment session: the hidden wait W5."""
    SILENCE = "silence"
    """Active, not paused, and no session."""
    ENDING = "ending"
    """Programme completed, and neither an ending session nor a discharge."""
