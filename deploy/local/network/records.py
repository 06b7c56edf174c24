"""What the simulated services leave behind: events as their stores hold them, and what their rules decided."""

from dataclasses import dataclass
from datetime import datetime

from shared.eventstore.envelope import NewEvent, StoredEvent
from shared.eventstore.restore import RuleRecord
from shared.process.judge import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One event of one store."""

    store: str
    new: NewEvent
    """As it went to `append`."""
    stored: StoredEvent
    """As it stands in the store, its position still 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What one rule made of one cause: travels with the history, so that nothing acts on it twice."""

    store: str
    """Whose rule it is."""
    verdict: Verdict
    at: datetime
    """When it was decided."""

    def record(self) -> RuleRecord:
        """As it goes into the store."""
        verdict = self.verdict
        return RuleRecord(
            rule=verdict.rule,
            cause=verdict.cause,
            case_id=verdict.case_id,
            team_id=verdict.team_id,
            outcome=verdict.outcome,
            code=verdict.code,
            stream=verdict.stream,
            version=verdict.version,
            cause_recorded_at=verdict.cause_recorded_at,
            at=self.at,
        )
