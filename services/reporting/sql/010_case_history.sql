-- case_history: what was believed about each case (civil dates, Europe/London: the effective axis),
-- and during which period it was believed (known: the recorded_at of events, half open).
-- A question "(t, k)" is a predicate on the dates and `known @> k`; "now" is `upper_inf(known)`.
-- Written only by the reporting consumer, inside the transaction that moves its offsets; never corrected by hand:
-- everything in it follows from the events. No ON CONFLICT on the temporal key: PostgreSQL has none for it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE case_history (
    case_id uuid NOT NULL,
    known tstzrange NOT NULL CHECK (lower_inc(known) AND NOT upper_inc(known)),
    events integer NOT NULL,
    team_id text NOT NULL,
    tier text,
    received_on date,
    decided_on date,
    decision text,
    withdrawn_on date,
    first_contact_on date,
    first_attended_on date,
    assessment_started_on date,
    assessed_on date,
    assessed_programme_on date,
    programme_on date,
    first_treatment_on date,
    first_programme_treatment_on date,
    discharged_on date,
    discharge_reason text,
    closed_on date,
    closed_by text,
    infants uuid[] NOT NULL,
    caregivers uuid[] NOT NULL,
    relationships uuid[] NOT NULL,
    PRIMARY KEY (case_id, known WITHOUT OVERLAPS)
);

-- The writer finds a case's rows by it; the temporal key alone answers that ten times slower.
CREATE INDEX case_history_by_case ON case_history (case_id, lower(known));
-- "now", one team or all, in the order in which cases are listed.
CREATE INDEX case_history_now ON case_history (team_id, received_on, case_id) WHERE upper_inf(known);
-- "as known at k", one team.
CREATE INDEX case_history_then ON case_history USING gist (team_id, known);

GRANT SELECT, INSERT, UPDATE, DELETE ON case_history TO dyad_consumer;
GRANT SELECT ON case_history TO dyad_reader;
