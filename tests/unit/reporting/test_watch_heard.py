"""What the watch makes of a record: a count and a case to look at, or a code for the metric and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from services.reporting.watch_heard import Ear
from shared.bus.metrics import RECORDS
from shared.bus.record import Heard, Place, Unreadable
from tests.unit.reporting.histories import Document, History
from tests.unit.reporting.team_histories import TeamHistory
from tests.unit.reporting.test_windows import MONDAY, NOW, WEEK

PLACE = Place("dyad.referral", 0, 7)


def heard(document: Document, **other: Any) -> Heard:
    said = Heard(
        store=document.store, stream=document.stream, version=document.version, case_id=document.case_id,
        event_id=document.event_id, leaf_hash=document.leaf_hash, type=document.type,
        recorded_at=document.recorded_at, value=document.text.encode(), place=PLACE,
    )  # fmt: skip
    return said._replace(**other)


def received() -> Document:
    history = History("a", clock=NOW - timedelta(minutes=5))
    history.received(MONDAY)
    return history.documents[0]


def results(ear: Ear, *records: Heard | Unreadable) -> list[str]:
    """What each became, by the metric."""
    found = []
    for record in records:
        before = {kind: RECORDS.labels("watch", kind)._value.get() for kind in KINDS}
        ear.hear(record)
        found += [kind for kind in KINDS if RECORDS.labels("watch", kind)._value.get() > before[kind]]
    return found


KINDS = ("new", "repeated", "old", "unknown", "poison", "unreadable")


@pytest.fixture
def ear() -> Ear:
    return Ear(lambda: NOW)


def test_a_new_event_is_counted_once_and_its_case_is_to_be_looked_at(ear: Ear) -> None:
    document = received()
    assert results(ear, heard(document), heard(document)) == ["new", "repeated"]
    assert [(each.team_id, each.number) for each in ear.windows.counts(NOW)] == [("team-north", 1), ("team-north", 1)]
    [(place, touched)] = ear.touched.items()
    assert (place, touched.version, touched.case_id) == (("referral", document.stream), 1, document.case_id)


def test_the_latest_version_of_a_stream_is_what_is_waited_for(ear: Ear) -> None:
    history = History("a", clock=NOW - timedelta(minutes=5))
    history.received(MONDAY)
    history.accepted(MONDAY)
    first, second = history.documents
    assert results(ear, heard(second), heard(first)) == ["new", "new"]
    assert [each.version for each in ear.touched.values()] == [2]


def test_what_a_team_says_of_itself_is_about_every_case(ear: Ear) -> None:
    team = TeamHistory(team="team-north")
    team.clock = NOW - timedelta(minutes=5)
    team.say("team", "TeamConfigured", {"config_version": "v1", "effective_on": MONDAY, "targets": {}})
    assert results(ear, heard(team.documents[0])) == ["new"]
    assert [each.case_id for each in ear.touched.values()] == [None]


def test_what_cannot_be_read_is_counted_and_skipped(ear: Ear) -> None:
    document = received()
    broken = orjson.loads(document.text) | {"data": {"received_on": "soon"}}
    records: list[Heard | Unreadable] = [
        Unreadable("referral", b"", b"?", PLACE, "KeyError in the headers"),
        heard(document, value=b"?"),
        heard(document, value=b"[]"),
        heard(document, value=orjson.dumps(broken)),
        heard(document, value=document.text.replace("ReferralReceived.v1", "ReferralReceived.v99").encode()),
        heard(document, recorded_at=WEEK - timedelta(seconds=1)),
    ]
    assert results(ear, *records) == ["unreadable", "poison", "poison", "poison", "unknown", "old"]
    assert (ear.windows.counts(NOW), ear.touched) == ([], {})
    assert results(ear, heard(document)) == ["new"]


@pytest.mark.parametrize(
    ("in_document", "in_headers"),
    [
        ({"teamid": {"no": "code"}}, {}),
        ({"teamid": "Bright Beginnings\x00"}, {}),
        ({"teamid": 5}, {}),
        ({"streamversion": "1"}, {}),
        ({"stream": "another"}, {}),
        ({"source": "/dyad/assessment"}, {}),
        ({"recordedat": "2999-01-01T00:00:00Z"}, {"recorded_at": datetime(2999, 1, 1, tzinfo=UTC)}),
    ],
)
def test_an_envelope_that_no_store_wrote_counts_for_nothing_and_stands_in_nobodys_way(
    ear: Ear, in_document: dict[str, Any], in_headers: dict[str, Any]
) -> None:
    document = received()
    forged = orjson.dumps(orjson.loads(document.text) | in_document)
    assert results(ear, heard(document, value=forged, **in_headers)) == ["poison"]
    assert (ear.windows.counts(NOW), ear.touched) == ([], {})
    assert results(ear, heard(document)) == ["new"]
