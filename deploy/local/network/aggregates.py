"""The deciding services' aggregates, side by side: only what lies above all services may hold them together."""

from typing import Any

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.intervention.team.aggregate import aggregate as team
from services.intervention.work.aggregate import aggregate as work
from services.referral.aggregate import aggregate as referral
from shared.process.aggregate import Aggregate


def aggregates() -> dict[str, Aggregate[Any, Any, Any, Any]]:
    """By store."""
    return {each.store: each for each in (referral, assessment, intervention)}


def every_aggregate() -> dict[str, tuple[Aggregate[Any, Any, Any, Any], ...]]:
    """By store all of its aggregates: that of cases first, then those of teams."""
    return {
        store: (each, *(other for other in (team, work) if other.store == store))
        for store, each in aggregates().items()
    }
