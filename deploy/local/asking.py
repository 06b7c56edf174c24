"""Asking a running service in somebody's own name: with the token that he brings, never with one of this machine's."""

import os
from collections.abc import Mapping
from typing import Any

import httpx

from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_USAGE, Trouble
from shared.settings import Settings

TOKEN = "DYAD_TOKEN"  # noqa: S105  the name of a variable
ANSWER_WITHIN_S = 60.0


def ask(
    settings: Settings,
    service: str,
    method: str,
    path: str,
    *,
    body: Mapping[str, object] | None = None,
) -> Any:
    """The parsed answer of a service.

    Args:
        settings: where the services are.
        service: which one.
        method: HTTP method.
        path: of the route; never with personal data in it.
        body: JSON.

    Raises:
        Trouble: no token, or the service refuses; with its code.
        httpx.TransportError: it does not answer.
    """
    token = os.environ.get(TOKEN)
    if not token:
        raise Trouble(
            "This is done in your own name: no token was given.",
            f"Set {TOKEN} to an access token of yours (`dyad token` mints one for trying out).",
            EXIT_USAGE,
        )
    answer = httpx.request(
        method,
        settings.url(service) + path,
        json=body,
        headers={"authorization": f"Bearer {token}"},
        timeout=ANSWER_WITHIN_S,
    )
    if answer.is_success:
        return answer.json()
    problem = answer.json() if answer.headers.get("content-type", "").startswith("application/problem") else {}
    code = str(problem.get("code", answer.status_code))
    if "field" in problem:
        code += f" ({problem['field'] or '/'}: {problem.get('rule', code)})"
    raise Trouble(
        f"The {service} service refuses: {code}.", str(problem.get("detail", "Look with `make logs`.")), EXIT_DIFFERENCE
    )
