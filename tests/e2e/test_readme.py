"""The README's five minutes, to the letter: what it tells a newcomer to type works, and shows what it says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from shared.settings import SERVICES, Settings

README = (Path(__file__).parents[2] / "README.md").read_text()


def _typed(step: str, settings: Settings) -> str:
    """The command of one step, for services on the ports of this run."""
    found = re.search(rf"<!-- tour:{step} -->\n```sh\n(.*?)```", README, re.DOTALL)
    assert found is not None, f"the README has no step {step}"
    command = found.group(1)
    for name in SERVICES:
        usual = f"http://127.0.0.1:{Settings.model_fields[f'{name}_port'].default}/"
        command = command.replace(usual, f"{settings.url(name)}/")
    return command


def _token(settings: Settings) -> str:
    """What the step about the token leaves in the shell."""
    servers = {
        "DYAD_DATABASE_URL": settings.database_url,
        "DYAD_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "DYAD_SECRETS_DIR": str(settings.secrets_dir),
    }
    command = _typed("token", settings).replace(".venv/bin/dyad", f"{sys.executable} -m deploy.local.cli")
    typed = f'{command}printf %s "$DYAD_TOKEN"'
    done = subprocess.run(["sh", "-c", typed], env=os.environ | servers, capture_output=True, text=True, check=True)
    return done.stdout


def _answer(command: str, token: str) -> dict[str, Any]:
    environment = os.environ | {"DYAD_TOKEN": token}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_five_minutes_of_the_readme_are_true(system: Settings) -> None:
    token = _token(system)
    refer = _typed("refer", system)
    referred = _answer(refer, token)
    assert "case_id" in referred, referred
    assert re.fullmatch(rf"referral@referral-{referred['case_id']}:2", referred["wait_for"])
    assert _answer(refer, token) == referred

    accepted = _answer(_typed("accept", system), token)
    assert accepted["case_id"] == referred["case_id"]

    view = _typed("view", system).replace("wait_for=TOKEN", f"wait_for={accepted['wait_for']}")
    now = _answer(view, token)
    assert now["by_stage"]["waiting_assessment"] == 1
    assert now["complete_to"]

    day_before = _answer(view.replace("team=team-north", "team=team-north&at=2026-01-13"), token)
    assert day_before["by_stage"]["awaiting_decision"] == 1
    then = _answer(view.replace("team=team-north", "team=team-north&known_at=2026-01-13T12:00:00Z"), token)
    assert then["open_referrals"] == 0
