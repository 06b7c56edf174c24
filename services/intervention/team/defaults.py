"""What holds for a team that configured nothing, or left something out (domain 2.2 to 2.4, 3.5). Pure data."""

from services.intervention.codes import ComponentKind
from services.intervention.team.codes import Format
from services.intervention.team.values import Catalogue, CatalogueItem

VERSION = "default-1"
"""Stamped on every decision for a team that configured nothing."""

LONGEST = 100
"""Sessions, where domain 2.3 gives no upper bound. All its numbers are assumptions (U10): a team sets its own."""

_PRACTICE, _EVIDENCE = ComponentKind.PROFESSIONAL_PRACTICE, ComponentKind.EVIDENCE_BASED


def _item(
    code: str,
    sessions: int,
    kind: ComponentKind = _EVIDENCE,
    *,
    bounds: tuple[int, int] = (1, LONGEST),
    group: bool = False,
    ages: tuple[int | None, int | None] = (None, None),
    antenatal: bool = False,
    infant: bool = True,
) -> CatalogueItem:
    return CatalogueItem(
        component_code=code,
        kind=kind,
        format=Format.GROUP if group else Format.INDIVIDUAL,
        min_age_months=ages[0],
        max_age_months=ages[1],
        antenatal_ok=antenatal,
        infant_presence_expected=infant,
        sessions_default=sessions,
        sessions_min=bounds[0],
        sessions_max=bounds[1],
    )


CATALOGUE: Catalogue = (
    _item("PIP", 20, bounds=(12, LONGEST), antenatal=True),
    _item("VIG", 8, bounds=(8, LONGEST)),
    _item("VIPP-SD", 6, bounds=(6, 7), ages=(12, 48)),
    _item("WWW", 12, bounds=(8, 18)),
    _item("COS-P", 8, group=True, infant=False),
    _item("MELLOW-BABIES", 14, group=True),
    _item("MELLOW-BUMPS", 6, group=True, antenatal=True, infant=False),
    _item("NBO", 3, bounds=(1, 6), ages=(0, 3)),
    _item("INFANT-MASSAGE", 5, _PRACTICE, bounds=(4, 6), group=True),
    _item("SOLIHULL", 8, antenatal=True),
    _item("TRIPLE-P-BABY", 8, antenatal=True),
    _item("MINDING-THE-BABY", 40, antenatal=True),
    _item("MBT-LIGHTHOUSE", 20),
    _item("EMDR", 8, antenatal=True, infant=False),
    _item("COUPLE", 6, _PRACTICE, antenatal=True, infant=False),
    _item("NEONATAL-SUPPORT", 4, _PRACTICE),
    _item("NETWORK-CONSULTATION", 1, _PRACTICE, antenatal=True, infant=False),
)
"""The toolkit of domain 2.3 [B]. No competency is asked for: a team that keeps a register of them says which."""
