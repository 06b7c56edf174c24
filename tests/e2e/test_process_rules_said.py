"""Rules that follow at once from what is said: once, though said again, though killed before commit or answer."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from shared.testing.tokens import bearer
from tests.e2e.clinic import Clinic, Document
from tests.e2e.conftest import CLIENT_TIMEOUT_S, Installed
from tests.e2e.rule_kills import killed_while_deciding
from tests.e2e.rule_kit import said_in, side_by_side
from tests.e2e.rule_table_said import TABLE, Said
from tests.e2e.story import Story, begun

EVERY = pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.sentence)


@dataclass(slots=True)
class Told:
    """A family that is told up to the cause of a rule, the cause, and the answers to it."""

    story: Story
    cause: Document
    answers: list[Document] = field(default_factory=list)

    def followed(self, rule: Said) -> list[tuple[str, Document]]:
        """What its post recorded beside the cause itself."""
        said = [each for each in said_in(self.story, rule.store) if each.get("externalid") == self.cause["id"]]
        assert said[0]["type"] == self.cause["type"]
        return [(each["type"].split(".")[1], each["data"]) for each in said[1:]]


@pytest.fixture(scope="module")
def office(installed: Installed) -> Iterator[Clinic]:
    """A clinical system for all families of this module."""
    with httpx.Client(timeout=CLIENT_TIMEOUT_S, headers=bearer(installed.settings)) as client:
        yield Clinic(installed.settings, client)


def _told(office: Clinic) -> dict[str, Told]:
    def tell(rule: Said) -> tuple[str, Told]:
        story = begun(office)
        rule.before(story)
        story.heard()
        return rule.sentence, Told(story, story.event(*rule.cause(story)))

    return dict(side_by_side(tell, TABLE))


@pytest.fixture(scope="module")
def plain(office: Clinic) -> dict[str, Told]:
    """A family for each rule, the cause said once."""
    told = _told(office)
    for rule in TABLE:
        each = told[rule.sentence]
        each.answers.append(office.post(rule.store, each.story.family, each.cause))
    return told


@pytest.fixture(scope="module")
def crashed(installed: Installed, office: Clinic, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """Other families; whoever decides is killed before it commits, and then before it answers."""
    told = _told(office)
    batches: dict[str, Sequence[Document]] = {
        store: [told[rule.sentence].cause for rule in TABLE if rule.store == store]
        for store in ("referral", "intervention")
    }
    asyncio.run(killed_while_deciding(installed, batches, tmp_path_factory.mktemp("killed")))
    for rule in TABLE:
        each = told[rule.sentence]
        each.answers.append(office.post(rule.store, each.story.family, each.cause))
    return told


def follows(told: Told, rule: Said) -> None:
    """Exactly what the table says follows."""
    found = told.followed(rule)
    picked = [(name, {key: data[key] for key in some}) for (name, data), (_, some) in zip(found, rule.follows)]  # noqa: B905
    assert (len(found), picked) == (len(rule.follows), list(rule.follows)), found


@EVERY
def test_a_rule_follows_what_is_said_once(plain: dict[str, Told], rule: Said) -> None:
    follows(plain[rule.sentence], rule)


@EVERY
def test_a_rule_follows_nothing_that_is_said_again(office: Clinic, plain: dict[str, Told], rule: Said) -> None:
    told = plain[rule.sentence]
    assert office.post(rule.store, told.story.family, told.cause) == told.answers[0]
    repeated = office.offer(rule.store, told.story.family, told.cause | {"id": f"again-{told.cause['id']}"})
    assert (repeated.status_code, repeated.json()["event_ids"]) == (httpx.codes.OK, []), repeated.text
    follows(told, rule)


@EVERY
def test_a_rule_follows_what_is_said_once_though_its_service_is_killed_in_the_middle(
    crashed: dict[str, Told], rule: Said
) -> None:
    follows(crashed[rule.sentence], rule)
