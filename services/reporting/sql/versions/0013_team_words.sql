-- A team's stream of work holds years of activities, and among them the few words that metrics ask for as they were said:
-- places, births, planned supervision, people, and what amends them. `services/reporting/team_record.py` names the same
-- types as literals, so that this index is known to hold them all. Every stream's EventVoided is in it: they are few.
CREATE INDEX inbox_team_words ON inbox (stream, version) WHERE type IN (
    'dyad.TeamConfigured.v1', 'dyad.TeamConfiguredCorrected.v1',
    'dyad.PractitionerJoined.v1', 'dyad.PractitionerJoinedCorrected.v1',
    'dyad.PractitionerChanged.v1', 'dyad.PractitionerChangedCorrected.v1',
    'dyad.PractitionerAbsent.v1', 'dyad.PractitionerAbsentCorrected.v1',
    'dyad.PractitionerReturned.v1', 'dyad.PractitionerReturnedCorrected.v1',
    'dyad.PractitionerLeft.v1', 'dyad.PractitionerLeftCorrected.v1',
    'dyad.CapacityDeclared.v1', 'dyad.CapacityDeclaredCorrected.v1',
    'dyad.LocalityReachDeclared.v1', 'dyad.LocalityReachDeclaredCorrected.v1',
    'dyad.SupervisionPlanned.v1', 'dyad.SupervisionPlannedCorrected.v1',
    'dyad.EventVoided.v1'
);
