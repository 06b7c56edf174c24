"""The shipped range of each measure, lowest and highest total (domain 2.4).

The registry itself is the assessment service's; a contract test holds this copy against it.
"""

from decimal import Decimal

RANGES: dict[str, tuple[Decimal, Decimal]] = {
    code: (Decimal(lowest), Decimal(highest))
    for code, (lowest, highest) in {
        "EPDS": (0, 30),
        "PHQ-9": (0, 27),
        "GAD-7": (0, 21),
        "CORE-10": (0, 40),
        "CORE-OM": (0, 40),
        "HADS-A": (0, 21),
        "HADS-D": (0, 21),
        "MORS-SF-WARMTH": (0, 35),
        "MORS-SF-INVASION": (0, 35),
        "MORS-CHILD-WARMTH": (0, 35),
        "MORS-CHILD-INVASION": (0, 35),
        "ASQ-SE-2": (0, 600),
        "PIIOS": (0, 52),
        "CARE-INDEX-SYNCHRONY": (0, 14),
        "CARE-INDEX-SENSITIVITY": (0, 14),
        "CARE-INDEX-CONTROL": (0, 14),
        "CARE-INDEX-UNRESPONSIVENESS": (0, 14),
        "CARE-INDEX-COOPERATIVENESS": (0, 14),
        "CARE-INDEX-COMPULSIVENESS": (0, 14),
        "CARE-INDEX-DIFFICULTNESS": (0, 14),
        "CARE-INDEX-PASSIVITY": (0, 14),
        "KIPS": (1, 5),
        "PIR-GAS": (0, 100),
        "DC05-AXIS2-A": (1, 4),
        "DC05-AXIS2-B": (1, 4),
        "GBO": (0, 10),
        "SDQ-2-4": (0, 40),
        "BPSES": (5, 25),
        "SWEMWBS": (7, 35),
        "WEMWBS": (14, 70),
        "PRFQ-PM": (1, 7),
        "PRFQ-CMS": (1, 7),
        "PRFQ-IC": (1, 7),
        "PBQ": (0, 125),
        "KPCS": (0, 45),
        "PSI-SF": (36, 180),
        "BITSEA-PROBLEM": (0, 62),
        "BITSEA-COMPETENCE": (0, 22),
        "AQS": (-1, 1),
        "ADBB": (0, 32),
        "CHI-ESQ": (1, 3),
        "SRS": (0, 40),
        "PEM": (0, 100),
    }.items()
}
