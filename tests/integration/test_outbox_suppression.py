"""What must not leave by itself does not, whatever was queued before; what may leave tells no more than it may."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from services.intervention.aggregate import aggregate as intervention
from services.referral.aggregate import aggregate as referral
from services.referral.erasure_executor import execute
from shared.kernel.ids import utc_now
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.integration.outbox_kit import (
    EMAIL,
    Clock,
    Mailbox,
    by_file,
    by_mail,
    files,
    letters,
    mail_server,
    referred,
    send_due,
    text_of,
)
from tests.integration.process_kit import apply, client_of, event_names, hand_over, installed, request_example
from tests.integration.vault_kit import Family, as_owner, entry, new_family, post, received, refer

QUEUED = ("acknowledgement", "queued", None)


@pytest.fixture
def settings(platform: Platform) -> Iterator[Settings]:
    """Empty databases: no letter of another test is due."""
    with installed(platform, "referral", "intervention") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Of the referral service."""
    async with client_of(settings, "referral") as made:
        yield made


@pytest.fixture
def family() -> Family:
    """A family that nobody has heard of."""
    return new_family()


@dataclass
class Case:
    """What is told after the letter was queued, and what becomes of it then."""

    name: str
    data: dict[str, Any]
    code: str
    unborn: bool = False


CASES = (
    Case("PregnancyEnded", {"on": "2025-04-02"}, "pregnancy_ended", unborn=True),
    Case("SafeguardingFlagsChanged", {"on": "2025-04-02", "flags": ["dva"]}, "confidential"),
    Case("ConsentWithdrawn", {"on": "2025-04-02", "scope": "messages", "by": "person_with_pr"}, "consent_withdrawn"),
    Case("ReferralAcknowledged", {"on": "2025-03-04", "channel": "telephone"}, "already_acknowledged"),
    Case("ReferralWithdrawn", {"on": "2025-03-12", "by": "family", "reason": "changed_mind"}, "withdrawn"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.code))
async def test_what_is_told_after_a_letter_was_queued_holds_it_back(
    client: httpx.AsyncClient, settings: Settings, family: Family, case: Case, tmp_path: Path
) -> None:
    more: dict[str, Any] = {"flags": []}
    if case.unborn:
        [infant] = received(family)["subjects"]
        more["subjects"] = [
            {**infant, "unborn": True, "born_on": None, "edd": "2025-06-01", "gestation_weeks_at_birth": None}
        ]
        case.data["infant_id"] = str(family.infant)
    await referred(client, family, **more)
    assert await letters(settings, family) == [QUEUED]
    answer = await post(client, case.name, family, case.data)
    assert answer.status_code == 201, answer.text
    told = await event_names(settings, "referral", family.case_id)
    assert await send_due(by_file(settings, tmp_path), Clock()) == 1
    assert await letters(settings, family) == [("acknowledgement", "suppressed", case.code)]
    assert files(tmp_path) == []
    assert await event_names(settings, "referral", family.case_id) == told


async def test_a_referral_that_was_taken_back_sends_nothing(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path
) -> None:
    answer = await refer(client, family, entry("referrer", "email", EMAIL))
    [event_id] = answer.json()["event_ids"]
    voided = {"corrects_event_id": event_id, "reason": "entered_in_error"}
    assert (await post(client, "EventVoided", family, voided)).status_code == 201
    await send_due(by_file(settings, tmp_path), Clock())
    assert await letters(settings, family) == [("acknowledgement", "suppressed", "not_received")]


async def test_an_erased_person_is_written_about_to_nobody(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path
) -> None:
    await referred(client, family)
    conn = await asyncpg.connect(settings.dsn("referral", "dyad_consumer"))
    async with conn.transaction():
        await execute(conn, settings, family.infant, None, utc_now())
    await conn.close()
    await send_due(by_file(settings, tmp_path), Clock())
    assert await letters(settings, family) == [("acknowledgement", "suppressed", "erased")]
    assert files(tmp_path) == []


async def test_a_decision_that_was_taken_back_is_not_told_and_the_next_one_is(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await referred(client, family)
    accepted = await post(client, "ReferralAccepted", family, request_example(referral, "ReferralAccepted"))
    voided = {"corrects_event_id": accepted.json()["event_ids"][0], "reason": "entered_in_error"}
    assert (await post(client, "EventVoided", family, voided)).status_code == 201
    declined = await post(client, "ReferralDeclined", family, request_example(referral, "ReferralDeclined"))
    assert declined.status_code == 201
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        await send_due(by_mail(settings, port), Clock())
    assert await letters(settings, family) == [
        ("acknowledgement", "sent", None),
        ("decision", "suppressed", "taken_back"),
        ("decision", "sent", None),
    ]
    assert "no capacity" in text_of(mailbox.mails[1])


async def discharged(settings: Settings, client: httpx.AsyncClient, family: Family, reason: str) -> None:
    """The intervention service discharges the family, and the referral service hears it."""
    answer = await post(client, "ReferralAccepted", family, request_example(referral, "ReferralAccepted"))
    assert answer.status_code == 201, answer.text
    await hand_over(settings, "referral", intervention, family.case_id)
    await apply(settings, intervention, family.case_id)
    async with client_of(settings, "intervention") as other:
        data = {**request_example(intervention, "Discharged"), "reason": reason}
        data |= {"planned": reason.startswith("planned"), "destination": []}
        answer = await post(other, "Discharged", family, data)
        assert answer.status_code == 201, answer.text
    await hear(settings, family)


async def hear(settings: Settings, family: Family) -> None:
    """What Kafka carries from intervention to referral, once or again."""
    await hand_over(settings, "intervention", referral, family.case_id)
    await apply(settings, referral, family.case_id)


async def test_a_discharge_is_summarised_for_the_referrer_and_its_task_is_done(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await referred(client, family)
    await discharged(settings, client, family, "family_withdrew")
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        await send_due(by_mail(settings, port), Clock())
    text = text_of(mailbox.mails[-1])
    assert "ended on 19 August 2025" in text.replace("\n", " ")
    assert "The family decided not to go on with us." in text
    told = await event_names(settings, "referral", family.case_id)
    assert told[-2:] == ["DischargeSummarySent", "TaskDone"]
    kinds = [(kind, state) for kind, state, _ in await letters(settings, family)]
    assert kinds == [("acknowledgement", "sent"), ("decision", "sent"), ("discharge_summary", "sent")]


@pytest.mark.parametrize(
    "told",
    [("health_visitor", "infant_died", "needs_a_person"), ("family_member", "family_withdrew", "not_disclosable")],
    ids=lambda told: str(told[2]),
)
async def test_what_only_a_person_may_tell_stays_a_task(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path, told: tuple[str, str, str]
) -> None:
    source, reason, code = told
    more = {"source": source, "source_org_ods": None, "source_org_type": None}
    await referred(client, family, **more)
    await discharged(settings, client, family, reason)
    await send_due(by_file(settings, tmp_path), Clock())
    assert (await letters(settings, family))[-1] == ("discharge_summary", "suppressed", code)
    names = await event_names(settings, "referral", family.case_id)
    assert names.count("TaskRaised") == 1
    assert "TaskDone" not in names


async def test_a_letter_quotes_only_what_was_marked_for_its_reader(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await referred(
        client,
        family,
        entry(family.infant, "full_name", "Robin Marked", "professional"),
        entry(family.mother, "full_name", "Alex Unmarked-Mother", "professional", "referrer"),
        entry(family.infant, "note", "a note for professionals", "professional"),
        entry(family.mother, "note", "a note for caregivers", "caregiver"),
        entry([family.infant, family.mother], "formulation", "a formulation for nobody"),
        entry(family.infant, "safeguarding_note", "a safeguarding note", "professional", "referrer"),
        entry("referrer", "note", "a note about the referrer", "referrer"),
        flags=["cp_plan"],
    )
    await discharged(settings, client, family, "planned_completed")
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        await send_due(by_mail(settings, port), Clock())
    assert len(mailbox.mails) == 3
    whole = "\n".join(mail.as_string() for mail in mailbox.mails)
    assert "Baby: Robin Marked" in whole
    assert "a note for professionals" in text_of(mailbox.mails[2])
    for never in ("Unmarked", "for caregivers", "for nobody", "safeguarding note", "about the referrer", "cp_plan"):
        assert never not in whole, never
    assert "note for professionals" not in text_of(mailbox.mails[0]) + text_of(mailbox.mails[1])


async def test_a_relative_who_referred_is_told_nothing_about_the_family(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    more = {"source": "family_member", "source_org_ods": None, "source_org_type": None}
    await referred(client, family, **more)
    answer = await post(client, "ReferralDeclined", family, request_example(referral, "ReferralDeclined"))
    assert answer.status_code == 201
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        await send_due(by_mail(settings, port), Clock())
    whole = "\n".join(map(text_of, mailbox.mails))
    assert len(mailbox.mails) == 2
    assert ("capacity" in whole, "health visiting" in whole) == (False, False)


async def test_a_summary_asked_for_by_a_restored_discharge_is_not_sent(
    client: httpx.AsyncClient, settings: Settings, family: Family, tmp_path: Path
) -> None:
    """History of the other service was restored with it: what it says happened then was told then."""
    await referred(client, family)
    await discharged(settings, client, family, "planned_completed")
    [row] = await as_owner(settings, "intervention", "SELECT max(recorded_at) AS at FROM events")
    restored: datetime = row["at"]
    await as_owner(settings, "referral", "UPDATE tail_floor SET restored_to = $1", restored)
    await send_due(by_file(settings, tmp_path), Clock())
    assert (await letters(settings, family))[-1] == ("discharge_summary", "suppressed", "restored")
