"""Style and scripts: nothing of them leads to another host or is of an NHS site, and they weigh little."""

import gzip
import re
from pathlib import Path

import pytest

from services.reporting.pages.assets import FETCHED, SITE_CSS, MissingAssets, assets

MOST_BYTES = 70_000
"""Of all that a page loads, compressed; with the page itself it stays under 100 kB."""


def test_style_has_no_fonts_and_no_address_of_another_host() -> None:
    style = assets().by_name[SITE_CSS].plain.decode()
    assert "@font-face" in (FETCHED / "nhsuk-frontend.css").read_text(), "what is taken out was there"
    assert "@font-face" not in style
    assert re.findall(r"url\([\"']?(?:https?:)?//", style) == []
    assert "/assets/" not in style


def test_every_icon_that_style_names_is_served_beside_it() -> None:
    found = set(re.findall(r"url\(([a-z0-9-]+\.svg)\)", assets().by_name[SITE_CSS].plain.decode()))
    assert found
    assert found <= set(assets().by_name)


def test_no_logo_of_the_nhs_is_served() -> None:
    for name, asset in assets().by_name.items():
        assert "logo" not in name
        assert b"M200 0v80H0V0h200Z" not in asset.plain, "the path that draws it"


def test_all_that_a_page_loads_weighs_little_and_is_packed_once() -> None:
    loaded = [asset for name, asset in assets().by_name.items() if name.endswith((".css", ".js"))]
    assert sum(len(asset.packed) for asset in loaded) < MOST_BYTES
    for asset in loaded:
        assert gzip.decompress(asset.packed) == asset.plain


def test_a_script_that_another_imports_lies_beside_it() -> None:
    for name, asset in assets().by_name.items():
        if name.endswith(".js"):
            for other in re.findall(r'^import [^"]*"\./([^"]+)"', asset.plain.decode(), re.MULTILINE):
                assert other in assets().by_name, f"{name} imports it"


def test_without_what_others_wrote_it_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(MissingAssets, match=r"python -m deploy\.web\.install"):
        assets(tmp_path)


def test_any_change_gives_every_file_another_address(tmp_path: Path) -> None:
    for path in FETCHED.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    same = assets(tmp_path)
    assert same.version == assets().version
    (tmp_path / "htmx.js").write_text("changed")
    assets.cache_clear()
    assert assets(tmp_path).version != same.version
