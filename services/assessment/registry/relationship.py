"""Measures of a relationship: one infant with one or two caregivers (domain 2.4): data of the registry."""

from services.assessment.measure_codes import Band, Direction, Licence, MeasureCode, Rater, SubjectKind, Subscale
from services.assessment.registry.model import AgeWindow, Measure, bands, scale

_LOWER, _HIGHER = Direction.LOWER, Direction.HIGHER
_RELATIONSHIP, _CAREGIVER = SubjectKind.RELATIONSHIP, (Rater.CAREGIVER,)
_CODER, _CLINICIAN = (Rater.OBSERVER,), (Rater.CLINICIAN,)
_AGED_2_TO_4 = AgeWindow(from_months=24, before_months=60)
_MORS_NOTE = "cut-offs are commonly cited but were not found: to be set by a clinician"


def _mors(code: MeasureCode, name: str, better: Direction, ages: AgeWindow | None = None) -> Measure:
    """One scale of seven items 0 to 5."""
    return Measure(
        code=code,
        name=name,
        subject=_RELATIONSHIP,
        raters=_CAREGIVER,
        total=scale("0", "35", better),
        ages=ages,
        licence=Licence.LICENSED,
        note=_MORS_NOTE,
        basis="R18, B",
    )


def _care_index(code: MeasureCode, scale_name: str, better: Direction) -> Measure:
    """One of the CARE-Index scales: seven aspects of two points each."""
    return Measure(
        code=code,
        name=f"CARE-Index: {scale_name}",
        subject=_RELATIONSHIP,
        raters=_CODER,
        total=scale("0", "14", better),
        licence=Licence.LICENSED_WITH_TRAINING,
        basis="R21, B",
    )


def _level_of_adaptation(code: MeasureCode, part: str) -> Measure:
    """An ordinal level of DC:0-5, axis II."""
    return Measure(
        code=code,
        name=f"DC:0-5 axis II, {part}: level of adaptive functioning",
        subject=_RELATIONSHIP,
        raters=_CLINICIAN,
        total=scale("1", "4", _LOWER),
        ordinal=True,
        licence=Licence.LICENSED_WITH_TRAINING,
        note="1 well-adapted to good enough ... 4 disordered to dangerous; not equidistant: never averaged",
        basis="R24, B",
    )


MEASURES: tuple[Measure, ...] = (
    _mors(MeasureCode.MORS_SF_WARMTH, "Mother's Object Relations Scale, short form: warmth", _HIGHER),
    _mors(MeasureCode.MORS_SF_INVASION, "Mother's Object Relations Scale, short form: invasion", _LOWER),
    _mors(MeasureCode.MORS_CHILD_WARMTH, "Mother's Object Relations Scale, child: warmth", _HIGHER, _AGED_2_TO_4),
    _mors(MeasureCode.MORS_CHILD_INVASION, "Mother's Object Relations Scale, child: invasion", _LOWER, _AGED_2_TO_4),
    Measure(
        code=MeasureCode.PIIOS,
        name="Parent-Infant Interaction Observation Scale",
        subject=_RELATIONSHIP,
        raters=_CODER,
        total=scale("0", "52", _LOWER, "2"),
        # a baby is in the seventh month of life until it has completed seven
        ages=AgeWindow(from_weeks=6, before_months=7),
        licence=Licence.LICENSED_WITH_TRAINING,
        note="13 items of 0, 2 or 4",
        basis="R20, B",
    ),
    _care_index(MeasureCode.CARE_INDEX_SYNCHRONY, "dyadic synchrony", _HIGHER),
    _care_index(MeasureCode.CARE_INDEX_SENSITIVITY, "caregiver sensitivity", _HIGHER),
    _care_index(MeasureCode.CARE_INDEX_CONTROL, "caregiver control", _LOWER),
    _care_index(MeasureCode.CARE_INDEX_UNRESPONSIVENESS, "caregiver unresponsiveness", _LOWER),
    _care_index(MeasureCode.CARE_INDEX_COOPERATIVENESS, "infant cooperativeness", _HIGHER),
    _care_index(MeasureCode.CARE_INDEX_COMPULSIVENESS, "infant compulsiveness", _LOWER),
    _care_index(MeasureCode.CARE_INDEX_DIFFICULTNESS, "infant difficultness", _LOWER),
    _care_index(MeasureCode.CARE_INDEX_PASSIVITY, "infant passivity", _LOWER),
    Measure(
        code=MeasureCode.PIR_GAS,
        name="Parent-Infant Relationship Global Assessment Scale (DC:0-3R)",
        subject=_RELATIONSHIP,
        raters=_CLINICIAN,
        total=scale("0", "100", _HIGHER),
        bands=bands(
            ("0", Band.DOCUMENTED_MALTREATMENT),
            ("11", Band.GROSSLY_IMPAIRED),
            ("21", Band.SEVERELY_DISORDERED),
            ("31", Band.DISORDERED),
            ("41", Band.DISTURBED),
            ("51", Band.DISTRESSED),
            ("61", Band.SIGNIFICANTLY_PERTURBED),
            ("71", Band.PERTURBED),
            ("81", Band.ADAPTED),
            ("91", Band.WELL_ADAPTED),
        ),
        licence=Licence.FREE_WITH_TRAINING,
        note="the labels from 31 to 60 are B",
        basis="R23, B",
    ),
    _level_of_adaptation(MeasureCode.DC05_AXIS2_A, "part A (the dyad)"),
    _level_of_adaptation(MeasureCode.DC05_AXIS2_B, "part B (the caregiving environment)"),
    Measure(
        code=MeasureCode.PBQ,
        name="Postpartum Bonding Questionnaire",
        subject=_RELATIONSHIP,
        raters=_CAREGIVER,
        total=scale("0", "125", _LOWER),
        subscales={
            Subscale.IMPAIRED_BONDING: scale("0", "60", _LOWER),
            Subscale.REJECTION_AND_ANGER: scale("0", "35", _LOWER),
            Subscale.ANXIETY_ABOUT_CARE: scale("0", "20", _LOWER),
            Subscale.RISK_OF_ABUSE: scale("0", "10", _LOWER),
        },
        licence=Licence.FREE,
        note="25 items 0 to 5",
        basis="B",
    ),
    Measure(
        code=MeasureCode.AQS,
        name="Attachment Q-Sort: security",
        subject=_RELATIONSHIP,
        raters=(Rater.OBSERVER, Rater.CAREGIVER),
        total=scale("-1", "1", _HIGHER, "0.01"),
        ages=AgeWindow(from_months=12, before_months=60),
        licence=Licence.FREE_WITH_TRAINING,
        note="a correlation with the criterion sort",
        basis="B",
    ),
)
