"""Rules that follow what another service says: each happens once, whatever is delivered twice or killed meanwhile."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from shared.testing.tokens import bearer
from tests.e2e.clinic import Clinic
from tests.e2e.conftest import CLIENT_TIMEOUT_S, Installed
from tests.e2e.rule_kills import killed_while_following
from tests.e2e.rule_kit import decided, deliver_again, followed, matches, settled, side_by_side
from tests.e2e.rule_table import TABLE, Follows, Heard
from tests.e2e.story import Story, begun

EVERY = pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.sentence)
Played = dict[str, list[Follows]]
"""Sentence to what had followed."""


@pytest.fixture(scope="module")
def office(installed: Installed) -> Iterator[Clinic]:
    """A clinical system for all families of this module."""
    with httpx.Client(timeout=CLIENT_TIMEOUT_S, headers=bearer(installed.settings)) as client:
        yield Clinic(installed.settings, client)


def _before(office: Clinic) -> list[Story]:
    def tell(rule: Heard) -> Story:
        story = begun(office)
        rule.before(story)
        return story

    return side_by_side(tell, TABLE)


def _cause(stories: list[Story]) -> None:
    side_by_side(lambda each: each[0].cause(each[1]), zip(TABLE, stories, strict=True))


def _followed(stories: list[Story]) -> Played:
    return {
        rule.sentence: followed(story, story.family.events[rule.said[1]])
        for rule, story in zip(TABLE, stories, strict=True)
    }


@pytest.fixture(scope="module")
def stories(installed: Installed, office: Clinic) -> list[Story]:
    """A family for each rule, the cause said and everything followed."""
    told = _before(office)
    _cause(told)
    asyncio.run(settled(installed.settings))
    return told


@pytest.fixture(scope="module")
def plain(stories: list[Story]) -> Played:
    """What followed when nothing went wrong."""
    return _followed(stories)


@pytest.fixture(scope="module", params=[False, True], ids=["records-it-knows", "as-if-never-heard"])
def delivered_again(
    installed: Installed, plain: Played, stories: list[Story], request: pytest.FixtureRequest
) -> Played:
    """The same after every record of Kafka was delivered to every service once more."""
    before = asyncio.run(decided(installed.settings))
    asyncio.run(deliver_again(installed.settings, forgetting=request.param))
    assert asyncio.run(decided(installed.settings)) == before, "something was said or decided again"
    return _followed(stories)


@pytest.fixture(scope="module")
def crashed(installed: Installed, office: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """What followed for other families when every service was killed inside its transaction and after its commit."""
    told = _before(office)
    asyncio.run(settled(installed.settings))
    folder = tmp_path_factory.mktemp("killed")
    asyncio.run(killed_while_following(installed, lambda: _cause(told), folder))
    return _followed(told)


@EVERY
def test_a_rule_follows_its_cause_once(plain: Played, rule: Heard) -> None:
    assert matches(plain[rule.sentence], rule.follows), plain[rule.sentence]


@EVERY
def test_a_rule_follows_nothing_that_is_delivered_again(delivered_again: Played, rule: Heard) -> None:
    assert matches(delivered_again[rule.sentence], rule.follows), delivered_again[rule.sentence]


@EVERY
def test_a_rule_follows_its_cause_once_though_its_service_is_killed_in_the_middle(crashed: Played, rule: Heard) -> None:
    assert matches(crashed[rule.sentence], rule.follows), crashed[rule.sentence]
