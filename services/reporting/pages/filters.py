"""The filters that every page about cases has: codes, in words; those rarely used stand under "More filters"."""

from typing import Any, get_args
from uuid import UUID

from pydantic import TypeAdapter

from services.reporting.metrics.referral_tables import AGE_TITLES
from services.reporting.pages.form import WITH_PERIOD, Choices, Field
from services.reporting.parameters import CaseCode, LocalityCode, PriorityCode, TierCode
from services.reporting.words import worded

SOURCES = (
    "GP", "health_visitor", "specialist_IMH_HV", "midwife", "family_nurse", "obstetrics", "neonatal_unit",
    "perinatal_MH", "maternal_MH", "CAMHS", "adult_MH", "talking_therapies", "social_care_child", "social_care_adult",
    "early_help_family_hub", "nursery_early_years", "voluntary_sector", "police_justice", "self", "family_member",
    "internal_consultation", "other",
)  # fmt: skip
"""Who may refer. Source: domain 2.2."""
CONCERNS = (
    "bonding_difficulty", "hostile_or_intrusive_interaction", "withdrawn_unresponsive_interaction",
    "frightened_or_frightening", "low_reflective_capacity", "infant_distress_regulation", "infant_withdrawal",
    "separation_or_placement_change", "parental_trauma_ACE", "birth_trauma", "loss_bereavement",
    "antenatal_ambivalence", "caregiver_MH_affecting_relationship", "caregiver_conflict_DVA", "substance_use",
    "parental_LD_ND", "infant_health_or_prematurity", "sibling_history_of_removal", "other",
)  # fmt: skip
"""What a referral may be about. Source: domain 2.2."""
_PRIORITIES = {"1": "Emergency", "2": "Urgent", "3": "Routine", "4": "Very urgent"}


def _list(name: str, label: str, takes: Any, choices: Choices) -> Field:
    return Field(
        name=name,
        label=label,
        kind="select",
        takes=TypeAdapter(takes),
        message=f"Choose from the list: {label.lower()}",
        choices=(("", "All"), *choices),
        more=True,
    )


def _said(name: str, label: str, takes: Any) -> Field:
    return Field(
        name=name, label=label, kind="hidden", takes=TypeAdapter(takes), message=f"The address has a wrong {label}"
    )


FILTERS = (
    _list("source", "Referred by", CaseCode, [(code, worded(code)) for code in SOURCES]),
    _list("concern", "Concern", CaseCode, [(code, worded(code)) for code in CONCERNS]),
    _list("tier", "Tier", TierCode, [(code, code.capitalize()) for code in get_args(TierCode)]),
    _list("priority", "Priority", PriorityCode, list(_PRIORITIES.items())),
    _list("age_band", "Age at referral", str, list(AGE_TITLES.items())),
    _said("locality", "locality", LocalityCode),
    _said("practitioner", "practitioner", UUID),
)
"""Under the names of `metrics.scope.Filters`; locality and practitioner come by links alone."""
WITH_FILTERS = (*WITH_PERIOD, *FILTERS)
"""Of a page that counts cases over a period."""
