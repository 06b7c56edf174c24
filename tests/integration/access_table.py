"""Who may call which route: written by hand, and compared with every route of every service by a test.

A route without an entry, an entry without a route, and another guard than the one written here fail the test.
"""

OPEN = {
    "GET /livez": "whoever watches a process asks without a token; names nobody",
    "GET /readyz": "the same; names parts that are missing",
    "GET /metrics": "the same; counts by route, type and outcome, of no team and no case",
    "GET /openapi.json": "the published document of the routes; it stands in the repository too",
    "GET /": "leads to the first page, which asks who is there",
    "GET /static/{version}/{name}": "style, scripts and icons, the same for everybody",
    "GET /sign-in": "who comes here has no token yet",
    "POST /sign-in": "takes a pasted token, where no provider is named",
    "GET /sign-in/start": "on to the provider",
    "GET /sign-in/callback": "from the provider, with a code that it is asked about",
    "POST /sign-out": "ends a session that may be over already",
}
"""Routes without a token, each with the reason."""

DECIDING: dict[str, tuple[str, ...]] = {
    "case:read": (
        "GET /cases/{case_id}",
        "GET /cases/{case_id}/events",
    ),
    "case:write": (
        "POST /cases/{case_id}/corrections",
        "POST /cases/{case_id}/tasks-done",
        "POST /cases/{case_id}/voids",
    ),
    "case:write,work:write,team:configure": ("POST /events",),
    "parked:decide": (
        "POST /parked/events/{item_id}/discard",
        "POST /parked/events/{item_id}/retry",
        "POST /parked/rules/{rule}/{cause}/discard",
        "POST /parked/rules/{rule}/{cause}/retry",
    ),
    "parked:read": ("GET /parked",),
    "person:export": ("GET /subjects/{subject}/export",),
    "person:read": ("GET /cases/{case_id}/people",),
    "reads:read": ("GET /reads",),
    "schemas:read": (
        "GET /schemas",
        "GET /schemas/{name}/{version}",
    ),
}
"""Scopes (any of them suffices) to the routes that every deciding service has."""

REFERRAL: dict[str, tuple[str, ...]] = {
    "case:break-glass": ("POST /cases/{case_id}/break-glass",),
    "case:decide": (
        "POST /cases/{case_id}/acceptance",
        "POST /cases/{case_id}/decline",
        "POST /cases/{case_id}/duplicate",
        "POST /cases/{case_id}/hold",
        "POST /cases/{case_id}/information-requests",
        "POST /cases/{case_id}/priority",
        "POST /cases/{case_id}/identities",
    ),
    "case:deny": (
        "POST /cases/{case_id}/denials",
        "POST /cases/{case_id}/denials-lifted",
    ),
    "case:write": (
        "POST /cases",
        "POST /cases/{case_id}/withdrawal",
        "POST /cases/{case_id}/acknowledgements",
        "POST /cases/{case_id}/information",
        "POST /cases/{case_id}/references",
        "POST /cases/{case_id}/discharge-summaries",
        "POST /cases/{case_id}/links",
        "POST /cases/{case_id}/link-ends",
        "POST /cases/{case_id}/births",
        "POST /cases/{case_id}/pregnancy-ends",
        "POST /cases/{case_id}/consents",
        "POST /cases/{case_id}/consent-withdrawals",
        "POST /cases/{case_id}/flags",
        "POST /cases/{case_id}/details",
        "POST /cases/{case_id}/identifiers",
    ),
    "person:erase": (
        "POST /erasures",
        "POST /erasures/{request_id}/approval",
        "POST /erasures/{request_id}/cancellation",
        "GET /erasures",
    ),
    "letters:handle": (
        "GET /letters",
        "POST /letters/{letter_id}/retry",
        "POST /letters/{letter_id}/give-up",
    ),
    "person:read": ("POST /people",),
}

ASSESSMENT: dict[str, tuple[str, ...]] = {
    "case:write": (
        "POST /cases/{case_id}/offers",
        "POST /cases/{case_id}/start",
        "POST /cases/{case_id}/reassessments",
        "POST /cases/{case_id}/completion",
        "POST /cases/{case_id}/abandonment",
        "POST /cases/{case_id}/measures",
        "POST /cases/{case_id}/observations",
        "POST /cases/{case_id}/safety-concerns",
    ),
}

INTERVENTION: dict[str, tuple[str, ...]] = {
    "case:write": (
        "POST /cases/{case_id}/programme",
        "POST /cases/{case_id}/programme-revisions",
        "POST /cases/{case_id}/tier-changes",
        "POST /cases/{case_id}/lead-changes",
        "POST /cases/{case_id}/goal-ratings",
        "POST /cases/{case_id}/sessions-scheduled",
        "POST /cases/{case_id}/sessions-held",
        "POST /cases/{case_id}/sessions-not-held",
        "POST /cases/{case_id}/pauses",
        "POST /cases/{case_id}/resumptions",
        "POST /cases/{case_id}/monitoring-starts",
        "POST /cases/{case_id}/monitoring-ends",
        "POST /cases/{case_id}/treatment-declined",
        "POST /cases/{case_id}/programme-completion",
        "POST /cases/{case_id}/discharge",
        "POST /cases/{case_id}/reopening",
        "POST /cases/{case_id}/follow-ups",
    ),
    "team:configure": (
        "POST /teams/{team_id}/configuration",
        "POST /teams/{team_id}/practitioners",
        "POST /teams/{team_id}/practitioners-changed",
        "POST /teams/{team_id}/practitioners-absent",
        "POST /teams/{team_id}/practitioners-returned",
        "POST /teams/{team_id}/practitioners-left",
        "POST /teams/{team_id}/supervision",
        "POST /teams/{team_id}/capacity",
        "POST /teams/{team_id}/reach",
        "POST /teams/{team_id}/voids",
        "POST /teams/{team_id}/corrections",
    ),
    "team:read": (
        "GET /teams/{team_id}/configuration",
        "GET /teams/{team_id}/configuration/events",
        "GET /teams/{team_id}/work",
        "GET /teams/{team_id}/work/events",
    ),
    "work:write": (
        "POST /teams/{team_id}/activities",
        "POST /teams/{team_id}/activities-referred",
    ),
}

REPORTING: dict[str, tuple[str, ...]] = {
    "cases:list": ("GET /cases/{case_id}",),
    "status:read,case:read": ("GET /cases/{case_id}/status",),
    "cases:list,cases:pseudonymised": ("GET /cases",),
    "page_reader": (
        "GET /live",
        "GET /signed-in",
        "POST /signed-in",
        "GET /pages/caseload",
        "GET /pages/cases",
        "GET /pages/cases/{case_id}",
        "GET /pages/worklist",
        "GET /pages/worklist.{kind}",
        "GET /pages/overview",
        "GET /pages/waits",
        "GET /pages/flow",
        "GET /pages/sessions",
        "GET /pages/programmes",
        "GET /pages/outcomes",
        "GET /pages/equity",
        "GET /pages/continuity",
        "GET /pages/system-tier",
        "GET /pages/network",
        "GET /pages/data-quality",
        "GET /pages/health",
        "GET /pages/tables/{name}.{kind}",
        "GET /pages/limits",
        "POST /pages/limits",
        "POST /pages/limits/{act_id}/withdrawal",
        "GET /pages/reports",
        "POST /pages/reports",
        "GET /pages/reports/{report_id}",
        "GET /pages/reports/{report_id}.{kind}",
        "GET /pages/reports/{report_id}/diff",
        "GET /pages/views",
        "POST /pages/views",
        "POST /pages/views/{view_id}/sharing",
        "POST /pages/views/{view_id}/deletion",
    ),
    "parked:decide": (
        "POST /parked/{item_id}/retry",
        "POST /parked/{item_id}/discard",
    ),
    "parked:read": ("GET /parked",),
    "reads:read": ("GET /reads",),
    "limits:rebase": (
        "POST /rebases",
        "POST /rebases/{act_id}/withdrawal",
    ),
    "views:read": (
        "GET /caseload",
        "GET /waits",
        "GET /flow",
        "GET /reports",
        "POST /reports",
        "GET /reports/{report_id}",
        "GET /reports/{report_id}/diff",
        "GET /reports/{report_id}.{kind}",
        "GET /rebases",
        "GET /tables",
        "GET /tables/{name}",
        "GET /tables/{name}.{kind}",
        "GET /alerts",
        "GET /teams",
        "GET /teams/{team_id}/events",
    ),
}

PAGE_NEEDS = {
    "GET /pages/cases": "cases:list,cases:pseudonymised",
    "POST /pages/limits": "limits:rebase",
    "POST /pages/limits/{act_id}/withdrawal": "limits:rebase",
    "GET /pages/cases/{case_id}": "cases:list",
    "GET /pages/worklist": "cases:list,cases:pseudonymised",
    "GET /pages/worklist.{kind}": "cases:list,cases:pseudonymised",
}
"""Scopes that a page asks for itself, beside its guard; every other page is for whoever may read views."""


def expected(service: str) -> dict[str, str]:
    """Route to scopes of one service; the guard of pages is called `page_reader`."""
    own = {"referral": REFERRAL, "assessment": ASSESSMENT, "intervention": INTERVENTION, "reporting": REPORTING}[
        service
    ]
    tables = (own,) if service == "reporting" else (DECIDING, own)
    return {route: scopes for table in tables for scopes, routes in table.items() for route in routes}
