"""The sub-state of an open case as of a day, its tier, and its weight (M1, M2, domain 3.5, 6.4)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tests.oracle.cases import Case, by_then, is_open
from tests.oracle.documents import Event

STAGES = (
    "awaiting_decision",
    "waiting_assessment",
    "in_assessment",
    "waiting_programme",
    "waiting_first_session",
    "active",
    "paused",
    "ending",
)
DEFAULT_WEIGHTS = {
    "targeted": Decimal(1),
    "specialist": Decimal(2),
    "waiting": Decimal("0.25"),
    "assessment": Decimal(1),
    "active": Decimal(1),
    "ending": Decimal("0.5"),
    "complexity": Decimal("0.5"),
}


def stage(case: Case, at: date) -> str | None:
    """Where an open case stands at the end of day t; None when it is not open."""
    if not is_open(case, at):
        return None
    return "paused" if is_paused(case, at) else step(case, at)


def step(case: Case, at: date) -> str:
    """How far a case has come, pauses aside: the furthest milestone reached by t."""
    if programme_is_through(case, at):
        return "ending"
    if by_then(case.first_programme_treatment_on, at):
        return "active"
    if by_then(case.programme_on, at):
        return "waiting_first_session"
    if by_then(case.programme_recommended_on, at):
        return "waiting_programme"
    if by_then(case.assessed_on, at):
        return "ending"
    if assessment_runs(case, at):
        return "in_assessment"
    return "waiting_assessment" if case.accepted_by(at) else "awaiting_decision"


def programme_is_through(case: Case, at: date) -> bool:
    """A programme was completed by t. One assigned after it takes the completion back, as a reopening a discharge."""
    completions: list[date] = []
    for event in case.said("ProgrammeAssigned", "ProgrammeCompleted"):
        completions = [*completions, event.day("on")] if event.name == "ProgrammeCompleted" else []
    return any(day <= at for day in completions)


def assessment_runs(case: Case, at: date) -> bool:
    """An assessment began by t, and was not abandoned since; it may begin again after that."""
    starts = [event for event in case.said("AssessmentStarted") if event.day("on") <= at]
    seen = [day for day in case.assessment_contacts if day <= at]
    if not starts and not seen:
        return False
    for abandoned in case.said("AssessmentAbandoned"):
        again = any(start.version > abandoned.version for start in starts) or any(
            day > abandoned.day("on") for day in seen
        )
        if abandoned.day("on") <= at and not again:
            return False
    return True


def is_paused(case: Case, at: date) -> bool:
    """Whether a pause had begun by t and no resumption had ended it."""
    return any(start <= at and (end is None or end > at) for start, end, _reason in pauses(case))


def pauses(case: Case) -> list[tuple[date, date | None, str]]:
    """Pauses as said in the episode's stream: first day, first day of the work again, reason."""
    found: list[tuple[date, date | None, str]] = []
    for event in case.said("EpisodePaused", "EpisodeResumed"):
        if event.name == "EpisodePaused":
            found.append((event.day("from_on"), None, event.data["reason"]))
        else:
            found = [(start, event.day("on") if end is None else end, why) for start, end, why in found]
    return found


def tier(case: Case, at: date) -> str | None:
    """The last tier given by t: at acceptance, with the programme, or by a step up or down."""
    offers = [
        event.data["offer_tier"]
        for event in case.said("ReferralAccepted")
        if case.accepted_by(at) and event.day("decided_on") == case.decided_on
    ]
    given = [
        (event.day(dated), event.version, event.data[field])
        for name, dated, field in (("ProgrammeAssigned", "assigned_on", "tier"), ("TierChanged", "on", "to_tier"))
        for event in case.up_to(at, name, dated)
    ]
    # Nobody can accept twice; should a record say so of one day, the first by the alphabet is as good as the other.
    return max(given)[2] if given else min(offers, default=None)


def complexities(case: Case, at: date) -> int:
    """How many complexities the last assessment completed by t flagged."""
    completed = case.up_to(at, "AssessmentCompleted", "completed_on")
    return len(set(completed[-1].asked("complexity") or [])) if completed else 0


def configuration(events: Iterable[Event], team: str, at: date) -> Event | None:
    """The configuration of a team in force at t: the last said of those that hold from t or before."""
    said = [event for event in events if event.name == "TeamConfigured" and event.team == team]
    return max(
        (event for event in said if event.day("effective_on") <= at), key=lambda event: event.version, default=None
    )


def weights(events: Iterable[Event], team: str, at: date) -> dict[str, Decimal]:
    """The weight table in force at t; what a team does not set is as in domain 3.5."""
    found = configuration(events, team, at)
    own = {} if found is None else found.data["weights"]
    return {name: Decimal(str(own.get(name, usual))) for name, usual in DEFAULT_WEIGHTS.items()}


def phase(case: Case, at: date) -> str:
    """The row of the weight table. While the work rests, a case weighs as one that waits."""
    now = stage(case, at)
    if now == "in_assessment":
        return "assessment"
    return now if now in ("active", "ending") else "waiting"


def weight(case: Case, at: date, table: dict[str, Decimal]) -> Decimal:
    """Tier times phase, and more for each complexity (domain 3.5)."""
    by_tier = table["specialist"] if tier(case, at) == "SPECIALIST" else table["targeted"]
    return by_tier * table[phase(case, at)] + table["complexity"] * complexities(case, at)
