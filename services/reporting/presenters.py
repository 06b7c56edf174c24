"""Typed answers for the API and the pages: numbers as JSON numbers, and how far each answer can be relied on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from services.reporting import answers
from services.reporting.case_clocks import TeamClock
from services.reporting.metrics.caseload import Caseload
from services.reporting.metrics.flow import Flow
from services.reporting.metrics.scope import STAGES, Scope
from services.reporting.metrics.waits import WAITS, Summary, WaitAnswer
from services.reporting.parameters import write_cursor
from services.reporting.queries import Freshness
from services.reporting.timeline import Entry


def stamp(scope: Scope, fresh: Freshness) -> dict[str, Any]:
    """The members of `Answer`."""
    return {"team": scope.team, "at": scope.at, **asdict(fresh)}


def team_events_answer(scope: Scope, fresh: Freshness, version: str, entries: list[Entry]) -> answers.TeamEventsAnswer:
    """A team's own events as an answer."""
    return answers.TeamEventsAnswer(**stamp(scope, fresh), version=version, events=entries)


def caseload_answer(scope: Scope, fresh: Freshness, found: Caseload, *, nhse: bool) -> answers.CaseloadAnswer:
    """M1 and M2 as an answer."""
    return answers.CaseloadAnswer(
        **stamp(scope, fresh),
        mode="nhse" if nhse else "standard",
        open_referrals=found.open_referrals,
        by_stage={stage: found.by_stage[stage] for stage in STAGES},
        open_caseload=answers.Units(
            cases=found.cases,
            infants=found.infants,
            caregivers=found.caregivers,
            relationships=found.relationships,
            weighted=float(found.weighted),
        ),
        weights_version=found.weights_version,
        orphans=found.orphans,
    )


def waits_answer(
    scope: Scope, fresh: Freshness, period: tuple[date, date], found: Mapping[str, WaitAnswer]
) -> answers.WaitsAnswer:
    """W1 to W6 as an answer."""
    return answers.WaitsAnswer(
        **stamp(scope, fresh),
        first_day=period[0],
        last_day=period[1],
        targets_version=found["W1"].targets_version,
        waits={
            name: answers.WaitFigures(
                title=each.title,
                target_days=each.target_days,
                completed=_figures(each.completed),
                incomplete=_figures(each.incomplete),
                left_out=each.left_out,
            )
            for name, each in found.items()
        },
    )


def flow_answer(scope: Scope, fresh: Freshness, period: tuple[date, date], found: Flow) -> answers.FlowAnswer:
    """M3 as an answer."""
    return answers.FlowAnswer(**stamp(scope, fresh), first_day=period[0], last_day=period[1], **asdict(found))


def cases_answer(
    scope: Scope, fresh: Freshness, rows: Sequence[Mapping[str, Any]], last: Mapping[str, Any] | None
) -> answers.CasesAnswer:
    """A page of cases. `last` is the one after which the next page begins; None: there is none."""
    return answers.CasesAnswer(
        **stamp(scope, fresh),
        cases=[answers.CaseItem(**row) for row in rows],
        next=None if last is None else write_cursor(last["received_on"], last["case_id"]),
    )


def case_answer(
    scope: Scope, fresh: Freshness, row: Mapping[str, Any], clocks: Sequence[TeamClock], entries: list[Entry]
) -> answers.CaseAnswer:
    """One case as an answer."""
    waits = {name: case_wait(row, scope.at, wait.title, wait.start, wait.stop) for name, wait in WAITS.items()}
    return answers.CaseAnswer(
        **stamp(scope, fresh),
        case=answers.CaseItem(**row),
        waits=waits,
        clocks=[case_clock(each) for each in clocks],
        timeline=entries,
    )


def case_clock(clock: TeamClock) -> answers.CaseClock:
    """One clock of a case."""
    reading = clock.reading
    return answers.CaseClock(
        code=reading.code,
        version=reading.version,
        title=reading.title,
        held_to=clock.held_to,
        start=reading.start,
        stop=reading.stop,
        days=reading.days,
        state=reading.state.value,
        within=reading.within,
        share=_number(reading.share),
        parts=[answers.ClockPart(title=part.title, on=part.on) for part in reading.parts],
        why_not_stopped=reading.why_not_stopped,
        nearest_stop=reading.nearest_stop,
    )


def case_wait(row: Mapping[str, Any], at: date, title: str, start_name: str, stop_name: str) -> answers.CaseWait:
    """One wait of one case, by the definitions of `metrics.waits`."""
    start, stop, closed_on = row[start_name], row[stop_name], row["closed_on"]
    start = start if start is not None and start <= at else None
    stop = stop if stop is not None and stop <= at else None
    if start is None:
        return answers.CaseWait(title=title, start=None, stop=stop, days=None, state="not_started")
    if stop is not None and stop < start:
        return answers.CaseWait(title=title, start=start, stop=stop, days=None, state="left_out")
    if stop is not None:
        return answers.CaseWait(title=title, start=start, stop=stop, days=(stop - start).days, state="completed")
    if closed_on is not None and closed_on <= at:
        return answers.CaseWait(title=title, start=start, stop=None, days=None, state="ended")
    return answers.CaseWait(title=title, start=start, stop=None, days=(at - start).days, state="waiting")


def _figures(found: Summary) -> answers.Figures:
    return answers.Figures(
        n=found.n,
        median=_number(found.median),
        p25=_number(found.p25),
        p75=_number(found.p75),
        p90=_number(found.p90),
        p92=_number(found.p92),
        max=found.max,
        share_within_target=_number(found.within_target),
        share_under_four_weeks=_number(found.under_four_weeks),
    )


def _number(exact: Decimal | None) -> float | None:
    return None if exact is None else float(exact)
