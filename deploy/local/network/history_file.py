"""History as a file: one JSON document a line, in the order of recording, as `dyad restore` takes it.

First a head, then every event with its store, position and exact text, then what the rules decided, then an end that
counts them: a file that was cut off is recognised. A name that ends in `.gz` is compressed.
"""

import base64
import gzip
import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import orjson

from deploy.local.network.records import Ruled, Written
from shared.eventstore.envelope import StoredEvent, leaf_hash
from shared.eventstore.restore import RuleRecord
from shared.kernel.ids import utc_now

FORMAT = 1
_TAB = b"\t"


class NotAHistory(Exception):
    """The file is no history, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Spool:
    """The events and rule records of one part, each line behind what it is sorted by."""

    events: Path
    rules: Path

    @classmethod
    def of(cls, place: Path, written: Iterable[Written], ruled: Iterable[Ruled]) -> "Spool":
        """Writes one; both must be in their order."""
        spool = cls(place.with_suffix(".events"), place.with_suffix(".rules"))
        with spool.events.open("wb") as out:
            for each in written:
                stored = each.stored
                key = f"{_instant(stored.recorded_at)} {stored.stream} {stored.version:08}"
                out.write(key.encode() + _TAB + each.store.encode() + _TAB + _event(stored) + b"\n")
        with spool.rules.open("wb") as out:
            for ruling in ruled:
                record = ruling.record()
                key = f"{_instant(ruling.at)} {ruling.store} {record.rule} {record.cause}"
                out.write(key.encode() + _TAB + orjson.dumps({"rule_of": ruling.store, **asdict(record)}) + b"\n")
        return spool


def write(path: Path, head: dict[str, object], spools: Sequence[Spool]) -> dict[str, int]:
    """Merges the parts into one history; gives the number of events by store.

    Args:
        path: written beside it first, then renamed: what stands there is whole.
        head: what the file says of itself.
        spools: of all parts.
    """
    positions: Counter[str] = Counter()
    rules = 0
    unfinished = path.with_name(f".{path.name}.unfinished")
    with _writing(unfinished, compressed=path.suffix == ".gz") as out:
        out.write(orjson.dumps({"dyad_history": FORMAT, **head}) + b"\n")
        for line in _merged(spool.events for spool in spools):
            _, store, event = line.split(_TAB, 2)
            name = store.decode()
            positions[name] += 1
            out.write(b'{"store":"%b","position":%d,%b' % (store, positions[name], event[1:]))
        for line in _merged(spool.rules for spool in spools):
            out.write(line.split(_TAB, 1)[1])
            rules += 1
        out.write(orjson.dumps({"end": {"events": dict(sorted(positions.items())), "rules": rules}}) + b"\n")
    unfinished.replace(path)
    return dict(positions)


def _merged(paths: Iterable[Path]) -> Iterator[bytes]:
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("rb")) for path in paths]
        yield from heapq.merge(*files, key=lambda line: line.split(_TAB, 1)[0])


@contextmanager
def _writing(path: Path, *, compressed: bool) -> Iterator[BinaryIO]:
    with path.open("wb") as raw:
        if not compressed:
            yield raw
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
            yield packed  # type: ignore[misc]


def _event(stored: StoredEvent) -> bytes:
    return orjson.dumps(
        {
            "stream": stored.stream,
            "version": stored.version,
            "event_id": str(stored.event_id),
            "type": stored.type,
            "key": stored.key,
            "case_id": None if stored.case_id is None else str(stored.case_id),
            "team_id": stored.team_id,
            "recorded_at": _instant(stored.recorded_at),
            "doc": stored.doc,
            "sealed": None if stored.sealed is None else base64.b64encode(stored.sealed).decode(),
        }
    )


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def counts(path: Path) -> dict[str, int]:
    """The number of events by store.

    Raises:
        NotAHistory: it is none, of another format, cut off, or goes beyond this moment.
        OSError: it cannot be read.
    """
    last = latest = b""
    for place, line in enumerate(_lines(path)):
        if place == 0 and not line.startswith(b'{"dyad_history":%d' % FORMAT):
            raise NotAHistory(f"{path} is no history of format {FORMAT}")
        last = line
        if line.startswith(b'{"store":'):
            latest = line
    if not last.startswith(b'{"end":'):
        raise NotAHistory(f"{path} was cut off: its end is missing")
    if latest and datetime.fromisoformat(orjson.loads(latest)["recorded_at"]) > utc_now():
        day = orjson.loads(latest)["recorded_at"][:10]
        raise NotAHistory(f"{path} tells of days until {day}, and no store takes what was recorded in the future")
    found: dict[str, int] = orjson.loads(last)["end"]["events"]
    return found


def events(path: Path, store: str) -> Iterator[StoredEvent]:
    """One store's events, in order of position."""
    begins = b'{"store":"%b",' % store.encode()
    for line in _lines(path):
        if line.startswith(begins):
            yield _stored(orjson.loads(line))


def _stored(said: dict[str, Any]) -> StoredEvent:
    return StoredEvent(
        position=int(said["position"]),
        stream=said["stream"],
        version=int(said["version"]),
        event_id=UUID(said["event_id"]),
        type=said["type"],
        key=said["key"],
        case_id=None if said["case_id"] is None else UUID(said["case_id"]),
        team_id=said["team_id"],
        recorded_at=datetime.fromisoformat(said["recorded_at"]),
        doc=said["doc"],
        leaf_hash=leaf_hash(said["doc"].encode()),
        sealed=None if said["sealed"] is None else base64.b64decode(said["sealed"]),
    )


def rule_records(path: Path, store: str) -> Iterator[RuleRecord]:
    """What one service's rules decided."""
    begins = b'{"rule_of":"%b",' % store.encode()
    for line in _lines(path):
        if line.startswith(begins):
            said = orjson.loads(line)
            yield RuleRecord(
                rule=said["rule"],
                cause=UUID(said["cause"]),
                case_id=UUID(said["case_id"]),
                team_id=said["team_id"],
                outcome=said["outcome"],
                code=said["code"],
                stream=said["stream"],
                version=said["version"],
                cause_recorded_at=datetime.fromisoformat(said["cause_recorded_at"]),
                at=datetime.fromisoformat(said["at"]),
            )


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield from file
    except (EOFError, gzip.BadGzipFile) as error:
        raise NotAHistory(f"{path} was cut off, or is not compressed as its name says") from error
