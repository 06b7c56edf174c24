"""What a programme is made of: from the toolkit, by the age of the infant and the skills of the team."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from deploy.local.network.roster import VIG, Practitioner
from deploy.local.network.telling import Telling
from services.intervention.team.defaults import CATALOGUE
from shared.kernel.civil import birthday_months
from shared.kernel.ids import derived_id

OFFERED = {item.component_code: item for item in CATALOGUE}
WEIGHTS = {
    "PIP": 24,
    "VIG": 20,
    "WWW": 12,
    "VIPP-SD": 10,
    "NBO": 8,
    "SOLIHULL": 6,
    "TRIPLE-P-BABY": 5,
    "COS-P": 4,
    "MBT-LIGHTHOUSE": 3,
    "MELLOW-BABIES": 3,
    "MELLOW-BUMPS": 4,
    "INFANT-MASSAGE": 3,
    "COUPLE": 2,
    "EMDR": 2,
}
"""How often each is the main part of a programme [B]."""
FORTNIGHTLY = frozenset({"VIG", "VIPP-SD", "NBO"})
AT_MOST_MORE = 6
"""Sessions above the fewest that the catalogue asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A programme before it begins."""

    component: str
    kind: str
    sessions: int
    every_days: int
    lead: Practitioner
    group_id: UUID | None

    @property
    def about_infant(self) -> bool:
        """Whether the infant is expected to be there."""
        return OFFERED[self.component].infant_presence_expected


def plan(telling: Telling, on: date) -> Plan:
    """A main component that fits, and who leads the work."""
    chance = telling.chance
    codes = [code for code in WEIGHTS if _fits(telling, code, on)]
    code = codes[chance.weighted([WEIGHTS[code] for code in codes])]
    item = OFFERED[code]
    able = telling.roster.able(on, VIG if code == "VIG" and telling.team.accredited else None)
    fewest = max(item.sessions_min, min(item.sessions_default, 8))
    group = item.format.value == "group"
    return Plan(
        component=code,
        kind=item.kind.value,
        sessions=chance.between(fewest, min(item.sessions_max, fewest + AT_MOST_MORE)),
        every_days=14 if code in FORTNIGHTLY else 7,
        lead=chance.one(able),
        group_id=derived_id("synthetic-group", telling.team.team_id, code, on.year, on.month) if group else None,
    )


def _fits(telling: Telling, code: str, on: date) -> bool:
    """As the service sees it: an infant of whose birth nothing was heard yet is unborn until its due date."""
    item = OFFERED[code]
    known = [infant for infant in telling.family.babies(on) if infant.known_on < on]
    if not known:
        return item.antenatal_ok
    if code == "MELLOW-BUMPS":
        return False
    return any(
        birthday_months(infant.born_on, item.min_age_months or 0) <= on
        and (item.max_age_months is None or on < birthday_months(infant.born_on, item.max_age_months + 1))
        for infant in known
    )
