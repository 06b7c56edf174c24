"""Answers requests: lock, load, decide, append in one transaction, waiting rules last."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from shared.eventstore.store import Connection
from shared.eventstore.teams import team_transaction
from shared.kernel.civil import Moment
from shared.kernel.errors import Refusal, Rejected
from shared.kernel.ids import utc_now
from shared.process.aggregate import Aggregate
from shared.process.answers import (
    Asked,
    Done,
    EarlierItemRefused,
    NotOfYourTeam,
    Post,
    Reference,
    SameIdOtherContent,
    VersionMismatch,
    at_version,
    done,
)
from shared.process.deadlines import changes
from shared.process.dossier import Dossier
from shared.process.judge import Verdict, run_rules
from shared.process.open import OpenCases, open_cases
from shared.process.places import Minted, Place, links_of, place_all
from shared.process.receipts import receipt_of
from shared.process.references import look_up, project, references_of
from shared.process.relationship import check_not_for_oneself, check_permitted, right_to
from shared.process.sealed import put_personal, refuse_erased, seal_pending, subjects_of
from shared.process.settle import Race, look_again, settle
from shared.telemetry.logs import logger
from shared.vault.vault import Vault

_ATTEMPTS = 5
_RACES = (Race, asyncpg.DeadlockDetectedError)
"""What means that somebody was faster: roll back, load again, decide again."""
_ONE_OF_THEM = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, NotOfYourTeam, SameIdOtherContent)
"""What one request of a transaction is to blame for: each is tried alone then."""
_log = logger(__name__)
Answer = Done | Exception
"""A receipt, a refusal, or what went wrong with this one request."""


class CaseRunner:
    """Runs one service's decider for requests.

    Args:
        aggregate: the service.
        pool: connections to its database as `dyad_writer`.
        vault: seals personal data; without one, none may come.
    """

    def __init__(
        self, aggregate: Aggregate[Any, Any, Any, Any], pool: asyncpg.Pool, vault: Vault | None = None
    ) -> None:
        self.aggregate = aggregate
        self._pool = pool
        self._vault = vault

    async def ask(self, asked: Sequence[Asked]) -> list[Answer]:
        """Answers requests in one transaction, in the given order; each stands alone.

        Args:
            asked: about 100 at most, of callers of the same teams; later requests to a case see what earlier ones
                recorded.

        Returns:
            In the order of `asked`: the receipt, or the refusal or error of that request. What is answered with a
            receipt is committed.

        Raises:
            asyncpg.PostgresError, OSError: nothing was stored, or nobody knows whether it was; a post may be repeated.
        """
        try:
            return await self._with_retries(asked)
        except _ONE_OF_THEM:
            if len(asked) == 1:
                raise
        return [await self._alone(item) for item in asked]

    async def cases_of(
        self, references: Collection[Reference], teams: frozenset[str] | None
    ) -> Mapping[Reference, set[UUID]]:
        """The cases of these teams (None = all) that senders' references are linked to at the moment."""
        async with team_transaction(self._pool, teams) as conn:
            return await look_up(conn, references)

    async def _alone(self, item: Asked) -> Answer:
        try:
            return (await self._with_retries([item]))[0]
        except _ONE_OF_THEM as error:
            return error

    async def _with_retries(self, asked: Sequence[Asked]) -> list[Answer]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with team_transaction(self._pool, asked[0].teams) as conn:
                    return await answer(conn, self.aggregate, asked, Moment(utc_now()), self._vault)
            except _RACES:
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")


async def answer(
    conn: Connection,
    aggregate: Aggregate[Any, Any, Any, Any],
    asked: Sequence[Asked],
    moment: Moment,
    vault: Vault | None = None,
) -> list[Answer]:
    """Decides requests in the caller's transaction and settles what they caused; see `CaseRunner.ask`."""
    linked_to, places = await place_all(conn, aggregate, asked)
    known_cases = {place for place, item in zip(places, asked, strict=True) if isinstance(place, UUID)}
    fresh = {place.case_id for place in places if isinstance(place, Minted)}
    posts = [item.post for item in asked if item.post is not None]
    opened = await open_cases(
        conn,
        aggregate,
        sorted(known_cases),
        moment,
        posts=posts,
        subjects=subjects_of(asked),
        owners=_owners(asked) if aggregate.of_team else None,
        teams={item.team_id for item in asked if item.team_id is not None},
    )
    for case_id in fresh:
        opened.dossiers[case_id] = Dossier(
            aggregate, case_id, moment, teams=opened.teams, restored_to=opened.restored_to
        )
        opened.outcomes[case_id] = {}
    bench = _Bench(aggregate, opened, linked_to)
    answers = [bench.judge(item, place) for item, place in zip(asked, places, strict=True)]
    changed = [dossier for dossier in opened.dossiers.values() if dossier.pending]
    asked_for = {dossier.case_id: dossier.version for dossier in changed}
    verdicts = [verdict for dossier in changed for verdict in _wake(dossier, opened)]
    grown = {
        (dossier.case_id, asked_for[dossier.case_id]): dossier.version
        for dossier in changed
        if dossier.version > asked_for[dossier.case_id]
    }
    accepted = [(post, _caught_up(first, grown)) for post, first in bench.posts]
    if aggregate.link is not None:
        await project(conn, [dossier for dossier in changed if dossier.touches_references])
    await seal_pending(conn, vault, changed)
    timers, broken = changes(changed)
    await look_again(conn, broken)
    await settle(conn, changed, verdicts, accepted, timers)
    return [_caught_up(each, grown) if isinstance(each, Done) else each for each in answers]


def _owners(asked: Sequence[Asked]) -> dict[UUID, str]:
    """The team of each key, where streams belong to teams."""
    return {item.case_id: item.team_id for item in asked if item.case_id is not None and item.team_id is not None}


def _caught_up(answer: Done, grown: Mapping[tuple[UUID, int], int]) -> Done:
    """An answer with the version that its case has after the waiting rules: the caller's next If-Match must fit.

    Earlier requests of the same transaction keep theirs: somebody was at the case after them, and they should hear it.
    """
    version = grown.get((answer.case_id, answer.version))
    return answer if version is None else at_version(answer, version)


def _wake(dossier: Dossier[Any, Any, Any, Any], opened: OpenCases) -> list[Verdict]:
    """A request counts as an arrival for the case's waiting rules; their trouble is not the request's.

    When one of them breaks, what the others decided goes with it: their events must never be stored without a verdict.
    """
    asked_for = dossier.version
    try:
        outcomes = opened.outcomes[dossier.case_id]
        return run_rules(dossier, outcomes, correlation_id=opened.correlation_id, only_waiting=True)
    except Exception as error:  # noqa: BLE001 - logged; the rule waits on and holds the watermark, so it is seen
        _log.error("waiting_rule_failed", case_id=str(dossier.case_id), error=type(error).__name__)
        dossier.forget(asked_for)
        return []


class _Bench:
    """Judges the requests of one transaction one after the other, in memory."""

    def __init__(
        self,
        aggregate: Aggregate[Any, Any, Any, Any],
        opened: OpenCases,
        linked_to: Mapping[Reference, set[UUID]],
    ) -> None:
        self._aggregate = aggregate
        self._opened = opened
        self._linked_to = linked_to
        self._refused: set[tuple[int, object]] = set()
        self.posts: list[tuple[Post, Done]] = []

    def judge(self, item: Asked, place: Place) -> Answer:
        """The answer to one request; what it caused is in its dossier and in `posts`."""
        case_id = place.case_id if isinstance(place, Minted) else place
        group = (item.batch, item.reference if isinstance(case_id, Refusal) else case_id)
        try:
            return self._judge(item, case_id, group)
        except Exception as error:  # noqa: BLE001 - one request's trouble is its own answer, not its neighbours'
            if item.batch:
                self._refused.add(group)
            return error

    def _judge(self, item: Asked, case_id: UUID | Refusal, group: tuple[int, object]) -> Done:
        if item.post is not None:
            before = self._opened.answered.get((item.post.source, item.post.id))
            if before is not None:
                if before[0] != item.post.fingerprint:
                    raise SameIdOtherContent
                return replace(before[1], replayed=True)
        if item.blocked or group in self._refused:
            raise EarlierItemRefused
        if isinstance(case_id, Refusal):
            raise case_id
        refuse_erased(item, case_id, self._opened.erased)
        dossier = self._opened.dossiers[case_id]
        self._check_right(item, dossier)
        answer = self._decide(item, dossier)
        if item.post is not None:
            self.posts.append((replace(item.post, team_id=dossier.team_id or ""), answer))
            self._opened.answered[item.post.source, item.post.id] = (item.post.fingerprint, answer)
        return answer

    def _check_right(self, item: Asked, dossier: Dossier[Any, Any, Any, Any]) -> None:
        """Whoever asks needs a right to the case, if there is one already; a case that nobody knows is nobody's."""
        if item.seeker is None:
            return
        check_not_for_oneself(self._aggregate, dossier.history, item.seeker, item.commands)
        on_record = dossier.stored_version > 0 or any(dossier.heard.values())
        if not on_record:
            return
        if not self._aggregate.of_team:
            right_to(self._aggregate, dossier.state, dossier.known, item.seeker, dossier.moment.now)
        check_permitted(self._aggregate, dossier.state, dossier.history, item.seeker, item.commands)

    def _decide(self, item: Asked, dossier: Dossier[Any, Any, Any, Any]) -> Done:
        if item.expected is not None and item.expected != dossier.version:
            raise VersionMismatch
        links = links_of(self._aggregate, item)
        if any(self._linked_elsewhere(reference, dossier) for reference in links):
            field = "/value" if item.reference is None else "/case_reference"
            raise Rejected("reference-linked-elsewhere", "this reference means another case", field=field)
        team_before, version_before = dossier.team_id, dossier.version
        if item.team_id is not None:
            if dossier.team_id not in {None, item.team_id}:
                raise Rejected("team-differs", "another team carries this case", field="/teamid")
            dossier.team_id = item.team_id
        try:
            events = dossier.decide(self._commands(item), personal=bool(item.personal))
            event_ids = dossier.record(events, item.provenance, item.occurred_at)
            put_personal(dossier, item, event_ids)
        except Exception:
            dossier.team_id = team_before
            if dossier.version > version_before:
                dossier.forget(version_before)
            raise
        for reference in links:
            self._linked_to[reference].add(dossier.case_id)
        return done(receipt_of(self._aggregate, dossier, event_ids), dossier.case_id)

    def _linked_elsewhere(self, reference: Reference, dossier: Dossier[Any, Any, Any, Any]) -> bool:
        """Whether another case has this reference, with what this transaction has linked and taken back."""
        others = self._linked_to[reference] - {dossier.case_id}
        opened = [self._opened.dossiers[case] for case in others if case in self._opened.dossiers]
        return len(opened) < len(others) or any(reference in references_of(each) for each in opened)

    def _commands(self, item: Asked) -> tuple[Any, ...]:
        if item.mints and item.reference is not None and self._aggregate.link is not None:
            return (*item.commands, self._aggregate.link(*item.reference))
        return item.commands
