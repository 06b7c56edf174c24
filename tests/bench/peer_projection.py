"""A projection of the `eventsourcing` library, rebuilt by its `ProjectionRunner`: one counter a case, nothing else."""

from contextlib import closing
from urllib.parse import urlsplit
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from tests.bench.work import Bench, Stopwatch

SERVICE = "reporting"
EVENTS_OF_ONE = 40
"""As many as a family of the synthetic network has."""
BATCH = 10
WITHIN_S = 300.0
_TABLE = "CREATE TABLE IF NOT EXISTS peer_counts (case_id uuid PRIMARY KEY, events integer NOT NULL)"
_COUNT = SQL(
    "INSERT INTO peer_counts VALUES (%s, 1) ON CONFLICT (case_id) DO UPDATE SET events = peer_counts.events + 1"
)


class _Family(Aggregate):
    """One case of theirs."""

    @event("Told")
    def tell(self, text: str) -> None:
        """Notes something."""
        self.text = text


class _Counts(PostgresTrackingRecorder):
    """Their view: a row a case, written with the position in one transaction, as their documentation has it."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.sql_create_statements.append(SQL(_TABLE).format())

    def count(self, case_id: UUID, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(_COUNT, (case_id,), prepare=True)


class _Counting(Projection[_Counts]):
    name = "counting"

    def process_event(self, domain_event: object, tracking: Tracking) -> None:
        self.view.count(domain_event.originator_id, tracking)  # type: ignore[attr-defined]


def peer_rebuild(bench: Bench, events: int) -> float:
    """Events a second from the start of their runner until its view has all of so many events.

    Args:
        bench: in whose reporting database their tables are made.
        events: about how many; what an event holds is a short text here, ours are whole documents.
    """
    environment = _environment(bench)
    texts = [f"{number} " + "x" * 200 for number in range(EVENTS_OF_ONE - 1)]
    with closing(Application[UUID](environment)) as application:
        last = 0
        for _ in range(max(1, events // EVENTS_OF_ONE // BATCH)):
            families = [_Family() for _ in range(BATCH)]
            for family in families:
                for text in texts:
                    family.tell(text)
            last = application.save(*families)[-1].notification.id
    watch = Stopwatch()
    with ProjectionRunner(
        application_class=Application[UUID], projection_class=_Counting, view_class=_Counts, env=environment
    ) as runner:
        runner.wait(last, timeout=WITHIN_S)
        return watch.rate(last)


def _environment(bench: Bench) -> dict[str, str]:
    parts = urlsplit(bench.settings.admin_dsn(bench.settings.database(SERVICE)))
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
    }
