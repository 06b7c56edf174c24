"""Data goes to standard output in the form that was asked for, messages to standard error."""

import csv
import errno
import io
import json
from pathlib import Path

import psycopg
import pytest

from deploy.local.output import Output, Row, show, step
from deploy.local.trouble import from_error

ROWS: list[Row] = [{"name": "kafka", "pid": 7, "health": "healthy"}, {"name": "a, b", "pid": None, "health": "stopped"}]
COLUMNS = ("name", "pid", "health")


def shown(output: Output, capsys: pytest.CaptureFixture[str]) -> str:
    show(ROWS, COLUMNS, output)
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_json_is_one_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(shown(Output.JSON, capsys)) == ROWS


def test_ndjson_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert [json.loads(line) for line in shown(Output.NDJSON, capsys).splitlines()] == ROWS


def test_csv_has_a_header_and_quotes_what_needs_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(csv.DictReader(io.StringIO(shown(Output.CSV, capsys)))) == [
        {"name": "kafka", "pid": "7", "health": "healthy"},
        {"name": "a, b", "pid": "", "health": "stopped"},
    ]


def test_a_table_shows_every_value_and_a_dash_for_none(capsys: pytest.CaptureFixture[str]) -> None:
    header, first, second = shown(Output.TABLE, capsys).splitlines()
    assert header.split() == list(COLUMNS)
    assert first.split() == ["kafka", "7", "healthy"]
    assert second.split() == ["a,", "b", "-", "stopped"]


@pytest.mark.parametrize("terminal", [True, False])
def test_what_names_a_row_is_never_broken(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
    request, subject = "01a20a0d-4994-769a-9326-5a9b2f3599c6", "dfd3c8ab-199c-4122-93b2-5378885c7384"
    show([{"request_id": request, "subject": subject}], ("request_id", "subject"), Output.TABLE)
    out = capsys.readouterr().out
    assert request in out
    assert (subject in out) is not terminal


def test_no_rows_are_an_empty_list_and_no_table_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show([], COLUMNS, Output.JSON)
    assert json.loads(capsys.readouterr().out) == []


def test_without_a_terminal_a_step_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with step("Making tea") as tell:
        tell("half way")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("✓ Making tea (")
    assert captured.err.count("\n") == 1


def test_a_step_that_fails_says_so_and_hides_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no water"), step("Making tea"):
        raise ValueError("no water")
    assert capsys.readouterr().err.startswith("✗ Making tea (")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/data/x"), "/data/x is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/data/x"), "may not use /data/x"),
        (psycopg.errors.DiskFull("could not extend file"), "disk is full"),
        (psycopg.OperationalError("connection refused"), "did not answer"),
    ],
)
def test_what_a_person_can_mend_is_said_in_one_sentence(error: Exception, said: str) -> None:
    trouble = from_error(error)
    assert trouble is not None
    assert said in trouble.sentence
    assert trouble.way_out


def test_what_nobody_can_mend_stays_an_error() -> None:
    assert from_error(OSError(errno.EIO, "Input/output error", str(Path("/data")))) is None
    assert from_error(ValueError("a mistake in the code")) is None
