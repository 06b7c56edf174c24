"""The synthetic network as `make up` installs it: restored history, then its last week over the public HTTP API."""

import asyncio

from deploy.local.network import post_last_week, restore_history
from deploy.local.network.install import restored_network
from shared.kernel.ids import utc_now
from shared.migrations import migrate_all
from shared.settings import STORES
from shared.testing.bus import query, settings_of, until
from shared.testing.services import running

BREACH = "'dyad.TargetBreached.v1'"
EVERY = f"SELECT count(*) FROM events WHERE type <> {BREACH}"
HEARD = f"SELECT store, count(*) FROM inbox WHERE consumer = $1 AND type <> {BREACH} GROUP BY store"
LATEST = "SELECT max(recorded_at) FROM events"
RUNG = f"SELECT (doc::jsonb #>> '{{data,due_on}}')::date FROM events WHERE type = {BREACH} AND recorded_at > $1"
OPEN = "SELECT rule, code FROM rule_outcomes WHERE outcome IN ('waiting', 'parked')"


async def test_the_last_week_is_posted_once_and_no_rule_acts_on_restored_history(settings_env: dict[str, str]) -> None:
    settings = settings_of(settings_env)
    await asyncio.to_thread(migrate_all, settings)
    await asyncio.to_thread(restore_history, settings)
    restored = {store: (await query(settings, store, EVERY))[0][0] for store in STORES}
    ends = {store: (await query(settings, store, LATEST))[0][0] for store in STORES}
    with running(settings, settings_env, STORES):

        async def all_heard() -> bool:
            rows = await query(settings, "intervention", HEARD, "intervention")
            return {row["store"]: row["count"] for row in rows} == {
                store: restored[store] for store in ("referral", "assessment")
            }

        await until(all_heard, "the restored history over Kafka")
        assert {store: (await query(settings, store, EVERY))[0][0] for store in STORES} == restored
        for store, end in ends.items():  # what fell due since then rings; what had been due before does not
            assert [row for row in await query(settings, store, RUNG, end) if row[0] < end.date()] == []

        first = await asyncio.to_thread(post_last_week, settings)
        again = await asyncio.to_thread(post_last_week, settings)
        expected = [
            post for post in (await asyncio.to_thread(restored_network, settings)).posts if post.at <= utc_now()
        ]
        assert (first.accepted, first.replayed) == (len(expected), 0)
        assert (again.accepted, again.replayed) == (len(expected), len(expected))

        async def rules_are_done() -> bool:
            return not [row for store in STORES for row in await query(settings, store, OPEN)]

        await until(rules_are_done, "every rule to decide")
        after = {store: (await query(settings, store, EVERY))[0][0] for store in STORES}
        assert sum(after.values()) - sum(restored.values()) >= len(expected)
