"""The domain's text, the code and `docs/events.md` name the same events, commands, rules, measures and codes."""

import ast
import re
from dataclasses import fields

import pytest

from deploy.local.network.aggregates import every_aggregate as by_store
from deploy.publish.catalogue import catalogue, commands_of
from deploy.publish.process_rules import process_rules
from services.assessment.codes import TargetCode
from services.assessment.measures import REGISTRY
from services.intervention.team.defaults import CATALOGUE
from shared.kernel.history import VoidReason
from tests.contract import domain_catalogue as domain
from tests.contract.catalogue_kit import DECIDING, ROOT, every_aggregate, every_code_list

AGGREGATES = {each.decider.category: each for each in every_aggregate()}
PAGE = catalogue(by_store())
LISTS = every_code_list()


def section(category: str) -> str:
    """The part of the catalogue about one stream."""
    found = re.search(rf"### Stream `{category}-(.*?)(?=\n##)", PAGE, re.DOTALL)
    assert found is not None, category
    return found.group(1)


def test_every_aggregate_is_on_the_page_that_is_published() -> None:
    published = {each.decider.category for group in by_store().values() for each in group}
    assert published == set(AGGREGATES) == set(domain.EVENTS) == set(domain.FURTHER_EVENTS) == set(domain.RULES)


@pytest.mark.parametrize("category", sorted(AGGREGATES))
def test_the_events_of_a_stream_are_those_that_the_domain_asks_for(category: str) -> None:
    asked = {*domain.EVENTS[category], *domain.FURTHER_EVENTS[category]}
    assert set(AGGREGATES[category].registry.classes) - {"EventVoided"} == asked
    assert set(re.findall(r"^\| `(\w+)` \| (?:`|never)", section(category), re.MULTILINE)) == asked


@pytest.mark.parametrize(
    ("category", "name"), [(category, name) for category, events in domain.EVENTS.items() for name in events]
)
def test_an_event_has_the_members_that_the_domain_names(category: str, name: str) -> None:
    said = {each.name for each in fields(AGGREGATES[category].registry.classes[name])}
    wanted = set(domain.EVENTS[category][name].split())
    assert wanted <= said
    row = next(line for line in section(category).splitlines() if line.startswith(f"| `{name}` |"))
    assert [member for member in wanted if not re.search(rf"`{member}\??`", row)] == []


def test_no_event_is_listed_both_as_the_domains_and_as_ours() -> None:
    for category, events in domain.EVENTS.items():
        assert not set(events) & set(domain.FURTHER_EVENTS[category])


@pytest.mark.parametrize("category", sorted(AGGREGATES))
def test_the_commands_of_a_stream_are_those_of_the_list(category: str) -> None:
    asked = {*domain.COMMANDS.get(category, "").split(), *domain.FURTHER_COMMANDS.get(category, "").split()}
    assert {each.__name__ for each in commands_of(AGGREGATES[category])} == asked
    assert [name for name in asked if f"`{name}`" not in section(category)] == []


@pytest.mark.parametrize("category", sorted(AGGREGATES))
def test_the_rules_of_a_stream_are_those_of_the_list(category: str) -> None:
    asked = set(domain.RULES[category].split())
    assert {rule.name for rule in AGGREGATES[category].rules} == asked
    assert [name for name in asked if f"| {name} |" not in section(category)] == []


@pytest.mark.parametrize("number", range(1, 13))
def test_each_process_rule_is_said_in_the_code_of_its_services_and_on_the_page(number: int) -> None:
    said = {each.service for each in process_rules(DECIDING) if each.rule == number}
    assert set(domain.PROCESS_RULES[number].split()) <= said
    assert f"**P{number}**" in PAGE


def test_nothing_calls_itself_by_a_process_rule_that_the_domain_does_not_know() -> None:
    assert {each.rule for each in process_rules(DECIDING)} == set(domain.PROCESS_RULES)


@pytest.mark.parametrize(("category", "folder"), [("referral", "referral"), ("episode", "intervention")])
def test_the_deadlines_of_a_stream_are_those_of_the_list(category: str, folder: str) -> None:
    tree = ast.parse((ROOT / "services" / folder / "deadlines.py").read_text())
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    named = {text for text in texts if re.fullmatch(r"P\d+(-[a-z-]+)?", text)}
    assert named == set(domain.DEADLINES[category].split())


def test_the_deadlines_of_the_assessment_are_its_targets() -> None:
    assert {str(each) for each in TargetCode} == set(domain.DEADLINES["assessment"].split())


@pytest.mark.parametrize("name", sorted(domain.CODES))
def test_a_code_list_holds_every_value_that_the_domain_names(name: str) -> None:
    wanted = set(domain.CODES[name].split())
    assert wanted <= LISTS[name]
    store, _, short = name.partition(".")
    service = PAGE[PAGE.index(f"## {store.capitalize()} service") :]
    rows = [line for line in service.splitlines() if line.startswith(f"| `{short}` |")]
    assert any(all(f"`{value}`" in row for value in wanted) for row in rows)


def test_every_code_list_of_the_code_is_on_the_page_with_all_its_values() -> None:
    rows = PAGE.splitlines()
    for name, values in LISTS.items():
        short = name.partition(".")[2]
        assert any(row.startswith(f"| `{short}` |") and all(f"`{value}`" in row for value in values) for row in rows), (
            name
        )


def test_the_shipped_measures_are_those_of_the_domain() -> None:
    shipped = {str(code) for code in REGISTRY}
    assert set(domain.MEASURES.split()) <= shipped
    assert [code for code in shipped if f"| `{code}` |" not in PAGE] == []


def test_the_shipped_components_are_those_of_the_domain() -> None:
    shipped = {item.component_code for item in CATALOGUE}
    assert shipped == set(domain.COMPONENTS.split())
    assert [code for code in shipped if f"| `{code}` |" not in PAGE] == []


def test_an_event_is_voided_for_the_reasons_that_the_domain_names() -> None:
    assert {str(reason) for reason in VoidReason} == set(domain.AMENDMENT_REASONS.split())
    assert all(f"`{reason}`" in PAGE for reason in VoidReason)
