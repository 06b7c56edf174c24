"""Every route of every service, tried by every role: what is not allowed is refused, what is allowed is let through."""

from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.migrations import migrate_all
from shared.process.aggregate import Aggregate
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.web.access.browser import page_reader
from shared.web.access.roles import SCOPES, Role, Scope
from tests.integration.access_kit import ALL, NORTH, SOUTH, Person, clients_of, guard_of, routes_of
from tests.integration.access_table import OPEN, PAGE_NEEDS, expected
from tests.integration.process_kit import settings_of

PLACES = {
    "{name}": "ReferralReceived",
    "{version}": "1",
    "{item_id}": "7",
    "{rule}": "P2",
    "{team_id}": SOUTH,
}
UNKNOWN = "0192f0c4-0000-7000-8000-00000000ffff"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    made = settings_of(platform, prefix)
    migrate_all(made)
    yield made
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with clients_of(settings, *ALL) as found:
        yield found


def routes(settings: Settings, service: str) -> dict[str, str]:
    """Route to guard, of everything that the application answers."""
    app = ALL[service].app(settings, True, {})
    return {f"{min(route.methods or ())} {route.path}": guard_of(route) for route in routes_of(app.routes)}


@pytest.mark.parametrize("service", ALL)
def test_every_route_stands_in_the_table_with_its_guard(settings: Settings, service: str) -> None:
    found = routes(settings, service)
    assert {route: guard for route, guard in found.items() if route not in OPEN} == expected(service)
    assert all(guard == "" for route, guard in found.items() if route in OPEN)


def address(route: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    for place, value in PLACES.items():
        path = path.replace(place, value)
    while "{" in path:
        head, _, rest = path.partition("{")
        path = f"{head}{UNKNOWN}{rest.partition('}')[2]}"
    return method, path


@pytest.mark.parametrize("service", ALL)
async def test_without_a_token_no_route_answers_but_the_open_ones(
    settings: Settings, clients: dict[str, httpx.AsyncClient], service: str
) -> None:
    for route in routes(settings, service):
        if route in OPEN:
            continue
        method, path = address(route)
        answer = await clients[service].request(method, path)
        if guard_of_page(route, service):
            assert (answer.status_code, answer.headers["location"][:9]) == (303, "/sign-in?"), route
            continue
        assert (answer.status_code, answer.json()["code"]) == (401, "token-needed"), route
        assert answer.headers["www-authenticate"] == 'Bearer realm="dyad"'
        bad = await clients[service].request(method, path, headers={"authorization": "Bearer a.b.c"})
        assert (bad.status_code, bad.json()["rule"]) == (401, "token-form"), route


def guard_of_page(route: str, service: str) -> bool:
    return expected(service)[route] == page_reader.__name__


def permits(role: Role, guard: str) -> bool:
    wanted = {"views:read"} if guard == page_reader.__name__ else set(guard.split(","))
    return any(scope.value in wanted for scope in SCOPES[role])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("service", ALL)
async def test_each_role_is_let_through_to_what_the_table_says_and_to_nothing_else(
    settings: Settings, clients: dict[str, httpx.AsyncClient], service: str, role: Role
) -> None:
    person = Person(settings, clients, role, NORTH, subject=f"somebody-{uuid4().hex[:8]}")
    tried = 0
    for route, guard in expected(service).items():
        method, path = address(route)
        answer = await clients[service].request(method, path, headers=person.headers)
        code = "" if answer.status_code < 400 else answer.json()["code"]
        if permits(role, PAGE_NEEDS.get(route, guard)):
            assert (answer.status_code, code) != (403, "not-permitted"), route
            assert answer.status_code != 401, route
            assert answer.status_code < 500, (route, answer.text)
        else:
            assert (answer.status_code, code) == (403, "not-permitted"), route
            assert "insufficient_scope" in answer.headers["www-authenticate"]
        tried += 1
    assert tried > 10


def test_every_scope_belongs_to_a_role_and_every_need_of_a_type_is_a_scope() -> None:
    assert set(Scope) == {scope for scopes in SCOPES.values() for scope in scopes}
    for service in ("referral", "assessment", "intervention"):
        for types in aggregates_of(service):
            assert {Scope(scope) for scope in types.needs.values()} <= set(Scope)
            said = {*types.registry.classes, "*"}
            assert set(types.needs) <= said


def aggregates_of(service: str) -> list[Aggregate[Any, Any, Any, Any]]:

    found = [import_module(f"services.{service}.aggregate").aggregate]
    if service == "intervention":
        found += [import_module(f"services.intervention.{name}.aggregate").aggregate for name in ("team", "work")]
    return found
