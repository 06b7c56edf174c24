-- write_case_history: everything that a batch changes in case_history, in one call. Rows that are no longer believed are
-- deleted, the row before them is closed, new rows follow: in this order, or the temporal key would find two rows for
-- one instant. The caller holds the rows of these cases in `cases` locked (lock_cases) and has read what it compares
-- with under that lock. It must never be called without, and never decides anything itself.
CREATE FUNCTION write_case_history(
    deleted uuid[], deleted_since timestamptz[],
    closed uuid[], closed_since timestamptz[], closed_until timestamptz[],
    believed case_history[]
) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF cardinality(deleted) > 0 THEN
        DELETE FROM case_history AS h USING unnest(deleted, deleted_since) AS changed (case_id, since)
        WHERE h.case_id = changed.case_id AND lower(h.known) >= changed.since;
    END IF;
    IF cardinality(closed) > 0 THEN
        UPDATE case_history AS h SET known = tstzrange(lower(h.known), changed.until)
        FROM unnest(closed, closed_since, closed_until) AS changed (case_id, since, until)
        WHERE h.case_id = changed.case_id AND lower(h.known) = changed.since;
    END IF;
    IF cardinality(believed) > 0 THEN
        INSERT INTO case_history SELECT * FROM unnest(believed);
    END IF;
END
$$;

REVOKE ALL ON FUNCTION write_case_history FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_case_history TO dyad_consumer;
