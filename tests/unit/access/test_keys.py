"""Where the issuer's keys may come from."""

from pathlib import Path

import pytest

from shared.web.access.keys import FileKeys, UrlKeys, keys_from

SECRETS = Path("secrets")


@pytest.mark.parametrize(
    "place",
    [
        "https://issuer.example.org/.well-known/jwks.json",
        "http://127.0.0.1:8100/.well-known/jwks.json",
        "http://127.8.0.1/jwks.json",
        "http://[::1]:8100/jwks.json",
        "http://localhost:8100/jwks.json",
        "http://issuer:8100/.well-known/jwks.json",
        "http://dyad-issuer-1/jwks.json",
    ],
)
def test_keys_come_over_https_or_from_this_machine(place: str) -> None:
    assert isinstance(keys_from(place, SECRETS), UrlKeys)


@pytest.mark.parametrize(
    "place",
    [
        "http://issuer.example.org/jwks.json",
        "http://localhost.example.org/jwks.json",
        "http://localhost@issuer.example.org/jwks.json",
        "http://10.0.0.7/jwks.json",
        "http://2130706433/jwks.json",
        "http://0x7f000001/jwks.json",
        "http://[2001:db8::1]/jwks.json",
        "http:///jwks.json",
        "ftp://localhost/jwks.json",
    ],
)
def test_keys_that_another_machine_gives_unencrypted_are_not_taken(place: str) -> None:
    with pytest.raises(ValueError, match="DYAD_JWKS"):
        keys_from(place, SECRETS)


def test_a_path_is_a_file_and_nothing_means_the_one_among_the_secrets(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    assert isinstance(keys_from(str(tmp_path / "jwks.json"), SECRETS), FileKeys)
    assert keys_from("", tmp_path).generation == keys_from(str(tmp_path / "jwks.json"), SECRETS).generation
