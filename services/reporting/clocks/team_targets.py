"""Clock: the team's own targets, one after the other, from the referral to the first session of the programme. Pure."""

from datetime import date, timedelta

from services.reporting.clocks.facts import CaseFacts, ClockFacts, as_at
from services.reporting.clocks.reading import (
    BEFORE_RECEIPT,
    DUPLICATE,
    NOT_RECEIVED,
    ClockReading,
    Definition,
    Part,
    State,
    closed_before,
    does_not_apply,
    first_treatment_next,
    stage_reached,
)
from services.reporting.sentences import day as in_words

TEAM_TARGETS = Definition("team_targets", "1", "The team's own targets", "local")

STEPS = (
    ("Decision", ("decide_days",)),
    ("Assessment completed", ("decide_days", "assess_days")),
    ("Programme assigned", ("decide_days", "assess_days", "programme_days")),
    ("First session of the programme", ("decide_days", "assess_days", "programme_days", "first_session_days")),
)
"""Each step of the way with the targets whose days, added up, it is due after receipt."""


def team_targets(facts: ClockFacts, at: date) -> ClockReading:
    """From this referral to the first treatment session of its programme, held to the sum of the team's own targets.

    Args:
        facts: of the case, with the team's targets in force.
        at: civil date; what happened later is not looked at.

    Returns:
        Days between two civil dates; `within`: at most the sum. The version names the team's settings too.

    Source: domain 6.6 (W1, W3, W4, W5), docs/teams.md.
    """
    case = as_at(facts.case, at)
    if case.received_on is None:
        return does_not_apply(TEAM_TARGETS, NOT_RECEIVED)
    if case.closed_by == "duplicate":
        return does_not_apply(TEAM_TARGETS, DUPLICATE)
    start, reached = case.received_on, _reached(case)
    due = [start + timedelta(days=sum(facts.targets.get(name, 0) for name in names)) for _, names in STEPS]
    parts = tuple(
        Part(title=f"{title}, due by {in_words(by)}", on=on)
        for (title, _), by, on in zip(STEPS, due, reached, strict=True)
    )
    code, _, title, _ = TEAM_TARGETS
    version = f"{TEAM_TARGETS.version}, targets {facts.targets_version}"
    stop = reached[-1]
    if stop is not None and stop < start:
        return does_not_apply(TEAM_TARGETS, BEFORE_RECEIPT, parts=parts)
    if stop is None and case.closed_on is not None:
        return ClockReading(
            code=code, version=version, title=title, state=State.ENDED, start=start, parts=parts,
            why_not_stopped=closed_before(case.closed_on, case.closed_by, "the programme's first session"),
        )  # fmt: skip
    within = (stop or at) <= due[-1]
    if stop is not None:
        return ClockReading(
            code=code, version=version, title=title, state=State.STOPPED, start=start, stop=stop,
            days=(stop - start).days, within=within, parts=parts,
        )  # fmt: skip
    missing = next(index for index, on in enumerate(reached) if on is None)
    return ClockReading(
        code=code, version=version, title=title, state=State.RUNNING, start=start, days=(at - start).days,
        within=within, parts=parts, why_not_stopped=_why(case),
        nearest_stop=_next_step(case, at, STEPS[missing][0], due[missing]),
    )  # fmt: skip


def _reached(case: CaseFacts) -> tuple[date | None, ...]:
    """When each step of `STEPS` was reached."""
    programme_on = min(case.programmes, default=None)
    treated_on = None
    if programme_on is not None:
        treated_on = min((day for day in case.treatments if day >= programme_on), default=None)
    return case.decided_on, case.assessed_on, programme_on, treated_on


def _why(case: CaseFacts) -> str:
    if case.treatments and not case.programmes:
        return "Treatment has begun, and no programme has been assigned yet."
    return f"The programme's first session has not been held yet; {stage_reached(case)}."


def _next_step(case: CaseFacts, at: date, step: str, due_on: date) -> str:
    if step == STEPS[-1][0]:
        return f"{first_treatment_next(case, at)} It is due by {in_words(due_on)}."
    return f"Next comes: {step[0].lower()}{step[1:]}, due by {in_words(due_on)}."
