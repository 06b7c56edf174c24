"""`dyad` on servers that were there already: used as they are, never stopped, and nothing of others is touched."""

import asyncio
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from deploy.local.installation import PROJECT
from deploy.local.parked import list_all
from shared.settings import Settings
from shared.testing.platform import Platform, new_namespace, remove_namespace

COMMAND_WITHIN_S = 300
PARKED_EVENT = """
insert into held (consumer, kind, store, stream, version, case_id, event_id, leaf_hash, type, recorded_at, topic,
                  partition, kafka_offset, value, error)
values ('reporting', 'poison', 'referral', 'referral-1', 1, %(case)s, %(event)s, '\\x00',
        'dyad.ReferralReceived.v1', now(), 'dyad.referral', 0, 0, 'x', 'ValueError in fold.py') returning id
"""
PARKED_RULE = """
insert into rule_outcomes (rule, cause, case_id, team_id, outcome, code, cause_recorded_at)
values ('P2', %(event)s, %(case)s, 'team-north', 'parked', 'conflicts-with-record', now())
"""


@dataclass(frozen=True)
class Installed:
    """An installation on the platform's servers, brought up once for this module."""

    environment: dict[str, str]
    platform: Platform

    def dyad(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy.local.cli", *arguments],
            cwd=PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_WITHIN_S,
            check=False,
        )

    @property
    def settings(self) -> Settings:
        return Settings(
            database_url=self.environment["DYAD_DATABASE_URL"],
            kafka_bootstrap=self.environment["DYAD_KAFKA_BOOTSTRAP"],
            secrets_dir=Path(self.environment["DYAD_SECRETS_DIR"]),
            namespace=self.environment["DYAD_NAMESPACE"],
        )

    def execute(self, service: str, statement: str, values: dict[str, object]) -> tuple[object, ...] | None:
        database = f"{self.environment['DYAD_NAMESPACE']}dyad_{service}"
        with psycopg.connect(self.platform.database(database)) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchone() if cursor.description else None


@pytest.fixture(scope="module")
def installed(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    prefix = new_namespace()
    folder = tmp_path_factory.mktemp("existing") / "state"
    environment = platform.environment(prefix) | {"DYAD_STATE_DIR": str(folder), "NO_COLOR": "1"}
    installed = Installed(environment, platform)
    try:
        up = installed.dyad("up")
        assert up.returncode == 0, up.stderr
        assert "Starting PostgreSQL" not in up.stderr
        assert "Starting Kafka" not in up.stderr
        yield installed
    finally:
        installed.dyad("clean", "--yes")
        remove_namespace(platform, prefix)


def test_the_servers_are_named_but_are_not_ours(installed: Installed) -> None:
    rows = json.loads(installed.dyad("status", "--output", "json").stdout)
    servers = {row["name"]: (row["pid"], row["health"]) for row in rows if row["name"] in ("postgres", "kafka")}
    assert servers == {"postgres": (None, "healthy"), "kafka": (None, "healthy")}


def test_no_password_is_ever_shown(installed: Installed) -> None:
    finished = installed.dyad("status", "--output", "json")
    password = installed.platform.database_url.split("@")[0].rpartition(":")[2]
    assert password not in finished.stdout + finished.stderr


def test_migrate_is_quiet_when_there_is_nothing_to_do(installed: Installed) -> None:
    assert installed.dyad("migrate").returncode == 0


def test_a_server_that_does_not_answer_is_exit_code_3_and_one_sentence(installed: Installed, tmp_path: Path) -> None:
    away = {
        "DYAD_DATABASE_URL": f"postgresql://nobody:secret@127.0.0.1:{installed.environment['DYAD_REPORTING_PORT']}/x",
        "DYAD_STATE_DIR": str(tmp_path / "state"),
    }
    refused = Installed(installed.environment | away, installed.platform).dyad("migrate")
    assert refused.returncode == 3
    assert "does not answer" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "secret" not in refused.stderr


BEGUN_ELSEWHERE = json.dumps(
    {"first_start": "begun", "servers": {"postgres": "its own", "kafka": "its own", "namespace": ""}}
)


@pytest.mark.parametrize(
    ("written", "sentence"), [(BEGUN_ELSEWHERE, "begun on other servers"), ('{"first_st', "cannot be read")]
)
def test_a_first_start_of_elsewhere_or_a_torn_note_removes_nothing(
    installed: Installed, tmp_path: Path, written: str, sentence: str
) -> None:
    before = installed.execute("referral", "select count(*) from events", {})
    (tmp_path / "state.json").write_text(written)
    other = Installed(installed.environment | {"DYAD_STATE_DIR": str(tmp_path)}, installed.platform)
    refused = other.dyad("up")
    assert refused.returncode == 3
    assert sentence in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr
    assert installed.execute("referral", "select count(*) from events", {}) == before
    health = {row["name"]: row["health"] for row in json.loads(installed.dyad("status", "--output", "json").stdout)}
    assert set(health.values()) == {"healthy"}


def test_reporting_is_rebuilt_and_gone_over_to_and_back_while_everything_runs(installed: Installed) -> None:
    made = installed.dyad("rebuild", "make", "--output", "json")
    assert made.returncode == 0, made.stderr
    version = json.loads(made.stdout)[0]["version"]
    compared = installed.dyad("rebuild", "compare", version, "--output", "json")
    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert all(table["same"] for table in json.loads(compared.stdout))
    for _ in range(2):
        assert installed.dyad("rebuild", "switch", version).returncode == 0
        [listed] = json.loads(installed.dyad("rebuild", "list", "--output", "json").stdout)
        assert listed["ready"]
        version = listed["version"]
    assert installed.dyad("rebuild", "drop", version).returncode == 0
    gone = installed.dyad("rebuild", "switch", version)
    assert gone.returncode == 2
    assert "no version" in gone.stderr


def test_a_parked_event_is_listed_and_discarded_with_a_reason(installed: Installed) -> None:
    case = uuid.uuid4()
    row = installed.execute("reporting", PARKED_EVENT, {"case": case, "event": uuid.uuid4()})
    assert row is not None
    item = str(row[0])
    listed = installed.dyad("parked", "list", "--output", "ndjson")
    assert item in {json.loads(line)["item"] for line in listed.stdout.splitlines()}
    assert installed.dyad("parked", "discard", "reporting", item, "--reason", "Jane asked me").returncode == 2
    assert installed.dyad("parked", "discard", "reporting", item, "--reason", "made-by-a-test").returncode == 0
    assert parked(installed, case) == set()
    again = installed.dyad("parked", "discard", "reporting", item, "--reason", "made-by-a-test")
    assert again.returncode == 1, "it waits for no decision any more"


def test_a_parked_rule_is_listed_tried_again_and_discarded(installed: Installed) -> None:
    case, cause = uuid.uuid4(), uuid.uuid4()
    installed.execute("assessment", PARKED_RULE, {"case": case, "event": cause})
    item = f"P2/{cause}"
    assert parked(installed, case) == {item}
    retried = installed.dyad("parked", "retry", "assessment", item, "--reason", "made-by-a-test")
    assert retried.returncode == 0, retried.stderr
    assert installed.dyad("parked", "discard", "assessment", item, "--reason", "made-by-a-test").returncode == 0
    assert parked(installed, case) == set()


@pytest.mark.parametrize("item", ["0", "99999999999999999999", "P2/not-an-id"])
def test_an_item_that_does_not_exist_is_exit_code_1(installed: Installed, item: str) -> None:
    refused = installed.dyad("parked", "retry", "referral", item, "--reason", "why")
    assert refused.returncode == 1, refused.stderr
    assert "Traceback" not in refused.stderr


def test_down_stops_the_services_and_leaves_the_servers_alone(installed: Installed) -> None:
    assert installed.dyad("down").returncode == 0
    rows = json.loads(installed.dyad("status", "--output", "json").stdout)
    health = {row["name"]: row["health"] for row in rows}
    assert (health.pop("postgres"), health.pop("kafka")) == ("healthy", "healthy")
    assert set(health.values()) == {"stopped"}
    assert installed.dyad("up").returncode == 0


def parked(installed: Installed, case: uuid.UUID) -> set[str | int | float | bool | None]:
    rows = asyncio.run(list_all(installed.settings, everything=False))
    return {row["item"] for row in rows if row["case_id"] == str(case)}
