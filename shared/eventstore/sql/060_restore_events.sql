-- restore_events: writes history with its own positions, versions, instants and bytes. The one exception to "the store's
-- clock": how backups come back and synthetic history goes in. For the owner alone, while every process of the service
-- is stopped. Called with batches of one manifest in order of position; `in_after` is the last position of the batch
-- before (0 at first). Gives the number of rows that were not there yet.
--
-- What is stored already must be an exact prefix of the manifest: identical row by row, nothing beside it, every new row
-- above it. Every new row must be what append() could have written: dense versions, its leaf, members that agree with
-- the columns, no instant at or below the floor that was announced.
-- Refuses with SQLSTATE DY010 (the store holds something else), DY011 (not a valid history), DY012 (store in use),
-- DY013 (readers were told already that nothing more would come at these instants).
CREATE FUNCTION restore_events(
    in_after      bigint,
    in_positions  bigint[],
    in_streams    text[],
    in_versions   integer[],
    in_event_ids  uuid[],
    in_types      text[],
    in_keys       text[],
    in_case_ids   uuid[],
    in_team_ids   text[],
    in_recorded   timestamptz[],
    in_docs       text[],
    in_leaves     bytea[],
    in_sealed     bytea[]
) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    highest  bigint;
    added    integer;
    wrong    bigint;
BEGIN
    IF EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND usename IN ('dyad_writer', 'dyad_relay', 'dyad_consumer')
    ) THEN
        RAISE EXCEPTION 'a process of the service is connected' USING ERRCODE = 'DY012';
    END IF;
    LOCK TABLE events, tail_floor IN EXCLUSIVE MODE;
    SELECT coalesce(max(e.position), 0) INTO highest FROM events e;

    CREATE TEMPORARY TABLE given ON COMMIT DROP AS
    SELECT * FROM unnest(in_positions, in_streams, in_versions, in_event_ids, in_types, in_keys, in_case_ids, in_team_ids,
                         in_recorded, in_docs, in_leaves, in_sealed)
        WITH ORDINALITY AS g (position, stream, version, event_id, type, key, case_id, team_id,
                              recorded_at, doc, leaf_hash, sealed, n);

    -- The stored part: all of it is given, all of it is the same.
    SELECT coalesce(g.position, e.position) INTO wrong
    FROM (SELECT * FROM events WHERE position > in_after AND position <= in_positions[cardinality(in_positions)]) AS e
    FULL JOIN (SELECT * FROM given WHERE position <= highest) AS g USING (position)
    WHERE (e.stream, e.version, e.event_id, e.type, e.key, e.case_id, e.team_id, e.recorded_at, e.doc::text,
           e.leaf_hash, e.sealed)
        IS DISTINCT FROM
          (g.stream, g.version, g.event_id, g.type, g.key, g.case_id, g.team_id, g.recorded_at, g.doc,
           g.leaf_hash, g.sealed)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'position % holds something else', wrong USING ERRCODE = 'DY010';
    END IF;

    IF EXISTS (SELECT FROM given g, tail_floor t WHERE g.position > highest AND g.recorded_at <= t.floor) THEN
        RAISE EXCEPTION 'new events are not above the floor' USING ERRCODE = 'DY013';
    END IF;

    -- The new part: what append() could have written.
    WITH fresh AS (
        SELECT g.*, g.doc::json AS members,
               lag(g.position, 1, in_after) OVER (ORDER BY n) AS position_before,
               lag(g.recorded_at) OVER (PARTITION BY g.stream ORDER BY n) AS instant_before,
               row_number() OVER (PARTITION BY g.stream ORDER BY n) AS place
        FROM given g WHERE g.position > highest OR g.position IS NULL
    ),
    heads AS (
        SELECT e.stream, max(e.version) AS version, max(e.recorded_at) AS recorded_at
        FROM events e WHERE e.stream IN (SELECT stream FROM fresh) GROUP BY e.stream
    )
    SELECT f.n INTO wrong
    FROM fresh f LEFT JOIN heads h ON h.stream = f.stream
    WHERE (f.position > f.position_before
       AND f.version = coalesce(h.version, 0) + f.place
       AND f.recorded_at >= coalesce(f.instant_before, h.recorded_at, f.recorded_at)
       AND f.recorded_at <= clock_timestamp()
       AND f.leaf_hash = sha256('\x00'::bytea || convert_to(f.doc, 'UTF8'))
       AND starts_with(f.doc, '{"streamversion":' || f.version || ',"recordedat":"'
            || to_char(f.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '",'
            || CASE WHEN f.sealed IS NULL THEN '' ELSE '"sealedhash":"' || encode(sha256(f.sealed), 'hex') || '",' END
            || '"specversion":')
       AND members ->> 'id' = f.event_id::text
       AND members ->> 'type' = f.type
       AND members ->> 'stream' = f.stream
       AND members ->> 'partitionkey' = f.key
       AND members ->> 'teamid' = f.team_id
       AND members ->> 'subject' = coalesce(f.case_id::text, f.team_id)) IS NOT TRUE
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the event at place % of its batch could not have been written by append', wrong
            USING ERRCODE = 'DY011';
    END IF;

    INSERT INTO events (position, stream, version, event_id, type, key, case_id, team_id, recorded_at, leaf_hash, doc, sealed)
    SELECT position, stream, version, event_id, type, key, case_id, team_id, recorded_at, leaf_hash, doc::json, sealed
    FROM given WHERE position > highest ORDER BY n;
    GET DIAGNOSTICS added = ROW_COUNT;
    DROP TABLE given;
    RETURN added;
END
$$;

REVOKE ALL ON FUNCTION restore_events FROM PUBLIC;
