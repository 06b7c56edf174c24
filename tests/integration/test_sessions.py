"""M6 in real PostgreSQL: sessions worked by hand, and against the oracle on records told late and amended."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.sessions import Sessions, sessions
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import Question, hold, questions, told
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle import contacts as oracle
from tests.unit.reporting.histories import History

FIRST, LAST = date(2025, 1, 1), date(2025, 6, 30)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


async def answer(record: Record, **scope: Any) -> Sessions:
    return await sessions(record.reader, Scope(**{"at": LAST} | scope), first=FIRST, last=LAST)


def seen() -> History:
    history = History()
    history.received("2025-03-03")
    history.accepted("2025-03-05")
    return history


async def test_the_rate_of_not_attended_leaves_cancellations_out(record: Record) -> None:
    """Domain 6.7: 5, 5, 6, 3, 7, 2, 4 -> 2/5; one cancellation by the family and one by the team, apart."""
    history = seen()
    for number, code in enumerate(["5", "5", "6", "3", "7", "2", "4"], start=1):
        day = f"2025-04-{10 + number}"
        if code in "56":
            history.held(day, attend=code, session=number)
        else:
            history.missed(day, attend=code, session=number)
    await deliver(record.projection, history.documents)
    found = await answer(record)
    assert found.groups == {"attended": 3, "dna": 2, "cancelled_by_family": 1, "cancelled_by_provider": 1}
    assert found.dna_rate == Decimal("0.4")
    assert found.cancelled_by == {"family": 1, "provider": 1}
    assert found.provider_reasons == {"not_stated": 1}
    assert (found.held, found.not_held) == (3, 4)


async def test_who_was_there_and_for_how_long(record: Record) -> None:
    history = seen()
    session = {
        "held_on": "2025-04-10", "kind": "therapy_dyadic", "modality": "01", "attend_status": "5", "is_treatment": True,
    }  # fmt: skip
    both = [{"id": history.carer(8), "discipline": "health_visitor"}, {"id": history.carer(9), "discipline": "other"}]
    history.say("intervention", "SessionHeld", session | {
        "session_id": history.session(1), "duration_min": 50, "infants_present": [history.baby()], "interpreter": True,
        "practitioners": both,
    })  # fmt: skip
    history.say("intervention", "SessionHeld", session | {
        "session_id": history.session(2), "duration_min": 30, "practitioners": both[:1],
    })  # fmt: skip
    await deliver(record.projection, history.documents)
    found = await answer(record)
    assert (found.minutes, found.practitioner_minutes) == (80, 130)
    assert (found.infant_present, found.infant_present_rate) == (1, Decimal("0.5"))
    assert (found.interpreter, found.interpreter_rate) == (1, Decimal("0.5"))


async def test_a_booking_of_which_nothing_more_was_said_is_to_be_recorded(record: Record) -> None:
    history = seen()
    history.booked("2025-04-10T09:00:00Z", session="forgotten")
    history.booked("2025-04-11T09:00:00Z", session="held")
    history.held("2025-04-11", session="held")
    await deliver(record.projection, history.documents)
    found = await answer(record)
    assert (found.without_word, found.held, found.not_held) == (1, 1, 0)


@pytest.mark.parametrize(
    ("day", "band"),
    [
        ("2025-06-30", "0-6"), ("2025-06-24", "0-6"), ("2025-06-23", "7-13"), ("2025-06-17", "7-13"),
        ("2025-06-16", "14-27"), ("2025-06-03", "14-27"), ("2025-06-02", "28-plus"), ("2025-03-06", "28-plus"),
    ],
)  # fmt: skip
async def test_time_since_last_contact(record: Record, day: str, band: str) -> None:
    history = seen()
    history.held("2025-03-06", session="first")
    history.held(day, session="last")
    history.missed("2025-06-29", session="missed")
    await deliver(record.projection, history.documents)
    found = (await answer(record)).since_last_contact
    assert {name for name, number in found.items() if number} == {band}
    assert sum(found.values()) == 1


async def test_nothing_held_has_no_rate(record: Record) -> None:
    found = await answer(record)
    assert (found.dna_rate, found.infant_present_rate, found.interpreter_rate) == (None, None, None)


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    with pytest.raises(ValueError, match="period"):
        await answer(record, at=date(2025, 6, 29))


@pytest.mark.parametrize("seed", range(12))
async def test_sql_agrees_with_the_oracle(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 8)
    await hold(record, histories)
    for question in questions(random, histories):
        found = await sessions(record.reader, question.scope, first=question.first, last=question.last)
        assert as_the_oracle_says(found) == worked_out(question), question.scope


def as_the_oracle_says(found: Sessions) -> dict[str, Any]:
    return {
        "held": found.held, "not_held": found.not_held, **found.groups, "dna_rate": found.dna_rate,
        "infant_present": found.infant_present, "infant_present_rate": found.infant_present_rate,
        "interpreter": found.interpreter, "interpreter_rate": found.interpreter_rate, "minutes": found.minutes,
        "practitioner_minutes": found.practitioner_minutes, "since": found.since_last_contact,
    }  # fmt: skip


def worked_out(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = dict(oracle.sessions(*question.asked))
    rates = {name: each for name, each in found.items() if name.endswith("rate")}
    shares = {name: each and share_of(each.numerator, each.denominator) for name, each in rates.items()}
    since = oracle.since_last_contact(question.events, question.scope.at, question.scope.team)
    since["28-plus"] = since.pop(">=28")
    zero = {name: share_of(0, 1) for name, each in rates.items() if each == 0}
    return found | shares | zero | {"since": since}
