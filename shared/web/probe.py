"""Asks one health address and says by its exit code whether the answer was 200: a health check without curl."""

import sys
from urllib.error import URLError
from urllib.request import urlopen


def main(arguments: list[str]) -> int:
    """0 if the address (first argument, http only) answers 200 within 3 s, else 1."""
    if len(arguments) != 1 or not arguments[0].startswith("http://"):
        sys.stderr.write("usage: python -m shared.web.probe http://host:port/readyz\n")
        return 2
    try:
        with urlopen(arguments[0], timeout=3) as answer:  # noqa: S310 - http only, checked above
            return 0 if answer.status == 200 else 1
    except (URLError, OSError) as trouble:
        sys.stderr.write(f"no answer: {type(trouble).__name__}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
