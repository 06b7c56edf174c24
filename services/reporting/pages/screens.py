"""What a person sees when something went wrong: which of a few things it was, and what to do now.

Programs get RFC 9457 problems as everywhere else; whoever's `Accept` names HTML gets one of these screens.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from services.reporting.pages.frame import draw
from shared.web.problems import Problem


@dataclass(frozen=True, slots=True)
class Screen:
    """One kind of trouble in plain words."""

    title: str
    says: str
    way_out: str


_DENIED = Screen(
    "You cannot see this page",
    "You are signed in, but your role or your teams do not include what this page shows.",
    "If you need it for your work, ask the lead of your team. Every page in the menu is one that you can see.",
)
_BROKEN = Screen(
    "This address asks for something that cannot be answered",
    "One of its filters has a form that is not taken, or is there twice.",
    "Go back, or start from the page without filters and choose them again.",
)
_SCREENS: Mapping[int, Screen] = {
    400: _BROKEN,
    403: _DENIED,
    404: Screen(
        "Page not found",
        "There is no page at this address, or nothing is known of what it names.",
        "If you typed the address, check it. Otherwise start from the front page.",
    ),
    422: _BROKEN,
    503: Screen(
        "The numbers cannot be read at the moment",
        "The database or the sign-in service does not answer. Nothing is lost: what was recorded stays recorded.",
        "Wait a little, then load this page again.",
    ),
}
_BY_CODE: Mapping[str, Screen] = {
    "no-relationship": Screen(
        "This case is not one of yours",
        "It is of your team, but you neither carry it nor supervise who does, so its record stays closed to you.",
        "If you must read it now, break the glass at the referral service with your reason; this is looked into later.",
    ),
    "access-denied": Screen(
        "This case is closed to you",
        "Somebody in the family has asked that you do not read it. Nothing on it is shown to you.",
        "If you think that this is a mistake, speak to the lead of the team.",
    ),
    "cross-site-request": Screen(
        "This form was not taken",
        "It comes from another site, or from a page that was opened before you last signed in. Nothing was changed.",
        "Go back, load the page again, and send it once more.",
    ),
}
"""What needs other words than the rest of its status."""
_ANYTHING_ELSE = Screen(
    "Something went wrong here",
    "This page could not be made. The fault is ours and it has been noted.",
    "Load the page again. If that does not help, tell whoever looks after Dyad the reference below.",
)


def wants_page(accept: str) -> bool:
    """Whether an `Accept` header is that of a browser that shows a page, and not of a program."""
    kinds = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return "text/html" in kinds


def draw_problem(request: Request, problem: Problem) -> Response | None:
    """A problem as a page; None where a program asks, and where the browser is only sent elsewhere."""
    if problem.status < 400 or not wants_page(request.headers.get("accept", "")):
        return None
    screen = _BY_CODE.get(problem.code) or _SCREENS.get(problem.status, _ANYTHING_ELSE)
    return draw(
        request,
        "problem.jinja",
        status=problem.status,
        headers=problem.headers,
        screen=screen,
        detail=problem.detail if problem.status < 500 else "",
        reference=getattr(request.state, "request_id", None) if screen is _ANYTHING_ELSE else None,
    )
