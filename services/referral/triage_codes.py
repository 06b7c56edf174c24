"""Code lists of triage and of what is asked of a referrer (domain 2.2, 2.1, statements S21, S35, S37, S43)."""

from enum import StrEnum


class TriageDecision(StrEnum):
    """What triage came to (domain 2.2): the whole list, of which each event may carry its own part."""

    ACCEPTED = "accepted"
    ACCEPTED_CONSULTATION_ONLY = "accepted_consultation_only"
    MORE_INFORMATION_NEEDED = "more_information_needed"
    DECLINED = "declined"
    SIGNPOSTED = "signposted"
    REDIRECTED_TRANSFER = "redirected_transfer"
    WITHDRAWN_BY_FAMILY = "withdrawn_by_family"
    DUPLICATE = "duplicate"


class UniversalServices(StrEnum):
    """Whether universal services alone could meet the need (statement S21)."""

    TRIED_INSUFFICIENT = "tried_insufficient"
    NOT_APPROPRIATE = "not_appropriate"
    NOT_AVAILABLE = "not_available"
    NOT_TRIED = "not_tried"
    UNKNOWN = "unknown"


class OrganisationType(StrEnum):
    """What kind of organisation referred (statement S35)."""

    NHS = "nhs"
    COUNCIL = "council"
    CHARITY = "charity"
    PRIVATE = "private"
    NONE = "none"
    OTHER = "other"


class Onset(StrEnum):
    """When the difficulty began (statement S43)."""

    BEFORE_CONCEPTION = "before_conception"
    PREGNANCY = "pregnancy"
    BIRTH_TO_SIX_WEEKS = "birth_to_six_weeks"
    SIX_WEEKS_TO_SIX_MONTHS = "six_weeks_to_six_months"
    SIX_TO_TWELVE_MONTHS = "six_to_twelve_months"
    AFTER_FIRST_BIRTHDAY = "after_first_birthday"
    UNKNOWN = "unknown"


class IndicatorDomain(StrEnum):
    """The five domains of an observational indicator set (domain 2.1, R7)."""

    RELATIONSHIP_WITH_MAIN_CARER = "relationship_with_main_carer"
    EMOTIONAL = "emotional"
    COGNITIVE = "cognitive"
    SENSE_OF_SELF = "sense_of_self"
    SOCIAL_INTERACTION = "social_interaction"


class InformationNeeded(StrEnum):
    """What a referrer or family is asked for before a decision."""

    CONSENT = "consent"
    CAREGIVER_DETAILS = "caregiver_details"
    INFANT_DETAILS = "infant_details"
    REASON_FOR_REFERRAL = "reason_for_referral"
    INDICATORS = "indicators"
    RISK = "risk"
    SAFEGUARDING = "safeguarding"
    OTHER_SERVICES_INVOLVED = "other_services_involved"
    INTERPRETER = "interpreter"
    LOCALITY = "locality"
    OTHER = "other"


class PriorityReason(StrEnum):
    """Why a referral's priority changed."""

    RISK_INCREASED = "risk_increased"
    RISK_DECREASED = "risk_decreased"
    NEW_INFORMATION = "new_information"
    BIRTH_NEAR = "birth_near"
    PLACEMENT_CHANGE = "placement_change"
    ENTERED_IN_ERROR = "entered_in_error"


class AcknowledgementChannel(StrEnum):
    """How a referrer was told something."""

    LETTER = "letter"
    TELEPHONE = "telephone"
    EMAIL = "email"
    PORTAL = "portal"


class AcknowledgedTo(StrEnum):
    """To whom receipt was acknowledged; where a family referred itself it is the referrer."""

    REFERRER = "referrer"


class SummaryTo(StrEnum):
    """Who gets the summary of a discharge (rule P11)."""

    REFERRER = "referrer"
    GP = "GP"
    HEALTH_VISITOR = "health_visitor"
    CAREGIVER = "caregiver"
