"""Who waits too long, and who soon will: by the targets' days, on the day, once for each reason."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.alert_records import CLEARED_FOR, Said, State, differences, forgotten
from services.reporting.targets import DAYS, DEFAULTS, OWNERS, Target
from services.reporting.wait_alerts import SOON_DAYS, Alert, Rule, Wait, alerts, due_targets
from shared.kernel.civil import Moment

DAY = date(2026, 3, 2)  # a Monday
CASE = UUID(int=7)
NOW = Moment.of(DAY).now


def wait(
    *owed: tuple[Target, date], last: date | None = None, missed: tuple[date, ...] = (), case_id: UUID = CASE
) -> Wait:
    return Wait(case_id, "team-north", tuple(owed), last, missed)


def told(found: tuple[Alert, ...]) -> list[tuple[Rule, str, date]]:
    return [(each.rule, each.target, each.due_on) for each in found]


def days(number: int) -> timedelta:
    return timedelta(days=number)


@pytest.mark.parametrize(("target", "name"), sorted(DAYS.items()))
def test_each_target_is_due_after_its_days(target: Target, name: str) -> None:
    [due] = due_targets(wait((target, DAY)), {})
    assert due.due_on == DAY + days(DEFAULTS[name])  # the one counted in working days begins on a Monday
    [own] = due_targets(wait((target, DAY)), {name: 3})
    assert own.due_on == DAY + days(3)
    assert own.owner_role == OWNERS[target]


def test_an_acknowledgement_is_counted_in_working_days() -> None:
    friday = DAY + days(4)
    [due] = due_targets(wait((Target.ACKNOWLEDGE, friday)), {})
    assert due.due_on == friday + days(3)


@pytest.mark.parametrize("target", [Target.INFORMATION, Target.OFFER_ASSESSMENT, Target.ANSWER_SAFETY_ITEM])
def test_what_names_its_day_itself_is_due_on_that_day(target: Target) -> None:
    [due] = due_targets(wait((target, DAY)), {"decide_days": 99})
    assert due.due_on == DAY


def test_silence_counts_from_the_last_session_or_from_when_the_work_went_on() -> None:
    owed = (Target.SILENCE, DAY)
    [due] = due_targets(wait(owed, last=DAY + days(5)), {})
    assert due.due_on == DAY + days(33)
    [due] = due_targets(wait(owed, last=DAY - days(5)), {})
    assert due.due_on == DAY + days(28)


def test_a_breach_is_foretold_told_from_the_day_after_and_never_both() -> None:
    waiting, due = wait((Target.DECIDE, DAY)), DAY + days(14)
    assert alerts(waiting, {}, due - days(SOON_DAYS + 1)) == ()
    for day in (due - days(SOON_DAYS), due):
        assert told(alerts(waiting, {}, day)) == [(Rule.WILL_BREACH, "decide", due)]
    assert told(alerts(waiting, {}, due + days(1))) == [(Rule.BREACHED, "decide", due)]


def test_no_session_for_four_weeks_is_a_reason_of_its_own() -> None:
    waiting = wait((Target.SILENCE, DAY), last=DAY)
    assert told(alerts(waiting, {}, DAY + days(28))) == [(Rule.WILL_BREACH, "silence", DAY + days(28))]
    assert told(alerts(waiting, {}, DAY + days(29))) == [(Rule.NO_SESSION, "silence", DAY + days(28))]


def test_not_brought_once_is_nothing_and_twice_is_told_with_the_latest_day() -> None:
    assert alerts(wait(missed=(DAY,)), {}, DAY) == ()
    assert told(alerts(wait(missed=(DAY, DAY + days(7))), {}, DAY + days(7))) == [(Rule.NOT_BROUGHT, "", DAY + days(7))]
    assert alerts(wait(missed=(DAY, DAY + days(7))), {}, DAY) == ()


def test_two_safety_items_of_one_case_are_one_alert_with_the_earlier_day() -> None:
    both = wait((Target.ANSWER_SAFETY_ITEM, DAY - days(3)), (Target.ANSWER_SAFETY_ITEM, DAY - days(9)))
    assert told(alerts(both, {}, DAY)) == [(Rule.BREACHED, "answer_safety_item", DAY - days(9))]


def test_the_id_of_an_alert_is_the_same_for_ever_and_differs_by_case_and_target() -> None:
    owed = ((Target.DECIDE, DAY - days(90)), (Target.ACKNOWLEDGE, DAY - days(90)))
    first, again = alerts(wait(*owed), {}, DAY), alerts(wait(*owed), {}, DAY + days(1))
    other = alerts(wait(*owed, case_id=uuid4()), {}, DAY)
    assert {each.alert_id for each in first} == {each.alert_id for each in again}
    assert len({each.alert_id for each in (*first, *other)}) == 4
    assert str(min(each.alert_id for each in first)) == "6cb655bd-3f3f-5e4b-ba4b-8bd650b7c2a9"


CASES = st.sampled_from([UUID(int=number) for number in range(4)])
WAITS = st.builds(
    lambda case_id, owed: wait(*owed, case_id=case_id),
    CASES,
    st.lists(st.tuples(st.sampled_from(Target), st.dates(date(2026, 1, 1), date(2026, 4, 30)))),
)
ROUNDS = st.lists(st.tuples(st.dictionaries(CASES, WAITS), st.none() | st.sets(CASES)), max_size=6)


@given(ROUNDS)
def test_the_last_words_are_always_what_is_due_and_nothing_is_said_twice(
    rounds: list[tuple[dict[UUID, Wait], set[UUID] | None]],
) -> None:
    standing: dict[UUID, Said] = {}
    due: dict[UUID, Alert] = {}
    for waits, cases in rounds:
        looked = [each for each in waits.values() if cases is None or each.case_id in cases]
        wanted = [alert for each in looked for alert in alerts(each, {}, DAY)]
        said = differences(standing, wanted, cases, NOW)
        assert len({each.alert.alert_id for each in said}) == len(said)
        assert all(standing.get(each.alert.alert_id) != each for each in said)
        standing.update((each.alert.alert_id, each) for each in said)
        due = {key: alert for key, alert in due.items() if cases is not None and alert.case_id not in cases}
        due |= {alert.alert_id: alert for alert in wanted}
        raised = {key: last.alert for key, last in standing.items() if last.state is State.RAISED}
        assert raised == due
        assert differences(standing, wanted, cases, NOW) == []  # as after a restart


def raised(target: Target = Target.DECIDE) -> Said:
    [alert] = alerts(wait((target, DAY - days(90))), {}, DAY)
    return Said(alert, State.RAISED, NOW)


def test_what_is_due_on_another_day_is_said_anew_and_keeps_its_beginning() -> None:
    before = raised()
    moved = before.alert._replace(due_on=DAY - days(1))
    later = NOW + days(1)
    assert differences({moved.alert_id: before}, [moved], None, later) == [Said(moved, State.RAISED, NOW)]


def test_what_was_cleared_is_forgotten_after_a_day_and_may_be_raised_again() -> None:
    last = raised()._replace(state=State.CLEARED)
    standing = {last.alert.alert_id: last}
    assert forgotten(standing, NOW + CLEARED_FOR - days(0) - timedelta(seconds=1)) == []
    assert forgotten(standing, NOW + CLEARED_FOR) == [last.alert.alert_id]
    assert differences(standing, [last.alert], None, NOW) == [Said(last.alert, State.RAISED, NOW)]
    assert forgotten({last.alert.alert_id: raised()}, NOW + days(99)) == []


def test_a_record_says_the_alert_and_nothing_but_codes_ids_and_days() -> None:
    said = raised()
    assert Said.from_json(said.to_json()) == said
    with pytest.raises(ValueError, match="not this alert's"):
        Said.from_json(said.to_json().replace(b'"target":"decide"', b'"target":"contact"'))
    with pytest.raises(ValueError, match="without a zone"):
        Said.from_json(said._replace(at=NOW.replace(tzinfo=None)).to_json())
