"""What reporting says is due is what the services record as breached: the same targets, days and owners."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.heard import HEARD, Fact
from services.reporting.owed import Owed
from services.reporting.targets import ACKNOWLEDGE_WORKING_DAYS, DAYS, DEFAULTS, OWNERS, Target
from services.reporting.wait_alerts import Wait, due_targets
from shared.kernel.civil import Moment
from shared.kernel.codec import to_json
from shared.kernel.history import Recorded
from shared.process.aggregate import Aggregate
from tests.contract.catalogue_kit import every_aggregate

AGGREGATES: dict[str, Aggregate[Any, Any, Any, Any]] = {
    each.store: each for each in every_aggregate() if not each.of_team
}
CASE = UUID(int=1)
FIRST = date(2026, 1, 1)
_ERROR = "administrative_error"
MOMENT = Moment.of(date(2026, 12, 1))
NAMES = {
    "referral": (
        "ReferralAcknowledged", "ReferralInfoRequested", "ReferralInfoProvided", "ReferralHeldUntilBirth",
        "ReferralAccepted", "ReferralAccepted", "ReferralAccepted", "ReferralDeclined", "ReferralWithdrawn",
        "ReferralLinkedDuplicate", "InfantBorn", "PregnancyEnded", "InfantIdentityReplaced",
    ),
    "assessment": (
        "AssessmentRequested", "AssessmentOffered", "AssessmentStarted", "AssessmentCompleted", "AssessmentAbandoned",
        "ReassessmentRequested", "MeasureRecorded", "SafetyConcernRaised",
    ),
    "intervention": (
        "EpisodeOpened", "EpisodeOpened", "ProgrammeAssigned", "ProgrammeAssigned", "SessionHeld", "SessionHeld",
        "SessionHeld", "EpisodePaused", "EpisodeResumed", "ActiveMonitoringStarted", "ActiveMonitoringEnded",
        "TreatmentDeclined", "ProgrammeCompleted", "Discharged", "EpisodeReopened",
    ),
}  # fmt: skip
"""What a target asks of or is met by; what most stories need stands more than once."""
CHOICES: dict[str, dict[str, Sequence[Any]]] = {
    "SessionHeld": {"kind": ("ending", "therapy_dyadic"), "modality": ("01", "05"), "is_treatment": (True, False)},
    "AssessmentCompleted": {"recommendation": ("PROGRAMME", "SIGNPOST"), "assessment_no": (1, 2)},
    "AssessmentOffered": {"assessment_no": (1, 2)},
    "AssessmentStarted": {"assessment_no": (1, 2)},
    "AssessmentAbandoned": {"assessment_no": (1, 2)},
    "ReassessmentRequested": {"assessment_no": (2,)},
    "MeasureRecorded": {"safety_item_flag": (True, False)},
    "SafetyConcernRaised": {"subject_ref": (None, UUID(int=3))},
    "Discharged": {"reason": (_ERROR, "planned_completed")},
}
"""Fields that decide, and what they may say."""


class Told(NamedTuple):
    """One event as its service says it."""

    store: str
    version: int
    event: Any

    @property
    def type(self) -> str:
        return AGGREGATES[self.store].registry.type_of(self.event)

    @property
    def data(self) -> Any:
        return orjson.loads(to_json(self.event))

    def recorded(self, event: Any) -> Recorded[Any]:
        return Recorded(**self._where(), event=event)

    def fact(self) -> Fact:
        return Fact(**self._where(), event=HEARD.load(self.type, self.data), team_id="team-north")

    def _where(self) -> dict[str, Any]:
        stream = AGGREGATES[self.store].stream(CASE)
        at = MOMENT.now + timedelta(seconds=self.version)
        event_id = uuid5(CASE, f"{stream}/{self.version}")
        return {
            "event_id": event_id, "store": self.store, "stream": stream, "version": self.version,
            "recorded_at": at, "occurred_at": at,
        }  # fmt: skip


RECEIVED = replace(AGGREGATES["referral"].examples["ReferralReceived"], received_on=FIRST)
INFANT = RECEIVED.subjects[0].infant_id


@st.composite
def said_events(draw: st.DrawFn, store: str) -> list[Told]:
    """Some of a service's events in any order, with any days."""
    found = [RECEIVED] if store == "referral" else []
    for name in draw(st.lists(st.sampled_from(NAMES[store]), max_size=9)):
        event = AGGREGATES[store].examples[name]
        changed: dict[str, Any] = {"infant_id": INFANT} if hasattr(event, "infant_id") else {}
        for each in fields(event):
            value = getattr(event, each.name)
            if type(value) is date:
                changed[each.name] = FIRST + timedelta(days=draw(st.integers(min_value=0, max_value=200)))
            if each.name in CHOICES.get(name, {}):
                chosen = draw(st.sampled_from(CHOICES[name][each.name]))
                changed[each.name] = type(value)(chosen) if isinstance(chosen, str) else chosen
        said = replace(event, **changed)
        if name != "Discharged" or not _closed(found):  # nothing closes twice
            found.append(said)
    return [Told(store, number, event) for number, event in enumerate(found, start=1)]


def _closed(said: Sequence[Any]) -> bool:
    """Whether a discharge stands."""
    closed: Any = None
    for event in said:
        name = type(event).__name__
        if name == "Discharged":
            closed = event
        elif name == "EpisodeReopened" or (name == "EpisodeOpened" and closed and closed.reason == _ERROR):
            closed = None
    return closed is not None


Story = dict[str, list[Told]]
STORIES = st.fixed_dictionaries({store: said_events(store) for store in AGGREGATES})


def by_the_services(story: Story) -> set[tuple[str, date, str]]:
    """Every target that a service would record as breached once its day is over: target, day, whose it is."""
    return {found for store in AGGREGATES for found in _by_one(AGGREGATES[store], story)}


def _by_one(aggregate: Aggregate[Any, Any, Any, Any], story: Story) -> Iterator[tuple[str, date, str]]:
    assert aggregate.heard is not None
    heard = {}
    for store in aggregate.hears:
        items = [told.recorded(aggregate.heard.load(told.type, told.data)) for told in story[store]]
        heard[store] = tuple(item for item in items if item.event is not None)
    state = aggregate.decider.fold(told.event for told in story[aggregate.store])
    for deadline in aggregate.deadlines(state, aggregate.know(heard, MOMENT)):
        command = deadline.command
        if hasattr(command, "target_code"):
            yield command.target_code.value, command.due_on, command.owner_role.value


def by_reporting(story: Story) -> set[tuple[str, date, str]]:
    owed = Owed()
    for told in reversed([told for events in story.values() for told in events]):
        owed.add(told.fact())
    codes, days = owed.view()
    held = [told.event.held_on for told in story["intervention"] if hasattr(told.event, "held_on")]
    pairs = tuple((Target(code), day) for code, day in zip(codes or (), days or (), strict=True))
    found = due_targets(Wait(CASE, "team-north", pairs, max(held, default=None), ()), {})
    return {(each.target.value, each.due_on, each.owner_role) for each in found}


@given(STORIES)
def test_what_reporting_says_is_due_is_what_the_services_will_record_as_breached(story: Story) -> None:
    assert by_reporting(story) == by_the_services(story)


@pytest.mark.parametrize("target", Target)
def test_every_target_is_met_in_these_stories(target: Target) -> None:
    """The comparison above is about something: the smallest story in which a service waits for this target."""
    referral, assessment, intervention = NEEDED[target]
    story = {
        "referral": _story("referral", RECEIVED, *referral),
        "assessment": _story("assessment", *assessment),
        "intervention": _story("intervention", *intervention),
    }
    assert target.value in {code for code, _, _ in by_the_services(story)}
    assert by_reporting(story) == by_the_services(story)


def _story(store: str, *said: Any) -> list[Told]:
    examples = AGGREGATES[store].examples
    events = [examples[each] if isinstance(each, str) else each for each in said]
    return [Told(store, number, event) for number, event in enumerate(events, start=1)]


def _assigned() -> Any:
    return replace(AGGREGATES["intervention"].examples["ProgrammeAssigned"], assigned_on=FIRST)


def _treated() -> Any:
    return replace(AGGREGATES["intervention"].examples["SessionHeld"], is_treatment=True, held_on=date(2026, 6, 1))


def _assessed() -> Any:
    completed = AGGREGATES["assessment"].examples["AssessmentCompleted"]
    return replace(completed, recommendation=type(completed.recommendation)("PROGRAMME"))


def _flagged() -> Any:
    return replace(AGGREGATES["assessment"].examples["MeasureRecorded"], safety_item_flag=True)


NEEDED: dict[Target, tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]] = {
    Target.ACKNOWLEDGE: ((), (), ()),
    Target.DECIDE: ((), (), ()),
    Target.INFORMATION: (("ReferralInfoRequested",), (), ()),
    Target.OFFER_ASSESSMENT: (("ReferralAccepted",), ("AssessmentRequested",), ()),
    Target.COMPLETE_ASSESSMENT: (("ReferralAccepted",), ("AssessmentRequested", "AssessmentStarted"), ()),
    Target.ANSWER_SAFETY_ITEM: ((), (_flagged(),), ()),
    Target.CONTACT: (("ReferralAccepted",), (), ("EpisodeOpened",)),
    Target.PROGRAMME: (("ReferralAccepted",), (_assessed(),), ("EpisodeOpened",)),
    Target.FIRST_SESSION: (("ReferralAccepted",), (), ("EpisodeOpened", _assigned())),
    Target.SILENCE: (("ReferralAccepted",), (), ("EpisodeOpened", _assigned(), _treated())),
    Target.ENDING: (("ReferralAccepted",), (), ("EpisodeOpened", _assigned(), "ProgrammeCompleted")),
}


def test_the_codes_the_days_and_their_defaults_are_those_of_the_services() -> None:
    said = AGGREGATES["intervention"]
    team = next(each for each in every_aggregate() if each.decider.category == "team")
    targets = team.examples["TeamConfigured"].targets
    names = {each.name for each in fields(targets)}
    assert set(DAYS.values()) <= names
    assert {name: getattr(type(targets)(), name) for name in DEFAULTS} == dict(DEFAULTS)
    assert set(OWNERS) == set(Target)
    assert ACKNOWLEDGE_WORKING_DAYS in names
    assert said.store == "intervention"
