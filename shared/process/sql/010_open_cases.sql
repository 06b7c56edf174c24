-- open_cases: lock the rows of some cases, then read all that decisions about them rest on, and posts already answered.
--
-- The locks come first, and each statement of this VOLATILE function takes a new snapshot under READ COMMITTED: what is
-- read includes whatever the transaction that held a lock before us has committed, so no wake-up is lost between two
-- members. It must never read before it has locked, and never be called for cases in two portions in one transaction.
--
-- kind 'own': an event of this service's stream. 'heard': an event of another service with nothing missing before it.
-- 'rule': what a rule decided (name = rule, event_id = cause, doc = outcome, stream = code).
-- 'post': an accepted post (store = source, stream = id, name = fingerprint in hex, version = stream's version,
-- doc = status and answer, separated by a space).
CREATE FUNCTION open_cases(
    in_consumer text, in_category text, in_cases uuid[], in_sources text[], in_ids text[]
)
RETURNS TABLE (kind text, case_id uuid, store text, stream text, version integer, event_id uuid, name text, doc text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
    PERFORM lock_cases(in_consumer, in_cases);

    RETURN QUERY
    SELECT 'own', wanted, NULL::text, e.stream, e.version, e.event_id, e.type, e.doc::text
    FROM unnest(in_cases) AS wanted
    JOIN events e ON e.stream = in_category || '-' || wanted::text
    ORDER BY e.stream, e.version;

    RETURN QUERY
    SELECT 'heard', i.case_id, i.store, i.stream, i.version, i.event_id, i.type, i.doc
    FROM inbox i
    WHERE i.consumer = in_consumer AND i.case_id = ANY (in_cases) AND NOT i.waiting
    ORDER BY i.case_id, i.store, i.stream, i.version;

    RETURN QUERY
    SELECT 'rule', r.case_id, NULL::text, r.code, NULL::integer, r.cause, r.rule, r.outcome
    FROM rule_outcomes r
    WHERE r.case_id = ANY (in_cases);

    IF cardinality(in_sources) > 0 THEN
        RETURN QUERY
        SELECT 'post', p.case_id, p.source, p.id, p.version, NULL::uuid, encode(p.fingerprint, 'hex'),
               p.status || ' ' || p.answer
        FROM unnest(in_sources, in_ids) AS asked (source, id)
        JOIN posts p ON p.source = asked.source AND p.id = asked.id;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION open_cases FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_cases TO dyad_writer, dyad_consumer;
