"""Asking a service: what it refuses is told with its code, field and rule, and without a token nobody is asked."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.local.asking import ask
from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_USAGE, Trouble
from shared.settings import Settings

PROBLEM = {"code": "invalid-data", "rule": "enum", "field": "/reason", "detail": "it does not fit"}


class Refusing(BaseHTTPRequestHandler):
    """Answers everything with one problem."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(422)
        self.send_header("content-type", "application/problem+json")
        self.end_headers()
        self.wfile.write(json.dumps(PROBLEM).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that the base class has
        """Says nothing."""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Where a service is that refuses everything."""
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Settings(
            database_url="postgresql://unused",
            kafka_bootstrap="unused:1",
            secrets_dir=tmp_path,
            referral_port=server.server_port,
        )
        server.shutdown()
        thread.join()


def test_a_refusal_names_field_and_rule(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYAD_TOKEN", "t")
    with pytest.raises(Trouble) as refused:
        ask(settings, "referral", "POST", "/erasures", body={"reason": "because"})
    assert refused.value.sentence == "The referral service refuses: invalid-data (/reason: enum)."
    assert refused.value.exit_code == EXIT_DIFFERENCE


def test_without_a_token_nobody_is_asked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYAD_TOKEN", raising=False)
    with pytest.raises(Trouble) as refused:
        ask(settings, "referral", "POST", "/erasures", body={})
    assert refused.value.exit_code == EXIT_USAGE
