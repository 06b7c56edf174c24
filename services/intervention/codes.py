"""Code lists of the intervention service (domain 2.2, 3.2, 6.3); every code stands on the wire for ever."""

from enum import StrEnum


class Tier(StrEnum):
    """Targeted or specialist work (statements S11, S12)."""

    TARGETED = "TARGETED"
    SPECIALIST = "SPECIALIST"


class ComponentKind(StrEnum):
    """What a component is drawn from (statement S24)."""

    PROFESSIONAL_PRACTICE = "PROFESSIONAL_PRACTICE"
    EVIDENCE_BASED = "EVIDENCE_BASED"


class GoalDomain(StrEnum):
    """What a goal is about (statements S4 to S6)."""

    DIFFICULTY = "difficulty"
    STRENGTH = "strength"
    CAPACITY = "capacity"


class GoalRater(StrEnum):
    """Who rates a goal."""

    CAREGIVER = "caregiver"
    JOINT = "joint"
    CLINICIAN = "clinician"


class AgreedBy(StrEnum):
    """Who agreed the care plan."""

    CAREGIVER = "caregiver"
    PRACTITIONER = "practitioner"
    TEAM = "team"
    LOCAL_AUTHORITY = "local_authority"


class SessionKind(StrEnum):
    """What a session is (domain 2.2)."""

    INITIAL_CONTACT = "initial_contact"
    ASSESSMENT = "assessment"
    THERAPY_DYADIC = "therapy_dyadic"
    THERAPY_TRIADIC = "therapy_triadic"
    CAREGIVER_ONLY = "caregiver_only"
    COUPLE = "couple"
    GROUP = "group"
    VIDEO_FILMING = "video_filming"
    VIDEO_REVIEW = "video_review"
    OBSERVATION_HOME = "observation_home"
    REVIEW = "review"
    ENDING = "ending"
    FOLLOW_UP = "follow_up"
    JOINT_VISIT = "joint_visit"
    TELEPHONE_SUPPORT = "telephone_support"


class Modality(StrEnum):
    """Consultation mechanism (domain 3.2)."""

    FACE_TO_FACE = "01"
    TELEPHONE = "02"
    TALK_TYPE = "04"
    EMAIL = "05"
    TEXT_ASYNC = "09"
    INSTANT_MESSAGE = "10"
    VIDEO = "11"
    MESSAGE_BOARD = "12"
    CHAT_ROOM = "13"
    OTHER = "98"


CONTACT_MODALITIES = frozenset({Modality.FACE_TO_FACE, Modality.TELEPHONE, Modality.TALK_TYPE, Modality.VIDEO})
"""Only these count as a contact (domain 3.2)."""


class Setting(StrEnum):
    """Where a session takes place (domain 2.2)."""

    HOME = "home"
    CLINIC = "clinic"
    FAMILY_HUB = "family_hub"
    NURSERY = "nursery"
    HOSPITAL_NEONATAL = "hospital_neonatal"
    PRISON_MBU = "prison_MBU"
    CONTACT_CENTRE = "contact_centre"
    ONLINE = "online"


class Attended(StrEnum):
    """Attendance of a session that was held (domain 3.2)."""

    ON_TIME = "5"
    LATE_SEEN = "6"


class NotAttended(StrEnum):
    """Attendance of a session that was not held (domain 3.2)."""

    CANCELLED_BY_FAMILY = "2"
    DID_NOT_ATTEND = "3"
    CANCELLED_BY_PROVIDER = "4"
    LATE_NOT_SEEN = "7"


class NotHeldBy(StrEnum):
    """Whose side a session fell through on."""

    FAMILY = "family"
    PROVIDER = "provider"


class NotHeldReason(StrEnum):
    """Why a session was not held."""

    NO_NOTICE = "no_notice"
    INFANT_ILL = "infant_ill"
    CAREGIVER_ILL = "caregiver_ill"
    OTHER_COMMITMENT = "other_commitment"
    TRANSPORT = "transport"
    HOSPITAL = "hospital"
    BEREAVEMENT = "bereavement"
    PRACTITIONER_ABSENT = "practitioner_absent"
    PRACTITIONER_LEAVE = "practitioner_leave"
    VENUE = "venue"
    WEATHER = "weather"
    NOT_STATED = "not_stated"


class Discipline(StrEnum):
    """A practitioner's discipline (statements S19, S20)."""

    CLINICAL_PSYCHOLOGIST = "clinical_psychologist"
    COUNSELLING_PSYCHOLOGIST = "counselling_psychologist"
    CHILD_ADOLESCENT_PSYCHOTHERAPIST = "child_adolescent_psychotherapist"
    PARENT_INFANT_PSYCHOTHERAPIST = "parent_infant_psychotherapist"
    ADULT_PSYCHOTHERAPIST = "adult_psychotherapist"
    ASSISTANT_PSYCHOLOGIST = "assistant_psychologist"
    PSYCHIATRIST = "psychiatrist"
    MENTAL_HEALTH_NURSE = "mental_health_nurse"
    HEALTH_VISITOR = "health_visitor"
    MIDWIFE = "midwife"
    FAMILY_NURSE = "family_nurse"
    NURSERY_NURSE = "nursery_nurse"
    SOCIAL_WORKER = "social_worker"
    FAMILY_SUPPORT_WORKER = "family_support_worker"
    OCCUPATIONAL_THERAPIST = "occupational_therapist"
    SPEECH_LANGUAGE_THERAPIST = "speech_language_therapist"
    TRAINEE = "trainee"
    OTHER = "other"


class Partner(StrEnum):
    """Who else a session is held with, or where a family goes on to."""

    UNIVERSAL_SERVICES = "universal_services"
    HEALTH_VISITING = "health_visiting"
    MIDWIFERY = "midwifery"
    FAMILY_NURSE = "family_nurse"
    FAMILY_HUB = "family_hub"
    NURSERY = "nursery"
    GP = "GP"
    PAEDIATRICS = "paediatrics"
    PERINATAL_MH = "perinatal_MH"
    MATERNAL_MH = "maternal_MH"
    CAMHS = "CAMHS"
    ADULT_MH = "adult_MH"
    TALKING_THERAPIES = "talking_therapies"
    SOCIAL_CARE = "social_care"
    VOLUNTARY_SECTOR = "voluntary_sector"
    OTHER_TEAM = "other_team"
    OTHER = "other"


class DischargeReason(StrEnum):
    """Why a case was closed (domain 2.2; `pregnancy_ended`: domain 5)."""

    PLANNED_COMPLETED = "planned_completed"
    PLANNED_PARTIAL = "planned_partial"
    STEPPED_DOWN_UNIVERSAL = "stepped_down_universal"
    STEPPED_UP_SPECIALIST = "stepped_up_specialist"
    TRANSFERRED_OTHER_SERVICE = "transferred_other_service"
    MOVED_AREA = "moved_area"
    FAMILY_WITHDREW = "family_withdrew"
    NOT_ENGAGED = "not_engaged"
    AGED_OUT = "aged_out"
    INFANT_DIED = "infant_died"
    PREGNANCY_ENDED = "pregnancy_ended"
    CAREGIVER_DIED = "caregiver_died"
    INFANT_REMOVED_OR_PLACED = "infant_removed_or_placed"
    NO_FURTHER_NEED_AFTER_ASSESSMENT = "no_further_need_after_assessment"
    ADMINISTRATIVE_ERROR = "administrative_error"


class Stage(StrEnum):
    """How far a case had come when it was closed."""

    REFERRED = "REFERRED"
    ASSESSED = "ASSESSED"
    PROGRAMME = "PROGRAMME"
    SESSIONS = "SESSIONS"


class OutcomeBand(StrEnum):
    """What the paired measures say (M9)."""

    IMPROVED = "improved"
    MAINTAINED = "maintained"
    MIXED = "mixed"
    DETERIORATED = "deteriorated"
    NOT_MEASURED = "not_measured"


class TaskKind(StrEnum):
    """What a person must look at."""

    ASSIGN_PROGRAMME = "assign_programme"
    REVIEW_ASSESSMENT_RESULT = "review_assessment_result"
    REVIEW_VOIDED_ACCEPTANCE = "review_voided_acceptance"
    REVIEW_RESTORED_ACCEPTANCE = "review_restored_acceptance"
    REVIEW_VOIDED_WITHDRAWAL = "review_voided_withdrawal"
    REVIEW_WAS_NOT_BROUGHT = "review_was_not_brought"
    REVIEW_INFANT_ABSENT = "review_infant_absent"
    DECIDE_CLOSING = "decide_closing"
    REASSIGN_LEAD = "reassign_lead"
    AGED_PAST_WINDOW = "aged_past_window"
    PSYCHOLOGIST_NEEDED = "psychologist_needed"


class OwnerRole(StrEnum):
    """Whose worklist a task stands on."""

    TEAM_LEAD = "team_lead"
    PRACTITIONER = "practitioner"
    ADMINISTRATOR = "administrator"
    LEAD_PRACTITIONER = "lead_practitioner"
