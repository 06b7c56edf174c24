"""Runs the local issuer: `python -m deploy.local.issuer`, on DYAD_ISSUER_PORT."""

import os
from pathlib import Path

import uvicorn

from deploy.local.issuer.app import create_app
from deploy.local.issuer.minting import make_keys
from shared.settings import Settings


def main() -> None:
    """Serves until SIGTERM; what it must remember lies in DYAD_ISSUER_MEMORY, by default beside the secrets."""
    settings = Settings()  # type: ignore[call-arg]  # from the environment
    make_keys(settings.secrets_dir)
    memory = Path(os.environ.get("DYAD_ISSUER_MEMORY") or settings.secrets_dir / "issuer.sqlite3")
    uvicorn.run(
        create_app(settings, memory),
        host=settings.host,
        port=settings.issuer_port,
        access_log=False,
        server_header=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
