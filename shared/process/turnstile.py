"""Requests that come at the same time share a transaction: one lock, load, append and commit for all that wait.

Under load the fixed cost of a transaction (five round trips and a flush) is paid once for many posts; a lone post waits
for nobody. Each request still stands alone: decisions are made one after the other in memory.
"""

import asyncio
import contextvars
from collections import deque

import structlog

from shared.process.answers import Asked
from shared.process.cases import Answer, CaseRunner

_LANES = 2
"""Transactions at a time: while one waits for its commit, the next decides."""
_MOST = 50
"""Requests in one transaction."""


def _nobodys_context() -> contextvars.Context:
    """A lane works for many requests: its log lines must not bear the id of the one that opened it."""
    context = contextvars.copy_context()
    context.run(structlog.contextvars.unbind_contextvars, "request_id")
    return context


class Turnstile:
    """Lets single requests through in groups.

    Args:
        runner: answers each group.
    """

    def __init__(self, runner: CaseRunner) -> None:
        self._runner = runner
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._lanes: set[asyncio.Task[None]] = set()

    async def ask(self, asked: Asked) -> Answer:
        """The answer to one request, once it is committed; see `CaseRunner.ask`."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if len(self._lanes) < _LANES:
            lane = asyncio.create_task(self._work(), context=_nobodys_context())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        return await future

    async def _work(self) -> None:
        while self._waiting:
            group = self._next_group()
            try:
                answers = await self._runner.ask([asked for asked, _ in group])
            except BaseException as error:
                self._fail(group, error)
                if not isinstance(error, Exception):
                    raise
                continue
            for (_, future), answer in zip(group, answers, strict=True):
                if not future.done():  # its request may be gone; what was recorded stays
                    future.set_result(answer)

    def _next_group(self) -> list[tuple[Asked, asyncio.Future[Answer]]]:
        """The next requests whose callers have the same teams: a transaction sees the rows of one set of teams."""
        teams = self._waiting[0][0].teams
        group: list[tuple[Asked, asyncio.Future[Answer]]] = []
        others: list[tuple[Asked, asyncio.Future[Answer]]] = []
        while self._waiting and len(group) < _MOST:
            item = self._waiting.popleft()
            (group if item[0].teams == teams else others).append(item)
        self._waiting.extendleft(reversed(others))
        return group

    def _fail(self, group: list[tuple[Asked, asyncio.Future[Answer]]], error: BaseException) -> None:
        told = error if isinstance(error, Exception) else ConnectionAbortedError("the service stops")
        for _, future in group:
            if not future.done():
                future.set_exception(told)
