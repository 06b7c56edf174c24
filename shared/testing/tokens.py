"""Access tokens for tests and measurements, signed by the installation's local issuer: nothing runs without them."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from deploy.local.issuer.minting import Issuer, issuer_of
from shared.settings import Settings
from shared.web.access.roles import EVERY_TEAM, Role

LASTS_S = 12 * 3600


@lru_cache(maxsize=64)
def _issuer(folder: Path, name: str, audience: str) -> Issuer:
    return issuer_of(folder, name=name, audience=audience)


def token(
    settings: Settings,
    role: Role | str = Role.SYSTEM,
    *teams: str,
    subject: str | None = None,
    practitioner: UUID | str | None = None,
    seconds: int = LASTS_S,
    scope: str | None = None,
) -> str:
    """A token; without teams one for every team, where the role may have that (`team-north` otherwise)."""
    role = Role(role)
    wanted: Iterable[str] | None = teams or (None if role in EVERY_TEAM else ("team-north",))
    return _issuer(settings.secrets_dir, settings.token_issuer, settings.token_audience).mint(
        role,
        None if wanted is None else list(wanted),
        subject=subject,
        practitioner_id=None if practitioner is None else UUID(str(practitioner)),
        seconds=seconds,
        scope=scope,
    )


def bearer(settings: Settings, role: Role | str = Role.SYSTEM, *teams: str, **others: object) -> dict[str, str]:
    """The header that carries `token(...)`; a clinical system of every team unless said otherwise."""
    return {"authorization": f"Bearer {token(settings, role, *teams, **others)}"}  # type: ignore[arg-type]
