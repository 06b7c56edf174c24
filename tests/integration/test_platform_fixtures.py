"""The fixtures that every other test stands on: real servers, and databases and topics of one's own."""

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.testing import platform as servers
from shared.testing.platform import Platform


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit"])
async def test_tests_run_with_the_durability_of_real_life(fresh_database: str, setting: str) -> None:
    connection = await asyncpg.connect(fresh_database)
    try:
        assert await connection.fetchval("select current_setting($1)", setting) == "on"
    finally:
        await connection.close()


async def test_postgres_is_version_18_and_has_the_extension_that_the_views_need(fresh_database: str) -> None:
    connection = await asyncpg.connect(fresh_database)
    try:
        assert connection.get_server_version().major == 18
        await connection.execute("create extension btree_gist")
        assert await connection.fetchval("select current_setting('max_prepared_transactions')") == "0"
    finally:
        await connection.close()


async def test_what_is_sent_to_a_topic_of_the_test_comes_back(platform: Platform, namespace: str) -> None:
    topic = f"{namespace}echo"
    await _make_topic(platform, topic)
    async with AIOKafkaProducer(bootstrap_servers=platform.kafka_bootstrap, acks="all") as producer:
        await producer.send_and_wait(topic, b"as sent", key=b"case")
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=platform.kafka_bootstrap, auto_offset_reset="earliest")
    async with consumer:
        assert (await consumer.getone()).value == b"as sent"


async def test_an_unknown_topic_is_not_made_by_naming_it(platform: Platform, namespace: str) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=platform.kafka_bootstrap)
    await client.start()
    try:
        (answer,) = await client.describe_topics([f"{namespace}typing-error"])
        assert answer["error_code"] == 3  # UNKNOWN_TOPIC_OR_PARTITION
        assert f"{namespace}typing-error" not in await client.list_topics()
    finally:
        await client.close()


async def test_removing_a_prefix_removes_its_databases_and_topics_and_no_others(platform: Platform) -> None:
    mine, other = servers.new_namespace(), servers.new_namespace()
    try:
        for prefix in (mine, other):
            servers.create_database(platform, f"{prefix}kept")
            await _make_topic(platform, f"{prefix}kept")
        servers.remove_namespace(platform, mine)
        assert await _what_has(platform, mine) == (0, 0)
        assert await _what_has(platform, other) == (1, 1)
    finally:
        servers.remove_namespace(platform, other)


def test_the_empty_prefix_is_never_removed(platform: Platform) -> None:
    with pytest.raises(ValueError, match="everything"):
        servers.remove_namespace(platform, "")


async def _make_topic(platform: Platform, name: str) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=platform.kafka_bootstrap)
    await client.start()
    try:
        await client.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        await client.close()


async def _what_has(platform: Platform, prefix: str) -> tuple[int, int]:
    connection = await asyncpg.connect(platform.database_url)
    client = AIOKafkaAdminClient(bootstrap_servers=platform.kafka_bootstrap)
    await client.start()
    try:
        databases = await connection.fetchval("select count(*) from pg_database where starts_with(datname, $1)", prefix)
        return databases, sum(name.startswith(prefix) for name in await client.list_topics())
    finally:
        await client.close()
        await connection.close()
