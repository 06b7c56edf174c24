-- finish_restore: the last step of a restore, once all batches are in: nothing may be recorded at or below what came
-- back, no deadline rings for what was due by then, and numbers go on above it. Refuses with SQLSTATE DY010 if the store
-- holds more than the manifest, whose last position is `in_last`. For the owner alone; called again it changes nothing.
CREATE FUNCTION finish_restore(in_last bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp
AS $$
BEGIN
    LOCK TABLE events, tail_floor IN EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM events WHERE position > in_last) THEN
        RAISE EXCEPTION 'the store holds events above position %', in_last USING ERRCODE = 'DY010';
    END IF;
    UPDATE tail_floor
    SET floor = greatest(floor, restored.latest), restored_to = restored.latest
    FROM (SELECT max(recorded_at) AS latest FROM events) AS restored;
    PERFORM setval('events_position', greatest(in_last, last_value), true) FROM events_position WHERE in_last > 0;
END
$$;

REVOKE ALL ON FUNCTION finish_restore FROM PUBLIC;
