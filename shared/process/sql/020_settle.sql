-- settle: write accepted posts, then what changes in the timer store (no instant: the row goes) and the letters that the
-- events call for, then append to each of some streams, in one call.
--
-- Streams come in sorted order and with the events of all of them in one row of arrays, `in_counts` each. The appends are
-- the last that the transaction does: from the first one on every reader of the store waits for its commit (design 3).
-- Refuses with SQLSTATE DY010 when one of the posts was accepted by somebody else since it was looked up: two callers
-- with the same post meet at its primary key, the later one waits there and is refused. It must never skip that post
-- and go on, and must never contain an EXCEPTION block (a savepoint, which would give up the mark).
CREATE FUNCTION settle(
    in_sources      text[],
    in_ids          text[],
    in_fingerprints bytea[],
    in_post_cases   uuid[],
    in_post_teams   text[],
    in_statuses     smallint[],
    in_versions     integer[],
    in_answers      text[],
    in_streams      text[],
    in_expected     integer[],
    in_counts       integer[],
    in_event_ids    uuid[],
    in_types        text[],
    in_keys         text[],
    in_case_ids     uuid[],
    in_team_ids     text[],
    in_docs         text[],
    in_sealed       bytea[],
    in_timer_streams text[],
    in_timer_names   text[],
    in_timer_cases   uuid[],
    in_timer_teams   text[],
    in_timer_dues    timestamptz[],
    in_letters       json
)
RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    written integer;
    low     integer := 1;
    high    integer;
BEGIN
    IF cardinality(in_sources) > 0 THEN
        INSERT INTO posts (source, id, fingerprint, case_id, team_id, status, version, answer)
        SELECT * FROM unnest(
            in_sources, in_ids, in_fingerprints, in_post_cases, in_post_teams, in_statuses, in_versions, in_answers
        )
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS written = ROW_COUNT;
        IF written <> cardinality(in_sources) THEN
            -- What row-level security hides from the caller was no race: it will be there the next time too.
            IF (SELECT count(*) FROM unnest(in_sources, in_ids) AS asked (source, id)
                JOIN posts p USING (source, id)) < cardinality(in_sources) THEN
                RAISE EXCEPTION 'another team has used this source and id' USING ERRCODE = 'DY021';
            END IF;
            RAISE EXCEPTION 'a post was accepted meanwhile' USING ERRCODE = 'DY010';
        END IF;
    END IF;

    IF cardinality(in_timer_streams) > 0 THEN
        IF array_position(in_timer_dues, NULL) IS NOT NULL THEN
            DELETE FROM timers t
            USING unnest(in_timer_streams, in_timer_names, in_timer_dues) AS gone (stream, name, due_at)
            WHERE t.stream = gone.stream AND t.name = gone.name AND gone.due_at IS NULL;
        END IF;
        INSERT INTO timers AS t (stream, name, case_id, team_id, due_at)
        SELECT wanted.*
        FROM unnest(in_timer_streams, in_timer_names, in_timer_cases, in_timer_teams, in_timer_dues)
            AS wanted (stream, name, case_id, team_id, due_at)
        WHERE wanted.due_at IS NOT NULL
        ON CONFLICT (stream, name) DO UPDATE
        SET due_at = excluded.due_at, not_before = NULL, attempts = 0, code = NULL;
    END IF;

    IF in_letters IS NOT NULL THEN
        INSERT INTO letters (id, event_id, case_id, team_id, kind, reader)
        SELECT * FROM json_to_recordset(in_letters)
            AS asked (id uuid, event_id uuid, case_id uuid, team_id text, kind text, reader text);
    END IF;

    FOR place IN 1 .. coalesce(cardinality(in_streams), 0) LOOP
        high := low + in_counts[place] - 1;
        IF high = low THEN
            PERFORM append_one(
                in_streams[place], in_expected[place], in_event_ids[low], in_types[low], in_keys[low],
                in_case_ids[low], in_team_ids[low], in_docs[low], in_sealed[low]
            );
        ELSE
            PERFORM append(
                in_streams[place], in_expected[place], in_event_ids[low:high], in_types[low:high], in_keys[low:high],
                in_case_ids[low:high], in_team_ids[low:high], in_docs[low:high], in_sealed[low:high]
            );
        END IF;
        low := high + 1;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION settle FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle TO dyad_writer, dyad_consumer;
