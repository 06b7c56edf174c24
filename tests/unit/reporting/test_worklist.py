"""The worklist: the watch's alerts and what the diary says, once a case, sorted by any column."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from services.reporting.targets import DEFAULTS, Target
from services.reporting.wait_alerts import Wait
from services.reporting.worklist import Item, Order, Reason, chosen, counted, item, ordered

AT = date(2026, 3, 2)
TWO = 2


def days(number: int) -> timedelta:
    return timedelta(days=number)


def line(
    *owed: tuple[Target, date], booked: date | None = None, last: date | None = None, number: int = 1, missed: int = 0
) -> Item | None:
    wait = Wait(UUID(int=number), "team-north", tuple(owed), last, tuple(AT - days(each) for each in range(missed)))
    return item(wait, {}, AT, booked_on=booked)


def shown(found: Item | None) -> Item:
    assert found is not None
    return found


CONTACT_DUE = AT - days(DEFAULTS["contact_days"])


@pytest.mark.parametrize(
    ("since", "booked", "reasons"),
    [
        (CONTACT_DUE - days(1), None, [Reason.BREACHED, Reason.NO_DATE]),
        (CONTACT_DUE - days(1), AT + days(3), [Reason.BREACHED]),
        (CONTACT_DUE + days(7), AT + days(7), [Reason.WILL_BREACH]),
        (CONTACT_DUE + days(7), AT + days(8), [Reason.WILL_BREACH, Reason.BOOKED_LATE]),
        (CONTACT_DUE + days(8), None, [Reason.NO_DATE]),
        (CONTACT_DUE + days(8), AT + days(8), []),
    ],
)
def test_a_first_contact_is_held_against_its_target_and_the_diary(
    since: date, booked: date | None, reasons: list[Reason]
) -> None:
    assert list(shown(line((Target.CONTACT, since), booked=booked)).reasons) == reasons


def test_a_decision_needs_no_date_in_the_diary() -> None:
    assert shown(line((Target.DECIDE, AT))).reasons == ()


def test_no_session_for_as_long_as_allowed_and_not_brought_twice_are_said_beside_each_other() -> None:
    found = shown(line((Target.SILENCE, AT - days(60)), last=AT - days(29), missed=TWO, booked=AT))
    assert found.reasons == (Reason.NO_SESSION, Reason.NOT_BROUGHT)


def test_who_waits_for_nothing_and_came_is_not_on_the_list() -> None:
    assert line() is None
    assert shown(line(missed=TWO)).due == ()


def test_each_reason_counts_the_cases_that_are_chosen_by_it() -> None:
    items = [shown(line((Target.CONTACT, CONTACT_DUE - days(each)), number=each + 1)) for each in range(4)]
    for reason, number in counted(items).items():
        assert len(chosen(items, reason=reason)) == number
    assert counted(items)[Reason.NO_DATE] == len(items)
    assert chosen(items, target=Target.ENDING) == []


def test_whoever_has_no_value_stands_last_whichever_way_the_list_is_sorted() -> None:
    early = shown(line((Target.CONTACT, AT), booked=AT, number=1))
    late = shown(line((Target.CONTACT, AT), booked=AT + days(9), number=2))
    never = shown(line((Target.CONTACT, AT), number=3))
    assert ordered([never, late, early], Order.BOOKED) == [early, late, never]
    assert ordered([never, late, early], Order.BOOKED, descending=True) == [late, early, never]
    assert ordered([never, late, early], Order.DUE) == [early, late, never], "equal ones by their ids"


def test_stages_are_sorted_as_the_pathway_goes() -> None:
    wait = Wait(UUID(int=1), "team-north", ((Target.DECIDE, AT),), None, ())
    first, second = (shown(item(wait, {}, AT, stage=stage)) for stage in ("waiting", "active"))
    assert ordered([second, first], Order.STAGE, stages=("waiting", "active")) == [first, second]
