"""M16 in real PostgreSQL: by hand, and against the oracle on records told late."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from random import Random

import pytest

from services.reporting.metrics.continuity import Continuity, Kind, continuity
from services.reporting.metrics.continuity_tables import of_continuity
from services.reporting.metrics.scope import Scope
from services.reporting.tables import HIDDEN, suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import Question, hold, questions, told
from tests.integration.oracle_kit import Answer, different
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle import continuity as oracle
from tests.unit.reporting.histories import History, identity
from tests.unit.reporting.team_histories import TeamHistory

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
ANNA, BEN = str(identity("practitioner", 1)), str(identity("practitioner", 2))


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


def led(case: str = "a", by: str = ANNA) -> History:
    """Accepted in March 2025; the programme of 17 March is led by somebody."""
    history = History(case=case)
    history.received("2025-03-03")
    history.accepted("2025-03-05")
    programme = {"assigned_on": "2025-03-17", "tier": "TARGETED", "lead_practitioner_id": by}
    history.say("intervention", "ProgrammeAssigned", programme)
    return history


def handed_over(history: History, on: str, to: str, reason: str = "left") -> None:
    data = {"from_practitioner_id": ANNA, "to_practitioner_id": to, "on": on, "reason": reason}
    history.say("intervention", "LeadPractitionerChanged", data)


def fell_out(history: History, on: str, reason: str = "practitioner_absent") -> None:
    data = {"session_id": history.session(on), "on": on, "attend_status": "4", "by": "provider", "reason": reason}
    history.say("intervention", "SessionNotHeld", data | {"rebook": True})


def away(*stretches: tuple[str, str | None], who: str = ANNA) -> TeamHistory:
    team = TeamHistory()
    team.joined("2024-01-01")
    for first, last in stretches:
        team.say("team", "PractitionerAbsent", {"practitioner_id": who, "from_on": first, "until_on": last})
    return team


async def answer(record: Record, at: date = LAST) -> Continuity:
    return await continuity(record.reader, Scope(at=at), first=FIRST, last=at)


async def test_a_lead_changes_when_somebody_else_leads_than_before(record: Record) -> None:
    changed, same = led("a"), led("b")
    handed_over(changed, "2025-05-01", BEN, "leave")
    handed_over(changed, "2025-06-01", ANNA, "absence")
    handed_over(same, "2025-05-01", ANNA)
    for history in (changed, same):
        await deliver(record.projection, history.documents)
    found = await answer(record)
    assert found.lead_reasons == {"absence": 1, "leave": 1}
    assert (found.cases(Kind.LEAD), found.cases_by_number(Kind.LEAD)) == (1, {2: 1})
    assert (await answer(record, date(2025, 5, 31))).lead_reasons == {"leave": 1}


async def test_a_cancelled_session_explains_the_gap_around_it(record: Record) -> None:
    history = led()
    for day in ("2025-04-01", "2025-04-08", "2025-04-29", "2025-05-20"):
        history.held(day)
    fell_out(history, "2025-04-15")
    fell_out(history, "2025-04-22", "practitioner_leave")
    fell_out(history, "2025-05-06", "venue")
    await deliver(record.projection, history.documents)
    found = await answer(record)
    assert [(item.day, item.days) for item in found.of(Kind.GAP)] == [(date(2025, 4, 29), 21)]
    assert found.families == 1
    assert (await answer(record, date(2025, 4, 28))).of(Kind.GAP) == ()


async def test_a_gap_that_is_not_over_goes_on_while_the_case_is_open(record: Record) -> None:
    history = led()
    history.held("2025-04-01")
    fell_out(history, "2025-04-08")
    await deliver(record.projection, history.documents)
    found = await answer(record, date(2025, 5, 1))
    assert (found.gap_days(Kind.GAP), found.gap_days(Kind.GOING_ON)) == ((), (30,))
    assert (await answer(record)).gap_days(Kind.GOING_ON) == ()  # more than half a year
    history.discharged("2025-05-01")
    await deliver(record.projection, history.documents)
    assert (await answer(record, date(2025, 5, 1))).gap_days(Kind.GOING_ON) == ()


@pytest.mark.parametrize(
    ("absence", "explained"),
    [
        (("2025-04-02", "2025-04-20"), True),
        (("2025-04-02", None), True),
        (("2025-04-16", "2025-05-30"), True),
        (("2025-04-02", "2025-04-15"), False),  # 14 of the 29 days between
        (("2025-05-02", "2025-06-01"), False),
    ],
)
async def test_the_absence_of_whoever_leads_explains_a_gap_when_it_fills_most_of_it(
    record: Record, absence: tuple[str, str | None], explained: bool
) -> None:
    history = led()
    history.held("2025-04-01")
    history.held("2025-05-01")
    for documents in (away(absence).documents, history.documents):
        await deliver(record.projection, documents)
    assert (await answer(record)).gap_days(Kind.GAP) == ((30,) if explained else ())


async def test_the_absence_of_somebody_else_or_of_few_days_explains_nothing(record: Record) -> None:
    ben, short = led("a", BEN), led("b")
    for history, last in ((ben, "2025-05-01"), (short, "2025-04-08")):
        history.held("2025-04-01")
        history.held(last)
    for documents in (away(("2025-04-02", "2025-04-30")).documents, ben.documents, short.documents):
        await deliver(record.projection, documents)
    assert (await answer(record)).items == ()  # of the six days between, Anna was away on six


async def test_a_baby_that_goes_to_others_has_moved_once_whoever_it_leaves(record: Record) -> None:
    history = led()
    for carer, reason in ((1, "placement_change"), (2, "placement_change"), (3, "parents_separated")):
        data = {"infant_id": history.baby(), "caregiver_id": history.carer(carer), "to_on": "2025-06-01"}
        history.say("referral", "LinkEnded", data | {"reason": reason})
    await deliver(record.projection, history.documents)
    found = await answer(record)
    assert [item.day for item in found.of(Kind.MOVE)] == [date(2025, 6, 1)]
    assert (await answer(record, date(2025, 5, 31))).of(Kind.MOVE) == ()


async def test_few_families_are_hidden_outside_the_team(record: Record) -> None:
    history = led()
    handed_over(history, "2025-05-01", BEN)
    await deliver(record.projection, history.documents)
    tables = {table.name: table for table in of_continuity(await answer(record))}
    assert tables["lead_changes"].rows == (("Left", 1), ("All", 1))
    assert suppressed(tables["lead_changes"]).rows == (("Left", HIDDEN), ("All", HIDDEN))


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    with pytest.raises(ValueError, match="period"):
        await continuity(record.reader, Scope(at=FIRST), first=FIRST, last=LAST)


@pytest.mark.parametrize("seed", range(6))
async def test_sql_agrees_with_the_oracle(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 8)
    await hold(record, histories)
    for question in questions(random, histories):
        assert different(await answered(record, question), worked_out(question)) == {}, question.scope


async def answered(record: Record, question: Question) -> Answer:
    """M16 in the oracle's words."""
    found = await continuity(record.reader, question.scope, first=question.first, last=question.last)
    rows: dict[str, dict[str, int]] = {}
    for item in found.items:
        row = rows.setdefault(str(item.case_id), dict.fromkeys(NAMES, 0))
        match item.kind:
            case Kind.LEAD:
                row["lead_changes"] += 1
            case Kind.MOVE:
                row["placement_changes"] += 1
            case Kind.GAP:
                row["gaps"] += 1
                row["gap_days"] += item.days or 0
            case Kind.GOING_ON:
                row["going_on_days"] += item.days or 0
    return rows


NAMES = ("lead_changes", "gaps", "gap_days", "going_on_days", "placement_changes")


def worked_out(question: Question) -> Answer:
    """M16 by the oracle."""
    return dict(oracle.continuity(*question.asked))
