"""What codes are called in letters to referrers: plain words, families first. Pure.

What is not listed is not told: such a letter is written by a person.
"""

from collections.abc import Mapping

from services.referral.codes import DeclineReason, Signpost

DECLINED: Mapping[DeclineReason, str] = {
    DeclineReason.OUTSIDE_AGE: "the baby is outside the age range for which our team is set up",
    DeclineReason.OUTSIDE_AREA: "the family lives outside the area that our team serves",
    DeclineReason.NO_RELATIONSHIP_CONCERN: "we did not find a concern about the relationship between parent and baby",
    DeclineReason.NEEDS_MET_BY_UNIVERSAL: "we believe that universal services can meet the family's needs",
    DeclineReason.NEEDS_OTHER_SPECIALIST: "another specialist service is better placed to help",
    DeclineReason.CRISIS_OR_RISK_NEEDS_OTHER_SERVICE: "the family needs the help of another service first",
    DeclineReason.ALREADY_IN_EQUIVALENT_SERVICE: "a service like ours is already involved",
    DeclineReason.NO_CONSENT: "we do not have the family's agreement to the referral",
    DeclineReason.INCOMPLETE_NO_RESPONSE: "information that we asked for has not reached us",
    DeclineReason.CAPACITY_CLOSED: "our team has no capacity at present; we record this as an unmet need",
}

SIGNPOSTS: Mapping[Signpost, str] = {
    Signpost.HEALTH_VISITING: "health visiting",
    Signpost.MIDWIFERY: "midwifery",
    Signpost.FAMILY_HUB: "the family hub",
    Signpost.GP: "the GP",
    Signpost.PERINATAL_MH: "perinatal mental health services",
    Signpost.MATERNAL_MH: "maternal mental health services",
    Signpost.CAMHS: "child and adolescent mental health services (CAMHS)",
    Signpost.ADULT_MH: "adult mental health services",
    Signpost.TALKING_THERAPIES: "NHS talking therapies",
    Signpost.SOCIAL_CARE: "children's social care",
    Signpost.VOLUNTARY_SECTOR: "a voluntary organisation near the family",
    Signpost.PAEDIATRICS: "paediatrics",
}

DISCHARGED: Mapping[str, str] = {
    "planned_completed": "The work came to its planned end.",
    "planned_partial": "The work came to an agreed end before all of it was done.",
    "stepped_down_universal": "The family goes on with the support of universal services.",
    "stepped_up_specialist": "The family goes on with a more specialised service.",
    "transferred_other_service": "The family goes on with another service.",
    "moved_area": "The family has moved to another area.",
    "family_withdrew": "The family decided not to go on with us.",
    "not_engaged": "We were not able to go on meeting at this time; this says nothing about the family's need.",
    "aged_out": "The baby has grown beyond the age range of our team.",
    "no_further_need_after_assessment": "After our assessment no further work with us was needed.",
}
"""Reasons of the intervention service that a summary tells.

A death, a lost pregnancy or a child's removal is told by a person.
"""
