"""Kafka's jars: exactly those of the committed lock, each compared with its SHA-256 before it is used.

`jgo` resolves and downloads, but does not check the lock's hashes (design 7), so we do, on every start.
"""

import fcntl
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from jgo.env import EnvironmentBuilder, EnvironmentSpec, LockFile
from jgo.env._lockfile import LockedDependency
from jgo.maven import MavenContext, PythonResolver

from deploy.local.trouble import Trouble

SPECIFICATION = Path(__file__).parents[1] / "kafka" / "jgo.toml"
LOCK = SPECIFICATION.with_name("jgo.lock.toml")
DOWNLOAD_TIMEOUT_S = 60
PARALLEL_DOWNLOADS = 8


def kafka_class_path(cache: Path, lock_file: Path = LOCK) -> list[Path]:
    """Every jar that Kafka needs, downloaded where missing, each one verified against the lock.

    Args:
        cache: folder in the layout of a local Maven repository.
        lock_file: coordinates and hashes, as `jgo` writes them.

    Raises:
        Trouble: a download failed, or a jar's bytes are not those of the lock (it is removed then).
    """
    cache.mkdir(parents=True, exist_ok=True)
    context = MavenContext(resolver=PythonResolver(), repo_cache=cache, timeout=DOWNLOAD_TIMEOUT_S)
    locked = LockFile.load(lock_file).dependencies
    with (cache / "lock").open("w") as in_use, ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
        # Another project of this user may be downloading into the same cache.
        fcntl.flock(in_use, fcntl.LOCK_EX)
        return list(pool.map(lambda dependency: _verified(context, dependency), locked))


def _verified(context: MavenContext, dependency: LockedDependency) -> Path:
    component = context.project(dependency.groupId, dependency.artifactId).at_version(dependency.version)
    artifact = component.artifact(classifier=dependency.classifier or "", packaging=dependency.packaging)
    kept = artifact.cached_path
    if kept is not None and kept.exists() and _sha256(kept) != dependency.sha256:
        # Left by a download that was cut off: heal it by fetching once more.
        kept.unlink()
    try:
        path = Path(artifact.resolve())
    except (requests.RequestException, RuntimeError) as error:
        if kept is not None:
            kept.unlink(missing_ok=True)
        raise Trouble(
            f"The download of {artifact.filename} failed ({type(error).__name__}).",
            "Check the network (proxy settings are honoured), then say `make up` again.",
        ) from error
    if _sha256(path) != dependency.sha256:
        path.unlink()
        raise Trouble(
            f"The download of {artifact.filename} is not the file that the lock names; it was removed.",
            "Say `make up` again; if it happens twice, do not trust where it comes from.",
        )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_lock(cache: Path) -> list[str]:
    """Resolve deploy/kafka/jgo.toml anew and write the lock; the coordinates that it now holds."""
    context = MavenContext(resolver=PythonResolver(), repo_cache=cache, timeout=DOWNLOAD_TIMEOUT_S)
    builder = EnvironmentBuilder(context=context, cache_dir=cache / "environments")
    lock = builder.resolve_lockfile(EnvironmentSpec.load(SPECIFICATION))
    lock.save(LOCK)
    return [f"{each.groupId}:{each.artifactId}:{each.version}" for each in lock.dependencies]
