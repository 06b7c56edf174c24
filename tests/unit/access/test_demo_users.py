"""The demo users of the local issuer: of each role in each team, and the practitioners are the network's own."""

from datetime import date

import pytest

from deploy.local.issuer.demo import OTHER_ROLES, demo_users, other_user
from deploy.local.network.chance import Chance
from deploy.local.network.generate import SEED, TEAMS, YEARS, period_of
from deploy.local.network.roster import Roster, roster
from deploy.local.network.team import teams
from shared.kernel.ids import derived_id
from shared.web.access.roles import EVERY_TEAM, Role

HUMAN = set(Role) - {Role.SYSTEM}


def rosters(last_day: date) -> dict[str, Roster]:
    period = period_of(last_day, YEARS, 0)
    return {
        team.team_id: roster(team, period.first_day, period.last_day, Chance(SEED, team.team_id, "roster"))
        for team in teams(TEAMS)
    }


@pytest.mark.parametrize("last_day", [date(2026, 11, 23), date(2027, 2, 28), date(2028, 2, 29)])
def test_practitioners_and_leads_work_in_their_team_to_this_day(last_day: date) -> None:
    found = demo_users()
    for team, people in rosters(last_day).items():
        for user in found[team]:
            if user.practitioner_id is not None:
                person = people.who(user.practitioner_id)
                assert (person.role, person.there(last_day)) == (user.role.value, True), user


def test_there_is_somebody_of_each_role_in_each_team_but_no_clinical_system() -> None:
    found = demo_users()
    every_team = {user.role for user in found.pop("every team")}
    assert every_team == EVERY_TEAM - {Role.SYSTEM}
    assert set(found) == {team.team_id for team in teams(TEAMS)}
    for team, users in found.items():
        assert {user.role for user in users} | {Role.ANALYST, Role.AUDITOR} == HUMAN
        assert {user.teams for user in users} == {(team,)}


def test_each_demo_user_has_an_id_of_his_own() -> None:
    subjects = [user.subject for users in demo_users().values() for user in users]
    assert len(set(subjects)) == len(subjects)


def test_one_can_be_somebody_of_a_team_that_is_not_in_the_list() -> None:
    lead = other_user("lead", "team-0007")
    assert lead is not None
    assert (lead.role, lead.teams) == (Role.LEAD, ("team-0007",))
    assert lead.practitioner_id == derived_id("synthetic-practitioner", "team-0007", 0)
    others = {user.role for role in OTHER_ROLES if (user := other_user(role.value, "team-0007"))}
    assert others == set(OTHER_ROLES)


@pytest.mark.parametrize(
    ("role", "team"),
    [
        ("system", "team-0007"),
        ("auditor", "team-0007"),
        ("", "team-0007"),
        ("lead", ""),
        ("lead", "*"),
        ("lead", "t" * 41),
    ],
)
def test_but_nobody_that_a_token_could_not_be_for(role: str, team: str) -> None:
    assert other_user(role, team) is None


def test_the_subject_of_the_longest_code_is_one_that_services_take() -> None:
    longest = other_user("triage_clinician", "t" * 40)
    assert longest is not None
    assert len(longest.subject) <= 64
