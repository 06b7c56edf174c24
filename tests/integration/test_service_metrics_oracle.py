"""The metrics of the service against the naive second implementation of `tests/oracle`, in real PostgreSQL."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings

from services.reporting.metrics.capacity import capacity
from services.reporting.metrics.equity import equity
from services.reporting.metrics.network import network
from services.reporting.metrics.practitioners import caseload_by_practitioner
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.series import months_within, series
from services.reporting.metrics.system_tier import system_tier
from shared.kernel.civil import birthday_months
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.oracle_kit import Answer, Database, Told, days_named, different, events_of, moments, opened
from tests.integration.reporting_kit import Record, migrated
from tests.integration.test_metrics_oracle import QUESTIONS, TEAM_NAMES, Question, records
from tests.oracle.belief import believed
from tests.oracle.capacity import by_week, forecast
from tests.oracle.caseload import caseload, open_referrals
from tests.oracle.cases import by_then, cases_of, referred
from tests.oracle.contacts import sessions
from tests.oracle.documents import Event
from tests.oracle.equity import DIMENSIONS, by_group
from tests.oracle.flow import flow
from tests.oracle.outcomes import outcomes
from tests.oracle.percentiles import spread
from tests.oracle.reach import families_reached
from tests.oracle.referrals import decision, received_in
from tests.oracle.system_tier import system_work
from tests.oracle.tiers import tier_mix
from tests.oracle.waits import waits
from tests.unit.reporting.pathways import pathways


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Database]:
    prefix = servers.new_namespace()
    with opened(migrated(platform, prefix)) as database:
        yield database
    servers.remove_namespace(platform, prefix)


def exact(value: Any) -> Fraction | None:
    """The product's decimals and the oracle's fractions as one kind; shares to the four decimals of the product."""
    return None if value is None else Fraction(str(value)) if not isinstance(value, Fraction) else value


def to_four(value: Fraction | None) -> Fraction | None:
    return None if value is None else Fraction(round(value * 10_000), 10_000)


async def months_answered(record: Record, scope: Scope, first: date, last: date) -> Answer:
    found = await series(record.reader, scope, first=first, last=last)
    return {
        str(month.first): {
            "referrals": month.referrals, "accepted": month.accepted, "caseload": month.caseload,
            "discharges": month.discharges, "w2": (month.w2_n, exact(month.w2_median)),
            "w5": (month.w5_n, exact(month.w5_median)), "dna": exact(month.dna_rate),
        }
        for month in found.months
    }  # fmt: skip


def months_worked_out(events: list[Event], scope: Scope, first: date, last: date) -> Answer:
    return {str(month): one_month(events, month, scope.team) for month in months_within(first, last)}


def one_month(events: list[Event], start: date, team: str | None) -> Answer:
    end = birthday_months(start, 1) - timedelta(days=1)
    cases = referred(cases_of(events, team))
    waited = {name: spread(wait.completed) for name, wait in waits(events, end, start, end, team).items()}
    decided = [case.decided_on for case in cases if case.decision == "accepted"]
    discharged = [case.discharged_on for case in cases]
    dna = sessions(events, end, start, end, team)["dna_rate"]
    return {
        "referrals": flow(events, start, end, team)["new"],
        "accepted": sum(day is not None and start <= day <= end for day in decided),
        "caseload": caseload(events, end, team)["cases"],
        "discharges": sum(day is not None and start <= day <= end for day in discharged),
        "w2": (waited["W2"]["n"], exact(waited["W2"]["median"])),
        "w5": (waited["W5"]["n"], exact(waited["W5"]["median"])),
        "dna": to_four(dna if dna is None else Fraction(dna)),
    }


async def work_answered(record: Record, scope: Scope, first: date, last: date) -> Answer:
    """M13, M14 and the caseload by who leads it."""
    places = await capacity(record.reader, scope, first=first, last=last)
    work = await system_tier(record.reader, scope, first=first, last=last)
    loads = await caseload_by_practitioner(record.reader, scope)
    return {
        "M13": {
            **{str(week.monday): {"accepted": week.accepted, "slots": week.slots} for week in places.weeks},
            "waiting": places.waiting, "started": places.started,
        },
        "M14": {
            kind: {"activities": each.activities, "minutes": each.minutes, "people": each.people}
            for kind, each in work.kinds.items()
        } | {"family_minutes": work.family_minutes},
        "leads": {"cases": loads.cases, "weighted": loads.weighted},
    }  # fmt: skip


def work_worked_out(events: list[Event], scope: Scope, first: date, last: date) -> Answer:
    asked = TEAM_NAMES if scope.team is None else (scope.team,)
    by_team = [by_week(events, team, first, last) for team in asked]
    queue = forecast(events, scope.at, scope.at - timedelta(days=83), scope.at, scope.team)
    seen = caseload(events, scope.at, scope.team)
    return {
        "M13": {
            **{str(weeks[0]["week"]): one_week(weeks) for weeks in zip(*by_team, strict=True)},
            "waiting": queue["waiting"], "started": queue["started"],
        },
        "M14": system_work(events, scope.at, first, last, scope.team)
        | {"family_minutes": sessions(events, scope.at, first, last, scope.team)["minutes"]},
        "leads": {"cases": seen["cases"], "weighted": seen["weighted"]},
    }  # fmt: skip


def one_week(teams: tuple[dict[str, Any], ...]) -> Answer:
    known = [each["slots"] for each in teams if each["slots"] is not None]
    return {"accepted": sum(each["accepted"] for each in teams), "slots": sum(known) if known else None}


async def groups_answered(record: Record, scope: Scope, first: date, last: date) -> Answer:
    """M10 by every dimension, and the teams side by side."""
    found = await equity(record.reader, scope, first=first, last=last)
    teams = await network(record.reader, scope, first=first, last=last)
    return {
        "M10": {
            dimension: {
                code: {
                    "open": group.open_referrals, "caseload": group.caseload, "received": group.received,
                    "declined": group.declined, "specialist": group.specialist,
                    "attended": group.attended, "dna": group.not_attended,
                    "outcomes": (group.eligible, group.measured, group.improved, group.deteriorated),
                    **{name: (getattr(group, f"{name}_n"), exact(getattr(group, f"{name}_median"))) for name in WAITED},
                }
                for code, group in found[dimension].items()
                if any(getattr(group, name) for name in SOMETHING)
            }
            for dimension in DIMENSIONS
        },
        "network": {
            each.team: {
                "families": each.families, "attended": each.attended, "dna": each.not_attended,
                "w2": (each.w2_n, exact(each.w2_median)), "w5": (each.w5_n, exact(each.w5_median)),
                "in time": each.w2_in_time, "outcomes": (each.ended, each.measured),
            }
            for each in teams
        },
    }  # fmt: skip


WAITED = ("w1", "w2", "w3", "w4", "w5", "w6")
SOMETHING = ("open_referrals", "received", "booked", "eligible", *(f"{name}_n" for name in WAITED))


def groups_worked_out(events: list[Event], scope: Scope, first: date, last: date) -> Answer:
    def of_group(group: list[Event]) -> Answer:
        waited = waits(group, scope.at, first, last, scope.team)
        seen = sessions(group, scope.at, first, last, scope.team)
        days = {name: spread(waited[name.upper()].completed) for name in WAITED}
        received = received_in(group, scope.at, first, last, scope.team)
        found = outcomes(group, scope.at, first, last, scope.team)
        bands: Any = found["band"]
        return {
            "open": open_referrals(group, scope.at, scope.team)["open"],
            "caseload": caseload(group, scope.at, scope.team)["cases"],
            "received": flow(group, first, last, scope.team)["new"],
            "declined": sum(decision(case, scope.at) in ("declined", "signposted") for case in received),
            "specialist": tier_mix(group, scope.at, scope.team).get("SPECIALIST", 0),
            "attended": seen["attended"], "dna": seen["dna"],
            "outcomes": (found["eligible"], found["paired"], bands.get("improved", 0), bands.get("deteriorated", 0)),
            **{name: (each["n"], exact(each["median"])) for name, each in days.items()},
        }  # fmt: skip

    def of_team(team: str) -> Answer:
        days = waits(events, scope.at, first, last, team)
        w2, w5 = (spread(days[name].completed) for name in ("W2", "W5"))
        seen = sessions(events, scope.at, first, last, team)
        ended = outcomes(events, scope.at, first, last, team)
        return {
            "families": families_reached(events, scope.at, first, last, team),
            "attended": seen["attended"], "dna": seen["dna"],
            "w2": (w2["n"], exact(w2["median"])), "w5": (w5["n"], exact(w5["median"])),
            "in time": sum(each <= 28 for each in days["W2"].completed),
            "outcomes": (ended["eligible"], ended["paired"]),
        }  # fmt: skip

    received = [case for case in referred(cases_of(events, scope.team)) if by_then(case.received_on, scope.at)]
    by_role = {name: by_group(events, name, of_group, scope.team) for name in DIMENSIONS}
    return {
        "M10": {
            name: {code: each for code, each in groups.items() if any(each.values()) and something(each)}
            for name, groups in by_role.items()
        },
        "network": {team: of_team(team) for team in {case.team for case in received}},
    }


def something(group: Answer) -> bool:
    waited = [group[name][0] for name in WAITED]
    return any([group["open"], group["received"], group["attended"] + group["dna"], group["outcomes"][0], *waited])


async def answered(record: Record, scope: Scope, first: date, last: date) -> Answer:
    months = {"M11": await months_answered(record, scope, first, last)}
    work = await work_answered(record, scope, first, last)
    return months | work | await groups_answered(record, scope, first, last)


def worked_out(events: list[Event], scope: Scope, first: date, last: date) -> Answer:
    months = {"M11": months_worked_out(events, scope, first, last)}
    return months | work_worked_out(events, scope, first, last) | groups_worked_out(events, scope, first, last)


def compare(database: Database, told: tuple[Told, ...], questions: list[Question]) -> None:
    """Questions about this record, to both."""
    database.hold(told)
    instants, days = moments(told), days_named(told)
    everything = events_of(told)
    for one, other, team, place in questions:
        first, last = sorted(days[at % len(days)] + timedelta(days=beside) for at, beside in (one, other))
        scope = Scope(at=last, known_at=None if place is None else instants[place % len(instants)], team=team)
        found = database.asked(partial(answered, scope=scope, first=first, last=last))
        assert different(found, worked_out(believed(everything, scope.known_at), scope, first, last)) == {}, (
            scope,
            first,
            [document.text for each in told for document in each.documents],
        )


@settings(max_examples=40, deadline=None)
@given(records(pathways), QUESTIONS)
def test_sql_agrees_with_the_oracle_on_whole_pathways(
    database: Database, told: tuple[Told, ...], questions: list[Question]
) -> None:
    compare(database, told, questions)
