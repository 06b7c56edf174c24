-- due_cases: streams of one category whose deadlines have passed, and those that are to be looked at again. Locks the rows
-- of their cases and passes over those that somebody else has locked: several processes share the work, and a case that
-- is being written to is looked at in the next round. It never waits, except for a case's row that is just being made.
CREATE FUNCTION due_cases(in_consumer text, in_category text, in_now timestamptz, in_most integer)
RETURNS TABLE (stream text, case_id uuid)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    low  text COLLATE "C" := in_category || '-';
    high text COLLATE "C" := in_category || '.';
BEGIN
    INSERT INTO cases (consumer, case_id) -- one that began with its first event has none yet
    SELECT in_consumer, due.case_id
    FROM (
        (SELECT t.case_id FROM timers t
         WHERE t.due_at <= in_now AND coalesce(t.not_before, t.due_at) <= in_now AND t.stream > low AND t.stream < high
         ORDER BY t.due_at LIMIT in_most)
        UNION
        (SELECT r.case_id FROM rechecks r
         WHERE coalesce(r.not_before, in_now) <= in_now AND r.stream > low AND r.stream < high
         ORDER BY r.stream LIMIT in_most)
    ) AS due
    WHERE NOT EXISTS (SELECT FROM cases c WHERE c.consumer = in_consumer AND c.case_id = due.case_id)
    ORDER BY due.case_id
    ON CONFLICT DO NOTHING;

    RETURN QUERY
    SELECT t.stream, t.case_id
    FROM timers t JOIN cases c ON c.consumer = in_consumer AND c.case_id = t.case_id
    WHERE t.due_at <= in_now AND coalesce(t.not_before, t.due_at) <= in_now AND t.stream > low AND t.stream < high
    ORDER BY t.due_at LIMIT in_most
    FOR UPDATE OF c SKIP LOCKED;

    RETURN QUERY
    SELECT r.stream, r.case_id
    FROM rechecks r JOIN cases c ON c.consumer = in_consumer AND c.case_id = r.case_id
    WHERE coalesce(r.not_before, in_now) <= in_now AND r.stream > low AND r.stream < high
    ORDER BY r.stream LIMIT in_most
    FOR UPDATE OF c SKIP LOCKED;
END
$$;
REVOKE ALL ON FUNCTION due_cases FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_cases TO dyad_consumer;
