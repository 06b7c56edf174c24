"""dyad report and dyad metrics: what they ask, what they say, and by which code they end."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
import typer

from deploy.local import secret_files
from deploy.local.commands import metrics, report
from deploy.local.output import Output
from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_USAGE, Trouble

FINE, CHANGED = UUID(int=1), UUID(int=2)


def stored(report_id: UUID) -> dict[str, Any]:
    return {"report_id": str(report_id), "name": "board", "result_hash": "aa", "known_at": "2026-01-01T00:00:00Z"}


def computed(report_id: UUID) -> dict[str, Any]:
    return {
        "report": stored(report_id),
        "verified": report_id == FINE,
        "result_hash_now": "aa" if report_id == FINE else "bb",
        "redefined": [] if report_id == FINE else [{"name": "waits", "then": 1, "now": 2}],
        "tables": [{"name": "stages", "title": "By stage", "columns": [{"name": "stage"}], "rows": [["Active"]]}],
    }


class Reporting(BaseHTTPRequestHandler):
    """Answers as the service does, of two reports: one is still what was frozen."""

    asked: list[dict[str, Any]]

    def do_GET(self) -> None:
        if self.path.startswith("/reports?"):
            second = "after=" in self.path
            page = [stored(CHANGED)] if second else [stored(FINE)]
            self._answer({"reports": page, "next": None if second else str(FINE)})
        else:
            self._answer(computed(UUID(self.path.rpartition("/")[2])))

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self._answer(stored(FINE))

    def _answer(self, body: object) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that the base class has
        """Says nothing."""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What was posted to the service that this installation asks."""
    secret_files.make(tmp_path / "secrets")
    Reporting.asked = []
    with HTTPServer(("127.0.0.1", 0), Reporting) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        for name, value in {
            "DYAD_STATE_DIR": str(tmp_path / "state"),
            "DYAD_SECRETS_DIR": str(tmp_path / "secrets"),
            "DYAD_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "DYAD_KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "DYAD_REPORTING_PORT": str(server.server_port),
            "DYAD_TOKEN": "t",
        }.items():
            monkeypatch.setenv(name, value)
        yield Reporting.asked
        server.shutdown()
        thread.join()


def test_what_is_frozen_is_what_was_asked_and_its_id_is_printed(
    asked: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    report.freeze(name="board", metric=["waits", "flow"], team="team-north", at="2026-03-31")
    assert asked == [
        {"name": "board", "kind": "view", "metrics": ["waits", "flow"], "team": "team-north", "at": "2026-03-31"}
    ]
    assert capsys.readouterr().out == f"{FINE}\n"


@pytest.mark.usefixtures("asked")
def test_a_report_that_is_what_was_frozen_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    report.verify([FINE], Output.JSON)
    [row] = json.loads(capsys.readouterr().out)
    assert (row["verified"], row["result_hash"], row["result_hash_now"]) == (True, "aa", "aa")


@pytest.mark.usefixtures("asked")
def test_all_reports_are_verified_page_by_page_and_one_that_differs_ends_with_its_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended:
        report.verify(None, Output.JSON)
    assert ended.value.exit_code == EXIT_DIFFERENCE
    rows = json.loads(capsys.readouterr().out)
    assert [(row["report_id"], row["verified"]) for row in rows] == [(str(FINE), True), (str(CHANGED), False)]
    assert rows[1]["redefined"] == "waits 1 -> 2"


@pytest.mark.usefixtures("asked")
def test_a_report_is_shown_with_whether_it_is_what_was_frozen(capsys: pytest.CaptureFixture[str]) -> None:
    report.show_report(FINE, Output.JSON)
    shown = capsys.readouterr()
    assert json.loads(shown.out) == [{"stage": "Active"}]
    assert "byte for byte" in shown.err
    with pytest.raises(typer.Exit) as ended:
        report.show_report(CHANGED, Output.JSON)
    assert ended.value.exit_code == EXIT_DIFFERENCE


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "nonsense"},
        {"name": "waits", "at": "31/03/2026"},
        {"name": "waits", "known_at": "2026-03-31T17:00:00"},
        {"name": "waits", "at": "2026-03-31", "last_day": "2026-04-01"},
    ],
)
def test_a_question_that_is_none_is_told_before_anything_is_asked(wrong: dict[str, str]) -> None:
    with pytest.raises(Trouble) as told:
        metrics.show_metric(**wrong)  # type: ignore[arg-type]
    assert told.value.exit_code == EXIT_USAGE


def test_metrics_are_listed_with_the_versions_of_their_definitions(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.list_metrics(Output.JSON)
    rows = json.loads(capsys.readouterr().out)
    assert {"name": "waits", "code": "M4, M5", "version": 1}.items() <= next(
        row for row in rows if row["name"] == "waits"
    ).items()
