-- append_one: append() for a single event, which most appends are. The same steps in the same order; what is said there
-- of order, refusals and what it must never do holds here. Measured: seven arrays of one element cost client and server
-- about as much as the insert itself.
CREATE FUNCTION append_one(
    in_stream   text,
    in_expected integer,
    in_event_id uuid,
    in_type     text,
    in_key      text,
    in_case_id  uuid,
    in_team_id  text,
    in_doc      text,
    in_sealed   bytea,
    OUT first_version integer,
    OUT last_version  integer,
    OUT last_position bigint,
    OUT recorded_at   timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    microsecond CONSTANT interval := '1 microsecond';
    head_version integer;
    head_team    text;
    teams        CONSTANT text[] := my_teams();
    final        text;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append needs READ COMMITTED' USING ERRCODE = 'DY002';
    END IF;
    IF NOT starts_with(in_doc, '{"specversion":') THEN
        RAISE EXCEPTION 'a document brings members that only the store may say' USING ERRCODE = 'DY003';
    END IF;

    IF teams <> '{*}' AND in_team_id <> ALL (teams) THEN
        RAISE EXCEPTION 'the event is not of the caller''s teams' USING ERRCODE = 'DY020';
    END IF;

    -- 1. The mark. The sequence's last value is null (here 0) until its first number is taken.
    IF current_setting('dyad.mark', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        PERFORM pg_advisory_xact_lock_shared(
            7411::bigint << 48 | coalesce(pg_sequence_last_value('events_position'), 0)
        );
        PERFORM set_config('dyad.mark', pg_current_xact_id()::text, true);
    END IF;
    -- 2. The numbers.
    last_position := nextval('events_position');
    -- 3. The floor and the clock, with the stream's head.
    SELECT head.version, head.team_id, greatest(clock_timestamp(), head.recorded_at + microsecond, f.floor + microsecond)
        INTO head_version, head_team, recorded_at
        FROM tail_floor f LEFT JOIN LATERAL (
            SELECT e.version, e.team_id, e.recorded_at FROM events e WHERE e.stream = in_stream ORDER BY e.version DESC LIMIT 1
        ) AS head ON true;
    IF teams <> '{*}' AND head_team <> ALL (teams) THEN
        RAISE EXCEPTION 'the stream is not of the caller''s teams' USING ERRCODE = 'DY020';
    END IF;
    IF coalesce(head_version, 0) IS DISTINCT FROM in_expected THEN
        RAISE EXCEPTION 'the stream is not at the expected version' USING ERRCODE = 'DY001';
    END IF;

    first_version := in_expected + 1;
    last_version := first_version;
    final := '{"streamversion":' || first_version || ',"recordedat":"'
        || to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '",'
        || CASE WHEN in_sealed IS NULL THEN '' ELSE '"sealedhash":"' || encode(sha256(in_sealed), 'hex') || '",' END
        || substr(in_doc, 2);
    INSERT INTO events (position, stream, version, event_id, type, key, case_id, team_id,
                        recorded_at, leaf_hash, doc, sealed)
    VALUES (last_position, in_stream, first_version, in_event_id, in_type, in_key, in_case_id, in_team_id,
            recorded_at, sha256('\x00'::bytea || convert_to(final, 'UTF8')), final::json, in_sealed);
END
$$;

REVOKE ALL ON FUNCTION append_one FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_one TO dyad_writer, dyad_consumer;
