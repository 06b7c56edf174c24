"""What the outcome metrics need of each measure: which way is better, and which change is reliable. Pure.

The registry itself is the assessment service's; a contract test holds this copy against it.
"""

from collections.abc import Mapping
from decimal import Decimal

HIGHER, LOWER, NEITHER = 1, -1, 0

BETTER: Mapping[str, int] = dict.fromkeys(
    (
        "KIPS", "BPSES", "SWEMWBS", "WEMWBS", "PRFQ-IC", "KPCS", "MORS-SF-WARMTH", "MORS-CHILD-WARMTH",
        "CARE-INDEX-SYNCHRONY", "CARE-INDEX-SENSITIVITY", "CARE-INDEX-COOPERATIVENESS", "PIR-GAS", "AQS",
        "BITSEA-COMPETENCE", "GBO",
    ),
    HIGHER,
) | dict.fromkeys(
    (
        "EPDS", "PHQ-9", "GAD-7", "CORE-10", "CORE-OM", "HADS-A", "HADS-D", "PRFQ-PM", "PSI-SF", "MORS-SF-INVASION",
        "MORS-CHILD-INVASION", "PIIOS", "CARE-INDEX-CONTROL", "CARE-INDEX-UNRESPONSIVENESS",
        "CARE-INDEX-COMPULSIVENESS", "CARE-INDEX-DIFFICULTNESS", "CARE-INDEX-PASSIVITY", "DC05-AXIS2-A",
        "DC05-AXIS2-B", "PBQ", "ASQ-SE-2", "SDQ-2-4", "BITSEA-PROBLEM", "ADBB",
    ),
    LOWER,
) | {"PRFQ-CMS": NEITHER}  # fmt: skip
"""By code of every outcome measure: +1 more is better, -1 less is better, 0 neither is. Measures of experience are no
outcome. Source: domain 2.4."""

RELIABLE_CHANGE: Mapping[str, Decimal] = {
    "PHQ-9": Decimal(6),
    "GAD-7": Decimal(4),
    "CORE-10": Decimal(5),
    "GBO": Decimal(3),
    "SWEMWBS": Decimal(3),
    "WEMWBS": Decimal(9),
}
"""Points by which a total must move to count (NHS England); a team may set its own. Source: domain 2.4."""

ORDINAL = frozenset({"DC05-AXIS2-A", "DC05-AXIS2-B"})
"""Levels that are not equidistant: never averaged, never subtracted, only compared. Source: domain 2.4."""
