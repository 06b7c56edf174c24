"""Code lists of the assessment service (domain 2.2, 6.3); those of its measures are in `measure_codes`.

Every code stands on the wire for ever.
"""

from enum import StrEnum


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


class FormulationConcern(StrEnum):
    """What the formulation finds difficult in the relationship (domain 2.2; statement S29); never a diagnosis."""

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


class ReasonNotMeasured(StrEnum):
    """Why there is no baseline measure."""

    DECLINED_BY_FAMILY = "declined_by_family"
    NOT_APPROPRIATE = "not_appropriate"
    ANTENATAL = "antenatal"
    LANGUAGE = "language"
    BRIEF_CONTACT = "brief_contact"


class CompletionWarning(StrEnum):
    """What is odd about a completed assessment; it is recorded all the same."""

    NO_NATIONALLY_COUNTED_MEASURE = "no-nationally-counted-measure"
    """No baseline of a measure in NHS England's list: the national four-week clock does not stop (domain 2.4)."""


class ObservationMethod(StrEnum):
    """How an infant was observed; an observation is no score (domain 2.4; statement S44)."""

    NBO = "nbo"
    NBAS = "nbas"
    FREE_PLAY = "free_play"
    FEEDING = "feeding"
    HOME_OBSERVATION = "home_observation"
    VIDEO = "video"


class InfantExperience(StrEnum):
    """What an observed infant seemed to say, who cannot speak (statement S44)."""

    SETTLED = "settled"
    CURIOUS = "curious"
    SEEKS_CONTACT = "seeks_contact"
    TURNS_AWAY = "turns_away"
    WITHDRAWN = "withdrawn"
    WATCHFUL = "watchful"
    DISTRESSED = "distressed"
    HARD_TO_SOOTHE = "hard_to_soothe"
    TENSE = "tense"
    SLEEPY = "sleepy"


class ReassessmentReason(StrEnum):
    """Why a family is assessed again."""

    STEP_UP_CONSIDERED = "step_up_considered"
    STEP_DOWN_CONSIDERED = "step_down_considered"
    NEED_CHANGED = "need_changed"
    NEW_CAREGIVER = "new_caregiver"
    PLACEMENT_CHANGE = "placement_change"
    INFANT_BORN = "infant_born"
    PLANNED_REVIEW = "planned_review"
    FAMILY_CAME_BACK = "family_came_back"
    OTHER = "other"


class AbandonReason(StrEnum):
    """Why an assessment ended without a result."""

    FAMILY_WITHDREW = "family_withdrew"
    NOT_ENGAGED = "not_engaged"
    MOVED_AREA = "moved_area"
    CLINICAL_CHANGE = "clinical_change"
    TRANSFERRED_OTHER_SERVICE = "transferred_other_service"
    PREGNANCY_ENDED = "pregnancy_ended"
    INFANT_DIED = "infant_died"
    CAREGIVER_DIED = "caregiver_died"
    ADMINISTRATIVE_ERROR = "administrative_error"


class Stage(StrEnum):
    """Where an assessment stands (domain 6.4)."""

    OFFERED = "OFFERED"
    """Requested or offered; nothing has begun."""
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    ABANDONED = "ABANDONED"


class TaskKind(StrEnum):
    """What a person must look at."""

    REVIEW_VOIDED_ACCEPTANCE = "review_voided_acceptance"
    REVIEW_RESTORED_ACCEPTANCE = "review_restored_acceptance"


class TargetCode(StrEnum):
    """What a team aims at in an assessment (rules P2, P9)."""

    OFFER_ASSESSMENT = "offer_assessment"
    COMPLETE_ASSESSMENT = "complete_assessment"
    ANSWER_SAFETY_ITEM = "answer_safety_item"


class OwnerRole(StrEnum):
    """Whose worklist a task or a missed target stands on."""

    TEAM_LEAD = "team_lead"
    PRACTITIONER = "practitioner"
    ADMINISTRATOR = "administrator"


class Service(StrEnum):
    """Who acknowledges an erasure."""

    ASSESSMENT = "assessment"
