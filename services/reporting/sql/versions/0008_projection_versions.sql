-- Versions of the projection (services/reporting/rebuild). The one that is read and written is in the schema public; any
-- other one (being loaded, or the one of before) has a schema of its own, and projection_news says which cases and teams
-- were touched since its rows were made: it is caught up from there, so going over to it loses nothing.
CREATE TABLE projection_versions (
    schema text PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ready boolean NOT NULL -- all rows and keys are there: it may be gone over to
);
CREATE TABLE projection_news (
    schema text NOT NULL REFERENCES projection_versions ON DELETE CASCADE,
    case_id uuid NOT NULL,
    PRIMARY KEY (schema, case_id)
);
GRANT SELECT ON projection_versions TO dyad_consumer, dyad_reader;
GRANT SELECT, INSERT ON projection_news TO dyad_consumer;

-- begin_projection: what every writer of the projection does first in its transaction, after it has locked its cases and
-- before it reads any row. The shared lock is held to the end of the transaction: a switch takes the same lock alone, so
-- no writer compares with the rows of one version and writes into another. Plans are made each time: a plan of when the
-- tables were empty would read them whole. It must never be left out by a writer.
CREATE FUNCTION begin_projection(cases uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('dyad projection'));
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true);
    INSERT INTO projection_news (schema, case_id)
    SELECT v.schema, c.case_id FROM projection_versions AS v, unnest(cases) AS c (case_id) ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
END
$$;

REVOKE ALL ON FUNCTION begin_projection FROM PUBLIC;
GRANT EXECUTE ON FUNCTION begin_projection TO dyad_consumer;
