-- tail_bounds: how far a reader may read. `newest` is the highest number taken so far; `safe` the highest number at
-- or below which no append is unfinished. Rows up to `safe` must be read in a LATER statement than this call.
--
-- The order is what makes it right, so this is VOLATILE plpgsql: each step sees what was committed before that step.
--   1. the floor: the instant that belongs to `newest`. Read before it, or events could hide between the two.
--   2. the sequence.
--   3. the lowest mark. A writer whose mark is not yet visible here takes its numbers after step 2: above `newest`.
-- pg_locks must stay alone in its query: a join with pg_stat_activity can lose a mark.
CREATE FUNCTION tail_bounds(OUT floor_at timestamptz, OUT newest bigint, OUT safe bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp
AS $$
DECLARE
    this_database CONSTANT oid := (SELECT oid FROM pg_database WHERE datname = current_database());
    lowest_mark bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'tail_bounds needs READ COMMITTED' USING ERRCODE = 'DY002';
    END IF;
    SELECT f.floor INTO floor_at FROM tail_floor f;
    SELECT s.last_value - (NOT s.is_called)::integer INTO newest FROM events_position s;
    SELECT min((classid::bigint & 65535) << 32 | objid::bigint) INTO lowest_mark
        FROM pg_locks
        WHERE locktype = 'advisory' AND database = this_database AND objsubid = 1 AND classid::bigint >> 16 = 7411;
    safe := least(newest, lowest_mark);
END
$$;

REVOKE ALL ON FUNCTION tail_bounds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tail_bounds TO dyad_writer, dyad_relay, dyad_consumer, dyad_reader;
