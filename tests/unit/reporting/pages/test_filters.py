"""The filters of the pages: the codes are those of the deciding services, and a question takes them over."""

from starlette.datastructures import QueryParams

from services.referral.codes import ConcernCode, DeclineReason, ReferralSource
from services.reporting.metrics.scope import Filters
from services.reporting.pages.filters import CONCERNS, FILTERS, SOURCES, WITH_FILTERS
from services.reporting.pages.form import read_form
from services.reporting.pages.selections import DECLINE_REASONS


def test_the_lists_offer_every_code_that_a_referral_may_have() -> None:
    assert set(SOURCES) == {each.value for each in ReferralSource}
    assert set(CONCERNS) == {each.value for each in ConcernCode}
    assert set(DECLINE_REASONS) == {each.value for each in DeclineReason}


def test_there_is_a_field_for_every_filter_of_a_question() -> None:
    assert {field.name for field in FILTERS} == set(Filters.__dataclass_fields__)


def test_a_question_is_narrowed_by_what_the_address_says() -> None:
    form = read_form(QueryParams("tier=SPECIALIST&source=GP"), WITH_FILTERS)
    assert form.scope.filters == Filters(tier="SPECIALIST", source="GP")
    assert form.narrowed


def test_a_code_that_is_none_narrows_nothing_and_is_named() -> None:
    form = read_form(QueryParams("tier=GOLD&practitioner=7&priority=2"), WITH_FILTERS)
    assert set(form.errors) == {"tier", "practitioner"}
    assert form.scope.filters == Filters(priority="2")
