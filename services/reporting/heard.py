"""What reporting hears from the deciding services: every event type it knows, and of each only the fields used."""

from dataclasses import dataclass

from services.reporting import heard_assessment, heard_common, heard_intervention, heard_referral, heard_team
from shared.kernel.codec import Registry
from shared.kernel.history import Recorded

CLASSES: tuple[type, ...] = (
    *heard_referral.CLASSES,
    *heard_assessment.CLASSES,
    *heard_intervention.CLASSES,
    *heard_team.CLASSES,
    *heard_common.CLASSES,
)
HEARD: Registry[object] = Registry(CLASSES)
"""A type that is not here is unknown: kept as it is, and folded after the upgrade that knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Recorded[object]):
    """One heard event with what reporting needs of its envelope."""

    team_id: str
