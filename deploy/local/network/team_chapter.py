"""What a team's lead posts of the team itself: its configuration and its register of practitioners."""

from datetime import date, timedelta
from typing import Any

import orjson

from deploy.local.network.chance import Chance
from deploy.local.network.diary import INTERVENTION, Diary
from deploy.local.network.post import Post
from deploy.local.network.roster import VIG, Practitioner, Roster
from deploy.local.network.seasons import working_day, working_days_later
from deploy.local.network.team import Team
from services.intervention.team.defaults import CATALOGUE
from shared.kernel.codec import to_json
from shared.kernel.ids import team_key

SECOND_YEAR_DAYS = 400
TARGETS = {"contact_days": 42, "assess_days": 70, "first_session_days": 35, "programme_days": 21}
"""What most of the synthetic teams aim at; the rest is as in the defaults."""
CLOCKS = {"england": ["local", "england_cyp_4_weeks"], "scotland": ["local", "scotland_camhs_18_weeks"]}


def team_posts(team: Team, roster: Roster, first_day: date, last_day: date, chance: Chance) -> tuple[Post, ...]:
    """Everything that is posted to the stream `team-<team id>`, in the order of time."""
    diary = Diary(team_key(team.team_id), team.team_id, "", chance, stream="team", store=INTERVENTION)
    began_on = working_day(first_day - timedelta(days=90))
    _say(diary, "TeamConfigured", configuration(team, "v1", began_on), on=began_on, key="configured-1")
    again_on = working_day(first_day + timedelta(days=SECOND_YEAR_DAYS))
    if again_on <= last_day:
        later = configuration(team, "v2", again_on)
        later["targets"] |= {"offer_days": 21, "programme_days": 18}
        _say(diary, "TeamConfigured", later, on=again_on, key="configured-2")
    supervisor = str(roster.people[0].practitioner_id)
    for place, person in enumerate(roster.people):
        joined_on = max(person.joined_on, began_on)
        known_on = joined_on if joined_on > began_on else working_days_later(joined_on, 1 + place // 6)
        _joined(diary, person, known_on, None if place == 0 else supervisor)
        _later(diary, person, known_on, last_day, chance)
    return diary.posts()


def configuration(team: Team, version: str, effective_on: date) -> dict[str, Any]:
    """The whole configuration as it is posted."""
    catalogue = orjson.loads(to_json(CATALOGUE))
    for item in catalogue:
        if team.accredited and item["component_code"] == "VIG":
            item["competency"] = VIG
    eligibility: dict[str, Any] = {
        "max_age_months_exclusive": team.max_age_months,
        "accepts_antenatal": team.accepts_antenatal,
        "localities": list(team.localities),
    }
    if team.indicators is not None:
        signs, areas = team.indicators
        eligibility["indicator_rules"] = [{"indicators": signs, "domains": areas}]
    return {
        "config_version": f"{team.team_id}-{version}",
        "effective_on": effective_on.isoformat(),
        "nation": team.nation,
        "host": team.host,
        "commissioners": team.commissioners,
        "eligibility": eligibility,
        "catalogue": catalogue,
        "measures": [
            {
                "measure_code": "MORS-SF-WARMTH",
                "bands": [
                    {"code": "concern", "lowest": "0", "highest": "20"},
                    {"code": "good_enough", "lowest": "21", "highest": "35"},
                ],
                "reliable_change": "5",
            }
        ],
        "targets": dict(TARGETS),
        "clocks": CLOCKS.get(team.nation, ["local"]),
        "capacity": {"slots_per_week": team.slots_per_week},
    }


def _joined(diary: Diary, person: Practitioner, known_on: date, supervisor: str | None) -> None:
    who = str(person.practitioner_id)
    joined: dict[str, Any] = {
        "practitioner_id": who,
        "joined_on": min(person.joined_on, known_on).isoformat(),
        "discipline": person.discipline,
        "role": person.role,
        "wte": person.wte,
        "competencies": list(person.competencies),
        "triage_rota": person.triage_rota,
    }
    if person.clinical:
        joined["under_two_years"] = person.years
    if supervisor is not None:
        joined["supervisor_id"] = supervisor
    _say(diary, "PractitionerJoined", joined, on=known_on, key=f"{who}-joined")


def _later(diary: Diary, person: Practitioner, known_on: date, last_day: date, chance: Chance) -> None:
    """Changes, absences and the end; none of them after the last day."""
    who = str(person.practitioner_id)
    if person.wte == "0.5":
        changed_on = working_day(known_on + timedelta(days=chance.between(120, 400)))
        if changed_on <= min(last_day, person.left_on or last_day):
            changed = {"practitioner_id": who, "on": changed_on.isoformat(), "wte": "0.6"}
            _say(diary, "PractitionerChanged", changed, on=changed_on, key=f"{who}-changed")
    for place, away in enumerate(person.away):
        absent = {"practitioner_id": who, "from_on": away.from_on.isoformat()}
        if away.planned:
            absent["until_on"] = (away.back_on - timedelta(days=1)).isoformat()
        _say(diary, "PractitionerAbsent", absent, on=away.from_on, key=f"{who}-absent-{place}")
        if away.back_on <= last_day:
            returned = {"practitioner_id": who, "on": away.back_on.isoformat()}
            _say(diary, "PractitionerReturned", returned, on=away.back_on, key=f"{who}-returned-{place}")
    if person.left_on is not None and person.left_on <= last_day:
        left = {"practitioner_id": who, "left_on": person.left_on.isoformat()}
        _say(diary, "PractitionerLeft", left, on=person.left_on, key=f"{who}-left")


def _say(diary: Diary, name: str, data: dict[str, Any], *, on: date, key: str) -> None:
    diary.say(name, data, on=on, key=key, role="lead")
