"""What a single act needs beyond its route: the scope of the posted type, and the team that the request names."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from shared.process.aggregate import Aggregate
from shared.process.relationship import Seeker
from shared.web.access.actor import Actor
from shared.web.access.guard import forbidden, forbidden_team
from shared.web.access.roles import Scope
from shared.web.problems import Problem


class Posted(Protocol):
    """A type that may be posted."""

    @property
    def name(self) -> str:
        """Of the event, e.g. `ReferralAccepted` or `ReferralAcceptedCorrected`."""

    @property
    def aggregate(self) -> "Aggregate[object, object, object, object]":
        """Whose type it is."""


def scope_of(posted: Posted) -> Scope:
    """The scope that posting this type needs; a correction needs what the event itself needs."""
    found = posted.aggregate.needed(posted.name)
    return Scope.CASE_WRITE if found is None else Scope(found)


def seeker_of(actor: Actor, posted: Posted, commands: Iterable[object]) -> Seeker:
    """Who must have a right to the case. Whoever breaks the glass has none yet, and breaks it for himself alone.

    Raises:
        Problem: 422, the glass is to be broken for somebody else.
    """
    if scope_of(posted) is not Scope.BREAK_GLASS:
        return actor.seeker
    if any(getattr(command, "actor_id", actor.id) != actor.id for command in commands):
        raise Problem(422, "not-for-others", "everybody breaks the glass for himself", field="/actor_id", within="data")
    return replace(actor.seeker, needs_relationship=False)


def require_scope(actor: Actor, posted: Posted) -> None:
    """Refuses a type that the actor may not post.

    Raises:
        Problem: 403.
    """
    scope = scope_of(posted)
    if not actor.may(scope):
        raise forbidden(scope)


def require_team(actor: Actor, team: str | None, within: str, field: str) -> None:
    """Refuses a request that names a team which is none of the actor's.

    Raises:
        Problem: 403 `not-your-team`.
    """
    if team is not None and not actor.of_team(team):
        raise forbidden_team(within, field)
