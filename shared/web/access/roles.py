"""Who may do what: the one table of roles and scopes, and what each role is bound by. docs/access.md prints it.

A role permits a kind of act. Whose cases it may be done to is decided beside it: by the teams of the token (row-level
security in every database) and, for the roles named in `NEEDS_RELATIONSHIP`, by a legitimate relationship to the case.
Source: domain 5 (access), design 9 promise 10.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here, as the token says it."""

    REFERRER = "referrer"
    ADMINISTRATOR = "administrator"
    TRIAGE_CLINICIAN = "triage_clinician"
    PRACTITIONER = "practitioner"
    LEAD = "lead"
    MANAGER = "manager"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    SYSTEM = "system"


class Scope(StrEnum):
    """One kind of act."""

    STATUS_READ = "status:read"
    """The status of a referral of one's own, nothing else of it."""
    CASE_READ = "case:read"
    CASE_WRITE = "case:write"
    CASE_DECIDE = "case:decide"
    """Triage: accept, decline, link as a duplicate."""
    PERSON_READ = "person:read"
    """Open sealed names, addresses and notes."""
    PERSON_EXPORT = "person:export"
    """A subject access request: everything of one person."""
    SAFEGUARDING_READ = "safeguarding:read"
    """Restricted safeguarding flags; left out of every answer to others."""
    BREAK_GLASS = "case:break-glass"
    """Open a case without a relationship to it, with a reason and for hours only."""
    DENY = "case:deny"
    """Put somebody on a person's deny list, or take him off."""
    ERASE = "person:erase"
    """Ask for an erasure, or be the second person who agrees to it."""
    TEAM_READ = "team:read"
    TEAM_CONFIGURE = "team:configure"
    WORK_WRITE = "work:write"
    """Training, consultation, supervision and advice: the tier of work without a patient record."""
    VIEWS_READ = "views:read"
    """Counts, waits and flows of one's teams."""
    LIMITS_REBASE = "limits:rebase"
    """Decide from which month on the limits of a chart are computed anew, or take that back."""
    CASES_LIST = "cases:list"
    """Case by case: lists and timelines, by the case's own id."""
    CASES_PSEUDONYMISED = "cases:pseudonymised"
    """Case by case under ids that lead nowhere else."""
    PARKED_READ = "parked:read"
    PARKED_DECIDE = "parked:decide"
    LETTERS_HANDLE = "letters:handle"
    """See which letters to referrers wait or failed; try them again, or give them up."""
    SCHEMAS_READ = "schemas:read"
    READS_READ = "reads:read"
    """Who has read what."""


_CLINICAL = frozenset(
    {
        Scope.CASE_READ,
        Scope.CASE_WRITE,
        Scope.PERSON_READ,
        Scope.SAFEGUARDING_READ,
        Scope.WORK_WRITE,
        Scope.TEAM_READ,
        Scope.VIEWS_READ,
        Scope.CASES_LIST,
        Scope.SCHEMAS_READ,
    }
)

SCOPES: Mapping[Role, frozenset[Scope]] = {
    Role.REFERRER: frozenset({Scope.STATUS_READ}),
    Role.ADMINISTRATOR: (_CLINICAL - {Scope.SAFEGUARDING_READ}) | {Scope.LETTERS_HANDLE},
    Role.TRIAGE_CLINICIAN: _CLINICAL | {Scope.CASE_DECIDE, Scope.BREAK_GLASS},
    Role.PRACTITIONER: _CLINICAL | {Scope.BREAK_GLASS},
    Role.LEAD: _CLINICAL
    | {Scope.CASE_DECIDE, Scope.BREAK_GLASS, Scope.DENY, Scope.TEAM_CONFIGURE, Scope.PERSON_EXPORT, Scope.ERASE}
    | {Scope.PARKED_READ, Scope.LIMITS_REBASE},
    Role.MANAGER: frozenset({Scope.VIEWS_READ, Scope.LIMITS_REBASE, Scope.TEAM_READ, Scope.SCHEMAS_READ}),
    Role.ANALYST: frozenset({Scope.VIEWS_READ, Scope.CASES_PSEUDONYMISED, Scope.SCHEMAS_READ}),
    Role.AUDITOR: frozenset(
        {
            Scope.CASE_READ,
            Scope.SAFEGUARDING_READ,
            Scope.PERSON_EXPORT,
            Scope.ERASE,
            Scope.DENY,
            Scope.TEAM_READ,
            Scope.VIEWS_READ,
            Scope.CASES_LIST,
            Scope.PARKED_READ,
            Scope.SCHEMAS_READ,
            Scope.READS_READ,
        }
    ),
    Role.SYSTEM: _CLINICAL
    | {Scope.CASE_DECIDE, Scope.TEAM_CONFIGURE, Scope.DENY, Scope.PARKED_READ, Scope.PARKED_DECIDE}
    | {Scope.LETTERS_HANDLE},
}
"""Role to scopes. A token may narrow its role's scopes (claim `scope`), never widen them."""

EVERY_TEAM = frozenset({Role.MANAGER, Role.ANALYST, Role.AUDITOR, Role.SYSTEM})
"""Roles whose token may say `"teams": "*"`."""

NEEDS_RELATIONSHIP = frozenset({Role.PRACTITIONER, Role.LEAD})
"""Roles that reach a case of their team only when they carry it, supervise who does, are on the triage rota, or have
broken the glass. Administrators and triage clinicians work for the whole team; auditors and clinical systems do too,
and every read of theirs is on record like anybody's."""
