"""Cases as their reader may see them: by their own id, under a pseudonym, or not at all; each read on record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.reporting.pages.frame import Asked
from services.reporting.rights import rights_to_cases
from shared.eventstore.store import Connection
from shared.kernel.ids import utc_now
from shared.web.access.actor import Actor
from shared.web.access.roles import Scope
from shared.web.recording import record_read


def short_id(case_id: UUID) -> str:
    """The end of an id: enough to tell it from others on a page. Ids of one minute share their beginning."""
    return str(case_id)[-8:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One case as it is shown."""

    case_id: UUID
    """Its own, or the pseudonym."""
    pseudonym: bool
    """Whether it is none of the reader's, and leads nowhere."""

    @property
    def short(self) -> str:
        """As short_id."""
        return short_id(self.case_id)


def by_own_id(cases: Iterable[Named]) -> list[UUID]:
    """The cases that their reader may know: not those under a pseudonym."""
    return [case.case_id for case in cases if not case.pseudonym]


def may_list(actor: Actor) -> bool:
    """Whether somebody may be shown cases one by one at all."""
    return actor.may(Scope.CASES_LIST) or actor.may(Scope.CASES_PSEUDONYMISED)


async def named(conn: Connection, asked: Asked, cases: Mapping[UUID, str], *, path: str) -> Mapping[UUID, Named]:
    """What each case is called on this page, with one record for each right by which it names some.

    As `GET /cases`: a case that a family keeps the reader from is left out, and one to which he has no relationship is
    under a pseudonym; to an analyst every case is.

    Args:
        conn: a snapshot that may write the record (`Page.on_record`).
        asked: the page's question.
        cases: their teams by id.
        path: of the page, for the record.
    """
    actor = asked.actor
    rights = await rights_to_cases(conn, cases, actor.seeker, utc_now())
    own = {case_id: right for case_id, right in rights.items() if right is not None and actor.may(Scope.CASES_LIST)}
    for right in sorted(set(own.values())):
        of_right = [case_id for case_id, found in own.items() if found == right]
        await record_read(conn, actor, path, of_right, right, teams={cases[case_id] for case_id in of_right})
    return {
        case_id: Named(
            case_id=case_id if case_id in own else asked.pseudonyms.of(case_id), pseudonym=case_id not in own
        )
        for case_id in rights
    }
