"""Code lists of the assessment service (domain 2.4, 6.3); every code stands on the wire for ever."""

from enum import StrEnum


class MeasureCode(StrEnum):
    """Measures that the registry knows (domain 2.4); two-scale measures are one code a scale, they have no total."""

    EPDS = "EPDS"
    PHQ_9 = "PHQ-9"
    GAD_7 = "GAD-7"
    CORE_10 = "CORE-10"
    CORE_OM = "CORE-OM"
    HADS_A = "HADS-A"
    HADS_D = "HADS-D"
    MORS_SF_WARMTH = "MORS-SF-WARMTH"
    MORS_SF_INVASION = "MORS-SF-INVASION"
    MORS_CHILD_WARMTH = "MORS-CHILD-WARMTH"
    MORS_CHILD_INVASION = "MORS-CHILD-INVASION"
    ASQ_SE_2 = "ASQ-SE-2"
    PIIOS = "PIIOS"
    CARE_INDEX_SYNCHRONY = "CARE-INDEX-SYNCHRONY"
    CARE_INDEX_SENSITIVITY = "CARE-INDEX-SENSITIVITY"
    KIPS = "KIPS"
    PIR_GAS = "PIR-GAS"
    DC05_AXIS2_A = "DC05-AXIS2-A"
    DC05_AXIS2_B = "DC05-AXIS2-B"
    GBO = "GBO"
    SDQ_2_4 = "SDQ-2-4"
    BPSES = "BPSES"
    SWEMWBS = "SWEMWBS"
    WEMWBS = "WEMWBS"


class MeasureWarning(StrEnum):
    """What is odd about a recorded measure; it is recorded all the same."""

    OUTSIDE_AGE_WINDOW = "outside_age_window"


class SubjectKind(StrEnum):
    """Whom or what a measure is about (statement S46; a goal for goal-based outcomes)."""

    INFANT = "INFANT"
    CAREGIVER = "CAREGIVER"
    RELATIONSHIP = "RELATIONSHIP"
    GOAL = "GOAL"


class Rater(StrEnum):
    """Who rated; an infant is never an informant (statement S44)."""

    SELF = "self"
    CAREGIVER = "caregiver"
    CLINICIAN = "clinician"
    OBSERVER = "observer"
    JOINT = "joint"


class Timepoint(StrEnum):
    """Where in the work a measure was taken."""

    BASELINE = "baseline"
    INTERIM = "interim"
    FINAL = "final"
    FOLLOWUP = "followup"


class Band(StrEnum):
    """Named ranges of the measures whose cut-offs may be shipped."""

    LOW = "low"
    MODERATE = "moderate"
    RELATIVELY_HIGH = "relatively_high"
    HIGH = "high"
    VERY_HIGH = "very_high"
    NONE = "none"
    MILD = "mild"
    MODERATELY_SEVERE = "moderately_severe"
    SEVERE = "severe"
    HEALTHY = "healthy"
    NON_CLINICAL = "non_clinical"
    WELL_ADAPTED = "well_adapted"
    ADAPTED = "adapted"
    PERTURBED = "perturbed"
    SIGNIFICANTLY_PERTURBED = "significantly_perturbed"
    DISTRESSED = "distressed"
    DISTURBED = "disturbed"
    DISORDERED = "disordered"
    SEVERELY_DISORDERED = "severely_disordered"
    GROSSLY_IMPAIRED = "grossly_impaired"
    DOCUMENTED_MALTREATMENT = "documented_maltreatment"


class SafetyKind(StrEnum):
    """What a safety concern is about."""

    SELF_HARM_OR_SUICIDE = "self_harm_or_suicide"
    HARM_TO_INFANT = "harm_to_infant"
    NEGLECT = "neglect"
    DOMESTIC_ABUSE = "domestic_abuse"
    ACUTE_MENTAL_ILLNESS = "acute_mental_illness"
    SUBSTANCE_USE = "substance_use"
    OTHER = "other"


class SafetyAction(StrEnum):
    """What is done about a safety concern."""

    CRISIS_TEAM = "crisis_team"
    GP_SAME_DAY = "gp_same_day"
    PERINATAL_MH_REFERRAL = "perinatal_MH_referral"
    SAFEGUARDING_REFERRAL = "safeguarding_referral"
    SAFETY_PLAN = "safety_plan"
    SUPERVISION = "supervision"
    EMERGENCY_SERVICES = "emergency_services"


class NeedLevel(StrEnum):
    """Level of need found (domain 6.3)."""

    TARGETED = "TARGETED"
    SPECIALIST = "SPECIALIST"
    NONE = "NONE"
    OTHER_SERVICE = "OTHER_SERVICE"


class Recommendation(StrEnum):
    """What the assessment recommends; only PROGRAMME leads to a programme (rule P3)."""

    PROGRAMME = "PROGRAMME"
    CONSULTATION = "CONSULTATION"
    SIGNPOST = "SIGNPOST"
    NO_FURTHER = "NO_FURTHER"


class Complexity(StrEnum):
    """What makes the work complex (statement S12)."""

    CAREGIVER_MENTAL_ILLNESS = "caregiver_mental_illness"
    CAREGIVER_TRAUMA = "caregiver_trauma"
    DOMESTIC_ABUSE = "domestic_abuse"
    SUBSTANCE_USE = "substance_use"
    CHILD_PROTECTION = "child_protection"
    LOOKED_AFTER = "looked_after"
    INFANT_HEALTH = "infant_health"
    PREMATURITY = "prematurity"
    LEARNING_DISABILITY_OR_ND = "learning_disability_or_nd"
    POVERTY_OR_HOUSING = "poverty_or_housing"
    INTERPRETER_NEEDED = "interpreter_needed"
    MULTIPLE_BIRTH = "multiple_birth"
    OTHER = "other"


class Strength(StrEnum):
    """What the work can build on (statement S5)."""

    WARMTH = "warmth"
    REFLECTIVE_CAPACITY = "reflective_capacity"
    SENSITIVITY = "sensitivity"
    MOTIVATION = "motivation"
    COPARENTING = "coparenting"
    SUPPORT_NETWORK = "support_network"
    INFANT_ENGAGEMENT = "infant_engagement"
    HELP_SEEKING = "help_seeking"


class ReasonNotMeasured(StrEnum):
    """Why there is no baseline measure."""

    DECLINED_BY_FAMILY = "declined_by_family"
    NOT_APPROPRIATE = "not_appropriate"
    ANTENATAL = "antenatal"
    LANGUAGE = "language"
    BRIEF_CONTACT = "brief_contact"


class AbandonReason(StrEnum):
    """Why an assessment ended without a result."""

    ADMINISTRATIVE_ERROR = "administrative_error"


class TaskKind(StrEnum):
    """What a person must look at."""

    REVIEW_VOIDED_ACCEPTANCE = "review_voided_acceptance"
    REVIEW_RESTORED_ACCEPTANCE = "review_restored_acceptance"


class OwnerRole(StrEnum):
    """Whose worklist a task stands on."""

    TEAM_LEAD = "team_lead"
    ADMINISTRATOR = "administrator"
