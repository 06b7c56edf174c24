-- raise_floor: raises the floor to this server's clock and gives it: nothing will be recorded at or below it again by
-- an append that takes its numbers from now on. Never lowers it. It must be committed before the caller reads the
-- sequence, so call it in a transaction of its own. For the relay alone: each store has one relay.
CREATE FUNCTION raise_floor() RETURNS timestamptz
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE tail_floor SET floor = greatest(floor, clock_timestamp()) RETURNING floor;
END;

REVOKE ALL ON FUNCTION raise_floor FROM PUBLIC;
GRANT EXECUTE ON FUNCTION raise_floor TO dyad_relay;
