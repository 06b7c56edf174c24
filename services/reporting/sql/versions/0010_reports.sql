-- What people decide about numbers. Both tables are only ever added to, are no part of the projection (a rebuild leaves
-- them alone), and hold codes: no text that somebody typed, no person but the opaque id of who acted.

-- reports: a question as it was frozen, and what answered it as a hash. The answer itself is not kept: it is computed
-- again from (t, k), and the hash says whether it is the same (services/reporting/reports).
CREATE TABLE reports (
    report_id   uuid PRIMARY KEY,
    frozen_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id    text NOT NULL, -- opaque, as the token says it
    role        text NOT NULL,
    name        text NOT NULL, -- code, chosen by who froze it
    kind        text NOT NULL CHECK (kind IN ('view', 'evidence-pack')),
    teams       text[] NOT NULL CHECK (cardinality(teams) > 0), -- whose rows were seen; {*}: every team's
    team        text, -- of the question; null: all of `teams`
    at          date NOT NULL, -- t
    known_at    timestamptz NOT NULL, -- k
    complete_to timestamptz NOT NULL, -- the watermark of then, at or after k
    first_day   date NOT NULL,
    last_day    date NOT NULL CHECK (first_day <= last_day AND last_day <= at),
    filters     jsonb NOT NULL, -- codes by name
    suppressed  boolean NOT NULL, -- small numbers are hidden: it may leave its team
    metrics     text[] NOT NULL CHECK (cardinality(metrics) > 0),
    versions    integer[] NOT NULL CHECK (cardinality(versions) = cardinality(metrics)), -- of their definitions
    definition  integer NOT NULL, -- of the fold that made the rows (services/reporting/fold.py)
    tables      text[] NOT NULL, -- metric/table
    result_hash bytea NOT NULL CHECK (octet_length(result_hash) = 32), -- SHA-256 of the result's canonical JSON
    CHECK (known_at <= complete_to)
);
CREATE INDEX reports_latest ON reports (frozen_at DESC, report_id);

-- rebases: from which month on the limits of a monthly series are computed anew; the act of a person, with a reason.
-- Taken back by another act. Whoever adds one locks `dyad rebases` first, so that none is committed with an instant that
-- lies before one as known at which a report was frozen meanwhile.
CREATE TABLE rebases (
    act_id      uuid PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id    text NOT NULL,
    role        text NOT NULL,
    teams       text[] NOT NULL CHECK (cardinality(teams) = 1), -- whose series; {*}: of all teams together
    series      text NOT NULL,
    month       date NOT NULL CHECK (extract(day FROM month) = 1),
    reason      text NOT NULL, -- code
    withdraws   uuid REFERENCES rebases -- the act that this one takes back; null: this is a rebase
);
CREATE UNIQUE INDEX rebases_withdrawn_once ON rebases (withdraws) WHERE withdraws IS NOT NULL;
CREATE INDEX rebases_of_team ON rebases (teams, recorded_at);

CREATE FUNCTION decisions_stay() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'frozen reports and rebases are only added to' USING ERRCODE = 'DY023';
END
$$;
REVOKE ALL ON FUNCTION decisions_stay FROM PUBLIC;
CREATE TRIGGER reports_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON reports EXECUTE FUNCTION decisions_stay();
CREATE TRIGGER rebases_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON rebases EXECUTE FUNCTION decisions_stay();

ALTER TABLE reports ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON reports FOR INSERT TO dyad_writer
    WITH CHECK (teams <@ (SELECT my_teams())::text[] OR (SELECT my_teams()) = '{*}');
CREATE POLICY of_my_teams ON reports FOR SELECT TO dyad_writer, dyad_reader
    USING (teams <@ (SELECT my_teams())::text[] OR (SELECT my_teams()) = '{*}');
ALTER TABLE rebases ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON rebases FOR INSERT TO dyad_writer
    WITH CHECK (teams <@ (SELECT my_teams())::text[] OR (SELECT my_teams()) = '{*}');
CREATE POLICY of_my_teams ON rebases FOR SELECT TO dyad_writer, dyad_reader
    USING (teams <@ (SELECT my_teams())::text[] OR (SELECT my_teams()) = '{*}');
GRANT SELECT, INSERT ON reports, rebases TO dyad_writer;
GRANT SELECT ON reports, rebases TO dyad_reader;

-- What was recorded after an instant, for the events that changed an answer since. Events come nearly in the order of
-- their recording, so a few pages of summaries do, and cost a writer nothing.
CREATE INDEX inbox_recorded ON inbox USING brin (recorded_at) WITH (pages_per_range = 32);
