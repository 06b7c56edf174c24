"""M7 in real PostgreSQL: referrals worked by hand, and against the oracle on records told late and amended."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.referral_tables import of_referrals
from services.reporting.metrics.referrals import DECISIONS, Referrals, referrals
from services.reporting.metrics.scope import Scope
from services.reporting.tables import suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import Question, hold, questions, told
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle import referrals as oracle
from tests.unit.reporting.histories import History, identity
from tests.unit.reporting.team_histories import TeamHistory

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


async def answer(record: Record, **scope: Any) -> Referrals:
    return await referrals(record.reader, Scope(**{"at": LAST} | scope), first=FIRST, last=LAST)


def referred(case: str, **said: Any) -> History:
    history = History(case=case)
    data = {
        "received_on": "2025-03-01", "source": "midwife", "concerns": [{"code": "birth_trauma"}, {"code": "other"}],
        "subjects": [{"infant_id": history.baby(), "edd": "2025-06-01"}],
    }  # fmt: skip
    history.say("referral", "ReferralReceived", data | said)
    return history


async def told_of(record: Record, *histories: History | TeamHistory) -> Referrals:
    for history in histories:
        await deliver(record.projection, history.documents)
    return await answer(record)


async def test_an_unborn_baby_counts_by_its_week_of_pregnancy(record: Record) -> None:
    """Domain 6.7: received 1 March, due 1 June -> 188 days, 26 weeks and 6 days."""
    found = await told_of(record, referred("a"))
    assert found.antenatal_weeks == {26: 1}
    assert found.by_age["antenatal"]["undecided"] == 1


async def test_a_referral_counts_once_by_source_and_under_each_concern(record: Record) -> None:
    found = await told_of(record, referred("a"), referred("b", source="GP"), referred("c", source="GP"))
    assert list(found.by_source) == ["GP", "midwife"]
    assert found.by_source["GP"]["undecided"] == 2
    assert {code: sum(each.values()) for code, each in found.by_concern.items()} == {"birth_trauma": 3, "other": 3}


async def test_twins_are_two_babies_of_one_referral(record: Record) -> None:
    born = [{"infant_id": str(identity("twin", each)), "born_on": "2024-08-01"} for each in "xy"]
    found = await told_of(record, referred("a", subjects=born))
    assert (sum(found.by_age["6-11"].values()), sum(found.decided.values())) == (2, 1)


async def test_what_was_decided_and_why_and_who_was_turned_away_because_the_team_was_full(record: Record) -> None:
    accepted, full, sent, withdrawn, later = (referred(each) for each in "abcde")
    accepted.accepted("2025-03-10")
    full.declined("2025-03-10")
    decline = {"decided_on": "2025-03-10", "reason": "outside_area", "signposted_to": ["GP", "health_visitor"]}
    sent.say("referral", "ReferralDeclined", decline)
    withdrawn.withdrawn("2025-03-10")
    later.declined("2025-07-01")
    found = await told_of(record, accepted, full, sent, withdrawn, later)
    assert found.decided == {
        "accepted": 1, "declined": 1, "signposted": 1, "duplicate": 0, "withdrawn": 1, "undecided": 1,
    }  # fmt: skip
    assert found.decline_reasons == {"capacity_closed": 1, "outside_area": 1}
    assert found.capacity_closed == 1
    assert found.signposted_to == {"GP": 1, "health_visitor": 1}


async def test_consultations_that_became_a_referral(record: Record) -> None:
    """By their own outcome, by a later link, or because a referral names them: three of four."""
    team = TeamHistory()
    for name in ("linked", "named", "neither"):
        team.activity("2025-02-01", name=name)
    outcome = {"activity_id": str(identity("said")), "kind": "consultation", "on": "2025-02-02"}
    team.say("work", "SystemActivityRecorded", outcome | {"outcome": "became_referral"})
    team.activity("2025-02-03", "training", name="training")
    team.became("2025-02-20", name="linked")
    named = referred("b", consultation_id=str(identity(team.team, "activity", "named")))
    found = await told_of(record, team, named)
    assert (found.consultations, found.became_referral, found.conversion_rate) == (4, 3, Decimal("0.75"))


async def test_nothing_received_is_nothing(record: Record) -> None:
    found = await answer(record)
    assert sum(found.decided.values()) == 0
    assert found.conversion_rate is None


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    with pytest.raises(ValueError, match="period"):
        await answer(record, at=date(2025, 6, 29))


@pytest.mark.parametrize("seed", range(12))
async def test_sql_agrees_with_the_oracle(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 8)
    await hold(record, histories)
    for question in questions(random, histories):
        found = await referrals(record.reader, question.scope, first=question.first, last=question.last)
        assert as_the_oracle_says(found) == worked_out(question), question.scope
        for table in of_referrals(found):
            assert suppressed(table).published


def as_the_oracle_says(found: Referrals) -> dict[str, Any]:
    ages = {name: sum(each.values()) for name, each in found.by_age.items()}
    return {
        "source": {code: sum(each.values()) for code, each in found.by_source.items()},
        "concern": {code: sum(each.values()) for code, each in found.by_concern.items()},
        "age": {band: number for band, number in ages.items() if number},
        "weeks": dict(found.antenatal_weeks),
        "decision": {code: number for code, number in found.decided.items() if number},
        "decline_reason": dict(found.decline_reasons),
        "signposted_to": dict(found.signposted_to),
        "conversion": (found.consultations, found.became_referral, found.conversion_rate),
    }


def worked_out(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = dict(oracle.referrals(*question.asked))
    assert set(found["decision"]) <= set(DECISIONS)
    ages: dict[str, int] = {}
    weeks: dict[int, int] = {}
    for band, number in found["age"].items():
        code = band.removesuffix(" months").replace("36+", "36-plus")
        if band.endswith(" weeks"):
            weeks[int(band.removesuffix(" weeks"))] = number
            code = "antenatal"
        ages[code] = ages.get(code, 0) + number
    converted = oracle.conversion(*question.unfiltered)
    given, became = int(converted["consultations"] or 0), int(converted["became_referral"] or 0)
    return found | {"age": ages, "weeks": weeks, "conversion": (given, became, share_of(became, given))}
