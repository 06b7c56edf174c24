"""Style, scripts and icons of the pages: read, cleaned and compressed once, served under a name that changes with them.

What others wrote (nhsuk-frontend, htmx) is fetched when Dyad is installed (`python -m deploy.web.install`) and never
committed. From the style every `@font-face` is left out: its typeface may be used by NHS sites alone, and no request
of these pages leaves for another host.
"""

import gzip
import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

FETCHED = Path(sys.prefix) / "share" / "dyad" / "web"
"""Where installing puts what it fetched: beside the installed packages, so that an image takes it along with them."""
SITE_CSS = "site.css"
"""nhsuk-frontend's style and after it every style sheet of ours, in one file."""
_DESIGN_SYSTEM = "nhsuk-frontend.css"
_SCRIPTS = ("htmx.js", "nhsuk-frontend.js")
_ICONS = "nhsuk-icon-*.svg"
_MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_IMAGE = re.compile(r"url\(/assets/images/([a-z0-9-]+\.svg)\)")
_SOURCE_MAP = re.compile(r"(?://|/\*)# sourceMappingURL=[^\n]*")
_FOR_EVER = "public, max-age=31536000, immutable"


class MissingAssets(Exception):
    """The pages' style and scripts are not installed; say `python -m deploy.web.install`."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    media_type: str
    plain: bytes
    packed: bytes
    """The same, gzip."""


@dataclass(frozen=True, slots=True)
class Assets:
    """All files, under one version: any change gives every one of them another address."""

    version: str
    """First 16 hex digits of the SHA-256 over all of them."""
    by_name: Mapping[str, Asset]

    def address(self, name: str) -> str:
        """The path of a file.

        Raises:
            KeyError: there is none of this name.
        """
        self.by_name[name]
        return f"/static/{self.version}/{name}"


@cache
def assets(fetched: Path = FETCHED) -> Assets:
    """The files of this installation.

    Raises:
        MissingAssets: what others wrote was not fetched.
    """
    texts = dict(_texts(fetched))
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\0{texts[name]}\0".encode())
    return Assets(digest.hexdigest()[:16], {name: _asset(name, text) for name, text in texts.items()})


def _texts(fetched: Path) -> Iterator[tuple[str, str]]:
    try:
        theirs = {name: (fetched / name).read_text() for name in (_DESIGN_SYSTEM, *_SCRIPTS)}
        theirs |= {path.name: path.read_text() for path in fetched.glob(_ICONS)}
    except FileNotFoundError as missing:
        raise MissingAssets(
            f"{missing.filename} is missing: the pages' style and scripts are fetched by `python -m deploy.web.install`"
        ) from None
    own = sorted((files("services.reporting") / "static").iterdir(), key=lambda each: each.name)
    style = [_clean_style(theirs.pop(_DESIGN_SYSTEM))]
    for path in own:
        if path.name.endswith(".css"):
            style.append(path.read_text())
        else:
            yield path.name, path.read_text()
    yield SITE_CSS, "\n".join(style)
    for name, script in theirs.items():
        yield name, _SOURCE_MAP.sub("", script)


def _clean_style(style: str) -> str:
    """Without fonts and source maps; its icons (arrows of sorted columns) lie beside it."""
    return _IMAGE.sub(r"url(\1)", _SOURCE_MAP.sub("", _FONT_FACE.sub("", style)))


def _asset(name: str, text: str) -> Asset:
    plain = text.encode()
    return Asset(_MEDIA[Path(name).suffix], plain, gzip.compress(plain, 9, mtime=0))


router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/static/{version}/{name}")
async def get_asset(version: str, name: str, request: Request) -> Response:
    """A file, the same for everybody and for the sign-in page: no token is asked for.

    Under another version, of a page that an older or newer process made, the present file is given and not kept.
    """
    found = assets().by_name.get(name)
    if found is None:
        raise HTTPException(404)
    keep = _FOR_EVER if version == assets().version else "no-store"
    headers = {"Cache-Control": keep, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(found.plain, media_type=found.media_type, headers=headers)
