"""What holds between a programme and everything that changes it. Pure."""

from collections.abc import Iterable
from datetime import date
from operator import attrgetter

from services.intervention.events import ProgrammeAssigned
from services.intervention.state import State
from shared.kernel.errors import Rejected

_BY_DAY = attrgetter("on")


def check_changes(state: State, programme: ProgrammeAssigned) -> None:
    """Refuses changes that do not follow from each other, by their dates.

    Raises:
        Rejected: `before-programme`, `component-not-in-programme`, `component-in-programme`, `no-component-left`,
            `duplicate-goal`, `unknown-goal`, `tier-differs`, `lead-differs`.
    """
    changes = (state.revisions, state.tiers, state.leads, state.ratings, state.completions)
    _not_before(programme.assigned_on, (item.on for items in changes for item in items))
    if state.revisions:
        _components(state, programme)
    if state.tiers:
        tier = programme.tier
        for step in sorted(state.tiers, key=_BY_DAY):
            if step.from_tier is not tier:
                raise Rejected("tier-differs", "the family was at another tier on that day", field="/from_tier")
            tier = step.to_tier
    if state.leads:
        lead = programme.lead_practitioner_id
        for change in sorted(state.leads, key=_BY_DAY):
            if change.from_practitioner_id != lead:
                raise Rejected("lead-differs", "another practitioner led on that day", field="/from_practitioner_id")
            lead = change.to_practitioner_id
    if state.ratings and not state.goals.issuperset(rating.goal_id for rating in state.ratings):
        raise Rejected("unknown-goal", "no such goal of this family", field="/goal_id")


def _not_before(assigned_on: date, days: Iterable[date]) -> None:
    if min(days, default=assigned_on) < assigned_on:
        raise Rejected("before-programme", "earlier than the programme was assigned")


def _components(state: State, programme: ProgrammeAssigned) -> None:
    """Each revision takes out what is there and adds what is not; something is always left (statement S23)."""
    there = {item.component_code for item in programme.components}
    goals = [goal.goal_id for goal in programme.goals]
    for revision in sorted(state.revisions, key=_BY_DAY):
        if not there.issuperset(revision.removed):
            raise Rejected("component-not-in-programme", "there is nothing to take out", field="/removed")
        added = {item.component_code for item in revision.added}
        if not there.isdisjoint(added):
            raise Rejected("component-in-programme", "it is part of the programme already", field="/added")
        there = (there - set(revision.removed)) | added
        if not there:
            raise Rejected("no-component-left", "a programme without components is completed instead", field="/removed")
        goals += [goal.goal_id for goal in revision.goals_added]
    if len(set(goals)) < len(goals):
        raise Rejected("duplicate-goal", "the goal is on record already", field="/goals_added")
