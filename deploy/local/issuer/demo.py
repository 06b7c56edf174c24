"""Whom the local issuer lets one be, for trying out: somebody of each role, in each team of the synthetic network.

Practitioners and leads are people of the network's own register, so that there are cases which they carry; a test
compares this table with it (tests/unit/access/test_demo_users.py).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.kernel.fields import CODE_FORM
from shared.kernel.ids import derived_id
from shared.web.access.roles import NEEDS_RELATIONSHIP, Role

LEAD_PLACE = 0
PRACTITIONER_PLACES = {"team-north": (1, 3), "team-south": (1, 2), "team-harbour": (2, 4)}
"""By team the places in its roster of two who work there to this day."""
LASTS_S = 8 * 3600
"""A demo user stays signed in for a working day."""
_LONGEST_TEAM = 40
"""So that the subject, which names the team, is not longer than a subject may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """Somebody whom no password protects."""

    subject: str
    title: str
    """What this person is, in plain words."""
    does: str
    """What can be seen as this person."""
    role: Role
    teams: tuple[str, ...] | None
    """None = every team."""
    practitioner_id: UUID | None = None


_WHOLE_TEAM = (
    (Role.TRIAGE_CLINICIAN, "Triage clinician", "works for the whole team, every case"),
    (Role.ADMINISTRATOR, "Administrator", "works for the whole team, without safeguarding details"),
    (Role.MANAGER, "Service manager", "the team's numbers, no case"),
)
_EVERY_TEAM = (
    (Role.MANAGER, "Service manager", "the numbers of every team, no case"),
    (Role.ANALYST, "Analyst", "every team case by case, under pseudonyms"),
    (Role.AUDITOR, "Auditor", "every team, the record of who read what, what is parked"),
)


def demo_users() -> dict[str, Sequence[DemoUser]]:
    """By heading, in the order in which they are offered."""
    found: dict[str, Sequence[DemoUser]] = {team: tuple(_of_team(team)) for team in PRACTITIONER_PLACES}
    found["every team"] = tuple(
        DemoUser(subject=f"demo-{role.value}", title=title, does=does, role=role, teams=None)
        for role, title, does in _EVERY_TEAM
    )
    return found


OTHER_ROLES = {Role.LEAD: "Team lead", Role.PRACTITIONER: "Practitioner"} | {
    role: title for role, title, _ in _WHOLE_TEAM
}
"""Whom one can be in a team that is not in the list: of a network that `dyad simulate` made, or of one's own."""


def other_user(role: str, team: str) -> DemoUser | None:
    """Somebody of a team that is not in the list; None for a role or a code that there cannot be."""
    wanted = next((each for each in OTHER_ROLES if each.value == role), None)
    if wanted is None or not re.fullmatch(CODE_FORM, team) or len(team) > _LONGEST_TEAM:
        return None
    if wanted in NEEDS_RELATIONSHIP:
        place = LEAD_PLACE if wanted is Role.LEAD else LEAD_PLACE + 1
        return _practitioner(team, place, wanted, OTHER_ROLES[wanted], "")
    return DemoUser(
        subject=f"demo-{wanted.value}-{team}", title=OTHER_ROLES[wanted], does="", role=wanted, teams=(team,)
    )


def _of_team(team: str) -> Iterator[DemoUser]:
    yield _practitioner(team, LEAD_PLACE, Role.LEAD, "Team lead", "the team's numbers, cases carried or supervised")
    for number, place in enumerate(PRACTITIONER_PLACES[team], start=1):
        yield _practitioner(
            team, place, Role.PRACTITIONER, f"Practitioner {number}", "the team's numbers, cases carried"
        )
    for role, title, does in _WHOLE_TEAM:
        yield DemoUser(subject=f"demo-{role.value}-{team}", title=title, does=does, role=role, teams=(team,))
    yield DemoUser(
        subject=f"demo-referrer-{team}", title="Referrer", does="none of these pages", role=Role.REFERRER, teams=(team,)
    )


def _practitioner(team: str, place: int, role: Role, title: str, does: str) -> DemoUser:
    return DemoUser(
        subject=f"demo-{role.value}-{place}-{team}",
        title=title,
        does=does,
        role=role,
        teams=(team,),
        practitioner_id=derived_id("synthetic-practitioner", team, place),
    )
