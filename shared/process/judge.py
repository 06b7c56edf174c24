"""Process rules: what a service asks of itself when it has heard something; decided in memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.eventstore.envelope import Provenance
from shared.kernel.errors import NotYetKnown, Rejected
from shared.kernel.history import Recorded, effective, in_force
from shared.kernel.rule import Rule
from shared.process.aggregate import said_name
from shared.process.dossier import Dossier
from shared.process.open import RuleOutcome

NOT_IN_FORCE = "cause-not-in-force"
"""Why nothing was done: the cause was taken back. It is looked at again should it come back."""
BASIS_NOT_IN_FORCE = "basis-not-in-force"
"""Why nothing was done: what the rule rests on was taken back. It is looked at again with the case's next news."""
_LOOKED_AT_AGAIN = frozenset({NOT_IN_FORCE, BASIS_NOT_IN_FORCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule decided now about one cause; a row of `rule_outcomes`."""

    rule: str
    cause: UUID
    case_id: UUID
    team_id: str
    """The team that carries the case."""
    outcome: str
    code: str | None
    stream: str | None
    version: int | None
    cause_recorded_at: datetime


def run_rules(
    dossier: Dossier[Any, Any, Any, Any],
    outcomes: Mapping[tuple[str, UUID], RuleOutcome],
    *,
    correlation_id: Callable[[UUID], UUID],
    only_waiting: bool,
) -> list[Verdict]:
    """Runs the rules of one case until none that waits can go on; their events are recorded in the dossier.

    Args:
        dossier: the case, its row locked.
        outcomes: what rules decided before.
        correlation_id: of a causing event: what follows from it carries the same.
        only_waiting: try again what waits, and nothing else: after a post, which no rule reacts to.

    Returns:
        New decisions only: a rule that waits as before gives none.
    """
    if only_waiting and not any(outcome.outcome == "waiting" for outcome in outcomes.values()):
        return []
    now = dict(outcomes)
    verdicts: dict[tuple[str, UUID], Verdict] = {}
    progress = True
    while progress:
        progress = False
        for rule, cause, stream in _due(dossier, now, only_waiting=only_waiting):
            before = now.get((rule.name, cause.event_id))
            verdict = _judge(dossier, rule, cause, stream, correlation_id)
            if before is not None and (verdict.outcome, verdict.code) == (before.outcome, before.code):
                continue
            now[rule.name, cause.event_id] = RuleOutcome(verdict.outcome, verdict.code)
            verdicts[rule.name, cause.event_id] = verdict
            progress = progress or verdict.outcome == "acted"
    return list(verdicts.values())


def _due(
    dossier: Dossier[Any, Any, Any, Any], outcomes: Mapping[tuple[str, UUID], RuleOutcome], *, only_waiting: bool
) -> Iterator[tuple[Rule[Any, Any], Recorded[Any], tuple[Recorded[Any], ...]]]:
    """(rule, cause, the cause's whole stream) for everything to be looked at, in an order of its own."""
    for store in sorted(dossier.heard):
        stream = dossier.heard[store]
        for cause in stream:
            for rule in dossier.aggregate.rules:
                if said_name(cause.event) not in rule.causes:
                    continue
                outcome = outcomes.get((rule.name, cause.event_id))
                fresh = outcome is None or outcome.code in _LOOKED_AT_AGAIN
                if (outcome is not None and outcome.outcome == "waiting") or (fresh and not only_waiting):
                    yield rule, cause, stream


def _judge(
    dossier: Dossier[Any, Any, Any, Any],
    rule: Rule[Any, Any],
    cause: Recorded[Any],
    stream: tuple[Recorded[Any], ...],
    correlation_id: Callable[[UUID], UUID],
) -> Verdict:
    outcome, code, version = "nothing", None, None
    if not in_force(stream, cause.event_id):
        code = NOT_IN_FORCE
    else:
        try:
            stands = next((item for item in effective(stream) if item.event_id == cause.event_id), cause)
            events = dossier.decide(rule.react(stands, dossier.known))
            provenance = Provenance(
                actor="dyad",
                actor_role="system",
                correlation_id=correlation_id(cause.event_id),
                causation_id=cause.event_id,
                rule=rule.name,
            )
            if dossier.record(events, provenance):
                outcome, version = "acted", dossier.version
        except NotYetKnown as refusal:
            if _taken_back(dossier, rule.rests_on):
                code = BASIS_NOT_IN_FORCE
            else:
                outcome, code = "waiting", refusal.code
        except Rejected as refusal:
            outcome, code = "parked", refusal.code
    return Verdict(
        rule=rule.name,
        cause=cause.event_id,
        case_id=dossier.case_id,
        team_id=dossier.team_id or "",
        outcome=outcome,
        code=code,
        stream=None if version is None else dossier.stream,
        version=version,
        cause_recorded_at=cause.recorded_at,
    )


def _taken_back(dossier: Dossier[Any, Any, Any, Any], name: str | None) -> bool:
    """Whether events of this name were heard, and none of them is in force."""
    found = [
        in_force(stream, item.event_id)
        for stream in dossier.heard.values()
        for item in stream
        if said_name(item.event) == name
    ]
    return bool(found) and not any(found)
