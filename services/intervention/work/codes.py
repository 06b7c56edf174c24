"""Code lists of the work with other professionals (statements S7 to S10, S38); every code stands for ever."""

from enum import StrEnum


class ActivityKind(StrEnum):
    """What a team does for the system around families (statements S9, S10)."""

    TRAINING = "training"
    CONSULTATION = "consultation"
    SUPERVISION = "supervision"
    SYSTEM_ADVICE = "system_advice"
    """Advice to system leaders and commissioners."""


class Profession(StrEnum):
    """Whose work it is for."""

    GP = "GP"
    HEALTH_VISITOR = "health_visitor"
    SPECIALIST_IMH_HV = "specialist_IMH_HV"
    MIDWIFE = "midwife"
    FAMILY_NURSE = "family_nurse"
    NEONATAL_STAFF = "neonatal_staff"
    PERINATAL_MH = "perinatal_MH"
    CAMHS = "CAMHS"
    ADULT_MH = "adult_MH"
    SOCIAL_WORKER = "social_worker"
    FAMILY_SUPPORT_WORKER = "family_support_worker"
    EARLY_YEARS_PRACTITIONER = "early_years_practitioner"
    FOSTER_CARER = "foster_carer"
    VOLUNTARY_SECTOR = "voluntary_sector"
    POLICE_JUSTICE = "police_justice"
    COMMISSIONER = "commissioner"
    SYSTEM_LEADER = "system_leader"
    OWN_TEAM = "own_team"
    """A practitioner of the team itself, supervised."""
    OTHER = "other"


class OrganisationType(StrEnum):
    """What kind of organisation the work is for (statement S35)."""

    NHS_TRUST = "nhs_trust"
    PRIMARY_CARE = "primary_care"
    COMMISSIONING_BODY = "commissioning_body"
    COUNCIL = "council"
    NURSERY_OR_SCHOOL = "nursery_or_school"
    CHARITY = "charity"
    PRIVATE = "private"
    POLICE_OR_COURT = "police_or_court"
    OWN_TEAM = "own_team"
    OTHER = "other"


class Sector(StrEnum):
    """Of the organisation that the work is for."""

    PUBLIC = "public"
    PRIVATE = "private"
    VOLUNTARY = "voluntary"


class Topic(StrEnum):
    """What the work is about."""

    PARENT_INFANT_RELATIONSHIPS = "parent_infant_relationships"
    INFANT_MENTAL_HEALTH = "infant_mental_health"
    READING_CUES = "reading_cues"
    REFLECTIVE_PRACTICE = "reflective_practice"
    PERINATAL_MENTAL_HEALTH = "perinatal_mental_health"
    TRAUMA_AND_LOSS = "trauma_and_loss"
    FATHERS_AND_PARTNERS = "fathers_and_partners"
    NEONATAL_CARE = "neonatal_care"
    SAFEGUARDING = "safeguarding"
    CHILDREN_IN_CARE = "children_in_care"
    A_METHOD = "a_method"
    """A component of the toolkit, such as the Solihull Approach."""
    REFERRAL_PATHWAY = "referral_pathway"
    STRATEGY_AND_COMMISSIONING = "strategy_and_commissioning"
    OTHER = "other"


class Question(StrEnum):
    """What a consultation asks (statement S8)."""

    UNDERSTANDING_THE_RELATIONSHIP = "understanding_the_relationship"
    WHAT_TO_DO_NEXT = "what_to_do_next"
    WHETHER_TO_REFER = "whether_to_refer"
    RISK_TO_THE_BABY = "risk_to_the_baby"
    ANOTHER_SERVICE = "another_service"
    SUPPORT_FOR_THE_WORKER = "support_for_the_worker"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a consultation (statements S8, S38)."""

    ADVICE_ONLY = "advice_only"
    BECAME_REFERRAL = "became_referral"
    SIGNPOSTED = "signposted"
    JOINT_VISIT = "joint_visit"
    HELD_BY_REFERRER_WITH_OUR_SUPPORT = "held_by_referrer_with_our_support"
