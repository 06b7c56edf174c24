"""The deciding services' aggregates, side by side: only what lies above all services may hold them together."""

from typing import Any

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from shared.process.aggregate import Aggregate


def aggregates() -> dict[str, Aggregate[Any, Any, Any, Any]]:
    """By store."""
    return {each.store: each for each in (referral, assessment, intervention)}
