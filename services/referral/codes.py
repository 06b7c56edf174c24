"""Code lists of the referral service (domain 2.2, 3.2, 6.3); every code stands on the wire for ever."""

from enum import StrEnum


class ReferralSource(StrEnum):
    """Who referred (domain 2.2)."""

    GP = "GP"
    HEALTH_VISITOR = "health_visitor"
    SPECIALIST_IMH_HV = "specialist_IMH_HV"
    MIDWIFE = "midwife"
    FAMILY_NURSE = "family_nurse"
    OBSTETRICS = "obstetrics"
    NEONATAL_UNIT = "neonatal_unit"
    PERINATAL_MH = "perinatal_MH"
    MATERNAL_MH = "maternal_MH"
    CAMHS = "CAMHS"
    ADULT_MH = "adult_MH"
    TALKING_THERAPIES = "talking_therapies"
    SOCIAL_CARE_CHILD = "social_care_child"
    SOCIAL_CARE_ADULT = "social_care_adult"
    EARLY_HELP_FAMILY_HUB = "early_help_family_hub"
    NURSERY_EARLY_YEARS = "nursery_early_years"
    VOLUNTARY_SECTOR = "voluntary_sector"
    POLICE_JUSTICE = "police_justice"
    SELF = "self"
    FAMILY_MEMBER = "family_member"
    INTERNAL_CONSULTATION = "internal_consultation"
    OTHER = "other"


class Channel(StrEnum):
    """How the referral reached the team."""

    API = "api"
    FHIR_MESSAGE = "fhir_message"
    BATCH = "batch"
    WEB_FORM = "web_form"
    EMAIL = "email"
    LETTER = "letter"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"


class Priority(StrEnum):
    """Clinical response priority (domain 3.2, ClinRespPriorityType)."""

    EMERGENCY = "1"
    URGENT = "2"
    ROUTINE = "3"
    VERY_URGENT = "4"


class CaregiverRole(StrEnum):
    """Who a parent or carer is to the infant (statement S2)."""

    MOTHER = "mother"
    FATHER = "father"
    NON_BIRTH_PARENT = "non_birth_parent"
    ADOPTIVE_PARENT = "adoptive_parent"
    PROSPECTIVE_ADOPTER = "prospective_adopter"
    FOSTER_CARER = "foster_carer"
    KINSHIP_CARER = "kinship_carer"
    STEP_PARENT = "step_parent"
    OTHER = "other"


class ParentalResponsibility(StrEnum):
    """Whether a caregiver holds parental responsibility (statement S3)."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ConcernCode(StrEnum):
    """Concerns about the relationship (domain 2.2); never a diagnosis."""

    BONDING_DIFFICULTY = "bonding_difficulty"
    HOSTILE_OR_INTRUSIVE_INTERACTION = "hostile_or_intrusive_interaction"
    WITHDRAWN_UNRESPONSIVE_INTERACTION = "withdrawn_unresponsive_interaction"
    FRIGHTENED_OR_FRIGHTENING = "frightened_or_frightening"
    LOW_REFLECTIVE_CAPACITY = "low_reflective_capacity"
    INFANT_DISTRESS_REGULATION = "infant_distress_regulation"
    INFANT_WITHDRAWAL = "infant_withdrawal"
    SEPARATION_OR_PLACEMENT_CHANGE = "separation_or_placement_change"
    PARENTAL_TRAUMA_ACE = "parental_trauma_ACE"
    BIRTH_TRAUMA = "birth_trauma"
    LOSS_BEREAVEMENT = "loss_bereavement"
    ANTENATAL_AMBIVALENCE = "antenatal_ambivalence"
    CAREGIVER_MH_AFFECTING_RELATIONSHIP = "caregiver_MH_affecting_relationship"
    CAREGIVER_CONFLICT_DVA = "caregiver_conflict_DVA"
    SUBSTANCE_USE = "substance_use"
    PARENTAL_LD_ND = "parental_LD_ND"
    INFANT_HEALTH_OR_PREMATURITY = "infant_health_or_prematurity"
    SIBLING_HISTORY_OF_REMOVAL = "sibling_history_of_removal"
    OTHER = "other"


class RiskStatus(StrEnum):
    """Whether the concern is putting or could put the baby at risk (statement S29)."""

    CURRENT = "CURRENT"
    POTENTIAL = "POTENTIAL"


class Flag(StrEnum):
    """Circumstances that the team must know of (statement S50)."""

    CP_PLAN = "cp_plan"
    CIN = "cin"
    LAC = "lac"
    PRE_BIRTH_ASSESSMENT = "pre_birth_assessment"
    DVA = "dva"
    PERINATAL_MH_OPEN = "perinatal_mh_open"


class Consent(StrEnum):
    """What the family has said about being referred."""

    AGREED = "agreed"
    AGREED_VERBALLY = "agreed_verbally"
    NOT_YET_ASKED = "not_yet_asked"
    REFUSED = "refused"


class EthnicGroup(StrEnum):
    """High-level census group, optional, for M10."""

    ASIAN = "asian"
    BLACK = "black"
    MIXED = "mixed"
    WHITE = "white"
    OTHER = "other"
    NOT_STATED = "not_stated"


class OfferTier(StrEnum):
    """What the team offers on acceptance (statements S11, S12)."""

    TARGETED = "TARGETED"
    SPECIALIST = "SPECIALIST"
    CONSULT = "CONSULT"


class DecisionRole(StrEnum):
    """Role of whoever decided on the referral."""

    TRIAGE_CLINICIAN = "triage_clinician"
    PRACTITIONER = "practitioner"
    LEAD = "lead"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class OverrideReason(StrEnum):
    """Why a clinician accepts outside the team's eligibility rules."""

    CLINICAL_JUDGEMENT = "clinical_judgement"
    SIBLING_IN_SERVICE = "sibling_in_service"
    TRANSFER_IN = "transfer_in"
    AGED_OUT_WHILE_WAITING = "aged_out_while_waiting"


class DeclineReason(StrEnum):
    """Why a referral was declined (domain 2.2); `capacity_closed` is the evidence of unmet need."""

    OUTSIDE_AGE = "outside_age"
    OUTSIDE_AREA = "outside_area"
    NO_RELATIONSHIP_CONCERN = "no_relationship_concern"
    NEEDS_MET_BY_UNIVERSAL = "needs_met_by_universal"
    NEEDS_OTHER_SPECIALIST = "needs_other_specialist"
    CRISIS_OR_RISK_NEEDS_OTHER_SERVICE = "crisis_or_risk_needs_other_service"
    ALREADY_IN_EQUIVALENT_SERVICE = "already_in_equivalent_service"
    NO_CONSENT = "no_consent"
    INCOMPLETE_NO_RESPONSE = "incomplete_no_response"
    CAPACITY_CLOSED = "capacity_closed"


class Signpost(StrEnum):
    """Where a family is pointed to instead."""

    HEALTH_VISITING = "health_visiting"
    MIDWIFERY = "midwifery"
    FAMILY_HUB = "family_hub"
    GP = "GP"
    PERINATAL_MH = "perinatal_MH"
    MATERNAL_MH = "maternal_MH"
    CAMHS = "CAMHS"
    ADULT_MH = "adult_MH"
    TALKING_THERAPIES = "talking_therapies"
    SOCIAL_CARE = "social_care"
    VOLUNTARY_SECTOR = "voluntary_sector"
    PAEDIATRICS = "paediatrics"
    OTHER = "other"


class WithdrawnBy(StrEnum):
    """Who withdrew the referral."""

    FAMILY = "family"
    REFERRER = "referrer"


class WithdrawalReason(StrEnum):
    """Why a referral was withdrawn (`pregnancy_ended`: domain 5)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    CHANGED_MIND = "changed_mind"
    HELP_ELSEWHERE = "help_elsewhere"
    MOVED_AREA = "moved_area"
    REFERRED_IN_ERROR = "referred_in_error"
    PREGNANCY_ENDED = "pregnancy_ended"
    NOT_STATED = "not_stated"


class BirthSource(StrEnum):
    """Who told of the birth."""

    PDS = "pds"
    FAMILY = "family"
    STAFF = "staff"
