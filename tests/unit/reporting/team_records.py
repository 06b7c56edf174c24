"""What teams say of themselves, told late and taken back: settings, people, capacity, births, work with others."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from hypothesis import strategies as st

from tests.unit.reporting.histories import identity
from tests.unit.reporting.pathways import DISCIPLINES, PRACTITIONERS
from tests.unit.reporting.team_histories import TeamHistory

FIRST = date(2025, 1, 6)
"""A Monday."""
KINDS = ["training", "consultation", "consultation", "supervision", "system_advice"]
ROLES = ["practitioner", "lead", "supervisor"]


def team_record(random: Random, team: str = "team-north") -> TeamHistory:
    """One team: each event a few days after the one before, some recorded weeks late, some voided."""
    history = TeamHistory(team=team)
    day, told = FIRST, datetime.combine(FIRST, time(9), UTC)
    said: list[tuple[str, UUID]] = []
    for _ in range(random.randrange(12)):
        day += timedelta(days=random.randrange(30))
        told = max(told, datetime.combine(day + timedelta(days=random.choice([0, 0, 40])), time(23, 30), UTC))
        history.clock = told
        step = random.choice(
            [_configured, _joined, _left, _changed, _away, _planned, _capacity, _births, _worked, _worked]
        )
        if said and random.randrange(10) == 0:
            category, event_id = random.choice(said)
            history.voided(event_id, category=category)
        else:
            said.append(step(random, history, day))
    return history


@st.composite
def team_records(draw: st.DrawFn, team: str = "team-north") -> TeamHistory:
    """`team_record` for hypothesis, which can make a failing one smaller."""
    return team_record(draw(st.randoms(use_true_random=False)), team)


def _configured(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    weights = random.choice([{}, {"targeted": "1.5", "waiting": "0.1"}])
    targets = random.choice([{}, {"decide_days": 5, "contact_days": 10}, {"first_session_days": 7}])
    data = {
        "config_version": f"v{len(history.documents)}", "effective_on": day.isoformat(), "targets": targets,
        "weights": weights, "index_subject": random.choice(["", "infant", "caregiver"]),
        "capacity": random.choice([None, {"slots_per_week": 3}]),
        "measures": random.choice([[], [{"measure_code": "MORS-SF-WARMTH", "reliable_change": "4.5"}]]),
    }  # fmt: skip
    return "team", history.say("team", "TeamConfigured", data)


def _joined(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    number = random.randrange(3)
    data: dict[str, object] = {
        "practitioner_id": PRACTITIONERS[number], "joined_on": day.isoformat(), "discipline": DISCIPLINES[number],
        "role": ROLES[number], "wte": random.choice(["1", "0.6"]), "competencies": [],
        "under_two_years": random.choice([None, 1, 3]), "triage_rota": False,
    }  # fmt: skip
    return "team", history.say("team", "PractitionerJoined", data)


def _left(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    data = {"practitioner_id": random.choice(PRACTITIONERS), "left_on": day.isoformat()}
    return "team", history.say("team", "PractitionerLeft", data)


def _changed(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    data = {
        "practitioner_id": random.choice(PRACTITIONERS), "on": day.isoformat(), "wte": random.choice([None, "0.5"]),
        "under_two_years": random.choice([None, 2]),
    }  # fmt: skip
    return "team", history.say("team", "PractitionerChanged", data)


def _away(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    """Somebody is away; the return, if there is one, may come before or after what was planned."""
    who, until = random.choice(PRACTITIONERS), random.choice([None, day + timedelta(days=random.randrange(60))])
    data = {"practitioner_id": who, "from_on": day.isoformat(), "until_on": until and until.isoformat()}
    said = history.say("team", "PractitionerAbsent", data)
    if random.randrange(2):
        back = day + timedelta(days=random.randrange(40))
        said = history.say("team", "PractitionerReturned", {"practitioner_id": who, "on": back.isoformat()})
    return "team", said


def _series(history: TeamHistory, number: int) -> str:
    return str(identity(history.team, "series", number))


def _planned(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    number = random.randrange(3)
    data = {
        "series_id": _series(history, number), "practitioner_id": PRACTITIONERS[number], "from_on": day.isoformat(),
        "every_days": random.choice([7, 14]), "minutes": 60,
        "to_on": random.choice([None, (day + timedelta(days=60)).isoformat()]),
    }  # fmt: skip
    return "work", history.say("work", "SupervisionPlanned", data)


def _capacity(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    monday = day - timedelta(days=day.weekday())
    data = {"week": monday.isoformat(), "new_case_slots": random.randrange(6)}
    return "work", history.say("work", "CapacityDeclared", data)


def _births(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    data = {
        "locality": random.choice(["E07000223", "E07000224"]),
        "year": day.year,
        "births": 900 + random.randrange(9),
    }
    return "work", history.say("work", "LocalityReachDeclared", data)


def _worked(random: Random, history: TeamHistory, day: date) -> tuple[str, UUID]:
    kind = random.choice(KINDS)
    data = {
        "activity_id": str(identity(history.team, "activity", len(history.documents))), "kind": kind,
        "on": day.isoformat(), "minutes": random.choice([30, 60, 90]), "audience_count": random.randrange(1, 30),
        "professions": ["health_visitor"], "host_org_type": "council", "sector": "public",
        "topic": "infant_mental_health", "practitioners": PRACTITIONERS[: random.randrange(3)],
        "series_id": _series(history, random.randrange(3)) if kind == "supervision" else None,
        "outcome": random.choice(["advice_only", "became_referral"]) if kind == "consultation" else None,
    }  # fmt: skip
    return "work", history.say("work", "SystemActivityRecorded", data)
