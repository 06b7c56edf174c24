-- What the pathway watch shows, and what its alerts rest on.
--
-- case_history gets what a case still owes by its team's targets (services/reporting/owed.py): code by code the civil
-- date from which a target's days count, or by which it is due. The worklist asks it at (t, k) like any other column.
--
-- alerts and live_counts are what the watch says at the moment, for the pages: copies of what stands on the topic
-- dyad.alerts and in its memory, written by it alone and made anew whenever it starts. No number rests on them and no
-- audit reads them; they may be empty or old, and watch_seen says how old.
ALTER TABLE case_history ADD COLUMN owed_codes text[], ADD COLUMN owed_days date[];
DROP VIEW seen_history;
CREATE VIEW seen_history AS
SELECT * FROM case_history WHERE team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}';
GRANT SELECT ON seen_history TO dyad_reader;
CREATE INDEX case_history_owing ON case_history (team_id) WHERE upper_inf(known) AND owed_codes IS NOT NULL;

CREATE TABLE alerts (
    alert_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    team_id text NOT NULL,
    rule text NOT NULL,
    target text NOT NULL,
    due_on date NOT NULL,
    owner_role text NOT NULL,
    raised_at timestamptz NOT NULL
);
CREATE INDEX alerts_by_team ON alerts (team_id, due_on, alert_id);

CREATE TABLE live_counts (
    team_id text NOT NULL,
    counted text NOT NULL,
    since timestamptz NOT NULL,
    type text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    PRIMARY KEY (team_id, counted, since, type)
);

CREATE TABLE watch_seen (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON alerts, live_counts, watch_seen TO dyad_consumer;
GRANT SELECT ON alerts, live_counts, watch_seen TO dyad_reader;

ALTER TABLE alerts ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON alerts TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON alerts FOR SELECT TO dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');
ALTER TABLE live_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_every_team ON live_counts TO dyad_consumer USING (true);
CREATE POLICY of_my_teams ON live_counts FOR SELECT TO dyad_reader
    USING (team_id = ANY ((SELECT my_teams())::text[]) OR (SELECT my_teams()) = '{*}');
