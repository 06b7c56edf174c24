"""What each deciding service makes of a team's stream: the defaults, what counts, what a void or correction leaves."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.assessment import team_settings as assessment
from services.assessment.measures import REGISTRY as SHIPPED
from services.intervention import team_settings as intervention
from services.intervention.codes import Discipline
from services.intervention.team.codes import AgeLimit
from services.intervention.team.commands import ChangePractitioner, LeaveTeam, NoteAbsence, NoteReturn
from services.intervention.team.events import REGISTRY
from services.intervention.team.measures import RANGES
from services.intervention.team.values import Eligibility, Targets, Weights
from services.referral import team_settings as referral
from shared.kernel.codec import Registry, to_json
from shared.kernel.history import Corrected, CorrectionReason, EventVoided, VoidReason, effective
from shared.kernel.oversight import Oversight
from tests.unit.intervention_team.build import (
    ANNA,
    BEN,
    CARA,
    PSYCHOLOGIST,
    STRANGER,
    anna,
    ben,
    configure,
    configured,
    joined,
    said,
    stream,
)

HEARD: dict[Any, Registry[Any]] = {
    referral: Registry(referral.TEAM_HEARD, ignore_others=True),
    assessment: Registry(assessment.TEAM_HEARD, ignore_others=True),
}
SERVICES = [referral, assessment, intervention]
JUNE = date(2025, 6, 2)


def heard(service: Any, *events: Any) -> Any:
    """A service's settings after these events, as they come over the wire and with amendments applied."""
    registry = HEARD.get(service, REGISTRY)
    items = stream(*events)
    loaded = [
        replace(item, event=event)
        for item in items
        if (event := registry.load(REGISTRY.type_of(item.event), orjson.loads(to_json(item.event)))) is not None
    ]
    return service.settings_of(effective(loaded))


def void(version: int) -> EventVoided:
    return EventVoided(corrects_event_id=stream(*[anna] * version)[-1].event_id, reason=VoidReason.ENTERED_IN_ERROR)


def correct(version: int, event: Any) -> Corrected[Any]:
    target = stream(*[anna] * version)[-1].event_id
    return Corrected(corrects_event_id=target, reason=CorrectionReason.NEW_INFORMATION, data=event)


@pytest.mark.parametrize("service", SERVICES)
def test_a_team_that_configured_nothing_has_the_defaults(service: Any) -> None:
    settings = heard(service)
    assert settings == service.TeamSettings()
    assert settings.version == "default-1"
    assert settings.oversight == Oversight()


def test_the_defaults_are_those_of_the_domain_in_every_service() -> None:
    targets = Targets()
    for service in (referral, assessment):
        for name in service.Targets.__slots__:
            assert getattr(service.Targets(), name) == getattr(targets, name)
    assert referral.Eligibility().max_age_months_exclusive == Eligibility().max_age_months_exclusive
    assert referral.Eligibility().accepts_antenatal == Eligibility().accepts_antenatal
    assert {"VIG", "PIP", "NBO", "SOLIHULL"} <= set(intervention.TeamSettings().catalogue)


@pytest.mark.parametrize("service", SERVICES)
def test_the_latest_configuration_counts(service: Any) -> None:
    younger = Eligibility(max_age_months_exclusive=AgeLimit.SECOND_BIRTHDAY)
    later = replace(configured, config_version="2025-06", eligibility=younger, targets=Targets(task_days=3))
    settings = heard(service, configured, later)
    assert settings.version == "2025-06"
    assert settings.targets.task_days == 3
    assert heard(service, configured).targets.task_days == 7


@pytest.mark.parametrize("service", SERVICES)
def test_a_voided_configuration_gives_way_to_the_one_before(service: Any) -> None:
    later = replace(configured, config_version="2025-06")
    assert heard(service, configured, later, void(2)).version == configure.config_version
    assert heard(service, configured, void(1)).version == "default-1"


@pytest.mark.parametrize("service", SERVICES)
def test_a_corrected_configuration_stands_in_its_place(service: Any) -> None:
    later = replace(configured, config_version="2025-06")
    corrected = replace(configured, targets=Targets(task_days=2))
    assert heard(service, configured, correct(1, corrected)).targets.task_days == 2
    assert heard(service, configured, later, correct(1, corrected)).version == "2025-06"


def test_referral_knows_the_eligibility_of_the_team() -> None:
    settings = heard(referral, configured)
    assert settings.eligibility.max_age_months_exclusive == 36
    assert settings.eligibility.accepts_antenatal is False
    assert settings.eligibility.localities == ("S12000029",)
    assert [(rule.indicators, rule.domains) for rule in settings.eligibility.indicator_rules] == [
        (5, 3),
        (4, 4),
        (3, 5),
    ]
    assert settings.index_subject == "infant"
    assert settings.targets.decide_days == 10


def test_assessment_knows_the_cut_offs_of_the_team() -> None:
    measures = heard(assessment, configured).measures
    assert set(measures) == {"MORS-SF-WARMTH"}
    assert measures["MORS-SF-WARMTH"].bands[0].highest == Decimal(20)
    assert measures["MORS-SF-WARMTH"].reliable_change == Decimal(4)


def test_intervention_knows_the_catalogue_the_thresholds_and_the_weights_of_the_team() -> None:
    settings = heard(intervention, configured)
    assert set(settings.catalogue) == {"VIG"}
    assert settings.catalogue["VIG"].competency == "vig-accredited"
    assert settings.reliable_change == {"MORS-SF-WARMTH": Decimal(4)}
    assert settings.weights == Weights()
    assert settings.max_age_months_exclusive == 36
    kept = heard(intervention, replace(configured, catalogue=None))
    assert kept.catalogue == intervention.TeamSettings().catalogue


def test_the_ranges_that_bands_are_held_against_are_those_of_the_registry() -> None:
    assert {code.value: (item.total.lowest, item.total.highest) for code, item in SHIPPED.items()} == RANGES


@pytest.mark.parametrize("service", SERVICES)
def test_supervisors_and_the_rota_are_of_those_who_have_not_left(service: Any) -> None:
    cara = joined(CARA, supervisor_id=ANNA, triage_rota=True)
    onto_rota = said(ChangePractitioner(practitioner_id=BEN, on=JUNE, supervisor_id=ANNA, triage_rota=True))
    here = heard(service, anna, ben, cara, onto_rota)
    assert here.supervisor_of == {CARA: ANNA, BEN: ANNA}
    assert here.triage_rota == frozenset({BEN, CARA})
    assert here.oversight == Oversight(supervisor_of={CARA: ANNA, BEN: ANNA}, triage_rota=frozenset({BEN, CARA}))
    left = said(LeaveTeam(practitioner_id=CARA, left_on=JUNE))
    assert heard(service, anna, ben, cara, onto_rota, left).triage_rota == frozenset({BEN})
    alone = said(LeaveTeam(practitioner_id=ANNA, left_on=JUNE))
    assert heard(service, anna, ben, cara, onto_rota, alone).supervisor_of == {}


@pytest.mark.parametrize("service", SERVICES)
def test_a_change_that_was_noted_late_does_not_undo_a_later_one(service: Any) -> None:
    onto = said(ChangePractitioner(practitioner_id=BEN, on=JUNE, triage_rota=True))
    off = said(ChangePractitioner(practitioner_id=BEN, on=date(2025, 7, 1), triage_rota=False))
    assert heard(service, ben, off, onto).triage_rota == frozenset()
    assert heard(service, ben, onto, off, void(3)).triage_rota == frozenset({BEN})


def test_the_register_says_who_was_there_when() -> None:
    away = said(NoteAbsence(practitioner_id=BEN, from_on=JUNE, until_on=date(2025, 6, 20)))
    again = said(NoteAbsence(practitioner_id=BEN, from_on=date(2025, 8, 1)))
    back = said(NoteReturn(practitioner_id=BEN, on=date(2025, 6, 10)))
    left = said(LeaveTeam(practitioner_id=BEN, left_on=date(2025, 8, 29)))
    member = heard(intervention, anna, ben, again, away, back, left).practitioners[BEN]
    assert member.discipline is Discipline.HEALTH_VISITOR
    assert member.absences == (
        intervention.Absence(from_on=JUNE, until_on=date(2025, 6, 9)),
        intervention.Absence(from_on=date(2025, 8, 1)),
    )
    assert member.absence(date(2025, 6, 9)) is not None
    assert member.absence(date(2025, 6, 10)) is None
    assert member.absence(date(2026, 1, 1)) == intervention.Absence(from_on=date(2025, 8, 1))
    assert [member.in_team(left.left_on + timedelta(days=days)) for days in (0, 1)] == [True, False]
    assert not member.in_team(ben.joined_on - timedelta(days=1))


def test_a_return_on_the_first_day_of_an_absence_means_that_it_did_not_take_place() -> None:
    away = said(NoteAbsence(practitioner_id=BEN, from_on=JUNE))
    back = said(NoteReturn(practitioner_id=BEN, on=JUNE))
    assert heard(intervention, ben, away, back).practitioners[BEN].absences == ()


def test_a_later_return_than_planned_lengthens_the_absence() -> None:
    away = said(NoteAbsence(practitioner_id=BEN, from_on=JUNE, until_on=JUNE))
    back = said(NoteReturn(practitioner_id=BEN, on=date(2025, 6, 9)))
    [absence] = heard(intervention, ben, away, back).practitioners[BEN].absences
    assert absence.until_on == date(2025, 6, 8)


def test_competencies_and_discipline_are_the_latest() -> None:
    trained = said(ChangePractitioner(practitioner_id=ANNA, on=JUNE, competencies=("vig-accredited",)))
    member = heard(intervention, anna, trained).practitioners[ANNA]
    assert (member.discipline, member.competencies) == (PSYCHOLOGIST, frozenset({"vig-accredited"}))


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_noted_of_somebody_unknown_is_passed_over(service: Any) -> None:
    odd = said(LeaveTeam(practitioner_id=STRANGER, left_on=JUNE))
    assert heard(service, odd).oversight == Oversight()
    assert UUID(int=99) not in getattr(heard(service, odd), "practitioners", {})
