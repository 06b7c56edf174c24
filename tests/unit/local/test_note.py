"""The note of an installation: what it says is acted on only on the servers that it speaks of."""

import json
from pathlib import Path

import pytest

from deploy.local import note
from deploy.local.installation import Installation
from deploy.local.note import OWN, FirstStart, Note, Servers
from deploy.local.trouble import Trouble

ELSEWHERE = Servers(postgres="db.example:5432", kafka="kafka.example:9092", namespace="")


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation with servers of its own."""
    for name in ("DYAD_DATABASE_URL", "DYAD_KAFKA_BOOTSTRAP", "DYAD_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    return Installation(tmp_path)


def named(folder: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, namespace: str = "") -> Installation:
    """The installation of this folder with these servers named."""
    monkeypatch.setenv("DYAD_DATABASE_URL", database_url)
    monkeypatch.setenv("DYAD_KAFKA_BOOTSTRAP", "kafka.example:9092")
    monkeypatch.setenv("DYAD_NAMESPACE", namespace)
    return Installation(folder)


def test_without_a_note_nothing_was_started_yet(embedded: Installation) -> None:
    assert embedded.first_start() is FirstStart.NOT_YET
    embedded.require_servers_of_first_start()


@pytest.mark.parametrize("stage", [FirstStart.BEGUN, FirstStart.RESTORED, FirstStart.DONE])
def test_what_is_written_is_read_again(embedded: Installation, stage: FirstStart) -> None:
    embedded.note_first_start(stage)
    assert Installation(embedded.folder).first_start() is stage
    embedded.require_servers_of_first_start()
    assert {path.name for path in embedded.folder.iterdir()} == {"state.json"}


def test_the_note_names_the_servers_without_user_password_and_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = named(tmp_path, monkeypatch, "postgresql://admin:secret@db.example:5432/postgres")
    installation.note_first_start(FirstStart.BEGUN)
    written = (tmp_path / "state.json").read_text()
    assert json.loads(written)["servers"] == {
        "postgres": "db.example:5432",
        "kafka": "kafka.example:9092",
        "namespace": "",
    }


@pytest.mark.parametrize("stage", [FirstStart.BEGUN, FirstStart.RESTORED])
def test_a_first_start_begun_on_its_own_servers_is_not_finished_on_others(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch, stage: FirstStart
) -> None:
    embedded.note_first_start(stage)
    moved = named(embedded.folder, monkeypatch, "postgresql://admin:secret@db.example:5432/postgres")
    with pytest.raises(Trouble, match="begun on other servers") as refused:
        moved.require_servers_of_first_start()
    assert "secret" not in str(refused.value)
    assert "make clean" in refused.value.way_out


@pytest.mark.parametrize(
    ("database_url", "namespace"),
    [
        ("postgresql://admin@other.example:5432/postgres", ""),
        ("postgresql://admin@db.example:5433/postgres", ""),
        ("postgresql:///postgres?host=/run/postgresql", ""),
        ("postgresql://admin@db.example:5432/postgres", "mine_"),
    ],
)
def test_another_address_or_namespace_is_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, namespace: str
) -> None:
    note.write(tmp_path / "state.json", Note(first_start=FirstStart.BEGUN, servers=ELSEWHERE))
    with pytest.raises(Trouble, match="begun on other servers"):
        named(tmp_path, monkeypatch, database_url, namespace).require_servers_of_first_start()


def test_another_user_or_password_is_the_same_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note.write(tmp_path / "state.json", Note(first_start=FirstStart.BEGUN, servers=ELSEWHERE))
    named(tmp_path, monkeypatch, "postgresql://other:pw@db.example:5432/any").require_servers_of_first_start()


def test_its_own_server_on_another_port_is_the_same_place(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.note_first_start(FirstStart.BEGUN)
    monkeypatch.setenv("DYAD_POSTGRES_PORT", "15999")
    Installation(embedded.folder).require_servers_of_first_start()


def test_a_finished_installation_may_go_to_other_servers(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.note_first_start(FirstStart.DONE)
    named(embedded.folder, monkeypatch, "postgresql://db.example/postgres").require_servers_of_first_start()


def test_its_own_servers_are_named_as_such(embedded: Installation) -> None:
    assert embedded.servers == Servers(postgres=OWN, kafka=OWN, namespace="")


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"first_start": "do',
        "[]",
        '"begun"',
        '{"first_start": "begun"}',
        '{"first_start": "begun", "servers": null}',
        '{"first_start": "begun", "servers": {"postgres": "x"}}',
        '{"first_start": "finished", "servers": {"postgres": "x", "kafka": "y", "namespace": ""}}',
    ],
)
def test_an_unreadable_note_is_a_trouble_and_never_a_removal(embedded: Installation, text: str) -> None:
    (embedded.folder / "state.json").write_text(text)
    with pytest.raises(Trouble, match="cannot be read") as refused:
        embedded.first_start()
    assert "make clean" in refused.value.way_out
    assert "remove that file" in refused.value.way_out
