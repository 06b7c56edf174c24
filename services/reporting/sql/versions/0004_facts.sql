-- What the metrics ask beside the milestones. `case_history` gets who referred, why, how the case was prioritised and
-- ended, who led it, and the facts that national clocks need. Three tables more are kept like it, on two time axes:
-- contact_history (one row per session), score_history (one per measurement), work_history (one per activity of a team).
--
-- Their key is a plain unique index on the instant from which a row holds, not a temporal one: one member writes the
-- rows of a case at a time (lock_cases), and each session's rows are cut one after another by the same code, so they
-- cannot overlap; a temporal key would cost a GiST entry for each of the many rows. `known_from` repeats lower(known), so
-- that closing a row changes no indexed column (HOT). One index by team and day serves a team, now or as known at k, and
-- by skip scan the network.
ALTER TABLE case_history
    ADD COLUMN source text,
    ADD COLUMN channel text,
    ADD COLUMN priority text,
    ADD COLUMN locality text,
    ADD COLUMN concerns text[] NOT NULL DEFAULT '{}',
    ADD COLUMN risk_current boolean NOT NULL DEFAULT false,
    ADD COLUMN decline_reason text,
    ADD COLUMN triage_decision text,
    ADD COLUMN signposted_to text[] NOT NULL DEFAULT '{}',
    ADD COLUMN withdrawn_by text,
    ADD COLUMN consultation_id uuid,
    ADD COLUMN prior_case_id uuid,
    ADD COLUMN caregiver_roles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN ethnic_groups text[] NOT NULL DEFAULT '{}',
    ADD COLUMN deprivation_decile integer,
    ADD COLUMN interpreter_language text,
    ADD COLUMN lead_days date[],
    ADD COLUMN lead_steps uuid[],
    ADD COLUMN lead_reasons text[],
    ADD COLUMN planned_sessions integer NOT NULL DEFAULT 0,
    ADD COLUMN care_plan_agreed_on date,
    ADD COLUMN active_monitoring_on date,
    ADD COLUMN treatment_declined_on date,
    ADD COLUMN outcome_band text,
    ADD COLUMN stage_at_discharge text,
    ADD COLUMN discharge_planned boolean,
    ADD COLUMN received_recorded_on date,
    ADD COLUMN gestation_weeks integer[] NOT NULL DEFAULT '{}',
    ADD COLUMN need_level text,
    ADD COLUMN flags text[] NOT NULL DEFAULT '{}',
    ADD COLUMN identifier_failing boolean NOT NULL DEFAULT false;

CREATE TABLE contact_history (
    case_id uuid NOT NULL,
    session_id uuid NOT NULL,
    known_from timestamptz NOT NULL,
    known tstzrange NOT NULL CHECK (lower(known) = known_from AND lower_inc(known) AND NOT upper_inc(known)),
    events integer NOT NULL, -- place of the event that made the row among those of its stream that the fold uses
    team_id text NOT NULL,
    status text NOT NULL CHECK (status IN ('booked', 'held', 'not_held')),
    day date NOT NULL,
    booked_recorded_on date,
    kind text,
    modality text,
    setting text,
    attend_status text,
    minutes integer,
    is_treatment boolean NOT NULL,
    interpreter boolean NOT NULL,
    infants_present integer NOT NULL,
    caregivers_present integer NOT NULL,
    practitioners uuid[] NOT NULL,
    disciplines text[] NOT NULL,
    component_code text,
    cancelled_on date,
    cancelled_by text,
    reason text,
    rebook boolean,
    recorded_on date NOT NULL,
    PRIMARY KEY (case_id, session_id, known_from)
) WITH (fillfactor = 90);
CREATE INDEX contact_history_by_day ON contact_history (team_id, day);

CREATE TABLE score_history (
    case_id uuid NOT NULL,
    score_id uuid NOT NULL,
    known_from timestamptz NOT NULL,
    known tstzrange NOT NULL CHECK (lower(known) = known_from AND lower_inc(known) AND NOT upper_inc(known)),
    events integer NOT NULL, -- place of the event that made the row among those of its stream that the fold uses
    team_id text NOT NULL,
    measure_code text NOT NULL,
    subject_kind text NOT NULL,
    subject_ref text NOT NULL,
    rater text NOT NULL,
    completed_on date NOT NULL,
    total numeric NOT NULL,
    band text,
    timepoint text,
    in_range boolean NOT NULL,
    PRIMARY KEY (case_id, score_id, known_from)
) WITH (fillfactor = 90);
CREATE INDEX score_history_by_day ON score_history (team_id, completed_on);

CREATE TABLE work_history (
    team_id text NOT NULL,
    activity_id uuid NOT NULL,
    known_from timestamptz NOT NULL,
    known tstzrange NOT NULL CHECK (lower(known) = known_from AND lower_inc(known) AND NOT upper_inc(known)),
    events integer NOT NULL, -- place of the event that made the row among those of its stream that the fold uses
    kind text NOT NULL,
    day date NOT NULL,
    minutes integer NOT NULL,
    audience integer NOT NULL,
    professions text[] NOT NULL,
    sector text,
    outcome text,
    practitioners uuid[] NOT NULL,
    became_case_id uuid,
    definition integer NOT NULL,
    PRIMARY KEY (team_id, activity_id, known_from)
) WITH (fillfactor = 90);
CREATE INDEX work_history_by_day ON work_history (team_id, day);

GRANT SELECT, INSERT, UPDATE, DELETE ON contact_history, score_history, work_history TO dyad_consumer;
GRANT SELECT ON contact_history, score_history, work_history TO dyad_reader;

ALTER TABLE contact_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON contact_history TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON contact_history FOR SELECT TO dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');
ALTER TABLE score_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON score_history TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON score_history FOR SELECT TO dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');
ALTER TABLE work_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON work_history TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON work_history FOR SELECT TO dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');

-- The views with their owner's rights: why, and what they must never lose, see 0003.
DROP VIEW seen_history;
CREATE VIEW seen_history AS
SELECT * FROM case_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';
CREATE VIEW seen_contacts AS
SELECT * FROM contact_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';
CREATE VIEW seen_scores AS
SELECT * FROM score_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';
CREATE VIEW seen_work AS
SELECT * FROM work_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';

GRANT SELECT ON seen_history, seen_contacts, seen_scores, seen_work TO dyad_reader;
