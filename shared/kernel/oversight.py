"""Who watches over whose work in a team: legitimate relationships that do not come from being assigned to a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversight:
    """A team's supervisors and triage rota, as a decision knows them. Practitioner ids only."""

    supervisor_of: Mapping[UUID, UUID] = field(default_factory=dict)
    """Practitioner to supervisor: who supervises a case's carer may read the case."""
    triage_rota: frozenset[UUID] = frozenset()
    """Practitioners who look at referrals that nobody has decided yet."""
