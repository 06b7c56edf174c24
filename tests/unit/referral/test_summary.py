"""The summary of a discharge (P11): asked for when a discharge is heard, taken back with it, sent as a letter."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.referral.aggregate import aggregate
from services.referral.case import decider
from services.referral.commands import AskForCorrection, AskForSummary, TakeBackSummary
from services.referral.events import DischargeSummarySent, Event, TaskDone, TaskRaised
from services.referral.heard import Discharged, EpisodeOpened, EpisodeReopened, know
from services.referral.policy import RULES, correct_summary, send_summary, take_back_summary
from services.referral.summary import letters
from services.referral.task_codes import OwnerRole, TaskKind
from services.referral.triage_codes import SummaryTo
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, VoidReason, effective
from shared.kernel.ids import derived_id
from shared.kernel.letter import Letter
from tests.unit.referral.build import TODAY, accepted, declined, discharged, given, known, received, withdrawn
from tests.unit.referral.test_decisions import linked, send, sent
from tests.unit.trial import recorded

CAUSE = UUID(int=60)
LATER = UUID(int=61)
SOON = TODAY + timedelta(days=7)

ask = AskForSummary(discharge=CAUSE)
correct = AskForCorrection(cause=LATER)
take_back = TakeBackSummary(discharge=CAUSE, on=TODAY)
history = (received, accepted)
after_discharge = given.knowing(replace(known, discharged=discharged))


def task(kind: TaskKind, about: UUID) -> TaskRaised:
    task_id = derived_id("task", kind, received.referral_id, about)  # type: ignore[union-attr]
    return TaskRaised(task_id=task_id, kind=kind, due_on=SOON, owner_role=OwnerRole.ADMINISTRATOR, about=about)


def done(raised: TaskRaised, on: date = TODAY) -> TaskDone:
    return TaskDone(task_id=raised.task_id, on=on)


summarise = task(TaskKind.SEND_DISCHARGE_SUMMARY, CAUSE)


def test_a_discharge_has_a_summary_sent() -> None:
    given(*history).when(ask).then(summarise)


def test_the_same_discharge_again_asks_for_nothing_even_after_the_summary_was_sent() -> None:
    given(*history, summarise).when(ask).then_nothing()
    given(*history, summarise, sent, done(summarise)).when(ask).then_nothing()


def test_another_discharge_has_another_summary() -> None:
    given(*history, summarise, sent, done(summarise)).when(replace(ask, discharge=LATER)).then(
        task(TaskKind.SEND_DISCHARGE_SUMMARY, LATER)
    )


def test_sending_it_to_the_referrer_does_the_task_and_to_others_does_not() -> None:
    after_discharge(*history, summarise).when(send).then(sent, done(summarise, sent.on))
    to_gp = replace(send, to=SummaryTo.GP)
    after_discharge(*history, summarise).when(to_gp).then(DischargeSummarySent(to=to_gp.to, on=to_gp.on))


def test_a_discharge_that_was_taken_back_is_not_summarised() -> None:
    given(*history, summarise).when(take_back).then(done(summarise))
    given(*history, summarise).when(replace(take_back, discharge=None)).then(done(summarise))


def test_a_summary_that_was_sent_of_a_discharge_taken_back_is_put_right_by_a_person_once() -> None:
    right = task(TaskKind.CORRECT_DISCHARGE_SUMMARY, CAUSE)
    told = (*history, summarise, sent, done(summarise))
    given(*told).when(take_back).then(right)
    given(*told, right, done(right)).when(replace(take_back, discharge=None)).then_nothing()


def test_what_was_taken_back_and_was_no_discharge_changes_nothing() -> None:
    given(*history, summarise).when(replace(take_back, discharge=LATER)).then_nothing()
    given(*history).when(replace(take_back, discharge=None)).then_nothing()


def test_a_corrected_discharge_is_told_anew_only_where_it_was_told() -> None:
    given(*history, summarise).when(correct).then_nothing()
    given(*history, summarise, sent, done(summarise)).when(correct).then(
        task(TaskKind.CORRECT_DISCHARGE_SUMMARY, LATER)
    )


def test_of_a_case_that_was_never_received_there_is_nothing_to_tell() -> None:
    for command in (ask, correct, take_back):
        given().when(command).then_nothing()


def heard(*events: Any) -> tuple[Any, ...]:
    return tuple(recorded(event, version, store="intervention") for version, event in enumerate(events, 1))


def rules(*events: Any) -> list[Any]:
    """What the last of these events, heard, has the service ask of itself."""
    items = heard(*events)
    knows = know({"intervention": effective(items)}, known.moment)
    name = {EventVoided: "EventVoided", Corrected: "DischargedCorrected"}.get(
        type(events[-1]), type(events[-1]).__name__
    )
    return [command for rule in RULES if name in rule.causes for command in rule.react(items[-1], knows)]


opened = EpisodeOpened(on=date(2025, 3, 5))
error = replace(discharged, reason="administrative_error")
THIRD = heard(opened, opened, opened)[2].event_id
SECOND = heard(opened, opened)[1].event_id
HEARD_ON = date(2025, 1, 1)


def test_a_heard_discharge_is_summarised_unless_the_case_was_closed_in_error() -> None:
    assert rules(opened, discharged) == [AskForSummary(discharge=SECOND)]
    assert rules(opened, error) == []


def test_a_heard_correction_of_a_discharge_puts_the_summary_right() -> None:
    other = replace(discharged, discharged_on=date(2025, 5, 2))
    corrected = Corrected(corrects_event_id=SECOND, reason=CorrectionReason.NEW_INFORMATION, data=other)
    assert rules(opened, discharged, corrected) == [AskForCorrection(cause=THIRD)]
    in_error = replace(corrected, data=error)
    assert rules(opened, discharged, in_error) == []


def test_a_heard_void_of_a_discharge_takes_the_summary_back_and_any_other_void_does_not() -> None:
    void = EventVoided(corrects_event_id=SECOND, reason=VoidReason.ENTERED_IN_ERROR)
    assert rules(opened, discharged, void) == [TakeBackSummary(discharge=SECOND, on=HEARD_ON)]
    assert rules(opened, discharged, replace(void, corrects_event_id=UUID(int=70))) == []


def test_a_heard_reopening_takes_the_summary_back() -> None:
    assert rules(opened, discharged, EpisodeReopened(on=TODAY)) == [TakeBackSummary(on=HEARD_ON)]


def test_a_discharge_after_a_reopening_stands() -> None:
    knows = know({"intervention": heard(opened, discharged, EpisodeReopened(on=TODAY), discharged)}, known.moment)
    assert knows.discharged == discharged
    knows = know({"intervention": heard(opened, discharged, EpisodeReopened(on=TODAY))}, known.moment)
    assert knows.discharged is None


def test_a_rule_whose_discharge_does_not_stand_any_more_asks_for_nothing() -> None:
    nothing = know({}, known.moment)
    [cause] = heard(discharged)
    assert send_summary(cause, nothing) == ()
    assert correct_summary(cause, nothing) == ()
    assert take_back_summary(cause, replace(nothing, discharged=discharged)) == ()


def letter_kinds(*events: Event) -> list[str]:
    state = decider.fold(events)
    found = letters(events[-1], state, known)
    assert all(letter.to == "referrer" for letter in found)
    return [letter.kind for letter in found]


def test_receipt_decision_and_summary_are_letters_to_the_referrer_and_nothing_else_is() -> None:
    assert letter_kinds(received) == ["acknowledgement"]
    assert [letter_kinds(received, event) for event in (accepted, declined, linked)] == [["decision"]] * 3
    assert letter_kinds(*history, summarise) == ["discharge_summary"]
    assert letter_kinds(*history, task(TaskKind.TRACE_NHS_NUMBER, CAUSE)) == []
    assert letter_kinds(received, withdrawn) == []
    assert aggregate.letters(received, decider.fold([received]), known) == (
        Letter(kind="acknowledgement", to="referrer"),
    )


def test_every_kind_of_heard_event_that_a_rule_waits_for_is_heard() -> None:
    assert aggregate.heard is not None
    causes = {cause.removesuffix("Corrected") for rule in RULES for cause in rule.causes}
    assert causes <= set(aggregate.heard.classes)
    assert Discharged in aggregate.heard.classes.values()
