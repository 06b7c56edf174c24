"""Posts: identity, modes, batches, versions, references; on one real referral store."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.referral.aggregate import aggregate
from shared.settings import Settings
from shared.testing.platform import Platform
from shared.web.problems import Problem
from shared.web.wait import Token, parse_tokens, wait_until
from tests.integration.process_kit import (
    BATCH,
    STRUCTURED,
    client_of,
    event,
    event_names,
    installed,
    request_example,
    rows,
)

RECEIVED = request_example(aggregate, "ReferralReceived")
ACCEPTED = request_example(aggregate, "ReferralAccepted")
WITHDRAWN = request_example(aggregate, "ReferralWithdrawn")


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """A referral service's own database for this module."""
    with installed(platform, "referral") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The referral service."""
    async with client_of(settings, "referral") as made:
        yield made


def received(**attributes: Any) -> dict[str, Any]:
    """A referral for a case id of its own, unless another is given."""
    return event("ReferralReceived", RECEIVED, **{"subject": str(uuid4()), "teamid": "team-north", **attributes})


async def post(client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    kind = BATCH if isinstance(body, list) else STRUCTURED
    return await client.post("/events", content=orjson.dumps(body), headers={**kind, **headers})


async def new_case(client: httpx.AsyncClient) -> str:
    answer = await post(client, received())
    assert answer.status_code == 201
    return str(answer.json()["case_id"])


async def test_an_accepted_post_said_again_gets_the_first_answer_again(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    body = received(subject=None)
    first = await post(client, body)
    case_id = first.json()["case_id"]
    await post(client, event("ReferralAccepted", ACCEPTED, subject=case_id))
    again = await post(client, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"] == '"1"'
    assert again.headers["idempotent-replay"] == "true"
    assert "idempotent-replay" not in first.headers
    assert await event_names(settings, "referral", case_id) == ["ReferralReceived", "ReferralAccepted"]


@pytest.mark.parametrize(
    "change",
    [
        {"time": "2025-03-03T10:00:00Z"},
        {"teamid": "team-south"},
        {"data": {**RECEIVED, "priority": "1"}},
        {"expectedversion": 0},
    ],
)
async def test_the_same_id_with_other_content_is_refused(client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    body = received()
    assert (await post(client, body)).status_code == 201
    answer = await post(client, {**body, **change})
    assert answer.status_code == 409
    assert answer.json()["code"] == "same-id-other-content"


async def test_the_order_of_members_and_the_mode_do_not_make_other_content(client: httpx.AsyncClient) -> None:
    body = received(time="2025-03-03T10:00:00Z")
    first = await post(client, body)
    turned = {name: body[name] for name in reversed(body)}
    turned["data"] = {name: RECEIVED[name] for name in reversed(RECEIVED)}
    assert (await post(client, turned)).content == first.content
    headers = {f"ce-{name}": str(value) for name, value in body.items() if name != "data"}
    binary = await client.post("/events", json=RECEIVED, headers=headers)
    assert binary.status_code == 201
    assert binary.content == first.content


async def test_a_refused_post_is_judged_afresh(client: httpx.AsyncClient) -> None:
    case_id = str(uuid4())
    acceptance = event("ReferralAccepted", ACCEPTED, subject=case_id)
    assert (await post(client, acceptance)).status_code == 409
    assert (await post(client, received(subject=case_id))).status_code == 201
    answer = await post(client, acceptance)
    assert answer.status_code == 201
    assert "idempotent-replay" not in answer.headers


async def test_the_same_post_many_times_at_once_has_one_effect(client: httpx.AsyncClient, settings: Settings) -> None:
    body = received(subject=None)
    answers = await asyncio.gather(*(post(client, body) for _ in range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    found = await rows(settings, "referral", "SELECT count(*) FROM posts WHERE id = $1", body["id"])
    assert found[0][0] == 1
    assert await event_names(settings, "referral", answers[0].json()["case_id"]) == ["ReferralReceived"]


async def test_two_first_posts_with_one_reference_end_in_one_case(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    data = {**RECEIVED, "case_reference": {"system": "north-records", "value": f"N-{uuid4()}"}}
    bodies = [event("ReferralReceived", data, teamid="team-north") for _ in range(8)]
    answers = await asyncio.gather(*(post(client, body) for body in bodies))
    cases = {answer.json()["case_id"] for answer in answers}
    assert len(cases) == 1
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    names = await event_names(settings, "referral", cases.pop())
    assert names == ["ReferralReceived", "CaseReferenceLinked"]


async def test_of_a_reference_only_its_hmac_is_kept(client: httpx.AsyncClient, settings: Settings) -> None:
    value = f"CANARY-{uuid4()}"
    data = {**RECEIVED, "case_reference": {"system": "north-records", "value": value}}
    case_id = (await post(client, event("ReferralReceived", data, teamid="team-north"))).json()["case_id"]
    named = {**ACCEPTED, "case_reference": {"system": "north-records", "value": value}}
    answer = await post(client, event("ReferralAccepted", named))
    assert answer.json()["case_id"] == case_id
    tables = ("events", "posts", "case_references", "rule_outcomes")
    for table in tables:
        stored = await rows(settings, "referral", f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%CANARY%'")
        assert stored[0][0] == 0, table


async def test_an_unknown_reference_never_mints_a_case_except_on_a_referral(client: httpx.AsyncClient) -> None:
    named = {**ACCEPTED, "case_reference": {"system": "north-records", "value": f"N-{uuid4()}"}}
    answer = await post(client, event("ReferralAccepted", named))
    assert answer.status_code == 409
    assert answer.json()["code"] == "not-known-yet"
    assert answer.headers["retry-after"] == "1"


async def test_a_reference_that_was_taken_back_means_nobody(client: httpx.AsyncClient) -> None:
    reference = {"system": "north-records", "value": f"N-{uuid4()}"}
    first = await post(client, event("ReferralReceived", {**RECEIVED, "case_reference": reference}, teamid="team-a"))
    case_id, linked = first.json()["case_id"], first.json()["event_ids"][1]
    void = {"corrects_event_id": linked, "reason": "wrong_case"}
    assert (await post(client, event("EventVoided", void, subject=case_id))).status_code == 201
    answer = await post(client, event("ReferralAccepted", {**ACCEPTED, "case_reference": reference}))
    assert answer.json()["code"] == "not-known-yet"


async def test_a_reference_is_linked_to_one_case_only(client: httpx.AsyncClient) -> None:
    reference = {"system": "north-records", "value": f"N-{uuid4()}"}
    one, two = await new_case(client), await new_case(client)
    assert (await post(client, event("CaseReferenceLinked", reference, subject=one))).status_code == 201
    other = event("CaseReferenceLinked", reference, subject=two)
    named = event(
        "ReferralReceived", {**RECEIVED, "case_reference": reference}, subject=str(uuid4()), teamid="team-north"
    )
    answers = [
        await post(client, other),
        await client.post(f"/cases/{two}/references", json=reference),
        await post(client, named),
    ]
    assert [answer.status_code for answer in answers] == [409] * 3
    assert {answer.json()["code"] for answer in answers} == {"reference-linked-elsewhere"}
    assert [answer.json()["field"] for answer in answers] == ["/value", "/value", "/case_reference"]
    assert (await post(client, event("CaseReferenceLinked", reference, subject=one))).status_code == 200


async def test_a_reference_that_was_taken_back_may_be_linked_to_another_case(client: httpx.AsyncClient) -> None:
    reference = {"system": "north-records", "value": f"N-{uuid4()}"}
    one, two = sorted([await new_case(client), await new_case(client)])
    linked = await post(client, event("CaseReferenceLinked", reference, subject=one))
    void = {"corrects_event_id": linked.json()["event_ids"][0], "reason": "wrong_case"}
    batch = [event("EventVoided", void, subject=one), event("CaseReferenceLinked", reference, subject=two)]
    assert [item["status"] for item in (await post(client, batch)).json()] == [201, 201]


async def test_of_many_cases_that_want_one_reference_at_once_one_gets_it(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    cases = [await new_case(client) for _ in range(8)]
    reference = {"system": "north-records", "value": f"N-{uuid4()}"}
    posts = [event("CaseReferenceLinked", reference, subject=case_id) for case_id in cases]
    async with client_of(settings, "referral") as second:
        answers = await asyncio.gather(*(post((client, second)[n % 2], body) for n, body in enumerate(posts)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_a_reference_that_means_two_cases_is_refused_for_good(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    reference = {"system": "north-records", "value": f"N-{uuid4()}"}
    first = await post(client, event("ReferralReceived", {**RECEIVED, "case_reference": reference}, teamid="team-a"))
    conn = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    await conn.execute(
        "INSERT INTO case_references SELECT system, reference_hmac, $2, team_id FROM case_references"
        " WHERE case_id = $1",
        *(UUID(first.json()["case_id"]), UUID(await new_case(client))),
    )
    await conn.close()
    answer = await post(client, event("ReferralAccepted", {**ACCEPTED, "case_reference": reference}))
    assert (answer.status_code, answer.json()["code"]) == (409, "reference-ambiguous")
    assert "retry-after" not in answer.headers


async def test_with_if_match_exactly_one_of_32_clients_wins_each_version(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = await new_case(client)
    infant = RECEIVED["subjects"][0]["infant_id"]
    assert infant
    wins = 0
    for version in range(1, 4):
        references = [{"system": "north-records", "value": f"N-{uuid4()}"} for _ in range(32)]
        path = f"/cases/{case_id}/references"
        match = {"if-match": f'"{version}"'}
        answers = await asyncio.gather(*(client.post(path, json=item, headers=match) for item in references))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201] + [412] * 31
        assert {answer.json().get("code") for answer in answers} == {None, "version-mismatch"}
        wins += 1
    found = await rows(settings, "referral", "SELECT max(version) FROM events WHERE case_id = $1", UUID(case_id))
    assert found[0][0] == 1 + wins


async def test_without_if_match_every_client_is_served(client: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await new_case(client)
    path = f"/cases/{case_id}/references"
    references = [{"system": "north-records", "value": f"N-{uuid4()}"} for _ in range(32)]
    answers = await asyncio.gather(*(client.post(path, json=item) for item in references))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 34))
    assert len(await event_names(settings, "referral", case_id)) == 33


async def test_a_batch_answers_in_its_own_order_and_each_item_stands_alone(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    one, two = sorted([str(uuid4()), str(uuid4())], reverse=True)
    late = {**ACCEPTED, "decided_on": "2020-01-01"}
    batch = [
        received(subject=one),
        received(subject=two),
        event("ReferralAccepted", late, subject=one),
        event("ReferralAccepted", ACCEPTED, subject=two),
        event("ReferralAccepted", ACCEPTED, subject=one),
        event("NoSuchType", {}, subject=two),
        event("ReferralWithdrawn", WITHDRAWN, subject=two),
        "no event at all",
    ]
    answer = await post(client, batch)
    assert answer.status_code == 200
    items = answer.json()
    assert [item["index"] for item in items] == list(range(8))
    assert [item["status"] for item in items] == [201, 201, 409, 201, 409, 422, 409, 422]
    codes = [item["problem"]["code"] if "problem" in item else None for item in items]
    assert codes[2] == "decided-before-received"
    assert codes[4] == codes[6] == "earlier-item-refused"
    assert await event_names(settings, "referral", one) == ["ReferralReceived"]
    assert await event_names(settings, "referral", two) == ["ReferralReceived", "ReferralAccepted"]


async def test_a_batch_said_again_gets_the_first_answers_and_tries_the_refused_ones_afresh(
    client: httpx.AsyncClient,
) -> None:
    case_id = str(uuid4())
    acceptance = event("ReferralAccepted", ACCEPTED, subject=case_id)
    batch = [acceptance, received(subject=case_id)]
    first = (await post(client, batch)).json()
    assert [item["status"] for item in first] == [409, 409]
    turned = (await post(client, batch[::-1])).json()
    assert [item["status"] for item in turned] == [201, 201]
    again = (await post(client, batch[::-1])).json()
    assert [item["receipt"] for item in again] == [item["receipt"] for item in turned]
    assert all(item["replayed"] for item in again)


async def test_one_reference_names_a_new_case_for_the_rest_of_its_batch(client: httpx.AsyncClient) -> None:
    reference = {"system": "north-records", "value": f"N-{uuid4()}"}
    batch = [
        event("ReferralReceived", {**RECEIVED, "case_reference": reference}, teamid="team-north"),
        event("ReferralAccepted", {**ACCEPTED, "case_reference": reference}),
    ]
    items = (await post(client, batch)).json()
    assert [item["status"] for item in items] == [201, 201]
    assert items[0]["receipt"]["case_id"] == items[1]["receipt"]["case_id"]


async def test_a_batch_of_several_transactions_keeps_its_order_within_a_case(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    cases = [str(uuid4()) for _ in range(120)]
    batch = [received(subject=case_id) for case_id in cases]
    batch += [event("ReferralAccepted", ACCEPTED, subject=case_id) for case_id in cases]
    batch += [event("ReferralWithdrawn", WITHDRAWN, subject=case_id) for case_id in cases]
    items = (await post(client, batch)).json()
    assert {item["status"] for item in items} == {201}
    names = await event_names(settings, "referral", cases[57])
    assert names == ["ReferralReceived", "ReferralAccepted", "ReferralWithdrawn"]


async def test_the_token_of_an_answer_is_reached_here_at_once(client: httpx.AsyncClient) -> None:
    answer = await post(client, received())
    token, case_id = answer.json()["wait_for"], answer.json()["case_id"]
    assert (await client.get(f"/cases/{case_id}", params={"wait_for": token})).status_code == 200
    acceptance = event("ReferralAccepted", ACCEPTED, subject=case_id)
    assert (await post(client, acceptance, **{"wait-for": token})).status_code == 201


async def test_waiting_ends_with_retry_after_when_what_is_named_does_not_come() -> None:
    async def never(_token: Token) -> bool:
        return False

    with pytest.raises(Problem) as caught:
        await wait_until(never, parse_tokens(f"referral@referral-{uuid4()}:9"), bound_s=0.02)
    assert (caught.value.status, caught.value.code) == (503, "not-reached-yet")
    assert caught.value.headers["Retry-After"] == "1"


async def test_a_case_is_read_with_its_etag_and_its_stored_bytes(client: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await new_case(client)
    read = await client.get(f"/cases/{case_id}")
    assert read.headers["etag"] == '"1"'
    assert read.json()["team_id"] == "team-north"
    stored = await rows(settings, "referral", "SELECT doc::text FROM events WHERE case_id = $1", UUID(case_id))
    assert (await client.get(f"/cases/{case_id}/events")).text == f"[{stored[0][0]}]"


async def test_an_idempotency_key_makes_a_resource_call_repeatable(client: httpx.AsyncClient) -> None:
    body = {**RECEIVED, "team_id": "team-north"}
    key = {"idempotency-key": str(uuid4())}
    first = await client.post("/cases", json=body, headers=key)
    again = await client.post("/cases", json=body, headers=key)
    other = await client.post("/cases", json={**body, "priority": "1"}, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert other.json()["code"] == "same-id-other-content"
    assert first.headers["location"] == f"/cases/{first.json()['case_id']}"


async def test_the_source_of_idempotency_keys_is_no_senders(client: httpx.AsyncClient) -> None:
    answer = await post(client, received(source="/idempotency-key"))
    assert (answer.status_code, answer.json()["rule"], answer.json()["field"]) == (422, "reserved-source", "/source")


async def test_a_correction_is_asked_in_the_request_shape_and_recomputed(client: httpx.AsyncClient) -> None:
    case_id = await new_case(client)
    before = (await client.get(f"/cases/{case_id}")).json()["state"]["received"][0]
    stored = (await client.get(f"/cases/{case_id}/events")).json()
    data = {**RECEIVED, "received_on": "2025-03-02", "received_at": "2025-03-02T09:30:00Z"}
    asked = {
        "type": "ReferralReceived",
        "corrects_event_id": stored[0]["id"],
        "reason": "new_information",
        "data": data,
    }
    answer = await client.post(f"/cases/{case_id}/corrections", json=asked)
    assert answer.status_code == 201
    after = (await client.get(f"/cases/{case_id}")).json()["state"]["received"][0]
    assert after["received_on"] == "2025-03-02"
    assert after["referral_id"] == before["referral_id"]
    assert after["subjects"][0]["age_days"] == before["subjects"][0]["age_days"] - 1


async def test_a_case_written_by_a_newer_version_is_left_alone_and_its_neighbours_are_served(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    newer, other = await new_case(client), await new_case(client)
    conn = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    try:
        renamed = "replace(doc::text, 'ReferralReceived.v1', 'ReferralReceived.v2')::json"
        await conn.execute(f"UPDATE events SET doc = {renamed} WHERE case_id = $1", UUID(newer))
    finally:
        await conn.close()
    batch = [event("ReferralAccepted", ACCEPTED, subject=case_id) for case_id in (newer, other)]
    items = (await post(client, batch)).json()
    assert [item["status"] for item in items] == [503, 201]
    assert items[0]["problem"]["code"] == "newer-version-needed"
