"""Code lists of the registry of measures (domain 2.4); every code stands on the wire for ever."""

from enum import StrEnum


class MeasureCode(StrEnum):
    """Measures that the registry knows (domain 2.4); a measure of several scales without a total is a code a scale."""

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
    CARE_INDEX_CONTROL = "CARE-INDEX-CONTROL"
    CARE_INDEX_UNRESPONSIVENESS = "CARE-INDEX-UNRESPONSIVENESS"
    CARE_INDEX_COOPERATIVENESS = "CARE-INDEX-COOPERATIVENESS"
    CARE_INDEX_COMPULSIVENESS = "CARE-INDEX-COMPULSIVENESS"
    CARE_INDEX_DIFFICULTNESS = "CARE-INDEX-DIFFICULTNESS"
    CARE_INDEX_PASSIVITY = "CARE-INDEX-PASSIVITY"
    KIPS = "KIPS"
    PIR_GAS = "PIR-GAS"
    DC05_AXIS2_A = "DC05-AXIS2-A"
    DC05_AXIS2_B = "DC05-AXIS2-B"
    GBO = "GBO"
    SDQ_2_4 = "SDQ-2-4"
    BPSES = "BPSES"
    SWEMWBS = "SWEMWBS"
    WEMWBS = "WEMWBS"
    PRFQ_PM = "PRFQ-PM"
    PRFQ_CMS = "PRFQ-CMS"
    PRFQ_IC = "PRFQ-IC"
    PBQ = "PBQ"
    KPCS = "KPCS"
    PSI_SF = "PSI-SF"
    BITSEA_PROBLEM = "BITSEA-PROBLEM"
    BITSEA_COMPETENCE = "BITSEA-COMPETENCE"
    AQS = "AQS"
    ADBB = "ADBB"
    CHI_ESQ = "CHI-ESQ"
    SRS = "SRS"
    PEM = "PEM"


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


class Direction(StrEnum):
    """Which way a scale is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"
    """Both ends are a concern: read with the manual, never as improvement or deterioration."""


class Licence(StrEnum):
    """What a team must have before it uses a measure; the registry ships no items and no licensed cut-off."""

    FREE = "free"
    FREE_WITH_TRAINING = "free_with_training"
    LICENSED = "licensed"
    LICENSED_WITH_TRAINING = "licensed_with_training"


class Subscale(StrEnum):
    """Parts of a measure that are scored apart."""

    ANXIETY = "anxiety"
    DEPRESSION = "depression"
    WARMTH = "warmth"
    INVASION = "invasion"
    WELLBEING = "wellbeing"
    PROBLEMS = "problems"
    FUNCTIONING = "functioning"
    RISK = "risk"
    EMOTIONAL = "emotional"
    CONDUCT = "conduct"
    HYPERACTIVITY = "hyperactivity"
    PEER = "peer"
    PROSOCIAL = "prosocial"
    IMPACT = "impact"
    SENSITIVITY = "sensitivity"
    SYNCHRONY = "synchrony"
    IMPAIRED_BONDING = "impaired_bonding"
    REJECTION_AND_ANGER = "rejection_and_anger"
    ANXIETY_ABOUT_CARE = "anxiety_about_care"
    RISK_OF_ABUSE = "risk_of_abuse"
    PARENTAL_DISTRESS = "parental_distress"
    DYSFUNCTIONAL_INTERACTION = "dysfunctional_interaction"
    DIFFICULT_CHILD = "difficult_child"


class Band(StrEnum):
    """Named ranges of the measures whose cut-offs may be shipped; a team's own bands have codes of its own."""

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


class MeasureWarning(StrEnum):
    """What is odd about a recorded measure; it is recorded all the same."""

    OUTSIDE_AGE_WINDOW = "outside_age_window"
