"""Reporting can hear everything that the three deciding services say, in the shape in which they say it."""

from types import ModuleType
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.assessment import events as assessment
from services.intervention import events as intervention
from services.referral import events as referral
from services.reporting.heard import CLASSES, HEARD
from services.reporting.sentences import describe
from shared.kernel.codec import to_json, wire_type
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, VoidReason
from shared.kernel.values import event_name

SAYING: tuple[ModuleType, ...] = (referral, assessment, intervention)
SAID = [(module.__name__.split(".")[1], name, event) for module in SAYING for name, event in module.EXAMPLES.items()]
SOME_ID = UUID("01936d2e-4a00-7000-8000-000000000001")


def heard(module: ModuleType, event: Any) -> Any:
    return HEARD.load(module.REGISTRY.type_of(event), orjson.loads(to_json(event)))


@pytest.mark.parametrize(("service", "name"), [(service, name) for service, name, _ in SAID])
def test_each_published_example_is_heard_with_the_same_values(service: str, name: str) -> None:
    module = next(each for each in SAYING if each.__name__.split(".")[1] == service)
    said = module.EXAMPLES[name]
    found = heard(module, said)
    assert event_name(found) == name
    for member in found.__dataclass_fields__:
        if not isinstance(getattr(found, member), tuple):
            assert getattr(found, member) == getattr(said, member), member
    assert describe(found)


@pytest.mark.parametrize(("service", "name"), [(service, name) for service, name, _ in SAID])
def test_each_correction_and_void_is_heard(service: str, name: str) -> None:
    module = next(each for each in SAYING if each.__name__.split(".")[1] == service)
    said = module.EXAMPLES[name]
    corrected = Corrected(corrects_event_id=SOME_ID, reason=CorrectionReason.ENTERED_IN_ERROR, data=said)
    found = heard(module, corrected)
    assert (found.corrects_event_id, event_name(found.data)) == (SOME_ID, name)
    void = EventVoided(corrects_event_id=SOME_ID, reason=VoidReason.WRONG_CASE)
    assert heard(module, void) == void


def test_what_is_said_and_what_is_heard_are_the_same_types() -> None:
    said = {each for module in SAYING for each in module.REGISTRY.wire_types}
    assert said == set(HEARD.wire_types)
    assert {wire_type(event_name(cls), 1) for cls in CLASSES} <= said
