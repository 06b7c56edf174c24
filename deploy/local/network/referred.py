"""The referral as a clinical system posts it."""

from datetime import date, time
from typing import Any

from deploy.local.network.family import Infant
from deploy.local.network.paths import Befalls, Way
from deploy.local.network.seasons import at_london
from deploy.local.network.telling import Telling

SOURCES = (
    ("health_visitor", 33, "nhs"),
    ("midwife", 12, "nhs"),
    ("GP", 9, "nhs"),
    ("perinatal_MH", 10, "nhs"),
    ("social_care_child", 8, "council"),
    ("specialist_IMH_HV", 6, "nhs"),
    ("early_help_family_hub", 6, "council"),
    ("self", 6, "none"),
    ("neonatal_unit", 4, "nhs"),
    ("voluntary_sector", 3, "charity"),
    ("nursery_early_years", 2, "private"),
    ("CAMHS", 1, "nhs"),
)
CONCERNS = (
    "bonding_difficulty",
    "withdrawn_unresponsive_interaction",
    "infant_distress_regulation",
    "parental_trauma_ACE",
    "birth_trauma",
    "caregiver_MH_affecting_relationship",
    "hostile_or_intrusive_interaction",
    "low_reflective_capacity",
    "separation_or_placement_change",
    "loss_bereavement",
)
FLAGS = ("cp_plan", "cin", "dva", "perinatal_mh_open")
ETHNIC_GROUPS = (("white", 70), ("asian", 12), ("black", 7), ("mixed", 6), ("other", 2), ("not_stated", 3))
AREAS = ("relationship_with_main_carer", "emotional", "cognitive", "sense_of_self", "social_interaction")
ELSEWHERE = "E99999999"
"""A locality that is no team's."""


def received(telling: Telling, received_on: date) -> dict[str, Any]:
    """What `ReferralReceived` is posted with."""
    chance, family, path = telling.chance, telling.family, telling.path
    outside = path.reason == "no_relationship_concern"
    concerns = ("other",) if outside else chance.some(CONCERNS, chance.between(1, 3))
    source, _, organisation = SOURCES[chance.weighted([weight for _, weight, _ in SOURCES])]
    described = _described(telling)
    data: dict[str, Any] = {
        "received_on": received_on.isoformat(),
        "received_at": at_london(received_on, time(8, chance.between(0, 30))).isoformat().replace("+00:00", "Z"),
        "source": source,
        "source_org_type": organisation,
        "channel": chance.one(("web_form", "email", "telephone", "letter", "fhir_message")),
        "priority": chance.one(("2", "3", "3", "3")),
        "subjects": [_subject(infant) | described for infant in family.infants],
        "caregivers": [
            {
                "caregiver_id": str(caregiver.caregiver_id),
                "role": caregiver.role,
                "has_pr": caregiver.has_pr,
                "primary": caregiver.primary,
            }
            | described
            for caregiver in family.caregivers
        ],
        "concerns": [{"code": code, "risk_status": chance.one(("CURRENT", "POTENTIAL"))} for code in concerns],
        "onset": "pregnancy" if family.infants[0].edd else chance.one(("birth_to_six_weeks", "unknown", "pregnancy")),
        "indicators": _indicators(telling, seen=not outside),
        "flags": [flag for flag in FLAGS if chance.of(0.1)],
        "services_involved": ["health_visiting"] if chance.of(0.6) else [],
        "consent_to_referral": "not_yet_asked" if path.reason == "no_consent" else "agreed",
        "locality": _locality(telling),
    }
    if telling.has(Befalls.CONSULTATION) and telling.path.still is None:
        data |= {"source": "internal_consultation", "consultation_id": str(telling.case.consultation_id)}
    if telling.case.other is not None and telling.path.way is not Way.DUPLICATE:
        data["prior_case_id"] = str(telling.case.other.case_id)
    return data


def _described(telling: Telling) -> dict[str, Any]:
    """For M10: coded, optional."""
    chance = telling.chance
    said: dict[str, Any] = {"deprivation_decile": 1 + chance.weighted((18, 15, 13, 11, 10, 9, 8, 6, 5, 5))}
    said["ethnic_group"] = ETHNIC_GROUPS[chance.weighted([weight for _, weight in ETHNIC_GROUPS])][0]
    if chance.of(0.06):
        said["interpreter_language"] = chance.one(("pl", "ur", "ro", "ar", "so"))
    return said


def _subject(infant: Infant) -> dict[str, Any]:
    if infant.edd is not None:
        return {"infant_id": str(infant.infant_id), "unborn": True, "edd": infant.edd.isoformat()}
    subject: dict[str, Any] = {
        "infant_id": str(infant.infant_id),
        "unborn": False,
        "born_on": infant.born_on.isoformat(),
        "gestation_weeks_at_birth": infant.gestation_weeks,
    }
    if infant.birth_order is not None:
        subject["multiple_birth_order"] = infant.birth_order
    return subject


def _indicators(telling: Telling, *, seen: bool) -> list[dict[str, Any]]:
    """An observational indicator set, where the team asks for one."""
    rule, chance = telling.team.indicators, telling.chance
    if rule is None:
        return []
    signs, areas = rule
    return [
        {"domain": area, "count": chance.between(signs, signs + 3) if seen and place < areas else chance.between(0, 2)}
        for place, area in enumerate(AREAS)
    ]


def _locality(telling: Telling) -> str:
    if telling.path.reason == "outside_area":
        return ELSEWHERE
    return telling.chance.one(telling.team.localities or tuple(f"E9999990{place}" for place in range(1, 7)))
