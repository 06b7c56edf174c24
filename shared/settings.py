"""Settings of every process, from the environment (`DYAD_*`); secrets only from files."""

from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = ("referral", "assessment", "intervention", "reporting")
STORES = ("referral", "assessment", "intervention")
"""The services that decide: each has an event store and a topic of this name."""
DATABASE_ROLES = ("dyad_owner", "dyad_writer", "dyad_relay", "dyad_consumer", "dyad_reader")


class Settings(BaseSettings):
    """Where things are. Every field is an environment variable `DYAD_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="DYAD_", extra="ignore")

    database_url: str = Field(repr=False)
    """An administrator's URL; services replace user, password and database in it."""
    database_password_file: Path | None = None
    """The administrator's password, where it does not stand in the URL; only migrations need it."""
    kafka_bootstrap: str
    """`host:port` of a broker."""
    secrets_dir: Path
    """Folder of the files `role-password`, `reference-hmac.key`, `kek-<number>.key` and (see `jwks`) `jwks.json`."""
    jwks: str = ""
    """The issuer's public keys: path or URL of a JWKS; empty: `jwks.json` among the secrets."""
    token_issuer: str = "urn:dyad:local-issuer"  # noqa: S105 - a name
    """What `iss` of every access token must be."""
    token_audience: str = "dyad"  # noqa: S105 - a name
    """What `aud` of every access token must be or contain."""
    issuer_port: int = 8100
    """Port of the local issuer of `make up`; only reporting asks it, where one signs in there."""
    demo_sign_in: bool = False
    """Whether the local issuer lets anybody sign in as a demo user, without a password: for trying out."""
    pages_address: str = ""
    """Where browsers find reporting's pages, e.g. `https://dyad.example.org`; empty: here, at reporting's port."""
    oidc_issuer: str = ""
    """Issuer URL of the OpenID provider at which the pages' readers sign in; empty: they paste an access token."""
    oidc_discovery: str = ""
    """URL of its discovery document, where this service cannot reach it under the issuer's own address."""
    oidc_client_id: str = "dyad-reporting"
    """As which client the provider knows the pages."""
    oidc_client_secret_file: Path | None = None
    """That client's secret; without one it is a public client, held by PKCE alone."""
    oidc_scopes: str = Field(default="openid", pattern=r"(^| )openid($| )")
    """Scopes asked for at sign-in: `openid`, and what the provider wants for an access token to this audience."""
    session_idle_minutes: int = Field(default=30, ge=10, le=720)
    """After so many minutes in which nothing is done, a reader of the pages is signed out."""
    tombstones_file: Path | None = None
    """List of the erased people, kept outside the databases; by default `tombstones.ndjson` beside the secrets."""
    erasure_delay_hours: int = Field(default=336, ge=0)
    """How long an approved erasure can still be cancelled."""
    letters: str = ""
    """Where letters to referrers go: `file:<folder>`, `smtp://host:port`, `smtps://host:port`; empty: they wait."""
    letters_from: str = Field(default="dyad@localhost", pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$")
    """E-mail address from which the team's letters come."""
    namespace: str = Field(default="", pattern=r"^[a-z0-9_]{0,20}$")
    """Prefix of databases and topics: lets several installations share servers."""
    host: str = "127.0.0.1"
    referral_port: int = 8101
    assessment_port: int = 8102
    intervention_port: int = 8103
    reporting_port: int = 8104
    referral_address: str = ""
    """Where reporting asks the referral service for names, e.g. `http://referral:8101`; empty: here, at its port."""
    watch_port: int = 8105
    """Port of the pathway watch, a process of its own: health and metrics only."""
    partitions: int = Field(default=6, ge=1)
    """Partitions of each event topic; fixed for the life of an installation."""
    log_level: str = "INFO"

    @cached_property
    def role_password(self) -> str:
        """Password of the five database roles."""
        return (self.secrets_dir / "role-password").read_text().strip()

    @cached_property
    def reference_key(self) -> bytes:
        """Key of the HMAC over case references and posts; shared by the services, never changed without relinking."""
        return bytes.fromhex((self.secrets_dir / "reference-hmac.key").read_text().strip())

    @property
    def pages_url(self) -> str:
        """Where browsers find reporting's pages; without a slash at its end."""
        return (self.pages_address or f"http://127.0.0.1:{self.reporting_port}").rstrip("/")

    @property
    def referral_url(self) -> str:
        """Where reporting asks for the names that its pages show; without a slash at its end."""
        return (self.referral_address or self.url("referral")).rstrip("/")

    @property
    def oidc_discovery_url(self) -> str:
        """Where the provider describes itself (OpenID Connect Discovery 1.0)."""
        return self.oidc_discovery or self.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"

    @property
    def oidc_client_secret(self) -> str | None:
        """The client's secret, read anew: it may be changed without a restart."""
        return None if self.oidc_client_secret_file is None else self.oidc_client_secret_file.read_text().strip()

    @property
    def tombstones(self) -> Path:
        """The file of the erased people; see `shared.vault.tombstones`."""
        return self.tombstones_file or self.secrets_dir.with_name(f"{self.namespace}tombstones.ndjson")

    def port(self, service: str) -> int:
        """The HTTP port of a service."""
        return int(getattr(self, f"{service}_port"))

    def url(self, service: str) -> str:
        """The base URL of a service on this machine."""
        return f"http://{self.host}:{self.port(service)}"

    def database(self, service: str) -> str:
        """The name of a service's database."""
        return f"{self.namespace}dyad_{service}"

    def topic(self, store: str) -> str:
        """The topic of a store's events; `watermarks` for the announcements."""
        return f"{self.namespace}dyad.{store}"

    def dsn(self, service: str, role: str) -> str:
        """Connection string of a service's database for one of `DATABASE_ROLES`."""
        parts = urlsplit(self.database_url)
        host = parts.netloc.rpartition("@")[2]
        netloc = f"{role}:{quote(self.role_password, safe='')}@{host}"
        return urlunsplit((parts.scheme, netloc, f"/{self.database(service)}", parts.query, ""))

    def admin_dsn(self, database: str) -> str:
        """Connection string of the administrator for one database."""
        parts = urlsplit(self.database_url)
        netloc = parts.netloc
        if self.database_password_file is not None:
            password = quote(self.database_password_file.read_text().strip(), safe="")
            netloc = f"{parts.username or 'postgres'}:{password}@{netloc.rpartition('@')[2]}"
        return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))
