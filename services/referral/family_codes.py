"""Code lists of the family, of consent and of who may not read a case (domain 5, statements S2, S3, S50)."""

from enum import StrEnum


class LinkEndReason(StrEnum):
    """Why somebody no longer cares for an infant."""

    PLACEMENT_CHANGE = "placement_change"
    ADOPTION = "adoption"
    DEATH = "death"
    PARENTS_SEPARATED = "parents_separated"
    NO_CONTACT_ORDER = "no_contact_order"
    OTHER = "other"


class ConsentScope(StrEnum):
    """What a family may agree or object to; each by itself (domain 5)."""

    REFERRAL = "referral"
    SHARE_WITH_SERVICES = "share_with_services"
    VIDEO = "video"
    RESEARCH = "research"
    MESSAGES = "messages"


class ConsentBy(StrEnum):
    """Who gave or took back a consent."""

    CAREGIVER = "caregiver"
    PERSON_WITH_PR = "person_with_pr"
    LOCAL_AUTHORITY = "local_authority"
    COURT = "court"


class DenialReason(StrEnum):
    """Why somebody may not read a case."""

    KNOWN_TO_FAMILY = "known_to_family"
    RELATIVE = "relative"
    FAMILY_REQUEST = "family_request"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    SAFEGUARDING = "safeguarding"
    OTHER = "other"


class BreakGlassReason(StrEnum):
    """Why somebody opened a case that they are not assigned to."""

    EMERGENCY = "emergency"
    SAFEGUARDING = "safeguarding"
    COVER_FOR_COLLEAGUE = "cover_for_colleague"
    FAMILY_CONTACTED_US = "family_contacted_us"
    COMPLAINT_OR_INCIDENT = "complaint_or_incident"
    LEGAL_REQUEST = "legal_request"


class IdentifierKind(StrEnum):
    """National identifiers; the number itself is sealed and never here (domain 4.3)."""

    NHS = "nhs"
    CHI = "chi"
    HEALTH_AND_CARE = "health_and_care"


class IdentifierStatus(StrEnum):
    """NHS number verification status (domain 4.3)."""

    VERIFIED = "01"
    NOT_TRACED = "02"
    TRACE_REQUIRED = "03"
    NO_MATCH = "04"
    CONFLICT = "05"
    IN_PROGRESS = "06"
    NOT_REQUIRED = "07"
    POSTPONED_BABY = "08"


class IdentifierQuality(StrEnum):
    """What checking a number at the edge found; `none` where only a status came, and no number."""

    VALID = "valid"
    TEST_RANGE = "test_range"
    CHECK_DIGIT_FAILED = "check_digit_failed"
    REPEATED_DIGITS = "repeated_digits"
    MALFORMED = "malformed"
    NONE = "none"
