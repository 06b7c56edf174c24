"""Writes the published contracts: `python -m deploy.publish` after a change of an event or request."""

import sys
import tomllib
from pathlib import Path

from deploy.local.network.aggregates import every_aggregate
from deploy.publish import catalogue, metrics
from deploy.publish.asyncapi import FILE, asyncapi, text
from deploy.publish.schemas import ShapeChangedError, documents, publish


def software_version() -> str:
    """The version of the software, from `pyproject.toml`."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def main() -> int:
    """Writes what changed.

    Returns:
        0, or 1 if a published type would change its shape.
    """
    try:
        written = publish(documents())
    except ShapeChangedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    FILE.write_text(text(asyncapi(every_aggregate(), software_version())))
    catalogue.FILE.write_text(catalogue.catalogue(every_aggregate()))
    metrics.FILE.write_text(metrics.written(metrics.FILE.read_text()))
    files = ", ".join(each.name for each in (FILE, catalogue.FILE, metrics.FILE))
    sys.stderr.write(f"{len(written)} schemas written; {files}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
