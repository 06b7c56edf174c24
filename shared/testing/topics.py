"""Topics seen and emptied from outside: asked for their ids, or deleted as by an operator or a lost disk."""

from collections.abc import Sequence
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code

from shared.bus.topics import WATERMARKS, TopicIds
from shared.settings import STORES, Settings
from shared.testing.bus import until

EVERY = (*STORES, WATERMARKS)
"""Names of all topics of an installation, as `delete_topics` takes them."""


async def topic_ids(bootstrap: str, names: Sequence[str]) -> dict[str, UUID]:
    """The ids of those of these topics that exist.

    Raises:
        aiokafka.errors.KafkaError: no broker answers.
    """
    async with TopicIds(bootstrap) as ids:
        return {name: found for name, (found, _) in (await ids.of(names)).items()}


async def delete_topics(settings: Settings, *names: str) -> None:
    """Deletes topics by the names of their stores (and `watermarks`), and waits until these logs are gone.

    Services at work may make topics of the same names again at once; those are other logs.

    Raises:
        aiokafka.errors.KafkaError: the broker refuses, or one of the topics is not there.
    """
    topics = [settings.topic(name) for name in names]
    before = await topic_ids(settings.kafka_bootstrap, topics)
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await client.start()
    try:
        answer = await client.delete_topics(topics)
    finally:
        await client.close()
    for name, error in answer.topic_error_codes:
        if error:
            raise for_code(error)(name)

    async def gone() -> bool:
        now = await topic_ids(settings.kafka_bootstrap, topics)
        return not set(now.values()) & set(before.values())

    await until(gone, "the topics to be gone")
